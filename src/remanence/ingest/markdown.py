"""Markdown: sections under their headings become chunks that know their path of titles."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remanence.errors import InvalidInput
from remanence.ingest.agent_folder import files
from remanence.ingest.chunks import CHUNK, split, text_lines
from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.source import Source
from remanence.ingest.times import when

_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
_LONGEST_SECTION = 256 * 2**10
_FRONT_LINES = 200
_TITLE = 200
_DATES = ("date", "at", "created", "created_at", "updated", "last_modified")


def sniff(head: Head) -> float:
    """The file name ends in .md, or the text has headings."""
    if head.shape == "folder":
        return 0.5 if any(_notes(head.path)) else 0.0
    if head.shape in ("binary", "empty"):
        return 0.0
    if head.name.endswith(_SUFFIXES):
        return 0.8
    if head.shape != "text" or head.name.endswith((".txt", ".json", ".jsonl")):
        return 0.0
    headings = sum(_heading(line) is not None for line in head.text.split("\n", 2_000)[:2_000])
    return 0.2 if headings >= 2 else 0.0


@file_format("markdown", "Markdown, a file or a folder: a chunk for every section, with its path of titles", sniff)
def read(source: Source, *, chunk: int = CHUNK) -> Iterator[Message]:
    """Chunks of at most `chunk` characters as `<file>#<n>`; `title` is the path "Book > Chapter > Section".

    Titles that a chunk does not show itself are its extra index words. Front matter gives title, author
    (as who) and date.
    """
    if chunk < 100:
        raise InvalidInput(f"chunk must be at least 100 characters, not {chunk}")
    if not source.path.is_dir():
        yield from _file(source, chunk)
        return
    for path in _notes(source.path):
        inner = source.inside(path)
        yield from _file(inner, chunk)
        source.read += inner.read
        source.skipped += inner.skipped


def _notes(folder: Path) -> list[Path]:
    """The Markdown files of a folder by their names; hidden folders, such as an editor's own, are passed over."""
    found = [path for path in files(folder, "**/*") if path.suffix.lower() in _SUFFIXES]
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _file(source: Source, chunk: int) -> Iterator[Message]:
    rows = text_lines(source)
    front, rows = _front(rows)
    shared: dict[str, Any] = {
        "kind": "chunk",
        "session": source.label,
        "who": front.get("author"),
        "at": next((at for name in _DATES if (at := _date(front.get(name)))), None),
    }
    count = 0
    for line, titles, shown, body in _sections(rows, front.get("title")):
        for _, piece in split(body, chunk):
            count += 1
            path = " > ".join(titles)
            hidden = titles[:-1] if shown and piece.startswith(shown) else titles
            data = {name: value for name, value in (("title", path), ("keys", " ".join(hidden))) if value}
            yield from source.kept(line, {**shared, "text": piece, "source": f"{source.label}#{count}", "data": data})


def _sections(rows: Iterator[tuple[int, str]], root: str | None) -> Iterator[tuple[int, list[str], str, str]]:
    """(first line, titles, the heading as written, text with its heading) of every section that says something."""
    titles: list[tuple[int, str]] = [(0, root)] if root else []
    held: list[str] = []
    size = first = 0
    shown = fence = ""
    said = False
    for line, text in rows:
        bare = text.strip()
        start = None
        if fence:
            if bare.startswith(fence) and not bare.strip(fence[0]):
                fence = ""
        elif bare.startswith(("```", "~~~")):
            fence = bare[0] * (len(bare) - len(bare.lstrip(bare[0])))
        elif (start := _heading(text)) is None and held and _underline(bare) and _title_like(held[-1]):
            start = (1 if bare[0] == "=" else 2, held[-1].strip())
            text = held.pop() + text
            said = len(held) > 1 or bool(held and not shown)
        if start is not None or size > _LONGEST_SECTION:
            if said and "".join(held).strip():
                yield first, [title for _, title in titles], shown, "".join(held)
            held, size, said, shown, first = [], 0, start is None and said, "", line
            if start is not None:
                while titles and titles[-1][0] >= start[0]:
                    titles.pop()
                if start[1]:
                    titles.append((start[0], start[1][:_TITLE]))
                shown = text.strip()
        elif not held:
            first = line
        held.append(text)
        size += len(text)
        said = said or (start is None and bool(bare))
    if said and "".join(held).strip():
        yield first, [title for _, title in titles], shown, "".join(held)


def _heading(text: str) -> tuple[int, str] | None:
    """Level and title of a line such as "## Title ##"."""
    if not text.startswith(("#", " #", "  #", "   #")):
        return None
    bare = text.strip()
    level = len(bare) - len(bare.lstrip("#"))
    rest = bare[level:]
    if level > 6 or (rest and not rest[0].isspace()):
        return None
    closed = rest.rstrip("#")
    return level, (closed if not closed or closed[-1:].isspace() else rest).strip()


def _underline(bare: str) -> bool:
    return len(bare) >= 2 and (not bare.strip("=") or not bare.strip("-"))


def _title_like(line: str) -> bool:
    bare = line.strip()
    return 0 < len(bare) <= _TITLE and bare[0] not in "#>|-*+`~="


def _front(rows: Iterator[tuple[int, str]]) -> tuple[dict[str, str], Iterator[tuple[int, str]]]:
    """The `key: value` lines between two `---` at the top, and the rest of the file."""
    taken: list[tuple[int, str]] = []
    for row in rows:
        taken.append(row)
        bare = row[1].strip()
        if len(taken) == 1:
            if bare != "---":
                break
        elif bare in ("---", "..."):
            found: dict[str, str] = {}
            for _, text in taken[1:-1]:
                name, colon, value = text.partition(":")
                value = value.strip().strip("'\"").strip()
                if colon and value and len(name) <= 40 and len(value) <= _TITLE:
                    found.setdefault(name.strip().lower(), value)
            return found, rows
        elif len(taken) > _FRONT_LINES:
            break
    return {}, itertools.chain(taken, rows)


def _date(text: str | None) -> str | None:
    """A front matter date, when it is one; a note is not refused for its date."""
    if text is None:
        return None
    try:
        when(text)
    except InvalidInput:
        return None
    return text
