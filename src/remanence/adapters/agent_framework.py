"""Microsoft Agent Framework: a context provider over a space.

>>> agent = Agent(client, context_providers=[RemanenceContextProvider(Memory("my.db", user="ada"))])
"""

from __future__ import annotations

import asyncio
from typing import Any

from agent_framework import ContextProvider, Message

from remanence.memory.memory import Memory

_ROLES = {"user": "user", "assistant": "assistant", "tool": "tool"}


class RemanenceContextProvider(ContextProvider):  # type: ignore[misc,unused-ignore]
    """Before a run, what bears on its messages; after it, both sides are remembered. tokens: how much is added."""

    def __init__(self, memory: Memory, *, tokens: int = 800, source_id: str = "remanence") -> None:
        super().__init__(source_id)
        self._memory, self._tokens = memory, tokens

    async def before_run(self, *, agent: Any, session: Any, context: Any, state: dict[str, Any]) -> None:
        """Add dated, cited snippets as one message of the user's side."""
        cue = "\n".join(one.text for one in context.input_messages if one.role == "user" and one.text)
        if cue.strip():
            packed = await asyncio.to_thread(self._memory.context, cue[-2_000:], self._tokens)
            if packed.text:
                context.extend_messages(self, [Message("user", [packed.text])])

    async def after_run(self, *, agent: Any, session: Any, context: Any, state: dict[str, Any]) -> None:
        """Remember what was asked and answered."""
        answered = context.response.messages if context.response is not None else []
        kept = [
            {"role": _ROLES.get(one.role, "system"), "who": one.author_name, "text": one.text}
            | ({"session": context.session_id} if context.session_id else {})
            for one in (*context.input_messages, *answered)
            if one.text and one.text.strip()
        ]
        if kept:
            await asyncio.to_thread(self._memory.remember, kept)
