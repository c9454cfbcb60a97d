"""The known file formats: how each is recognised and read. One decorated function adds one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from remanence.errors import IngestError
from remanence.ingest.message import Message
from remanence.ingest.source import Broken, Source, take
from remanence.records import dataclass
from remanence.registry import Registry

HEAD = 256 * 2**10
"""How much of a file is looked at to recognise it, in bytes."""

Shape = Literal["list", "object", "lines", "text", "folder", "binary", "empty"]
Reader = Callable[..., Iterator[Message]]


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, unpacked: enough to tell formats apart without decoding it.

    `shape` says what the file is from outside: a JSON list, one JSON object, an object a line, plain text.
    `keys` are the JSON keys that occur, by depth (1: of the outermost value; a list counts as a level).
    """

    path: Path
    name: str
    raw: bytes
    shape: Shape
    keys: tuple[frozenset[str], ...] = ()

    def has(self, depth: int, *names: str) -> bool:
        """True when all of the keys occur at that depth."""
        return depth < len(self.keys) and self.keys[depth].issuperset(names)

    def any(self, depth: int, *names: str) -> bool:
        """True when one of the keys occurs at that depth."""
        return depth < len(self.keys) and not self.keys[depth].isdisjoint(names)

    @property
    def text(self) -> str:
        """The head as text; what is not UTF-8 shows as U+FFFD."""
        return self.raw.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: `sniff(head)` is how sure it is, in [0, 1]; `read(source, **knobs)` gives messages."""

    name: str
    means: str
    sniff: Callable[[Head], float]
    read: Reader


FORMATS: Registry[Format] = Registry(
    "format", folders=("remanence.ingest",), group="remanence.formats", unknown=IngestError, taken=IngestError
)
"""Every known format by name: the readers of this folder, and those of modules that installed packages announce."""


def file_format(name: str, means: str, sniff: Callable[[Head], float]) -> Callable[[Reader], Reader]:
    """Make a generator `read(source, **knobs)` of messages known as a format."""

    def keep(read: Reader) -> Reader:
        FORMATS.add(name, Format(name, means, sniff, read))
        return read

    return keep


# --- looking at a file ---------------------------------------------------------------------------

_TOKEN = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)("?)\s*+(:?)|[\[\]{}]', re.DOTALL)
_LEVELS = 8


def is_conversations(name: str) -> bool:
    """True for the file in a chat export's archive that holds the chats."""
    return re.fullmatch(r"conversations(-\d+)?\.json", name.rsplit("/", 1)[-1]) is not None


def look(path: str | Path) -> Head:
    """The head of a file; `IngestError` when there is nothing to look at."""
    source = Source(path)
    name = source.path.name.lower().removesuffix(".gz")
    if source.path.is_dir() and not source.held(is_conversations):
        return Head(source.path, name, b"", "folder")
    raw = b""
    try:
        with source.members(is_conversations) as streams:
            for stream in streams:
                raw = take(stream, HEAD)
                break
    except Broken as error:
        raise source.refuse(str(error)) from None
    body = raw.lstrip(b" \t\r\n")
    if not body:
        return Head(source.path, name, raw, "empty")
    if b"\x00" in raw[:4096] or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Head(source.path, name, raw, "binary")
    if body[:1] not in b"[{":
        return Head(source.path, name, raw, "text")
    shape, keys = _outline(body)
    if name.endswith((".jsonl", ".ndjson")):
        shape = "lines"
    return Head(source.path, name, raw, shape, keys)


def _outline(body: bytes) -> tuple[Shape, tuple[frozenset[str], ...]]:
    """Shape and keys of JSON text that may be cut off or broken anywhere."""
    keys: list[set[str]] = [set() for _ in range(_LEVELS)]
    depth = 0
    shape: Shape = "list" if body[:1] == b"[" else "object"
    for token in _TOKEN.finditer(body):
        mark = body[token.start()]
        if mark == 0x22:
            if not token[2]:
                break
            if token[3] and depth < _LEVELS and len(keys[depth]) < 256:
                keys[depth].add(token[1][:80].decode("utf-8", "replace"))
        elif mark == 0x5B or mark == 0x7B:
            if depth == 0 and token.start():
                shape = "lines" if shape == "object" and mark == 0x7B else shape
            depth += 1
        else:
            depth = max(0, depth - 1)
    return shape, tuple(frozenset(level) for level in keys)
