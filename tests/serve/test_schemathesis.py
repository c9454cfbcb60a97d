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

EXAMPLES = 100
"""Generated requests for each operation, besides those that the schema gives by itself."""
DESTRUCTIVE = "^(erase.*|forget|mem0_delete.*)$"
"""Operations that take their id away; they have a run of their own."""
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
@pytest.mark.timeout(7200)
@pytest.mark.skipif(PROGRAM is None, reason="pip install schemathesis, or put it on the PATH")
@pytest.mark.parametrize("which", ["--exclude-operation-id-regex", "--include-operation-id-regex"])
def test_the_page_of_the_server_is_kept(server: Server, tmp_path: Path, which: str) -> None:
    """Every operation with generated requests, valid and invalid, some with an id that is there until it is erased."""
    assert PROGRAM is not None
    id = server.client.get("/v1/memories?limit=1").json()["items"][0]["id"]
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(f'[parameters]\nid = "{id}"\n')

    done = subprocess.run(
        [
            PROGRAM, "--config-file", str(settings), "run", f"{server.client.base_url}/v1/openapi.json",
            "--max-examples", str(EXAMPLES), "--seed", "1", "--phases", "examples,coverage,fuzzing",
            "--checks", CHECKS, "--request-timeout", "120", which, DESTRUCTIVE,
        ],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    print(done.stdout[-1500:])  # how much was tried, for who asks with -s
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Traceback" not in server.said()
