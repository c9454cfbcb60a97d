"""LangChain: a chat history that stays, and a retriever over everything that was said.

>>> history = RemanenceChatHistory("chat-7", Memory("my.db", user="ada"))
>>> retriever = RemanenceRetriever(memory=Memory("my.db", user="ada"), k=5)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.documents import Document
from langchain_core.messages import message_to_dict, messages_from_dict
from langchain_core.retrievers import BaseRetriever

from remanence.memory import verbatim
from remanence.memory.memory import Memory
from remanence.types import iso

_ROLES = {"human": "user", "ai": "assistant", "tool": "tool", "function": "tool", "system": "system"}


class RemanenceChatHistory(BaseChatMessageHistory):  # type: ignore[misc,unused-ignore]
    """The messages of one chat in order; `memory` is narrowed to `session_id`, and recall sees them too."""

    def __init__(self, session_id: str, memory: Memory) -> None:
        self._memory = memory.within(replace(memory.scope, session=session_id))

    @property
    def messages(self) -> list[Any]:
        """The messages as they were added, oldest first."""
        return list(messages_from_dict(verbatim.values("message", self._memory.list(kinds="turn", limit=0))))

    def add_messages(self, messages: Sequence[Any]) -> None:
        """Keep messages; answers after the commit."""
        if messages:
            self._memory.remember([part for one in messages for part in _kept(one)])

    def clear(self) -> None:
        """Erase this chat, bytes and what was made of it included."""
        held = [one.id for one in self._memory.list(limit=0, tiers=(), ended=True)]
        if held:
            self._memory.erase(held, force=True)


def _kept(message: Any) -> list[dict[str, Any]]:
    role = _ROLES.get(message.type, "user")
    return verbatim.messages("message", message_to_dict(message), str(message.text) or f"({message.type})", role)


class RemanenceRetriever(BaseRetriever):  # type: ignore[misc,unused-ignore]
    """The `k` items that answer a query best, as documents with source, speaker, time and score."""

    memory: Any
    k: int = 10
    filters: dict[str, Any] = {}  # noqa: RUF012 (a field with a default)
    """Filters of `Memory.recall`, such as {"kinds": "turn"}."""

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
        return [
            Document(
                page_content=hit.text,
                id=hit.id,
                metadata={
                    "source": hit.item.source or hit.id,
                    "who": hit.item.who,
                    "at": iso(hit.item.at),
                    "session": hit.item.session,
                    "score": round(hit.score, 6),
                },
            )
            for hit in self.memory.recall(query, self.k, **self.filters)
        ]
