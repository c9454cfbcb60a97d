"""Reads JSON under bounds: one value a line, or a long list value by value, never the whole file at once.

Bounds per value: 12 MiB of text, 500,000 parts, 64 levels. NaN, Infinity, numbers that do not fit and a key
given twice are refused: what they mean depends on who reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from remanence.ingest.formats import is_conversations, look
from remanence.ingest.source import Broken, Source, take

MAX_RECORD = 12 * 2**20
"""Largest single JSON value, in bytes."""
MAX_PARTS = 500_000
"""Most commas, colons and brackets in one value."""
MAX_NESTING = 64
"""Deepest nesting of one value."""

_CHUNK = 256 * 2**10
_SPACE = b" \t\r\n"


class Malformed(Exception):
    """Not acceptable JSON; `line` counts from 0 inside the value, `cut` tells that the text ended too early."""

    def __init__(self, reason: str, line: int = 0, cut: bool = False) -> None:
        super().__init__(reason)
        self.line = line
        self.cut = cut


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for i, name in enumerate(names) if name in names[:i]) if len(names) < 999 else "?"
        raise Malformed(f"the key {twice[:40]!a} is given twice in one object; keep one of them")
    return made


def _constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON; write null or a number")


def _float(digits: str) -> float:
    number = float(digits)
    if number - number != 0.0:
        raise Malformed(f"the number {digits[:40]} is too large; write it as a text")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)


def decode(raw: bytes) -> Any:
    """One JSON value from UTF-8 bytes; `Malformed` says what is wrong and how to put it right."""
    if len(raw) > MAX_RECORD:
        raise Malformed(f"one record is over {MAX_RECORD >> 20} MiB; split it")
    if len(raw) > MAX_PARTS and sum(map(raw.count, (b",", b":", b"[", b"{"))) > MAX_PARTS:
        raise Malformed(f"one record has over {MAX_PARTS:,} parts; split it")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        raise Malformed(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", line) from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        told = error.msg[:1].lower() + error.msg[1:]
        cut = error.pos >= len(text) or told.startswith("unterminated")
        raise Malformed(f"not valid JSON: {told} at column {error.colno}", error.lineno - 1, cut) from None
    except RecursionError:
        raise Malformed(_too_deep()) from None
    except ValueError:
        raise Malformed("a whole number has over 4,300 digits; write it as a text") from None
    if raw.count(b"[") + raw.count(b"{") > MAX_NESTING and _deeper(value, MAX_NESTING):
        raise Malformed(_too_deep())
    return value


def _too_deep() -> str:
    return f"nested deeper than {MAX_NESTING} levels; flatten it"


def _deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels + 1):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not layer:
            return False
    return True


# --- one value a line ----------------------------------------------------------------------------


def lines(source: Source) -> Iterator[tuple[int, Any]]:
    """(line number, value) of every line that is not empty; bad lines go to `source.bad`."""
    number = 0
    with source.open() as stream:
        try:
            while raw := stream.readline(MAX_RECORD + 1):
                number += 1
                if len(raw) > MAX_RECORD:
                    while raw and not raw.endswith(b"\n"):
                        raw = stream.readline(MAX_RECORD)
                    source.bad(number, f"the line is over {MAX_RECORD >> 20} MiB; split it")
                    continue
                raw = raw.strip(_SPACE)
                if not raw:
                    continue
                try:
                    yield number, decode(raw)
                except Malformed as error:
                    source.bad(number, str(error))
        except Broken as error:
            source.bad(number + 1, str(error))


def records(source: Source) -> Iterator[tuple[int, Any]]:
    """(line number, value) of a file that holds one value a line, a list or one object, whichever it is."""
    if look(source.path).shape == "lines":
        yield from lines(source)
    else:
        with source.open() as stream:
            yield from values(source, stream)


# --- a list, value by value ----------------------------------------------------------------------

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{},]', re.DOTALL)


def values(source: Source, stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    """(line number, value) of every value in a JSON list; a file that is one object gives that object."""
    for line, raw in pieces(source, stream):
        try:
            value = decode(raw)
        except Malformed as error:
            source.bad(line + error.line, str(error))
            continue
        yield line, value
        del value  # a large one must not wait for the next


def conversations(source: Source, what: str, field: str, kind: type) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, conversation) of a chat export, packed or not; what lacks `field` of that type is told as bad."""
    with source.members(is_conversations) as streams:
        for stream in streams:
            for line, chat in values(source, stream):
                if isinstance(chat, dict) and isinstance(chat.get(field), kind):
                    yield line, chat
                else:
                    source.bad(line, f"not {what}: it has no {field}")


def pieces(source: Source, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(line number, bytes) of every value in a JSON list, cut without decoding; then the list must end."""
    list_of = _List(source, stream)
    try:
        if not list_of.begin():
            source.bad(list_of.line, "the file is empty")
        elif list_of.buffer[list_of.start : list_of.start + 1] != b"[":
            yield list_of.line, list_of.whole()
        else:
            list_of.start += 1
            yield from list_of.values()
    except Broken as error:
        source.bad(list_of.line, str(error))


class _List:
    """A JSON list in a stream: `buffer` from `start` on is not given yet, and begins at `line`."""

    def __init__(self, source: Source, stream: BinaryIO) -> None:
        self.source, self.stream = source, stream
        self.buffer = b""
        self.start = 0
        self.line = 1

    def begin(self) -> bool:
        """Read up to the first character; False when there is none."""
        self.buffer = take(self.stream, _CHUNK)
        while self.buffer and not self.buffer.strip(_SPACE):
            self.line += self.buffer.count(b"\n")
            self.buffer = take(self.stream, _CHUNK)
        self.start = len(self.buffer) - len(self.buffer.lstrip(_SPACE))
        self.line += self.buffer.count(b"\n", 0, self.start)
        return bool(self.buffer)

    def whole(self) -> bytes:
        """All that is left, as one value."""
        whole = self.buffer[self.start :]
        while len(whole) <= MAX_RECORD and (piece := take(self.stream, MAX_RECORD + 1 - len(whole))):
            whole += piece
        if len(whole) > MAX_RECORD:
            raise self.source.refuse(
                f"is one JSON value over {MAX_RECORD >> 20} MiB; write one message a line (JSONL) instead", self.line
            )
        return whole.strip(_SPACE)

    def values(self) -> Iterator[tuple[int, bytes]]:
        """The values between the brackets."""
        scan, depth, count = self.start, 0, 0
        while True:
            end, scan, depth = _next_cut(self.buffer, scan, depth)
            if end < 0:
                scan -= self.start
                if not self._more():
                    return
                continue
            mark = self.buffer[end : end + 1]
            raw = self.buffer[self.start : end].lstrip(_SPACE)
            if raw:
                yield self.line + self.buffer.count(b"\n", self.start, end - len(raw)), raw.rstrip(_SPACE)
            elif mark == b"," or count:
                self.source.bad(self.line, "a value is missing beside a comma")
            count += 1
            self.line += self.buffer.count(b"\n", self.start, end)
            self.start = scan = end + 1
            if mark == b"}":
                self.source.bad(self.line, "the list is closed by '}'")
                return
            if mark == b"]":
                self._nothing_more()
                return

    def _more(self) -> bool:
        """Read on; False, and told, when the stream ends in the middle of a value."""
        held = len(self.buffer) - self.start
        if held > MAX_RECORD:
            raise self.source.refuse(f"one record is over {MAX_RECORD >> 20} MiB; split it", self.line)
        piece = take(self.stream, max(_CHUNK, held // 2))
        self.buffer = self.buffer[self.start :] + piece
        self.start = 0
        if not piece:
            self.source.bad(*_unfinished(self.line, self.buffer))
        return bool(piece)

    def _nothing_more(self) -> None:
        rest = self.buffer[self.start :]
        while rest:
            if rest.strip(_SPACE):
                self.source.bad(self.line, "there is more text after the end of the list; keep one list in a file")
                return
            rest = take(self.stream, _CHUNK)


def _next_cut(buffer: bytes, scan: int, depth: int) -> tuple[int, int, int]:
    """(where the value ends: at a comma or the list's own bracket, -1 when not in `buffer`; scanned to; depth)."""
    for token in _TOKEN.finditer(buffer, scan):
        mark = buffer[token.start()]
        if mark == 0x22:  # a text
            if not token[1]:
                return -1, token.start(), depth
        elif mark == 0x2C:  # a comma
            if depth == 0:
                return token.start(), token.end(), depth
        elif mark == 0x5B or mark == 0x7B:
            depth += 1
        elif depth:
            depth -= 1
        else:
            return token.start(), token.end(), depth
        scan = token.end()
    return -1, max(scan, len(buffer)), depth


def _unfinished(line: int, rest: bytes) -> tuple[int, str]:
    """Where and why the last value of a list has no end: cut off, or something in it was never closed."""
    begins = line + rest.count(b"\n", 0, len(rest) - len(rest.lstrip(_SPACE)))
    try:
        decode(rest.strip(_SPACE))
    except Malformed as error:
        if not error.cut:
            return begins + error.line, f"{error}, and nothing after it can be told apart"
    return begins, "the file ends in the middle of a record; fetch it again"
