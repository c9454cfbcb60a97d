"""JSON: a list of messages, an object with `messages`, or a list of such chats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from remanence.ingest.formats import Head, file_format
from remanence.ingest.message import Message
from remanence.ingest.records import values
from remanence.ingest.source import Source

_CHAT_NAME = ("session", "session_id", "chat", "conversation_id", "id", "uuid")
_CHAT_TIME = ("at", "timestamp", "created_at", "date", "create_time")


def sniff(head: Head) -> float:
    """A JSON list of objects with a text, or `messages` in the outermost object."""
    words = ("text", "content", "parts")
    if head.shape == "list":
        return 0.6 if head.any(2, *words) or head.has(2, "messages") else 0.0
    if head.shape == "object":
        return 0.6 if head.has(1, "messages") else 0.3 if head.any(1, *words) else 0.0
    return 0.0


@file_format("json", "a list of messages, or chats that hold `messages`", sniff)
def read(source: Source) -> Iterator[Message]:
    """Every message in order. A chat's name and date hold for its messages that name none themselves.

    Without an id the source is `<file>#<n>`, n counting messages from 1; without a session it is the file.
    An id that is a mere number is unique in its session only, so its source is `<session>/<id>`.
    """
    number = 0
    with source.open() as stream:
        for line, value in values(source, stream):
            chat: Mapping[str, Any] = {}
            given: list[Any] = [value]
            if isinstance(value, dict) and isinstance(value.get("messages"), list):
                chat, given = value, value["messages"]
            session = _first(chat, _CHAT_NAME)
            at = _first(chat, _CHAT_TIME)
            for one in given:
                number += 1
                if not isinstance(one, dict):
                    source.bad(line, f"message {number} is not an object but a {type(one).__name__}")
                    continue
                filled = dict(one)
                if at is not None and not any(one.get(name) is not None for name in (*_CHAT_TIME, "time")):
                    filled["at"] = at
                if session is not None and not any(one.get(name) for name in _CHAT_NAME[:3]):
                    filled["session"] = session
                made = source.make(line, filled)
                if made is not None:
                    yield placed(made, one, source.label, number)


def placed(made: Message, given: Mapping[str, Any], label: str, number: int) -> Message:
    """The message with a session and a source that no other record of the import has."""
    session = made.session or label
    own = given.get("source")
    own = given.get("id") if own is None else own
    if made.source is None:
        source = f"{label}#{number}"
    elif isinstance(own, int):
        source = f"{session}/{own}"
    elif made.session is not None:
        return made
    else:
        source = made.source
    return replace(made, source=source, session=session)


def _first(chat: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((chat[name] for name in names if chat.get(name) is not None), None)
