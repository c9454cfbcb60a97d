"""BEAM: long chats between a user and an assistant, as published for measuring memory.

Tavakoli et al., "Beyond a Million Tokens: Benchmarking and Enhancing Long-Term Memory in LLMs", 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import values
from remanence.ingest.source import Source

_FILES = ("chat.json", "chat.json.gz", "chat_trunecated.json", "chat_trunecated.json.gz")
_MARK = re.compile(r"\s*->->\s*\d+,(?:\d+|N/A)\)?\s*$")


def sniff(head: Head) -> float:
    """Batches with `turns`, or a folder that holds such a chat or folders of chats."""
    if head.shape == "folder":
        return float(any(_chats(head.path)))
    return float(any(head.has(depth, "batch_number", "turns") for depth in (1, 2)))


@file_format("beam", "a BEAM chat: chat.json, its folder, or a folder of such folders", sniff)
def read(source: Source, *, only: str | None = None) -> Iterator[Message]:
    """Messages as `beam/<chat>/<id>` in sessions `beam/<chat>/batch-<n>`; the chat is named by its folder.

    A message without a time anchor has that of the message before it. The question marks at the end of user
    messages (`->-> 1,1`) are cut off. `only` names one chat.
    """
    if not source.path.is_dir():
        chat = source.path.absolute().parent.name
        if only is None or chat == only:
            yield from _chat(source, chat)
        return
    found = list(_chats(source.path))
    if not found:
        raise source.refuse("holds no BEAM chat; give the folder with chat.json in it")
    for path in found:
        chat = path.absolute().parent.name
        if only is None or chat == only:
            inner = source.inside(path)
            yield from _chat(inner, chat)
            source.read += inner.read
            source.skipped += inner.skipped


def _chats(folder: Path) -> Iterator[Path]:
    """The chat files of a folder or of its folders, those with numbers for names in their order."""
    try:
        below = [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()]
    except OSError:
        below = []
    below.sort(key=lambda one: (int(one.name) if one.name.isdecimal() else 10**9, one.name))
    for place in (folder, *below):
        for name in _FILES:
            if (place / name).is_file():
                yield place / name
                break


def _chat(source: Source, chat: str) -> Iterator[Message]:
    at: Any = None
    with source.open() as stream:
        for line, batch in values(source, stream):
            if not isinstance(batch, dict) or not isinstance(batch.get("turns"), list):
                source.bad(line, "not a BEAM batch: it has no list of turns")
                continue
            at = _anchor(batch) or at
            for turn in batch["turns"]:
                for one in turn if isinstance(turn, list) else [turn]:
                    if not isinstance(one, dict) or not isinstance(one.get("content"), str):
                        source.bad(line, "a BEAM message is an object with a content")
                        continue
                    at = _anchor(one) or at
                    text = _cut_mark(one["content"])
                    if not text:
                        continue
                    yield from source.kept(
                        line,
                        {
                            "text": text,
                            "role": one.get("role"),
                            "at": at,
                            "session": f"beam/{chat}/batch-{batch.get('batch_number', 1)}",
                            "source": f"beam/{chat}/{one.get('id')}",
                        },
                    )


def _anchor(value: dict[str, Any]) -> Any:
    at = value.get("time_anchor")
    return at.replace("-", " ") if isinstance(at, str) and not at[:1].isdecimal() else at


def _cut_mark(text: str) -> str:
    tail = text[-80:]
    found = _MARK.search(tail)
    return text if found is None else text[: len(text) - len(tail) + found.start()]
