"""AutoGen: a `Memory` of AgentChat over a space.

>>> agent = AssistantAgent("helper", model_client=client, memory=[RemanenceMemory(Memory("my.db", user="ada"))])
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from autogen_core.memory import Memory as AutogenMemory
from autogen_core.memory import MemoryContent, MemoryMimeType, MemoryQueryResult, UpdateContextResult
from autogen_core.models import SystemMessage, UserMessage

from remanence.memory.memory import Memory
from remanence.types import iso


class RemanenceMemory(AutogenMemory):  # type: ignore[misc,unused-ignore]
    """Before each call of the model, what bears on the last message of the user joins the context.

    tokens: how much may join. k: how many hits `query` gives. The memory belongs to the caller, who closes it.
    """

    def __init__(self, memory: Memory, *, tokens: int = 800, k: int = 10) -> None:
        self._memory, self._tokens, self._k = memory, tokens, k

    async def update_context(self, model_context: Any) -> UpdateContextResult:
        """Add a system message with dated, cited snippets; nothing where memory holds none."""
        said = await model_context.get_messages()
        cue = next((_words(one.content) for one in reversed(said) if isinstance(one, UserMessage)), "")
        found: list[Any] = []
        if cue.strip():
            packed = await asyncio.to_thread(self._memory.context, cue[-2_000:], self._tokens)
            if packed.text:
                await model_context.add_message(SystemMessage(content=packed.text))
            found = [_content(hit) for hit in packed.hits]
        return UpdateContextResult(memories=MemoryQueryResult(results=found))

    async def query(self, query: Any, cancellation_token: Any = None, **filters: Any) -> MemoryQueryResult:
        """The hits for a text; filters as in `Memory.recall`."""
        words = _words(query.content if isinstance(query, MemoryContent) else query)
        hits = await asyncio.to_thread(lambda: self._memory.recall(words, self._k, **filters))
        return MemoryQueryResult(results=[_content(hit) for hit in hits])

    async def add(self, content: Any, cancellation_token: Any = None) -> None:
        """Keep a text or an object; `who`, `at`, `session`, `source` and `role` of its metadata are understood."""
        notes = dict(content.metadata or {})
        fields = {name: notes.pop(name) for name in ("who", "at", "session", "source", "role") if name in notes}
        told = {"text": _words(content.content), **fields, **({"data": notes} if notes else {})}
        await asyncio.to_thread(self._memory.remember, told)

    async def clear(self) -> None:
        """Erase all that this handle's scope holds."""
        held = await asyncio.to_thread(lambda: [one.id for one in self._memory.list(limit=0, tiers=(), ended=True)])
        if held:
            await asyncio.to_thread(lambda: self._memory.erase(held, force=True))

    async def close(self) -> None:
        """Nothing: the memory belongs to the caller."""


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(part for part in content if isinstance(part, str))
    return json.dumps(content, ensure_ascii=False, default=str)


def _content(hit: Any) -> MemoryContent:
    notes = {"id": hit.id, "source": hit.item.source, "who": hit.item.who, "at": iso(hit.item.at), "score": hit.score}
    return MemoryContent(content=hit.text, mime_type=MemoryMimeType.TEXT, metadata=notes)
