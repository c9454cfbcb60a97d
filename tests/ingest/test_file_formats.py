"""Every format: recognised by its look, read as its makers meant it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ingest_samples as sample
import pytest

from remanence.errors import IngestError, InvalidInput
from remanence.ingest.formats import FORMATS, Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.read import Counted, detect, read, validate
from remanence.ingest.source import Source

Put = Callable[[str, str | bytes], Path]
Zipped = Callable[..., Path]


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("name", sorted(sample.SAMPLES))
def test_every_format_is_recognised_packed_or_not(name: str, packed: str, put: Put) -> None:
    """A file needs no format name, whether it is compressed or not."""
    file, body = sample.SAMPLES[name]
    path = put(file + packed, body)

    assert name == detect(path)
    assert validate(path).total == len(list(read(path))) > 0


@pytest.mark.parametrize("name", sorted(sample.SAMPLES))
def test_every_format_is_recognised_behind_a_byte_order_mark(name: str, put: Put) -> None:
    """Files that passed through an editor on Windows are read alike."""
    file, body = sample.SAMPLES[name]

    plain = put(file, body)
    expected = [one.text for one in read(plain)]
    marked = put(file, "\ufeff" + body.replace("\n", "\r\n"))

    assert name == detect(marked)
    assert expected == [one.text.replace("\r\n", "\n") for one in read(marked)]


@pytest.mark.parametrize("name", sorted(sample.SAMPLES))
def test_sources_are_given_unique_and_the_same_in_every_run(name: str, put: Put) -> None:
    """An import that was cut short can continue: every record has an id that does not change."""
    file, body = sample.SAMPLES[name]
    path = put(file, body)

    first = [one.source for one in read(path)]

    assert [one.source for one in read(path)] == first
    assert len(set(first)) == len(first) if name != "mem0" else True
    assert all(first) if name != "mem0" else first[0] == "0f1d"


def test_the_formats_are_a_plain_dict_that_one_decorator_fills(put: Put) -> None:
    """A format of your own takes one function."""

    def sniff(head: Head) -> float:
        return float(head.text.startswith("%diary"))

    @file_format("diary", "a line is a thought", sniff)
    def read_diary(source: Source, *, author: str = "me"):  # type: ignore[no-untyped-def]
        with source.open() as stream:
            for number, line in enumerate(stream, 1):
                if number > 1:
                    yield Message(line.decode().strip(), who=author, source=f"diary/{number}")

    try:
        path = put("x.diary", "%diary\nIt rained.\n")

        assert detect(path) == "diary"
        assert [(one.who, one.text) for one in read(path, author="Ann")] == [("Ann", "It rained.")]
        with pytest.raises(InvalidInput, match="format diary has no setting 'colour'; it has: author"):
            read(path, colour="red")
    finally:
        FORMATS.remove("diary")


def test_an_installed_package_brings_its_formats(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points are loaded on the first look; one that is broken is named with the cure."""
    put(
        "site/slack_reader.py",
        "from remanence.ingest.formats import file_format\n"
        "from remanence.ingest.message import Message\n"
        "@file_format('slack', 'a channel', lambda head: float(head.text.startswith('#channel')))\n"
        "def read(source):\n"
        "    yield Message('hello', source='slack/1')\n",
    )
    put("site/slack-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: slack\nVersion: 1\n")
    points = put("site/slack-1.dist-info/entry_points.txt", "[remanence.formats]\nslack = slack_reader\n")
    monkeypatch.syspath_prepend(points.parent.parent)
    path = put("talk.slack", "#channel general\n")
    try:
        FORMATS.remove("slack")
        assert detect(path) == "slack"
        assert [one.text for one in read(path)] == ["hello"]

        points.write_text("[remanence.formats]\nslack = no_such_module\n")
        FORMATS.remove("slack")
        with pytest.raises(IngestError, match=r"plug-in format 'slack' .* repair or uninstall"):
            detect(path)
    finally:
        FORMATS.remove("slack")
        sys.modules.pop("slack_reader", None)


def test_jsonl_rows_are_messages(put: Put) -> None:
    """One object a line, as `remember` takes it."""
    path = put("talk.jsonl", sample.as_lines(sample.ROWS))

    first, second = read(path)

    assert first == Message(
        "The kiln broke.",
        who="Ann",
        at=datetime(2023, 5, 8, 13, 56, tzinfo=UTC),
        session="s1",
        source="r1",
        trust="import",
    )
    assert second.source == "r2"


def test_rows_without_an_id_are_named_by_file_and_line(put: Put) -> None:
    """Sources and sessions are made from the file's name where the file has none."""
    path = put("talk.jsonl", '{"text": "One"}\n\n{"text": "Two"}\n')

    assert [(f"{path.as_posix()}#1", path.as_posix()), (f"{path.as_posix()}#3", path.as_posix())] == [
        (one.source, one.session) for one in read(path)
    ]


def test_a_relative_path_stays_relative_in_the_source(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source says the file as the user named it, without .gz."""
    path = put("notes/talk.jsonl.gz", '{"text": "One"}\n')
    monkeypatch.chdir(path.parent.parent)

    assert [one.source for one in read("./notes/talk.jsonl.gz")] == ["notes/talk.jsonl#1"]


def test_number_ids_of_two_chats_do_not_collide(put: Put) -> None:
    """Message 1 of one chat and message 1 of another are two messages."""
    rows = [{"id": 1, "session": "a", "text": "One"}, {"id": 1, "session": "b", "text": "Two"}]

    assert [one.source for one in read(put("t.jsonl", sample.as_lines(rows)))] == ["a/1", "b/1"]


def test_a_json_file_may_hold_messages_or_chats(put: Put) -> None:
    """A list, an object with `messages`, and a list of such chats give the same messages."""
    chat = {"id": "chat-9", "created_at": "2023-05-08T13:56:00Z", "messages": [{"role": "user", "content": "Hi"}]}

    plain = list(read(put("a.json", json.dumps([{"role": "user", "content": "Hi"}]))))
    one = list(read(put("b.json", json.dumps(chat))))
    many = list(read(put("c.json", json.dumps([chat, {**chat, "id": "chat-10"}], indent=2))))

    assert [made.text for made in plain + one + many] == ["Hi"] * 4
    assert [made.session for made in one + many] == ["chat-9", "chat-9", "chat-10"]
    assert {made.at for made in one + many} == {datetime(2023, 5, 8, 13, 56, tzinfo=UTC)}
    assert plain[0].at is None


def test_locomo_turns_keep_their_ids_sessions_dates_and_captions(put: Put) -> None:
    """The published ids become sources; labels and questions are not taken."""
    path = put("l.json", json.dumps(sample.LOCOMO))

    turns = list(read(path))

    assert ["conv-7/D1:1", "conv-7/D1:2", "conv-7/D2:1"] == [one.source for one in turns]
    assert ["conv-7/session_1", "conv-7/session_1", "conv-7/session_2"] == [one.session for one in turns]
    assert datetime(2023, 5, 8, 13, 56, tzinfo=UTC) == turns[0].at
    assert (turns[1].who, turns[1].caption) == ("Bo", "a photo of a cracked kiln")
    assert turns[1].attachments == ({"type": "image", "url": "https://example.org/k.jpg"},)
    assert all(one.data == {} for one in turns)


def test_one_locomo_conversation_is_read_like_the_list(put: Put) -> None:
    """A file may hold one conversation, with or without the questions around it."""
    whole = put("one.json", json.dumps(sample.LOCOMO[0]))
    bare = put("bare.json", json.dumps(sample.LOCOMO[0]["conversation"]))

    assert detect(whole) == detect(bare) == "locomo"
    assert [one.source for one in read(whole)] == ["conv-7/D1:1", "conv-7/D1:2", "conv-7/D2:1"]
    assert [one.source for one in read(bare)] == ["conv-1/D1:1", "conv-1/D1:2", "conv-1/D2:1"]


def test_only_names_one_conversation_or_question(put: Put) -> None:
    """A benchmark file can be taken in parts."""
    locomo = put("l.json", json.dumps(sample.LOCOMO))
    haystacks = put("h.json", json.dumps(sample.LONGMEMEVAL))

    assert len(list(read(locomo, only="conv-7"))) == 3
    assert list(read(locomo, only="conv-8")) == []
    assert [one.source for one in read(haystacks, only="q2")] == ["q2/s1/0"]


def test_longmemeval_turns_never_carry_the_answer_marks(put: Put) -> None:
    """What is measured is not told: `has_answer` stays outside, empty turns are passed over."""
    turns = list(read(put("h.json", json.dumps(sample.LONGMEMEVAL))))

    assert ["q1/s9/0", "q1/s9/1", "q1/answer_a/0", "q2/s1/0"] == [one.source for one in turns]
    assert [datetime(2023, 5, 20, 2, 21, tzinfo=UTC), datetime(2023, 5, 21, 10, tzinfo=UTC)] == [
        turns[0].at,
        turns[2].at,
    ]
    assert (turns[1].role, turns[1].trust, turns[0].trust) == ("assistant", "assistant", "import")
    assert "has_answer" not in repr(turns)


def test_beam_chats_lose_their_marks_and_keep_their_anchors(put: Put) -> None:
    """Marks are cut, anchors hold until the next, the folder names the chat."""
    path = put("100K/4/chat.json", json.dumps(sample.BEAM))

    turns = list(read(path))

    assert ["beam/4/0", "beam/4/1", "beam/4/2", "beam/4/3"] == [one.source for one in turns]
    assert ["Help me plan.", "Gladly.", "Thanks (really", "Next step?"] == [one.text for one in turns]
    assert [15, 15, 15, 5] == [one.at.day for one in turns if one.at]
    assert ["beam/4/batch-1", "beam/4/batch-2"] == [turns[0].session, turns[3].session]


def test_beam_folders_are_read_in_the_order_of_their_numbers(put: Put) -> None:
    """A folder, or a folder of folders, is one input."""
    for chat in ("10", "9"):
        put(f"100K/{chat}/chat_trunecated.json.gz", json.dumps(sample.BEAM))
    path = put("100K/2/chat.json", json.dumps(sample.BEAM)).parent.parent

    assert detect(path) == detect(path / "9") == "beam"
    assert [one.source for one in read(path)][::4] == ["beam/2/0", "beam/9/0", "beam/10/0"]
    assert validate(path) == Counted(12, 3 * len(json.dumps(sample.BEAM)), format="beam")
    assert len(list(read(path, only="9"))) == 4


def test_chatgpt_takes_the_current_branch_only(put: Put) -> None:
    """Answers that were regenerated away, system texts and tool noise stay out."""
    path = put("conversations.json", json.dumps(sample.CHATGPT))

    turns = list(read(path))

    assert [("m-a", "user"), ("m-c", "assistant"), ("m-f", "user")] == [(one.source, one.role) for one in turns]
    assert turns[0].at == datetime(2023, 5, 8, 13, 56, 0, 500000, tzinfo=UTC)
    assert (turns[0].session, turns[0].data) == ("chat-1", {"title": "Glaze trouble"})
    assert turns[2].text == "Like this?"
    assert turns[2].attachments == ({"type": "image_asset_pointer", "id": "file-service://file-1", "width": 8},)
    assert [one.source for one in read(path, tools=True)] == ["m-a", "m-c", "m-d", "m-e", "m-f"]


@pytest.mark.parametrize(
    ("leaf", "texts"),
    [(None, ["one", "two"]), ("gone", ["one", "two"]), ("b", ["one", "two"]), ("a", ["two", "one"])],
)
def test_chatgpt_trees_with_loops_and_lost_leaves_end(leaf: str | None, texts: list[str], put: Put) -> None:
    """A damaged tree gives what can be reached, once."""
    mapping = {
        "a": {"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["one"]}}},
        "b": {
            "message": {
                "author": {"role": "assistant"},
                "create_time": 5e9,
                "content": {"content_type": "text", "parts": ["two"]},
            },
            "parent": "a",
        },
    }
    mapping["a"]["parent"] = "b"  # type: ignore[assignment]
    chat = [{"title": "t", "current_node": leaf, "mapping": mapping}]

    assert texts == [one.text for one in read(put("c.json", json.dumps(chat)))]


@pytest.mark.parametrize("name", ["chatgpt", "claude"])
def test_the_downloaded_zip_is_read_as_it_is(name: str, zipped: Zipped) -> None:
    """Nothing needs to be unpacked by hand, and nothing is unpacked to disk."""
    body = sample.SAMPLES[name][1]
    path = zipped("export.zip", **{"chat.html": "<html>", "export/conversations.json": body, "user.json": "{}"})
    before = sorted(path.parent.rglob("*"))

    assert name == detect(path)
    assert validate(path).total == len(list(read(path))) == 3
    assert before == sorted(path.parent.rglob("*"))


def test_an_export_in_several_files_is_read_in_order(zipped: Zipped) -> None:
    """Large accounts get conversations-000.json and on."""
    parts = {f"conversations-00{i}.json": json.dumps([{**sample.CLAUDE[0], "uuid": f"c-{i}"}]) for i in (1, 0)}

    assert [one.session for one in read(zipped("e.zip", **parts))] == ["c-0"] * 3 + ["c-1"] * 3


def test_claude_turns_come_with_their_documents(put: Put) -> None:
    """Attached text follows as chunks with little trust; hidden reasoning and tools stay out."""
    path = put("conversations.json", json.dumps(sample.CLAUDE))

    asked, document, answered = read(path)

    assert (asked.role, asked.trust, asked.source, asked.session) == ("user", "import", "m-1", "c-1")
    assert asked.attachments == ({"name": "manual.txt", "media_type": "txt", "size": 21}, {"name": "photo.png"})
    assert (document.kind, document.trust, document.source) == ("chunk", "external", "m-1/manual.txt/1")
    assert document.text == "Heat it up very slowly."
    assert (answered.text, answered.role) == ("It says: slowly.", "assistant")
    assert [one.text for one in read(path, tools=True)][2] == 'search({"q": "kiln"})\nIt says: slowly.'


def test_claude_takes_the_current_branch_only(put: Put) -> None:
    """An answer that was redone is left behind."""

    def said(id: str, parent: str, text: str) -> dict[str, str]:
        return {"uuid": id, "parent_message_uuid": parent, "text": text, "sender": "human"}

    chat = {"uuid": "c", "chat_messages": [said("1", "0", "a"), said("2", "1", "b"), said("3", "1", "c")]}

    assert [one.text for one in read(put("c.json", json.dumps([chat])))] == ["a", "c"]
    chosen = {**chat, "current_leaf_message_uuid": "2"}
    assert [one.text for one in read(put("c.json", json.dumps([chosen])))] == ["a", "b"]


@pytest.mark.parametrize("shape", ["results", "list", "lines"])
def test_mem0_memories_become_notes(shape: str, put: Put) -> None:
    """id, user, run, time, metadata and categories come along."""
    held = sample.MEM0["results"]
    body = {"results": json.dumps(sample.MEM0), "list": json.dumps(held), "lines": sample.as_lines(list(held))}[shape]

    path = put("mem0.json", body)
    note = next(read(path))

    assert detect(path) == "mem0"
    assert note == Message(
        "Likes ash glaze",
        who="mara",
        at=datetime(2024, 7, 1, 15, tzinfo=UTC),
        session="r1",
        source="0f1d",
        kind="note",
        trust="import",
        data={"user_id": "mara", "metadata": {"topic": "pots"}, "hash": "ab", "tags": ["hobby"]},
    )


def test_mem0_relations_become_facts(put: Put) -> None:
    """Its graph is kept as facts that can become links."""
    fact = list(read(put("mem0.json", json.dumps(sample.MEM0))))[1]

    assert (fact.kind, fact.text) == ("fact", "mara teaches at wren street")
    assert fact.data["links"] == [{"src": "mara", "rel": "teaches_at", "dst": "wren street"}]


@pytest.mark.parametrize("shape", ["lines", "graph"])
def test_the_mcp_graph_becomes_entities_and_facts(shape: str, put: Put) -> None:
    """Entities, their observations and relations keep who they are about."""
    graph = {"entities": sample.MCP[:1], "relations": sample.MCP[1:]}
    path = put("memory.json", sample.as_lines(sample.MCP) if shape == "lines" else json.dumps(graph, indent=2))

    entity, first, second, relation = read(path)

    assert detect(path) == "mcp-memory"
    assert (entity.kind, entity.text, entity.data, entity.source) == (
        "entity",
        "Mara",
        {"label": "mara", "sort": "person"},
        "mcp/Mara",
    )
    assert ("fact", "Mara: Speaks Welsh") == (first.kind, first.text)
    assert first.data == {"subject": "Mara", "value": "Speaks Welsh"}
    assert second.text == "Mara has a dog"
    assert relation.text == "Mara works at Wren Street"
    assert relation.data["links"] == [{"src": "Mara", "rel": "works_at", "dst": "Wren Street"}]


def test_an_observation_keeps_its_source_when_others_go(put: Put) -> None:
    """Sources of observations hang on their words, not on their position."""
    less = [{**sample.MCP[0], "observations": ["Mara has a dog"]}]

    before = {one.text: one.source for one in read(put("a.jsonl", sample.as_lines(sample.MCP)))}
    after = {one.text: one.source for one in read(put("b.jsonl", sample.as_lines(less)))}

    assert before["Mara has a dog"] == after["Mara has a dog"]


def test_the_format_can_be_named(put: Put) -> None:
    """A name wins over the look; an unknown one lists near names."""
    path = put("talk.txt", sample.TRANSCRIPT)

    assert next(read(path, format="markdown")).kind == "chunk"
    with pytest.raises(IngestError, match="no format 'locmo'; near: locomo"):
        read(path, format="locmo")


@pytest.mark.parametrize(
    ("file", "total"),
    [
        ("locomo/locomo10_part1.json.gz", 2_760),
        ("longmemeval/longmemeval_s_part.json.gz", 11_920),
        ("beam/100K", 2_362),
    ],
)
def test_the_published_data_is_read_whole(file: str, total: int, data: Path) -> None:
    """Every turn of the development data comes out, dated, named and with its own source."""
    path = data / file

    turns = list(read(path))

    assert total == len(turns) == len({one.source for one in turns}) == validate(path).total
    assert all(one.at is not None and one.who and one.session for one in turns)
    assert not any(one.mended for one in turns)


def test_the_published_beam_marks_are_all_cut(data: Path) -> None:
    """No message ends in a question mark of the generator."""
    assert not any("->->" in one.text for one in read(data / "beam" / "100K"))


def test_a_folder_or_a_pipe_is_no_file(tmp_path: Path) -> None:
    """Only regular files are opened; a pipe would wait for ever."""
    with pytest.raises(IngestError, match="a folder of no known layout; name the file in it"):
        detect(tmp_path)
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with pytest.raises(IngestError, match="not a regular file"):
        detect(pipe)
    with pytest.raises(IngestError, match="does not exist"):
        detect(tmp_path / "missing.jsonl")
