"""Random and wrong requests, made from the server's own OpenAPI page: no 5xx, no answer that the page does not name."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server needs the extra serve")

from running import Server

from remanence.memory import Memory
from remanence.models.hashing import HashingEmbedder
from remanence.serve.cli.demo import CHAPTERS

PROGRAM = shutil.which("schemathesis")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A space with a story and a dispute, so that ids lead somewhere."""
    with Memory(tmp_path / "default.db", embedder=HashingEmbedder()) as memory:
        for _, _, turns in CHAPTERS:
            memory.remember([{"who": who, "text": text, "at": at, "session": at} for who, at, text in turns])
            memory.sleep()
        memory.remember({"who": "Ada", "text": "It opens at nine.", "source": "sign"})
        memory.remember({"who": "Bob", "text": "It opens at ten.", "source": "sign"})
    running = Server(tmp_path)
    yield running
    running.stop()


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.skipif(PROGRAM is None, reason="pip install schemathesis, or put it on the PATH")
def test_the_page_of_the_server_is_kept(server: Server, tmp_path: Path) -> None:
    """Every operation with 100 generated requests, valid and invalid, half of them with ids that are there."""
    assert PROGRAM is not None
    items = server.client.get("/v1/memories?limit=100&ended=true").json()["items"]
    ids = ", ".join(f'"{one["id"]}"' for one in items)
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(f'[parameters]\n"path.id" = [{ids}, "nothing"]\n"query.id" = [{ids}]\n')

    done = subprocess.run(
        [
            PROGRAM, "--config-file", str(settings), "run", f"{server.client.base_url}/v1/openapi.json",
            "--max-examples", "100", "--seed", "1", "--phases", "examples,coverage,fuzzing", "--checks", CHECKS,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Traceback" not in server.said()
