"""JSONL: one message a line, as `remember` takes it."""

from __future__ import annotations

from collections.abc import Iterator

from remanence.ingest.formats import Head, file_format
from remanence.ingest.json_messages import placed
from remanence.ingest.message import Message
from remanence.ingest.records import lines
from remanence.ingest.source import Source


def sniff(head: Head) -> float:
    """Objects a line; surer when they have a text."""
    if head.shape != "lines":
        return 0.0
    return 0.6 if head.any(1, "text", "content", "parts") else 0.2


@file_format("jsonl", "one message a line: {who, text, at, session, source}", sniff)
def read(source: Source) -> Iterator[Message]:
    """Every line as a message. Without an id the source is `<file>#<line>`, without a session the file.

    An id that is a mere number is unique in its session only, so its source is `<session>/<id>`.
    """
    label = source.label
    for line, value in lines(source):
        if not isinstance(value, dict):
            source.bad(line, f"a line holds one message as an object, not a {type(value).__name__}")
            continue
        made = source.make(line, value)
        if made is not None:
            yield placed(made, value, label, line)
