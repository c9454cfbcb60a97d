"""Sessions of coding agents: words, calls, edits and errors come as their own kinds; what is unknown is passed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import ingest_samples as sample
import pytest

from remanence import Memory
from remanence.errors import IngestError
from remanence.ingest.agent_session import edited, spoken
from remanence.ingest.message import Message
from remanence.ingest.read import Skipped, detect, read, validate
from remanence.testing import HandClock, HashingEmbedder

Put = Callable[[str, str | bytes], Path]
AGENTS = ("claude-code", "codex", "cursor", "opencode")
HOT = "The kiln program fires too hot."


def told(path: Path, **knobs: Any) -> list[tuple[str, str]]:
    """(kind, text) of every message."""
    return [(one.kind, one.text) for one in read(path, **knobs)]


def body(agent: str, put: Put) -> Path:
    return put(*sample.SAMPLES[agent])


def test_claude_code_gives_words_calls_edits_and_errors(put: Put) -> None:
    """Reasoning, reminders, meta records, sub-agents and good outputs are left out."""
    path = body("claude-code", put)

    assert [
        ("turn", HOT),
        ("turn", "I will look at the curve."),
        ("call", "Bash: pytest -q"),
        ("error", "Bash failed: E   assert 1250 == 1060"),
        ("edit", "Edit /home/ann/kiln/curve.py\n- TOP = 1250\n+ TOP = 1060"),
        ("turn", "The top is 1060 degrees now."),
    ] == told(path)
    assert ("turn", "Sub-agent at work.") in told(path, sidechains=True)


def test_a_message_knows_its_session_time_project_speaker_and_trust(put: Put) -> None:
    """What a person said is an import of theirs; what a tool said is trusted as a tool's."""
    said, looked, _, failed, edit, _ = read(body("claude-code", put))

    assert ("s-1", "claude-code/u-1", "import", "user") == (said.session, said.source, said.trust, said.role)
    assert "2026-03-02T10:00:03+00:00" == (said.at.isoformat() if said.at else None)
    assert {"claude-code"} == {looked.who, edit.who}
    assert ("tool", {"tool": "Bash", "project": "/home/ann/kiln"}) == (failed.trust, failed.data)
    assert {"path": "/home/ann/kiln/curve.py", "tool": "Edit", "project": "/home/ann/kiln"} == edit.data


def test_codex_takes_patches_apart_and_reads_exit_codes(put: Put) -> None:
    """Instructions, surroundings, reasoning and the doubled event messages are left out."""
    assert [
        ("turn", HOT),
        ("call", "shell: bash -lc pytest -q"),
        ("error", "shell failed: E assert 1250 == 1060"),
        ("edit", "apply_patch curve.py\n-TOP = 1250\n+TOP = 1060"),
        ("edit", "apply_patch notes.md\n+hot\n*** End Patch"),
        ("turn", "The top is 1060 degrees now."),
    ] == told(body("codex", put))


def test_the_older_codex_form_is_read_too(put: Put) -> None:
    """Items without an envelope behind a first line about the session."""
    rows = [
        {"id": "c-0", "timestamp": "2025-07-01T10:00:00Z", "instructions": None},
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": HOT}]},
    ]
    path = put("rollout-2025-07-01-c0.jsonl", sample.as_lines(rows))

    assert "codex" == detect(path)
    assert [("c-0", HOT)] == [(one.session, one.text) for one in read(path)]


def test_cursor_transcripts_are_unwrapped(put: Put) -> None:
    """A transcript has no ids, so that a message is named by file and line."""
    path = body("cursor", put)

    assert [
        ("turn", HOT),
        ("turn", "I will look."),
        ("call", "Shell: pytest -q"),
        ("edit", "Write curve.py\n+ TOP = 1060"),
    ] == told(path)
    assert "cursor/chat/2/2" == list(read(path))[2].source


def test_opencode_exports_are_read(put: Put) -> None:
    """What the program wrote in the person's name is left out."""
    assert [
        ("turn", HOT),
        ("call", "bash: pytest -q"),
        ("error", "bash failed: E assert 1250 == 1060"),
        ("edit", "edit curve.py\n- TOP = 1250\n+ TOP = 1060"),
        ("turn", "The top is 1060 degrees now."),
    ] == told(body("opencode", put))


# --- databases and folders -----------------------------------------------------------------------


ARGUMENTS = json.dumps({"target_file": "curve.py", "code_edit": "TOP = 1060"})
EDITING = {"name": "edit_file", "status": "completed", "rawArgs": ARGUMENTS}
WRONG = '{"message": "no pytest"}'
FAILING = {"name": "run_terminal_cmd", "status": "error", "params": '{"command": "pytest"}', "error": WRONG}


def cursor_database(path: Path) -> Path:
    """A chat in split storage, as Cursor writes it."""
    bubbles: dict[str, dict[str, Any]] = {
        "b1": {"type": 1, "text": HOT, "createdAt": "2026-03-02T10:00:00.000Z"},
        "b2": {"type": 2, "text": "", "toolFormerData": EDITING},
        "b3": {"type": 2, "text": "", "toolFormerData": FAILING},
        "b4": {"type": 7, "text": "?"},
    }
    headers = [{"bubbleId": name, "type": one["type"]} for name, one in bubbles.items()] + [{"bubbleId": "lost"}]
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
    rows = {f"bubbleId:c1:{name}": json.dumps(one) for name, one in bubbles.items()}
    rows["composerData:c1"] = json.dumps(
        {"composerId": "c1", "createdAt": 1772445600000, "fullConversationHeadersOnly": headers}
    )
    rows["composerData:c2"] = json.dumps({"conversation": [{"type": 2, "bubbleId": "x", "text": "An older chat."}]})
    rows["composerData:c3"] = "not JSON"
    for key, value in rows.items():
        connection.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, value))
    connection.close()
    return path


def test_the_database_of_cursor_is_read_in_the_order_of_its_chats(tmp_path: Path) -> None:
    """Old chats stand in one piece, new ones in many; a lost or unknown bubble is no error."""
    path = cursor_database(tmp_path / "state.vscdb")
    skipped: list[Skipped] = []

    assert "cursor" == detect(path)
    assert [
        ("turn", "An older chat."),
        ("turn", HOT),
        ("edit", "edit_file curve.py\n+ TOP = 1060"),
        ("call", "run_terminal_cmd: pytest"),
        ("error", "run_terminal_cmd failed: no pytest"),
    ] == told(path, on_skip=skipped.append)
    assert ["1 record of the unknown sort 'bubble 7' passed over"] == [one.reason for one in skipped]
    assert ["An older chat."] == [one.text for one in read(path, only="c2")]


def opencode_database(path: Path) -> Path:
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE `session` (id text PRIMARY KEY, directory text NOT NULL)")
    for table, extra in (("message", ""), ("part", "message_id text NOT NULL, ")):
        connection.execute(f"CREATE TABLE `{table}` (id text, {extra}session_id text, time_created integer, data text)")
    connection.execute("INSERT INTO session VALUES ('ses_1', '/home/ann/kiln')")
    for number, one in enumerate(sample.OPENCODE["messages"]):
        info = one["info"]
        connection.execute("INSERT INTO message VALUES (?, 'ses_1', ?, ?)", (info["id"], number, json.dumps(info)))
        for part in one["parts"]:
            held = json.dumps({k: v for k, v in part.items() if k != "id"})
            connection.execute("INSERT INTO part VALUES (?, ?, 'ses_1', 0, ?)", (part["id"], info["id"], held))
    connection.close()
    return path


def test_opencode_says_the_same_in_its_three_places(put: Put, tmp_path: Path) -> None:
    """The database, the storage folder and the export give equal messages with equal sources."""
    storage = tmp_path / "opencode" / "storage"
    put("opencode/storage/session/p1/ses_1.json", json.dumps(sample.OPENCODE["info"]))
    for one in sample.OPENCODE["messages"]:
        put(f"opencode/storage/message/ses_1/{one['info']['id']}.json", json.dumps(one["info"]))
        for part in one["parts"]:
            put(f"opencode/storage/part/{one['info']['id']}/{part['id']}.json", json.dumps(part))

    export = list(read(body("opencode", put)))

    assert export == list(read(opencode_database(tmp_path / "opencode.db")))
    assert "opencode" == detect(storage.parent)
    assert export == list(read(storage.parent)) == list(read(storage))
    assert {"/home/ann/kiln"} == {one.data["project"] for one in export}


@pytest.mark.parametrize(
    ("agent", "file"),
    [
        ("claude-code", "projects/-home-ann/s-1.jsonl"),
        ("codex", "sessions/2026/03/02/rollout-1.jsonl"),
        ("cursor", "projects/p/agent-transcripts/chat.jsonl"),
    ],
)
def test_a_folder_of_sessions_is_read_whole(agent: str, file: str, put: Put) -> None:
    """As the agent lays it out; the counts of all files are told."""
    path = put(file, sample.SAMPLES[agent][1])
    put(file.replace(".jsonl", "-b.jsonl"), sample.SAMPLES[agent][1])
    folder = path.parents[len(Path(file).parts) - 2]

    assert agent == detect(folder)
    assert 2 * len(told(path)) == validate(folder).total
    assert 2 == validate(folder).skipped


# --- nothing is an error -------------------------------------------------------------------------


@pytest.mark.parametrize("agent", AGENTS)
def test_unknown_records_are_counted_and_told(agent: str, put: Put) -> None:
    """Without any setting, and once a sort."""
    skipped: list[Skipped] = []

    list(read(body(agent, put), on_skip=skipped.append))

    assert 1 == len(skipped)
    assert "hologram" in skipped[0].reason


ODD: list[Any] = [
    None,
    0,
    "x",
    [],
    {},
    [None],
    {"type": None},
    [{"type": "text", "text": 5}],
    [{"type": "tool_use"}],
    {"a": [1]},
]


@pytest.mark.parametrize("agent", ["claude-code", "codex", "cursor"])
def test_any_value_in_any_field_is_survived(agent: str, put: Put) -> None:
    """Each field of each record, at three depths, is replaced by odd values; the reader ends without an error."""
    file, text = sample.SAMPLES[agent]
    rows = [json.loads(line) for line in text.splitlines()]
    broken = [json.dumps(odd) for row in rows for odd in _replaced(row, 3)]

    path = put(file, text + "\n".join(broken) + '\n{"type": "user", "mess')

    assert len(list(read(path, format=agent))) >= len(told(put(f"good-{file}", text), format=agent))


def _replaced(value: Any, depth: int) -> list[Any]:
    """Copies of a value in which one inner value is an odd one."""
    made: list[Any] = []
    if isinstance(value, dict) and depth:
        for key, inner in value.items():
            made += [value | {key: odd} for odd in [*ODD, *_replaced(inner, depth - 1)]]
    elif isinstance(value, list) and value and depth:
        made += [[odd, *value[1:]] for odd in [*ODD, *_replaced(value[0], depth - 1)]]
    return made


@pytest.mark.parametrize("agent", AGENTS[2:])
def test_a_database_of_somebody_else_is_refused_in_one_line(agent: str, tmp_path: Path) -> None:
    """Another program's tables, or half a file."""
    path = tmp_path / "other.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t (x)")
    connection.close()

    with pytest.raises(IngestError, match="table"):
        list(read(path, format=agent))
    path.write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(IngestError, match=r"database|damaged"):
        list(read(path, format=agent))


# --- only what is new ----------------------------------------------------------------------------


@pytest.mark.parametrize("agent", AGENTS)
def test_the_next_import_takes_only_what_is_new(agent: str, put: Put) -> None:
    """The file grew by one message; everything before it is known."""
    path = body(agent, put)
    with Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(), seed=1) as memory:
        first = memory.remember(read(path))
        _grown(agent, path)

        again = memory.remember(read(path))

        assert (1, first.put) == (again.put, again.duplicates)


def _grown(agent: str, path: Path) -> None:
    if agent == "opencode":
        whole = json.loads(path.read_text("utf-8"))
        whole["messages"].append(
            {"info": {"id": "msg_3", "role": "user"}, "parts": [{"id": "prt_8", "type": "text", "text": "Thanks!"}]}
        )
        path.write_text(json.dumps(whole), "utf-8")
        return
    row = {
        "claude-code": sample.CLAUDE_CODE[2] | {"uuid": "u-10", "message": {"role": "user", "content": "Thanks!"}},
        "codex": sample.CODEX[3]
        | {"payload": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Thanks!"}]}},
        "cursor": {"role": "user", "message": {"content": "Thanks!"}},
    }[agent]
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


@pytest.mark.parametrize("agent", ["claude-code", "codex", "cursor"])
def test_what_lies_behind_a_place_is_read_alone_and_named_the_same(agent: str, put: Put) -> None:
    """`after` skips bytes that are known, and sources do not depend on it."""
    path = body(agent, put)
    known = path.stat().st_size
    _grown(agent, path)
    everything = list(read(path))

    new: list[Message] = list(read(path, after=known))

    assert everything[-1:] == new


def test_kinds_of_agents_are_kept_and_found(put: Put) -> None:
    """An edit and an error are recalled by what they say, and can be asked for by kind."""
    with Memory(":memory:", "default", HashingEmbedder(256), clock=HandClock(), seed=1) as memory:
        memory.remember(read(body("claude-code", put)))

        assert "edit" == memory.recall("Which edit changed curve.py?", kinds=("edit",))[0].item.kind
        assert "error" == memory.recall("pytest assert 1250 failed")[0].item.kind
        assert 1 == memory.count(kinds=("call",))


def test_what_programs_put_round_a_prompt_is_taken_off() -> None:
    """Tags that a person did not type; what a person typed in angle brackets stays."""
    assert "fix it" == spoken(
        "<ide_opened_file>a.py</ide_opened_file><user_query>fix it</user_query>\n<system-reminder>x"
    )
    assert "" == spoken("# AGENTS.md instructions for /x\n\n<INSTRUCTIONS>\nBe kind.\n</INSTRUCTIONS>")
    assert "make it a <div> please" == spoken("make it a <div> please")


def test_every_way_to_edit_a_file_is_known() -> None:
    """By old and new text, several at once, whole, or as a patch inside a shell command."""
    assert [("a", "- 1\n+ 2")] == list(edited("Edit", {"file_path": "a", "old_string": "1", "new_string": "2"}))
    several = {
        "file_path": "a",
        "edits": [{"old_string": "1", "new_string": "2"}, {"old_string": "3", "new_string": ""}],
    }
    assert [("a", "- 1\n+ 2\n- 3")] == list(edited("MultiEdit", several))
    for tool in ("StrReplace", "str_replace", "whatever_it_is_called"):
        assert [("a", "- 1\n+ 2")] == list(edited(tool, {"path": "a", "old_string": "1", "new_string": "2"}))
    assert [] == list(edited("Read", {"path": "a", "content": "1"}))
    assert [("b", "+ x")] == list(edited("mcp__files__write_file", {"path": "b", "content": "x"}))
    shell = {"command": ["bash", "-lc", "apply_patch <<E\n*** Begin Patch\n*** Delete File: c\n*** End Patch\nE"]}
    assert ["c"] == [path for path, _ in edited("shell", shell)]
    assert [] == list(edited("Read", {"file_path": "a"}))
