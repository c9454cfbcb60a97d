"""LoCoMo: months of talk between two people, as published for measuring memory.

Maharana et al., "Evaluating Very Long-Term Conversational Memory of LLM Agents", 2024.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import values
from remanence.ingest.source import Source

_SESSION = re.compile(r"session_([1-9][0-9]{0,5})")


def sniff(head: Head) -> float:
    """`conversation` beside `qa` or `sample_id`, or a bare conversation with its two speakers."""
    for depth in (1, 2):
        if head.has(depth, "conversation") and head.any(depth, "qa", "sample_id", "session_summary"):
            return 1.0
        if head.has(depth, "speaker_a", "speaker_b"):
            return 1.0
        if head.has(depth, "qa") and head.has(depth + 2, "question", "evidence", "category"):
            return 0.9
    return 0.0


@file_format("locomo", "LoCoMo conversations (the published list, or one of them)", sniff)
def read(source: Source, *, only: str | None = None) -> Iterator[Message]:
    """Turns as `<conversation>/<turn>` (conv-26/D1:3) in sessions `conv-26/session_1`, at the session's date.

    What a picture shows is the caption. Questions, answers and labels are not taken. `only` names one
    conversation.
    """
    with source.open() as stream:
        for number, (line, value) in enumerate(values(source, stream), 1):
            talk = value.get("conversation", value) if isinstance(value, dict) else None
            if not isinstance(talk, dict) or not any(_SESSION.fullmatch(name) for name in talk):
                source.bad(line, f"record {number} is not a LoCoMo conversation: it has no session_1")
                continue
            name = value.get("sample_id")
            name = name if isinstance(name, str) and name else f"conv-{number}"
            if only is None or name == only:
                yield from _conversation(source, line, name, talk)


def _conversation(source: Source, line: int, name: str, talk: Mapping[str, Any]) -> Iterator[Message]:
    numbers = sorted(int(found[1]) for key in talk if (found := _SESSION.fullmatch(key)))
    for number in numbers:
        turns = talk[f"session_{number}"]
        if not isinstance(turns, list):
            source.bad(line, f"{name}: session_{number} is not a list of turns")
            continue
        at = talk.get(f"session_{number}_date_time")
        for index, turn in enumerate(turns, 1):
            if not isinstance(turn, dict):
                source.bad(line, f"{name}: turn {index} of session_{number} is not an object")
                continue
            pictures = turn.get("img_url")
            yield from source.kept(
                line,
                {
                    "text": turn.get("text"),
                    "who": turn.get("speaker"),
                    "at": at,
                    "session": f"{name}/session_{number}",
                    "source": f"{name}/{turn.get('dia_id') or f'D{number}:{index}'}",
                    "caption": turn.get("blip_caption"),
                    "attachments": [{"type": "image", "url": one} for one in pictures if isinstance(one, str)]
                    if isinstance(pictures, list)
                    else None,
                },
            )
