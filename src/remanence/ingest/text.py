"""Plain text: paragraphs become chunks; a transcript ("Ann: hello") becomes turns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.ingest.chunks import CHUNK, split, text_lines
from remanence.ingest.formats import Head, file_format, look
from remanence.ingest.message import Message
from remanence.ingest.source import Source
from remanence.ingest.times import when
from remanence.types import MAX_TEXT

_LONGEST_PARAGRAPH = 256 * 2**10
_MARKS = str.maketrans({"\u200e": None, "\u200f": None, "\u202f": " ", "\u00a0": " "})
_CLOCK = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?"
_DAY = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_STAMP = rf"(?:{_DAY}(?:,? (?:at )?|T){_CLOCK}Z?|{_DAY}|{_CLOCK})"
_WHO = r"(?:[^\W\d_][^\n:\[\](){}<>\"=;!?,/\\]{0,39}|\+[\d ()-]{6,20})"
_TURN = re.compile(
    rf"(?:\[(?P<a>[^\]\n]{{4,40}})\] ?(?:- )?|(?P<b>{_STAMP})(?: [-–] | ))?"
    rf"(?P<who>{_WHO})(?: [\[(](?P<c>[^\])\n]{{4,40}})[\])])?:(?:[ \t]|$)"
)
_NOTICE = re.compile(rf"\[?{_STAMP}\]?(?: [-–] | )")
_NUMERIC = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?!\d)")


def sniff(head: Head) -> float:
    """Any text at all; surer when it is called .txt or looks like a transcript."""
    if head.shape in ("folder", "binary", "empty"):
        return 0.0
    if any(head.keys):
        return 0.0
    if head.shape != "text" and not head.name.endswith((".txt", ".text")):
        return 0.4 if _is_transcript(head.text) else 0.0
    if head.name.endswith((".txt", ".text", ".log")):
        return 0.5
    return 0.1


@file_format("text", "plain text: paragraphs, or a transcript with `Name: text` lines", sniff)
def read(
    source: Source,
    *,
    chunk: int = CHUNK,
    transcript: bool | None = None,
    day_first: bool | None = None,
) -> Iterator[Message]:
    """Chunks or turns as `<file>#<n>`, all in one session named after the file.

    A transcript is recognised by its lines unless `transcript` says what it is. Its lines may begin with a
    time in brackets or before a dash, or carry it behind the name; a line that is a date alone dates what
    follows. In all-digit dates the order of day and month is taken from the file unless `day_first` says it.
    """
    if chunk < 100:
        raise InvalidInput(f"chunk must be at least 100 characters, not {chunk}")
    head = look(source.path).text
    if transcript is None:
        transcript = _is_transcript(head)
    if transcript:
        yield from _turns(source, _day_first(head) if day_first is None else day_first)
    else:
        yield from _paragraphs(source, chunk)


# --- running text --------------------------------------------------------------------------------


def _paragraphs(source: Source, chunk: int) -> Iterator[Message]:
    held: list[str] = []
    size = count = first = 0
    title = source.path.name.removesuffix(".gz")[-200:]

    def flush() -> Iterator[Message]:
        nonlocal held, size, count
        for _, piece in split("".join(held), chunk):
            count += 1
            yield from source.kept(
                first,
                {
                    "text": piece,
                    "kind": "chunk",
                    "session": source.label,
                    "source": f"{source.label}#{count}",
                    "data": {"title": title},
                },
            )
        held, size = [], 0

    for line, text in text_lines(source):
        if not text.strip() or size > _LONGEST_PARAGRAPH:
            yield from flush()
        if not held:
            first = line
        held.append(text)
        size += len(text)
    yield from flush()


# --- transcripts ---------------------------------------------------------------------------------


def _is_transcript(head: str) -> bool:
    """True when at least half of the lines are turns of a few speakers, or a fifth of them with a time."""
    rows = [row for row in head.translate(_MARKS).split("\n", 500)[:500] if row.strip()]
    found = [turn for row in rows if (turn := _TURN.match(row)) is not None]
    names = Counter(turn["who"] for turn in found)
    timed = sum(bool(turn["a"] or turn["b"] or turn["c"]) for turn in found)
    if timed >= 2 and timed * 5 >= len(rows):
        return True
    return len(found) >= 3 and len(found) * 2 >= len(rows) and len(names) * 2 <= max(len(found), 4)


def _day_first(head: str) -> bool | None:
    """The order of day and month, from the first date that leaves no choice."""
    for found in _NUMERIC.finditer(head):
        if len(found[1]) <= 2:
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                return True
            if second > 12 >= first:
                return False
    return None


def _turns(source: Source, day_first: bool | None) -> Iterator[Message]:
    held = _Turn(source)
    for line, text in text_lines(source):
        row = text.translate(_MARKS)
        turn, stamp = _turn_of(row, held.day, day_first)
        if turn is not None:
            yield from held.flush()
            held.begin(turn["who"].strip(), line, row[turn.end() :], stamp)
            continue
        heading = _heading_date(row, day_first)
        if heading is not None:
            yield from held.flush()
            held.day = held.at = heading
            continue
        if _NOTICE.match(row):  # a line of the program, not of a person
            yield from held.flush()
            continue
        if held.size + len(text) > MAX_TEXT:
            yield from held.flush()
        held.add(line, text)
    yield from held.flush()


def _turn_of(row: str, day: datetime | None, day_first: bool | None) -> tuple[re.Match[str] | None, datetime | None]:
    """(the beginning of a turn, or None; its time, where one is written)."""
    turn = _TURN.match(row) if len(row) <= MAX_TEXT else None
    written = (turn["a"] or turn["b"] or turn["c"]) if turn is not None else None
    stamp = _moment(written, day, day_first) if written else None
    if turn is not None and turn["a"] and stamp is None:
        turn = None
    return turn, stamp


class _Turn:
    """The turn of a transcript that is being read, and what it takes over from those before."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.who: str | None = None
        self.at: datetime | None = None
        self.day: datetime | None = None
        self.size = self._first = self._count = 0
        self._lines: list[str] = []

    def begin(self, who: str, line: int, text: str, stamp: datetime | None) -> None:
        self.who, self._first = who, line
        if stamp is not None:
            self.day = stamp
        if self.day is not None:
            self.at = self.day
        self._lines, self.size = [text], len(text)

    def add(self, line: int, text: str) -> None:
        if not self._lines:
            self._first = line
        self._lines.append(text)
        self.size += len(text)

    def flush(self) -> Iterator[Message]:
        """The turn as a message, if it has a text."""
        body = "".join(self._lines).strip()
        self._lines, self.size = [], 0
        if not body:
            return
        self._count += 1
        label = self.source.label
        fields = {"text": body, "who": self.who, "at": self.at, "session": label, "source": f"{label}#{self._count}"}
        made = self.source.make(self._first, fields)
        if made is not None:
            yield made


def _heading_date(row: str, day_first: bool | None) -> datetime | None:
    bare = row.strip().strip("-=*#_ \t[]")
    if not 6 <= len(bare) <= 60 or not any(letter.isdigit() for letter in bare):
        return None
    return _moment(bare, None, day_first)


def _moment(written: str, day: datetime | None, day_first: bool | None) -> datetime | None:
    """The time that a transcript writes; a clock time alone belongs to the day before it."""
    written = written.strip()
    numeric = _NUMERIC.match(written)
    if numeric is not None:
        written = _in_order(numeric, day_first) + written[numeric.end() :].replace(",", " ")
    elif re.fullmatch(_CLOCK, written):
        if day is None:
            return None
        written = f"{day:%Y-%m-%d} {written}"
    try:
        return when(" ".join(written.split()))
    except InvalidInput:
        return None


def _in_order(numeric: re.Match[str], day_first: bool | None) -> str:
    one, two, three = numeric[1], numeric[2], numeric[3]
    if len(one) > 2 or len(three) == 3:
        return numeric[0]
    year = int(three) if len(three) == 4 else int(three) + (2000 if int(three) < 70 else 1900)
    if day_first is None:
        day_first = "/" not in numeric[0]
    if int(two) > 12 >= int(one):
        day_first = False
    elif int(one) > 12:
        day_first = True
    day, month = (one, two) if day_first else (two, one)
    return f"{year:04d}-{int(month):02d}-{int(day):02d}"
