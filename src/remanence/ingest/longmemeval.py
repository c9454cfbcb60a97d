"""LongMemEval: questions about a user, each with its own haystack of assistant chats.

Wu et al., "LongMemEval: Benchmarking Chat Assistants on Long-Term Interactive Memory", 2024.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import values
from remanence.ingest.source import Source


def sniff(head: Head) -> float:
    """Instances with `haystack_sessions`."""
    return float(any(head.any(d, "haystack_sessions", "haystack_session_ids") for d in (1, 2)))


@file_format("longmemeval", "LongMemEval instances: a question and its haystack of chats", sniff)
def read(source: Source, *, only: str | None = None) -> Iterator[Message]:
    """Turns as `<question>/<chat>/<turn index>` in sessions `<question>/<chat>`, at the chat's date.

    Questions, answers and evidence marks are not taken; empty turns are passed over. `only` names one
    question, which is the way to measure: haystacks of several questions do not belong into one space.
    """
    with source.open() as stream:
        for line, value in values(source, stream):
            name = value.get("question_id") if isinstance(value, dict) else None
            if not isinstance(name, str) or not isinstance(value.get("haystack_sessions"), list):
                source.bad(line, "not a LongMemEval instance: question_id or haystack_sessions is missing")
                continue
            if only is None or name == only:
                yield from _instance(source, line, name, value)


def _instance(source: Source, line: int, name: str, value: Mapping[str, Any]) -> Iterator[Message]:
    chats = value["haystack_sessions"]
    names, dates = value.get("haystack_session_ids"), value.get("haystack_dates")
    names = names if isinstance(names, list) else [f"session_{i}" for i in range(1, len(chats) + 1)]
    dates = dates if isinstance(dates, list) else [None] * len(chats)
    if not len(chats) == len(names) == len(dates):
        source.bad(line, f"{name}: {len(chats)} chats but {len(names)} ids and {len(dates)} dates")
        return
    for chat, turns, at in zip(names, chats, dates, strict=True):
        if not isinstance(turns, list):
            source.bad(line, f"{name}/{chat}: the chat is not a list of turns")
            continue
        for index, turn in enumerate(turns):
            if not isinstance(turn, dict):
                source.bad(line, f"{name}/{chat}: turn {index} is not an object")
                continue
            if turn.get("content") == "":
                continue
            yield from source.kept(
                line,
                {
                    "text": turn.get("content"),
                    "role": turn.get("role"),
                    "at": at,
                    "session": f"{name}/{chat}",
                    "source": f"{name}/{chat}/{index}",
                },
            )
