"""Bad files: refused whole with line and cure, or taken in part with every loss reported."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import ingest_samples as sample
import pytest

from remanence.errors import IngestError
from remanence.ingest.read import Counted, Skipped, detect, read, validate
from remanence.ingest.records import MAX_NESTING, MAX_RECORD
from remanence.ingest.source import MAX_RATIO

Put = Callable[[str, str | bytes], Path]
Zipped = Callable[..., Path]

GOOD = '{"text": "One", "who": "Ann"}\n'

BAD_LINES = {
    "broken": ('{"text": "Two"', "not valid JSON: expecting ',' delimiter at column 15"),
    "trailing": ('{"text": "Two"} x', "not valid JSON: extra data"),
    "no object": ("[1]", "a line holds one message as an object, not a list"),
    "no text": ('{"who": "Bo"}', "text is empty; give the words in 'text' or 'content'"),
    "bad date": ('{"text": "Two", "at": "someday"}', "at 'someday' is not a date that can be read; write it like"),
    "nan": ('{"text": "Two", "n": NaN}', "NaN is not JSON; write null or a number"),
    "infinite": ('{"text": "Two", "n": -Infinity}', "-Infinity is not JSON"),
    "too large": ('{"text": "Two", "n": 1e999}', "the number 1e999 is too large"),
    "huge whole": ('{"text": "Two", "n": ' + "9" * 5000 + "}", "over 4,300 digits"),
    "twice": ('{"text": "Two", "text": "Three"}', "the key 'text' is given twice in one object"),
    "deep": ('{"text": "Two", "n": ' + "[" * 80 + "]" * 80 + "}", f"nested deeper than {MAX_NESTING} levels"),
    "very deep": ("[" * 100_000, f"nested deeper than {MAX_NESTING} levels"),
    "control": ('{"text": "T\two"}', "invalid control character"),
    "data too large": (json.dumps({"text": "Two", "n": "x" * 70_000}), "at most 65,536 are kept"),
    "data too deep": (json.dumps({"text": "Two", "n": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}), "nested deeper than 16"),
    "text too long": (json.dumps({"text": "x" * 1_000_001}), "text is 1,000,001 characters"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_refused_with_its_number_and_the_cure(name: str, put: Put) -> None:
    """The whole file is refused before anything of it is taken, and the message says where and what to do."""
    line, says = BAD_LINES[name]
    path = put("talk.jsonl", GOOD + line + "\n" + GOOD)

    with pytest.raises(IngestError) as caught:
        validate(path)

    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert says in str(caught.value)
    assert "--skip-bad" in str(caught.value)


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_can_be_left_out_and_is_reported(name: str, put: Put) -> None:
    """What is good is taken, what is bad is told with its line, and the count agrees."""
    line, says = BAD_LINES[name]
    path = put("talk.jsonl", GOOD + line + "\n" + GOOD)
    told: list[Skipped] = []

    taken = list(read(path, skip_bad=True, on_skip=told.append))

    assert ["One", "One"] == [one.text for one in taken]
    assert [(2, str(path))] == [(one.line, one.file) for one in told]
    assert says in told[0].reason
    assert validate(path, skip_bad=True) == Counted(2, path.stat().st_size, skipped=1, format="jsonl")


def test_bytes_that_are_not_utf8_are_a_bad_line(put: Put) -> None:
    """A line in another encoding is named and can be left out."""
    path = put("talk.jsonl", GOOD.encode() + '{"text": "café"}\n'.encode("latin-1") + GOOD.encode())

    with pytest.raises(IngestError, match="line 2: byte 14 is not UTF-8; save the file as UTF-8"):
        validate(path)
    assert validate(path, skip_bad=True).skipped == 1


def test_text_that_is_not_utf8_loses_only_its_wrong_bytes(put: Put) -> None:
    """A text file in another encoding is refused; taken with skipping, its wrong bytes show."""
    path = put("notes.txt", b"The caf\xe9 is open.\n\nIt is warm.\n")

    with pytest.raises(IngestError, match="line 1: the line is not UTF-8"):
        validate(path)
    assert ["The caf\ufffd is open.", "It is warm."] == [one.text for one in read(path, skip_bad=True)]


def test_a_line_beyond_the_bound_is_passed_over_without_being_held(put: Put) -> None:
    """A huge line costs itself, not its neighbours."""
    path = put("talk.jsonl", GOOD + '{"text": "' + "x" * MAX_RECORD + '"}\n' + GOOD)
    told: list[Skipped] = []

    assert len(list(read(path, skip_bad=True, on_skip=told.append))) == 2
    assert [(2, "the line is over 12 MiB; split it")] == [(one.line, one.reason) for one in told]


BAD_LISTS = {
    "a broken value": ('[{"text": "One"}, {"text": }, {"text": "Two"}]', 2),
    "a value that is missing": ('[{"text": "One"}, , {"text": "Two"}]', 2),
    "a comma too many": ('[{"text": "One"}, {"text": "Two"},]', 2),
    "two lists": ('[{"text": "One"}, {"text": "Two"}] []', 2),
    "a wrong bracket": ('[{"text": "One"}, {"text": "Two"}}', 2),
    "an end in the middle": ('[{"text": "One"}, {"text": "Two"}, {"text": "Thr', 2),
    "a number": ('[{"text": "One"}, 7, {"text": "Two"}]', 2),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_bad_list_is_refused_or_taken_in_part(name: str, put: Put) -> None:
    """A JSON list is cut value by value, so that one bad value does not cost the others."""
    body, good = BAD_LISTS[name]
    path = put("talk.json", body)
    told: list[Skipped] = []

    with pytest.raises(IngestError, match="line 1: "):
        validate(path)
    assert good == len(list(read(path, skip_bad=True, on_skip=told.append)))
    assert len(told) == 1


def test_errors_in_a_long_list_name_the_line_of_the_file(put: Put) -> None:
    """The line is counted over the whole file, across the pieces in which it is read."""
    rows = [json.dumps({"text": f"Message {i} " + "x" * 200}) for i in range(5_000)]
    rows[4_321] = '{"text": "broken}'

    path = put("talk.json", "[\n" + ",\n".join(rows) + "\n]\n")

    with pytest.raises(IngestError, match=r"line 4323: not valid JSON"):
        validate(path)


def test_a_list_longer_than_a_record_may_be_is_read_in_pieces(put: Put) -> None:
    """The bound is on a value, not on the file."""
    row = json.dumps({"text": "x" * 900_000})
    path = put("talk.json", "[" + ",".join([row] * 16) + "]")

    assert path.stat().st_size > MAX_RECORD
    assert validate(path).total == 16


@pytest.mark.parametrize("name", ["json", "locomo", "longmemeval", "beam", "chatgpt", "claude", "mem0", "mcp-memory"])
@pytest.mark.parametrize("value", ["7", '"x"', "null", "[]", "{}", '{"messages": 3}'])
def test_a_format_that_is_named_wrongly_is_refused(name: str, value: str, put: Put) -> None:
    """Data of another shape is an error with a line, never a traceback and never silently nothing."""
    for body in (value, f"[{value}]"):
        path = put("x.json", body)
        with pytest.raises(IngestError):
            validate(path, format=name)


BROKEN = [
    ("longmemeval", {**sample.LONGMEMEVAL[1], "haystack_dates": []}, "1 chats but 1 ids and 0 dates"),
    ("longmemeval", {**sample.LONGMEMEVAL[1], "haystack_sessions": [7]}, "q2/s1: the chat is not a list"),
    ("longmemeval", {**sample.LONGMEMEVAL[1], "haystack_sessions": [[7]]}, "q2/s1: turn 0 is not an object"),
    ("locomo", {"sample_id": "c", "conversation": {}}, "it has no session_1"),
    ("locomo", {"sample_id": "c", "conversation": {"session_1": 3}}, "session_1 is not a list of turns"),
    ("locomo", {"sample_id": "c", "conversation": {"session_1": [3]}}, "turn 1 of session_1 is not an object"),
    ("beam", {"batch_number": 1, "turns": 3}, "it has no list of turns"),
    ("beam", {"batch_number": 1, "turns": [[{"role": "user"}]]}, "an object with a content"),
    ("chatgpt", {"title": "t"}, "it has no mapping"),
    ("claude", {"uuid": "c"}, "it has no chat_messages"),
    ("claude", {"uuid": "c", "chat_messages": [3]}, "a message is not an object"),
    ("mem0", {"id": "1", "memory": 3}, "a memory has no text under 'memory'"),
    ("mem0", {"results": [], "relations": [{"source": "a"}]}, "a relation needs"),
    ("mcp-memory", {"type": "entity"}, "neither an entity"),
    ("mcp-memory", {"name": "Mara", "observations": [3]}, "an observation of 'Mara' is not a text"),
    ("json", {"messages": [3]}, "message 1 is not an object"),
]


@pytest.mark.parametrize(("name", "value", "says"), BROKEN, ids=[f"{row[0]}-{i}" for i, row in enumerate(BROKEN)])
def test_damage_inside_a_record_is_named(name: str, value: object, says: str, put: Put) -> None:
    """Every format says which of its parts is wrong, and reports it when bad records are left out."""
    path = put("x.json", json.dumps(value))
    told: list[Skipped] = []

    with pytest.raises(IngestError) as caught:
        validate(path, format=name)
    assert says in str(caught.value)
    list(read(path, format=name, skip_bad=True, on_skip=told.append))
    assert [says in one.reason for one in told] == [True]


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_packed_file_that_ends_early_gives_what_came_before(keep: float, put: Put) -> None:
    """A download that broke off is refused; with skipping, its good part is taken and the end is told."""
    body = "".join(json.dumps({"text": f"Message {i * 7919 % 10007} of {i}"}) + "\n" for i in range(3_000))
    packed = gzip.compress(body.encode())
    path = put("talk.jsonl.gz", packed[: int(len(packed) * keep)])
    told: list[Skipped] = []

    with pytest.raises(IngestError, match="the file ends or is damaged here"):
        validate(path)
    taken = list(read(path, skip_bad=True, on_skip=told.append))

    assert 3_000 * keep * 0.5 < len(taken) < 3_000
    assert "the file ends or is damaged here" in told[-1].reason


@pytest.mark.parametrize("suffix", ["jsonl", "txt"])
def test_a_bomb_is_stopped_by_its_growth(suffix: str, put: Put) -> None:
    """A packed file may not grow without bound, and skipping bad records does not help it."""
    one = json.dumps({"text": "x " * 4_000}) + "\n" if suffix == "jsonl" else "a b c d " * 1_000 + "\n\n"
    path = put(f"bomb.{suffix}.gz", gzip.compress(one.encode() * (9 * 2**20 // len(one))))

    for skip in (False, True):
        with pytest.raises(IngestError, match=f"unpacks to more than {MAX_RATIO} times its size"):
            validate(path, skip_bad=skip)


@pytest.mark.parametrize(
    "member",
    ["../conversations.json", "/etc/passwd", "C:\\x.json", "a/../../x", "\\\\host\\x"],
)
def test_an_archive_with_a_path_that_leads_outside_is_refused(member: str, zipped: Zipped) -> None:
    """No chat export has such entries, so the whole archive is not trusted."""
    path = zipped("e.zip", **{member: "[]", "conversations.json": sample.SAMPLES["claude"][1]})

    with pytest.raises(IngestError, match="which no chat export does"):
        detect(path)


def test_an_archive_with_links_twins_or_locks_is_refused(tmp_path: Path) -> None:
    """Symbolic links, devices, names that differ in case only and encryption are refused."""
    body = sample.SAMPLES["claude"][1]

    def archive(name: str, *entries: zipfile.ZipInfo) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as made:
            made.writestr("conversations.json", body)
            for entry in entries:
                made.writestr(entry, "x")
        return tmp_path / name

    link, device = zipfile.ZipInfo("link"), zipfile.ZipInfo("device")
    link.external_attr = 0o120777 << 16
    device.external_attr = 0o060666 << 16
    for path in (
        archive("link.zip", link),
        archive("device.zip", device),
        archive("twin.zip", zipfile.ZipInfo("Conversations.JSON")),
    ):
        with pytest.raises(IngestError, match="which no chat export does"):
            detect(path)

    locked = bytearray(archive("plain.zip").read_bytes())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        flags = locked.index(mark) + (6 if mark == b"PK\x03\x04" else 8)
        locked[flags] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    with pytest.raises(IngestError, match="is encrypted"):
        detect(tmp_path / "locked.zip")


def test_an_archive_without_chats_or_with_endless_contents_is_refused(zipped: Zipped, tmp_path: Path) -> None:
    """What holds no chats is said to; a table of contents with a million names is not even read."""
    with pytest.raises(IngestError, match=r"without a conversations\.json"):
        detect(zipped("e.zip", **{"photo.txt": "x"}))

    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for i in range(10_000):
            archive.writestr(f"{i:0450}", "")
    with pytest.raises(IngestError, match="table of contents over 4 MiB"):
        detect(tmp_path / "many.zip")


def test_an_archive_bomb_is_stopped(tmp_path: Path) -> None:
    """Zeros that unpack a thousandfold are stopped by their growth."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("conversations.json", "w") as member,
    ):
        member.write(b'[{"chat_messages": [], "x": 1}')
        for _ in range(20):
            member.write(b" " * 2**20)

    with pytest.raises(IngestError, match=f"unpacks to more than {MAX_RATIO} times its size"):
        validate(path, skip_bad=True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not UTF-8 text, JSON or a chat export"),
        ("hello".encode("utf-16"), "is not UTF-8 text, JSON or a chat export"),
        (b'{"colour": "red"}', "JSON of no known format (its keys: 'colour')"),
    ],
)
def test_what_is_no_known_format_is_said_to_be_so(body: bytes, says: str, put: Put) -> None:
    """The message says what was seen and what would do."""
    with pytest.raises(IngestError) as caught:
        detect(put("thing", body))

    assert says in str(caught.value)


def test_a_file_without_messages_is_an_error_not_a_success(put: Put) -> None:
    """Importing nothing is never reported as having worked."""
    path = put("talk.json", '{"messages": []}')

    with pytest.raises(IngestError, match="holds no messages as json"):
        validate(path)
