"""A language model that says what it was told to say: for tests and for demonstrations without a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from remanence.errors import ModelError
from remanence.models.reply import ask_json
from remanence.types import Messages, Schema

Reply = str | Mapping[str, Any] | Exception


class Script:
    """Gives `replies` in order, or what a function of the messages returns.

    A text or an object is a reply, an exception is raised. `prompts` keeps the messages of each call.
    Being asked more often than there are replies raises ModelError with the prompt that had none.
    `json` asks a second time after a reply that does not fit, if there is another one, as a real model is
    asked again. `checked=False` gives what was scripted as it is, as a careless `Chat` of one's own would.
    """

    def __init__(self, replies: Iterable[Reply] | Callable[[Messages], Reply], *, checked: bool = True) -> None:
        self._answer = replies if callable(replies) else None
        self._checked = checked
        self._left: list[Reply] = [] if callable(replies) else list(replies)
        self.prompts: list[list[dict[str, str]]] = []

    def __repr__(self) -> str:
        left = "a function" if self._answer else f"{len(self._left)} replies left"
        return f"Script({left})"

    def complete(self, messages: Messages, *, schema: Schema | None = None, max_tokens: int | None = None) -> str:
        """The next reply as text; an object is written as JSON."""
        self.prompts.append([dict(message) for message in messages])
        if self._answer:
            reply = self._answer(messages)
        elif self._left:
            reply = self._left.pop(0)
        else:
            last = messages[-1].get("content", "") if messages else ""
            raise ModelError(f"the script has no reply left for call {len(self.prompts)}: {last[:200]!r}")
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, str) else json.dumps(reply)

    def json(self, messages: Messages, schema: Schema) -> dict[str, Any]:
        """The next reply that fits `schema`; BadReply after two that do not, or when the last does not."""
        if not self._checked:
            unchecked: dict[str, Any] = json.loads(self.complete(messages, schema=schema))
            return unchecked
        tries = 2 if self._answer or len(self._left) > 1 else 1
        return ask_json(lambda talk: self.complete(talk, schema=schema), messages, schema, tries=tries)
