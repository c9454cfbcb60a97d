"""Reads a file of any known format as messages: recognise it, check it whole, then take it.

The check comes first because nothing of a bad file may be stored: `validate` reads everything and keeps nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from remanence.errors import IngestError, InvalidInput
from remanence.ingest.formats import FORMATS, Format, Head, file_format, look
from remanence.ingest.message import Message
from remanence.ingest.source import Broken, Skipped, Source
from remanence.records import dataclass

__all__ = [
    "FORMATS",
    "Counted",
    "Format",
    "Head",
    "Skipped",
    "Source",
    "detect",
    "file_format",
    "read",
    "validate",
]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a file holds: messages, bytes (unpacked), records left out, messages with a replaced character."""

    total: int
    bytes: int
    skipped: int = 0
    mended: int = 0
    format: str = ""


def detect(path: str | Path) -> str:
    """The name of a file's format; `IngestError` when it is none that is known, with what would do."""
    head = look(path)
    if head.shape == "empty":
        raise IngestError(f"{path}: the file is empty; there is nothing to take")
    sure, name = max(((one.sniff(head), name) for name, one in FORMATS.items()), key=lambda pair: pair[0])
    if head.raw.startswith(b'{"remanence":'):
        raise IngestError(f"{path}: is an export of Remanence itself; `remanence import` takes it whole, as it is")
    if head.raw.split() in ([b"[]"], [b"{}"], [b"[", b"]"]):
        raise IngestError(f"{path}: is an empty JSON {head.shape}; there is nothing to take")
    if sure <= 0.0 and head.raw.startswith(b"SQLite format 3"):
        raise IngestError(f"{path}: is a database of another program; save what it holds as JSON or text first")
    if sure <= 0.0 and head.shape == "binary":
        raise IngestError(f"{path}: is not UTF-8 text, JSON or a chat export; convert it to UTF-8 text first")
    if sure <= 0.0:
        outermost = sorted({key for level in head.keys[:3] for key in level})[:12]
        seen = f" (its keys: {', '.join(map(ascii, outermost))})" if outermost else ""
        if head.shape == "folder":
            raise IngestError(f"{path}: is a folder of no known layout; name the file in it that is to be taken")
        raise IngestError(
            f"{path}: is JSON of no known format{seen}; name one with --format ({', '.join(FORMATS.names())}) or write "
            f'one message a line, such as {{"who": "Ann", "text": "Hello", "at": "2023-05-08T13:56:00Z"}}'
        )
    return name


def read(
    path: str | Path,
    *,
    format: str | None = None,
    skip_bad: bool = False,
    on_skip: Callable[[Skipped], None] | None = None,
    now: datetime | None = None,
    **knobs: Any,
) -> Iterator[Message]:
    """The messages of a file in order, one at a time; the format is recognised unless it is named.

    A bad record raises `IngestError` with file, line and cure; with `skip_bad` it is left out and told to
    `on_skip`. Call `validate` first when nothing of a bad file may be kept. `now` is the time of messages
    without one (None: unknown). `knobs` are the format's own: `only="conv-26"`.
    """
    source = Source(path, skip_bad=skip_bad, on_skip=on_skip, now=now)
    return _guarded(source, _chosen(path, format, knobs).read, knobs)


def validate(
    path: str | Path,
    *,
    format: str | None = None,
    skip_bad: bool = False,
    on_skip: Callable[[Skipped], None] | None = None,
    **knobs: Any,
) -> Counted:
    """Read a whole file and keep nothing: the count of what `read` will give, or its `IngestError`.

    Takes constant memory on formats with one record a line.
    """
    chosen = _chosen(path, format, knobs)
    source = Source(path, skip_bad=skip_bad, on_skip=on_skip)
    total = mended = 0
    for one in _guarded(source, chosen.read, knobs):
        total += 1
        mended += one.mended
    if not total and not source.skipped:
        raise IngestError(f"{path}: holds no messages as {chosen.name}; is it the right file and format?")
    return Counted(total, source.read, source.skipped, mended, chosen.name)


def _chosen(path: str | Path, name: str | None, knobs: dict[str, Any]) -> Format:
    if name is None:
        name = detect(path)
    chosen = FORMATS.get(name)
    has = list(inspect.signature(chosen.read).parameters)[1:]
    for knob in knobs:
        if knob not in has:
            raise InvalidInput(f"format {name} has no setting {knob!r}; it has: {', '.join(has) or 'none'}")
    return chosen


def _guarded(source: Source, reader: Callable[..., Iterator[Message]], knobs: dict[str, Any]) -> Iterator[Message]:
    try:
        yield from reader(source, **knobs)
    except Broken as error:
        source.bad(0, str(error))
    except RecursionError:
        raise source.refuse("is nested too deeply; flatten it") from None
