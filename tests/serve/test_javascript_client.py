"""The JavaScript client: current, and its page runs in Node against a real server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Server

ROOT = Path(__file__).parent.parent.parent
CLIENT = ROOT / "src" / "remanence" / "serve" / "javascript" / "remanence.js"
NODE = shutil.which("node")
in_node = pytest.mark.skipif(NODE is None, reason="node is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("spaces"))
    yield running
    running.stop()


def ran(program: str, server: Server, folder: Path) -> str:
    """What a program beside the client prints; its address is that of this server."""
    assert NODE is not None
    shutil.copy(CLIENT, folder / "remanence.js")
    (folder / "program.mjs").write_text(program.replace("http://127.0.0.1:8377", str(server.client.base_url)))
    done = subprocess.run([NODE, "program.mjs"], cwd=folder, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_the_client_is_what_the_server_says_of_itself() -> None:
    """`python scripts/javascript_client.py` would change nothing."""
    script = str(ROOT / "scripts" / "javascript_client.py")

    done = subprocess.run([sys.executable, "-W", "ignore", script, "--check"], capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stdout)


@in_node
def test_the_program_of_the_page_runs(server: Server, tmp_path: Path) -> None:
    """In under 30 lines: remember, recall, follow a sleep, ask, export, and an error with its status."""
    [program] = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "javascript.md").read_text("utf-8"), re.S)

    told = ran(program, server, tmp_path).splitlines()

    assert program.count("\n") < 30
    assert told[0].startswith("I moved to Rome last week.")
    assert "done" in told
    assert any("Rome" in line for line in told[2:])
    assert "RemanenceError 404" == told[-1]


@in_node
def test_what_is_odd_arrives_as_it_is(server: Server, tmp_path: Path) -> None:
    """Ids and filters with any character, several values of one name, headers, bytes, scopes, and a call broken off."""
    program = """
import { Remanence } from "./remanence.js";
const memory = new Remanence("http://127.0.0.1:8377/", { user: "cy/ü?&" });
const said = "naïve \\u{1F600} <b>&amp;</b>";
const first = await memory.remember({ messages: [said, { text: "b", who: "Bo" }, { text: "c", who: "Cy" }] },
  { idempotencyKey: "k 1" });
const again = await memory.remember({ messages: [said, { text: "b", who: "Bo" }, { text: "c", who: "Cy" }] },
  { idempotencyKey: "k 1" });
console.log(again.commit === first.commit, (await memory.get(first.ids[0])).text === said);
console.log((await memory.list({ speaker: ["Bo", "Cy"], newest_first: true })).items.map((one) => one.text).join());
console.log((await memory.list({ user: "dee" })).items.length);
const begun = await memory.import("{\\"text\\": \\"from a file\\"}\\n", { name: "a.jsonl" });
for await (const state of memory.events(begun.id)) if (state.state === "done") console.log("imported");
await memory.update(first.ids[1], { text: "bb" }, { ifMatch: '"1"' });
console.log(await memory.update(first.ids[1], { text: "x" }, { ifMatch: '"1"' }).catch((error) => error.status));
console.log(await memory.get("../../healthz").catch((error) => error.status));
console.log(await memory.stats({ signal: AbortSignal.abort() }).catch((error) => error.name));
"""
    told = ran(program.replace("\\\\", "\\"), server, tmp_path).splitlines()

    assert ["true true", "c,b", "0", "imported"] == told[:4]
    assert "412" == told[4]
    assert ["404", "AbortError"] == told[5:]
