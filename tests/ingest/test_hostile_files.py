"""Hostile input: whatever a file holds, the answer is messages or one error of ours, in bounded space."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import ingest_samples as sample
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.errors import IngestError
from remanence.ingest.formats import FORMATS
from remanence.ingest.message import Message
from remanence.ingest.read import detect, read, validate
from remanence.types import MAX_TEXT, TRUST

Put = Callable[[str, str | bytes], Path]

GRAFTS: tuple[bytes, ...] = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1e-999",
    b"18446744073709551616",
    b"9" * 400,
    b'"\\ud800"',
    b'"\\u0000"',
    b"[" * 2_000,
    b'{"a":' * 300,
    b"}]}]",
    b'"',
    b"\\",
    b",,",
    b"null",
    b"[]",
    b"{}",
    b'{"text": "x", "text": "y"}',
    b"\r\n\r",
    b"---\n",
    b"# \n",
    b"```\n",
    b"../",
    b"\xe2\x80\xae",
    b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\x00",
)


def damaged(raw: bytes, rng: random.Random) -> bytes:
    """One to four of: cut off, bit flipped, piece removed, doubled, moved or replaced by something nasty."""
    for _ in range(rng.randint(1, 4)):
        if not raw:
            break
        at, to = sorted((rng.randrange(len(raw)), rng.randrange(len(raw))))
        how = rng.randrange(7)
        if how == 0:
            raw = raw[:at]
        elif how == 1:
            raw = raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]
        elif how == 2:
            raw = raw[:at] + raw[min(to, at + 40) :]
        elif how == 3:
            raw = raw[:to] + raw[at:to] + raw[to:]
        elif how == 4:
            raw = raw[at:] + raw[:at]
        else:
            wide = rng.choice((0, 0, 1, 4, 12))
            raw = raw[:at] + rng.choice(GRAFTS) + raw[at + wide :]
    return raw


def withstand(path: Path, name: str | None) -> None:
    """Check and read the file both ways; only our error may come out, and only sound messages."""
    taken: list[Message] = []
    for skip in (False, True):
        refusal = str(path)
        try:
            total = validate(path, format=name, skip_bad=skip).total
            taken = list(read(path, format=name, skip_bad=skip))
        except IngestError as error:
            refusal, total = str(error), len(taken)
        assert str(path) in refusal
        assert total == len(taken)
    for one in taken:
        assert 0 <= len(one.text) <= MAX_TEXT
        assert one.trust in TRUST
        json.dumps([one.text, one.who, one.source, one.session, one.payload()], ensure_ascii=False).encode()


@settings(max_examples=150)
@given(st.sampled_from(sorted(sample.SAMPLES)), st.integers(0, 2**32), st.booleans())
def test_damaged_files_are_read_or_refused(name: str, seed: int, named: bool) -> None:
    """Any damage to a file of any format ends in messages or in an error that names the file."""
    file, body = sample.SAMPLES[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_bytes(damaged(body.encode(), random.Random(seed)))

        withstand(path, name if named else None)


@pytest.mark.campaign
@pytest.mark.parametrize("name", sorted(sample.SAMPLES))
def test_ten_thousand_damaged_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    """The same, some thousand times for each format."""
    file, body = sample.SAMPLES[name]
    path = tmp_path / file
    rng = random.Random(name)
    for round in range(1_000):
        path.write_bytes(damaged(body.encode(), rng))
        withstand(path, name if round % 2 else None)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                sorted(
                    {"text", "content", "messages", "mapping", "message", "parent", "author", "role", "id", "parts"}
                    | {"chat_messages", "uuid", "attachments", "extracted_content", "conversation", "session_1"}
                    | {"session_1_date_time", "speaker", "dia_id", "haystack_sessions", "question_id", "results"}
                    | {"haystack_dates", "haystack_session_ids", "turns", "batch_number", "memory", "relations"}
                    | {"entities", "name", "observations", "from", "to", "relationType", "at", "created_at"}
                    | {"create_time", "content_type", "current_node", "type", "files", "sender", "session"}
                )
            )
            | st.text(max_size=4),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200)
@given(st.sampled_from(FORMATS.names()), _json, st.booleans())
def test_json_of_any_shape_is_read_or_refused(name: str, value: object, listed: bool) -> None:
    """Right keys with wrong values, in every format's reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_text(json.dumps([value] if listed else value))

        withstand(path, name)


FAMILIES = {
    "one letter": "a" * 1_000_000,
    "one letter and a mark": "a" * 1_000_000 + "!",
    "open brackets": "[" * 1_000_000,
    "nested pairs": "[{" * 400_000,
    "open parentheses": "(" * 1_000_000,
    "combining marks": ("e" + "\u0301" * 10_000) * 50,
    "joined emoji": "\U0001f469\u200d" * 250_000,
    "right to left": "\u202e\u05d0 " * 300_000,
    "no spaces": "\u3042" * 400_000,
    "digits": "1" * 1_000_000,
    "paths": "../" * 330_000,
    "spaces": "# " + " " * 1_000_000 + "x",
    "empty lines": "\n" * 1_000_000,
    "quotes": '{"text":"' + '\\"' * 500_000,
    "colons": "Ann: hi\nBo: hi\nAnn: hi\n" + "a: " * 300_000,
    "dates": "[2023-05-08 13:56] Ann: hi\n" * 3 + "[1/1/1" * 150_000,
    "date lines": "Ann: hi\n" * 3 + "1 1 1 1 1 1 1 1 1 1 1\n" * 10_000,
    "headings": "# a\n" * 100_000,
    "underlines": "a\n==\n" * 100_000,
    "fences": "```\n" * 100_000,
    "marks": "-->-> 1," * 100_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("suffix", ["txt", "md", "jsonl", "json"])
@pytest.mark.parametrize("family", FAMILIES)
def test_no_text_of_a_megabyte_makes_a_reader_stall(family: str, suffix: str, put: Put) -> None:
    """Every reader takes time in proportion to its input; a quadratic one would not end here."""
    withstand(put(f"x.{suffix}", FAMILIES[family]), None)


SMILE = "\U0001f600"
LARGE: dict[str, Callable[[], str]] = {
    "wide.json": lambda: "[" + ",".join(['{"text":"' + SMILE + "a" * 11_000_000 + '"}'] * 2) + "]",
    "wide.jsonl": lambda: ('{"text":"' + SMILE + "a" * 11_000_000 + '"}\n') * 2,
    "lists.json": lambda: '[{"text":"a","x":[' + "[]," * 3_500_000 + "[]]}]",
    "lists.jsonl": lambda: ('{"text":"a","x":[' + "[]," * 240_000 + "[]]}\n") * 4,
    "unclosed.json": lambda: '[{"text":"' + "a" * 40_000_000,
    "escapes.json": lambda: '[{"text":"' + '\\"' * 5_500_000 + '"}]',
    "keys.jsonl": lambda: '{"text":"a"' + "".join(f',"{i}":0' for i in range(240_000)) + "}\n",
    "vast.json": lambda: '[{"text":"' + SMILE + "a" * 40_000_000 + '"}]',
    "vast.jsonl": lambda: '{"text":"' + SMILE + "a" * 40_000_000 + '"}\n',
    "line.txt": lambda: "a" * 40_000_000,
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("name", LARGE)
def test_no_file_takes_more_than_256_mb_of_memory(name: str, put: Put) -> None:
    """The whole process stays under the bound while it reads the worst that we know."""
    path = put(name, LARGE[name]())
    program = (
        "import sys\n"
        "from remanence.errors import IngestError\n"
        "from remanence.ingest.read import validate\n"
        "try:\n"
        "    validate(sys.argv[1], skip_bad=True)\n"
        "except IngestError:\n"
        "    pass\n"
        "status = open('/proc/self/status').read()\n"
        "print(status.split('VmHWM:')[1].split()[0])\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=120, check=True
    )

    assert int(told.stdout) < 256 * 1024


def test_looking_at_a_file_leaves_nothing_behind(put: Put) -> None:
    """Recognising and checking write no file anywhere near the input."""
    path = put("talk.jsonl.gz", sample.SAMPLES["jsonl"][1])
    before = sorted(path.parent.rglob("*"))

    detect(path)
    validate(path)

    assert before == sorted(path.parent.rglob("*"))
