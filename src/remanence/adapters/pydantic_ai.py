"""Pydantic AI: two tools for an agent, and message histories that stay.

>>> agent = Agent("openai:gpt-5", toolsets=[memory_tools(Memory("my.db", user="ada"))])
>>> chat = RemanenceHistory("chat-7", Memory("my.db", user="ada"))
>>> result = agent.run_sync("Hello", message_history=chat.messages())
>>> chat.add(result.new_messages())
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic_ai.messages import ModelMessagesTypeAdapter
from pydantic_ai.toolsets import FunctionToolset

from remanence.memory import verbatim
from remanence.memory.memory import Memory


def memory_tools(memory: Memory, *, tokens: int = 800) -> FunctionToolset[Any]:
    """`recall_memory(query)` and `remember(text)`. tokens: how much a recall gives."""

    def recall_memory(query: str) -> str:
        """Look up what is remembered on something: dated, cited snippets, or nothing.

        Args:
            query: What to look up, as a question or in key words.
        """
        return memory.context(query, tokens).text or "Nothing is remembered on this."

    def remember(text: str) -> str:
        """Remember something for later conversations.

        Args:
            text: What to remember, one or more whole sentences.
        """
        receipt = memory.remember({"role": "assistant", "text": text})
        return (
            "; ".join(("Remembered.", *receipt.notes))
            if receipt.put
            else "; ".join(receipt.refused) or "Nothing new in it."
        )

    return FunctionToolset([recall_memory, remember])


class RemanenceHistory:
    """The messages of one chat in order; `memory` is narrowed to `session_id`, and recall sees them too."""

    def __init__(self, session_id: str, memory: Memory) -> None:
        self._memory = memory.within(replace(memory.scope, session=session_id))

    def messages(self) -> list[Any]:
        """All messages, for `message_history=`."""
        held = self._memory.list(kinds="turn", limit=0)
        return list(ModelMessagesTypeAdapter.validate_python(verbatim.values("message", held)))

    def add(self, messages: Iterable[Any]) -> None:
        """Keep messages, such as `result.new_messages()`."""
        dumped = ModelMessagesTypeAdapter.dump_python(list(messages), mode="json")
        if dumped:
            self._memory.remember([part for one in dumped for part in _kept(one)])


def _kept(message: dict[str, Any]) -> list[dict[str, Any]]:
    """A message with its words as text, and itself as data."""
    parts = message.get("parts") or []
    words = [part["content"] for part in parts if isinstance(part.get("content"), str) and part["part_kind"] in _SPOKEN]
    asked = message.get("kind") == "request"
    tools = asked and all(part.get("part_kind") == "tool-return" for part in parts)
    text = "\n".join(word for word in words if word.strip()) or f"({message.get('kind', 'message')})"
    role = "tool" if tools else "user" if asked else "assistant"
    return verbatim.messages("message", message, text, role)


_SPOKEN = ("user-prompt", "text", "tool-return")
