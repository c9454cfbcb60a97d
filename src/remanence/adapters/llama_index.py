"""LlamaIndex: a memory block for `Memory`, and a retriever.

>>> block = RemanenceMemoryBlock(memory=Memory("my.db", user="ada"))
>>> chat = llama_index.core.memory.Memory.from_defaults(memory_blocks=[block])
>>> RemanenceRetriever(Memory("my.db", user="ada"), k=5).retrieve("where does Ada live?")
"""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.bridge.pydantic import Field
from llama_index.core.memory import BaseMemoryBlock
from llama_index.core.schema import NodeWithScore, TextNode

from remanence.memory.memory import Memory
from remanence.types import iso

_ROLES = {"user": "user", "assistant": "assistant", "chatbot": "assistant", "model": "assistant", "tool": "tool"}


class RemanenceMemoryBlock(BaseMemoryBlock[str]):  # type: ignore[misc,unused-ignore]
    """Keeps what leaves the short-term memory, and gives what bears on the last message within `tokens`."""

    name: str = "remanence"
    memory: Any = Field(exclude=True)
    tokens: int = 800

    async def _aget(self, messages: list[Any] | None = None, **_: Any) -> str:
        cue = next((one.content for one in reversed(messages or []) if one.role.value == "user" and one.content), "")
        if not cue.strip():
            return ""
        packed = await asyncio.to_thread(self.memory.context, cue[-2_000:], self.tokens)
        return str(packed.text)

    async def _aput(self, messages: list[Any]) -> None:
        kept = [
            {
                "role": _ROLES.get(one.role.value, "system"),
                "text": one.content,
                "session": one.additional_kwargs.get("session_id"),
            }
            for one in messages
            if one.content and one.content.strip()
        ]
        if kept:
            await asyncio.to_thread(self.memory.remember, kept)

    async def atruncate(self, content: str, tokens_to_truncate: int) -> str | None:
        """Nothing is cut from evidence: a smaller one is packed at the next turn, this one is left out."""
        return None


class RemanenceRetriever(BaseRetriever):  # type: ignore[misc,unused-ignore]
    """The `k` items that answer a query best, as nodes with their scores; filters as in `Memory.recall`."""

    def __init__(self, memory: Memory, k: int = 10, **filters: Any) -> None:
        super().__init__()
        self._memory, self._k, self._filters = memory, k, filters

    def _retrieve(self, query_bundle: Any) -> list[Any]:
        return [
            NodeWithScore(
                node=TextNode(
                    id_=hit.id,
                    text=hit.text,
                    metadata={"source": hit.item.source or hit.id, "who": hit.item.who, "at": iso(hit.item.at)},
                ),
                score=hit.score,
            )
            for hit in self._memory.recall(query_bundle.query_str, self._k, **self._filters)
        ]
