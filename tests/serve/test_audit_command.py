"""`remanence audit` tells numbers, and `remanence import --audited` does just that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from remanence import Memory
from remanence.serve.cli.app import app

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3
MEM0 = [
    {"id": "m1", "memory": "Lives in Rome", "user_id": "ann", "created_at": "2024-01-01T00:00:00Z"},
    {"id": "m2", "memory": "Lives in Oslo", "user_id": "ann", "created_at": "2025-01-01T00:00:00Z"},
    {"id": "m3", "memory": "lives in Oslo.", "user_id": "ann", "created_at": "2025-02-01T00:00:00Z"},
    {"id": "m4", "memory": "User asked the assistant for help", "user_id": "ann"},
    {"id": "m5", "memory": f"The deploy token is {TOKEN}", "user_id": "ann"},
    {"id": "m6", "memory": "Mag gerne Tee und hat einen Hund", "user_id": "ann"},
]


def invoked(*words: str) -> Any:
    done = CliRunner().invoke(app, list(words))
    assert 0 == done.exit_code, done.output
    return done


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "mem0.json"
    path.write_text(json.dumps({"results": MEM0}), "utf-8")
    return path


def told(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(invoked("audit", *words, "--json").stdout)["audited"][0]
    return found


def test_numbers_of_a_mem0_export(export: Path) -> None:
    """Verdicts, reasons, secrets by kind and languages; no credential is printed."""
    found = told(str(export))

    assert ("mem0", 6, 3, 1, 2) == tuple(found[name] for name in ("format", "records", "kept", "superseded", "refused"))
    assert {"duplicate": 1, "restated prompt": 1} == found["reasons"]
    assert {"GitHub token": 1} == found["secrets"]
    assert {"en", "de"} <= set(found["languages"])
    assert "Lives in Rome -> Lives in Oslo" in found["examples"]["superseded"]
    assert TOKEN not in json.dumps(found)


def test_the_same_is_told_to_a_person(export: Path) -> None:
    """In lines, each number with an example."""
    text = invoked("audit", str(export)).stdout

    assert "6 records (6 note), 2024-01-01 to 2025-02-01" in text
    assert "such as: User asked the assistant for help" in text
    assert "superseded        1" in text


def test_an_audited_import_does_just_that(export: Path, tmp_path: Path) -> None:
    """What is kept is there, what is superseded is over, what is refused is not; a second time nothing changes."""
    space = str(tmp_path / "m.db")
    found = told(str(export))

    first = json.loads(invoked("import", str(export), "--audited", "--space", space, "--json").stdout)["imported"][0]
    again = json.loads(invoked("import", str(export), "--audited", "--space", space, "--json").stdout)["imported"][0]

    with Memory(space) as memory:
        notes = memory.list(kinds=("note",), ended=True, limit=0)
        assert {"m1", "m2", "m5", "m6"} == {item.source for item in notes}
        assert {"m1": 2025} == {item.source: item.until.year for item in notes if item.until is not None}
        assert "Oslo" in str(memory.context("Where does she live?"))
    assert (found["kept"] + found["superseded"], found["superseded"]) == (len(notes), first["superseded"])
    assert found["reasons"] == first["left_out"]
    assert 0 == again["superseded"]


def test_an_import_without_it_takes_everything(export: Path, tmp_path: Path) -> None:
    """The twin: nothing is judged unless it is asked for."""
    space = str(tmp_path / "m.db")

    invoked("import", str(export), "--space", space)

    with Memory(space) as memory:
        assert 6 == memory.count(kinds=("note",), ended=True)


def test_a_graph_file_a_chat_export_and_a_folder_of_markdown_are_audited(tmp_path: Path) -> None:
    """Each in its own format."""
    graph = tmp_path / "memory.json"
    rows = [
        {"type": "entity", "name": "Ann", "entityType": "person", "observations": ["likes tea", "likes tea"]},
        {"type": "relation", "from": "Ann", "to": "Bo", "relationType": "knows"},
    ]
    graph.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    chats = tmp_path / "conversations.json"
    said = [{"uuid": "u1", "sender": "human", "text": "Hi", "created_at": "2025-01-01T00:00:00Z"}]
    chats.write_text(json.dumps([{"uuid": "c", "name": "x", "chat_messages": said}]), "utf-8")
    notes = tmp_path / "notes"
    (notes / "sub").mkdir(parents=True)
    (notes / ".hidden").mkdir()
    for name in ("a.md", "sub/b.md", ".hidden/c.md"):
        (notes / name).write_text("# Kiln\n\nThe kiln fires at 1060 degrees.\n", "utf-8")

    assert ("mcp-memory", 4, {"duplicate": 1}) == tuple(told(str(graph))[k] for k in ("format", "records", "reasons"))
    assert ("claude", 1) == tuple(told(str(chats))[k] for k in ("format", "records"))
    assert ("markdown", 2, {"duplicate": 1}) == tuple(told(str(notes))[k] for k in ("format", "records", "reasons"))


# --- sources as they lie about --------------------------------------------------------------------


def imported(path: Path, space: Path) -> dict[str, Any]:
    words = ("import", str(path), "--audited", "--space", str(space), "--json")
    found: dict[str, Any] = json.loads(invoked(*words).stdout)["imported"][0]
    return found


def test_an_audited_import_tells_the_numbers_of_the_audit_and_skips_what_it_skipped(tmp_path: Path) -> None:
    """Several people, an empty memory, a date that is none, two versions under one id."""
    rows = [
        *MEM0,
        {"id": "b1", "memory": "Lives in Lyon", "user_id": "bo", "created_at": "2026-01-01T00:00:00Z"},
        {"id": "b2", "memory": "  ", "user_id": "bo"},
        {"id": "b3", "memory": "Likes figs", "user_id": "bo", "created_at": "the day before never"},
        {"id": "b4", "memory": "Plays chess", "user_id": "bo"},
        {"id": "b4", "memory": "Plays go", "user_id": "bo"},
    ]
    path = tmp_path / "mem0.json"
    path.write_text(json.dumps({"results": rows}), "utf-8")

    before, done = told(str(path)), imported(path, tmp_path / "m.db")

    assert [done[name] for name in ("kept", "superseded")] == [before[name] for name in ("kept", "superseded")]
    assert before["reasons"] == done["left_out"]
    assert len(before["skipped"]) == len(done["skipped"]) == 2
    with Memory(str(tmp_path / "m.db")) as memory:
        now = {item.text for item in memory.list(kinds=("note",), limit=0)}
    assert {"Lives in Oslo", "Lives in Lyon", "Plays go"} <= now
    assert not {"Lives in Rome", "Plays chess"} & now


def test_what_was_skipped_is_told_with_its_place(tmp_path: Path) -> None:
    """File, line and reason: in the document, and in one line to a person."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Kiln\n\nIt fires at 1060 degrees.\n", "utf-8")
    (notes / "b.md").write_bytes("# Tisch\n\nGröße 80 × 120.\n".encode("latin-1"))

    found = told(str(notes))["skipped"]
    shown = invoked("audit", str(notes)).stderr

    assert [(str(notes / "b.md"), 3)] == [(one["file"], one["line"]) for one in found]
    assert f"({notes / 'b.md'}, line 3)" in shown
    assert "became \ufffd" in shown


def test_a_downloaded_export_is_read_as_the_folder_that_it_unpacks_to(tmp_path: Path) -> None:
    """The twin is the file in it."""
    said = [{"uuid": "u1", "sender": "human", "text": "Hi", "created_at": "2025-01-01T00:00:00Z"}]
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "users.json").write_text("[]", "utf-8")
    (folder / "conversations.json").write_text(json.dumps([{"uuid": "c", "name": "x", "chat_messages": said}]), "utf-8")

    whole, inner = told(str(folder)), told(str(folder / "conversations.json"))

    assert ("claude", 1) == (whole["format"], whole["records"])
    assert whole | {"source": ""} == inner | {"source": ""}
    assert 1 == imported(folder, tmp_path / "m.db")["kept"]


@pytest.mark.parametrize(
    ("name", "content", "cure"),
    [
        ("x.json", b"[]", "an empty JSON list; there is nothing to take"),
        ("x.jsonl", b'{"remanence":1}\n{"item":{}}\n', "an export of Remanence itself"),
        ("x.db", b"SQLite format 3\0" + bytes(100), "a database of another program; save what it holds"),
    ],
)
def test_what_cannot_be_audited_is_said_in_a_line(name: str, content: bytes, cure: str, tmp_path: Path) -> None:
    """With what would do instead."""
    (tmp_path / name).write_bytes(content)

    done = CliRunner().invoke(app, ["audit", str(tmp_path / name)])

    assert 1 == done.exit_code
    assert cure in str(done.exception)


def test_contradictions_that_stay_are_shown(tmp_path: Path) -> None:
    """Both sides, in the document and to a person; those that are settled are told as superseded."""
    rows = [{"id": f"m{n}", "memory": f"Lives in {town}", "user_id": "ann"} for n, town in enumerate(("Rome", "Oslo"))]
    path = tmp_path / "mem0.json"
    path.write_text(json.dumps(rows), "utf-8")

    found, shown = told(str(path)), invoked("audit", str(path)).stdout

    assert (1, 1, 0) == (found["contradictions"], found["side_by_side"], found["superseded"])
    assert ["Lives in Rome -> Lives in Oslo"] == found["examples"]["contradictions"]
    assert "contradictions 1, of which 1 stay side by side\n    such as: Lives in Rome -> Lives in Oslo" in shown


def test_a_long_audit_says_how_far_it_is(tmp_path: Path) -> None:
    """While the file is read, and while its records are judged."""
    from remanence.serve.auditing import told as audited

    path = tmp_path / "mem0.json"
    path.write_text(json.dumps([{"id": str(n), "memory": f"Owns boat {n}", "user_id": "a"} for n in range(1_200)]))
    steps: list[tuple[int, int | None]] = []

    audited(str(path), None, "mask", lambda done, total: steps.append((done, total)))

    assert {None, 1_200} == {total for _, total in steps}
