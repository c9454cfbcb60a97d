"""A `Session` of the OpenAI Agents SDK over a space: the items of one conversation, kept for good and found later.

>>> session = RemanenceSession("chat-7", Memory("my.db", user="ada"))
>>> await Runner.run(agent, "Where did I park?", session=session)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from remanence.memory import verbatim
from remanence.memory.memory import Memory

Input = dict[str, Any]
_SPEAKERS = ("user", "assistant", "system", "developer", "tool")


class RemanenceSession:
    """Items in the order in which they were added. `memory` is narrowed to `session_id`; recall sees them too."""

    session_settings: Any = None

    def __init__(self, session_id: str, memory: Memory) -> None:
        self.session_id = session_id
        self._memory = memory.within(replace(memory.scope, session=session_id))

    async def get_items(self, limit: int | None = None) -> list[Input]:
        """The items, or the latest `limit` of them, oldest first."""
        if limit is None and self.session_settings is not None:
            limit = self.session_settings.limit
        return await asyncio.to_thread(self._items, limit)

    async def add_items(self, items: list[Input]) -> None:
        """Keep items; answers after the commit."""
        if items:
            await asyncio.to_thread(self._memory.remember, [part for one in items for part in _messages(dict(one))])

    async def pop_item(self) -> Input | None:
        """Erase the latest item and return it."""

        def pop() -> Input | None:
            held = self._memory.list(limit=1, newest_first=True, kinds="turn")
            if not held:
                return None
            parts = self._memory.list(limit=held[0].data.get(verbatim.PARTS, 1), newest_first=True, kinds="turn")
            found: list[Input] = verbatim.values("item", reversed(parts))
            self._memory.erase([one.id for one in parts], force=True)
            return found[-1] if found else None

        return await asyncio.to_thread(pop)

    async def clear_session(self) -> None:
        """Erase every item of this session."""

        def clear() -> None:
            held = [one.id for one in self._memory.list(limit=0, tiers=(), ended=True)]
            if held:
                self._memory.erase(held, force=True)

        await asyncio.to_thread(clear)

    def _items(self, limit: int | None) -> list[Input]:
        if limit is not None and limit <= 0:
            return []
        held = self._memory.list(limit=limit or 0, newest_first=True, kinds="turn")
        if limit and any(verbatim.PARTS in one.data for one in held):
            held = self._memory.list(limit=0, newest_first=True, kinds="turn")
        return verbatim.values("item", reversed(held))[-(limit or 0) :]


def _messages(item: Input) -> list[dict[str, Any]]:
    """An item as a message, or several: its words as text, the item itself as data."""
    role = item.get("role")
    spoken = role if role in _SPEAKERS else "tool" if "output" in item else "assistant"
    return verbatim.messages("item", item, _words(item) or f"({item.get('type', 'item')})", spoken)


def _words(item: Mapping[str, Any]) -> str:
    for name in ("content", "output", "arguments", "summary", "name"):
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list):
            parts = [str(one.get("text", "")) for one in value if isinstance(one, Mapping) and one.get("text")]
            if parts:
                return "\n".join(parts)
    return json.dumps(item, ensure_ascii=False, default=str)[:2_000] if item else ""
