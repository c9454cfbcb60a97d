"""Google ADK: a memory service over a space, one scope for each app and user.

>>> runner = Runner(..., memory_service=RemanenceMemory(Memory("my.db")))
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from google.adk.memory.base_memory_service import BaseMemoryService, SearchMemoryResponse
from google.adk.memory.memory_entry import MemoryEntry
from google.genai import types

from remanence.memory.memory import Memory
from remanence.types import Scope, iso


class RemanenceMemory(BaseMemoryService):  # type: ignore[misc,unused-ignore]
    """Sessions are kept event by event; adding one again takes only what is new. k: hits of a search."""

    def __init__(self, memory: Memory, *, k: int = 10) -> None:
        self._memory, self._k = memory, k

    async def add_session_to_memory(self, session: Any) -> None:
        """Keep the words of every event of a session."""
        await self.add_events_to_memory(
            app_name=session.app_name, user_id=session.user_id, events=session.events, session_id=session.id
        )

    async def add_events_to_memory(
        self,
        *,
        app_name: str,
        user_id: str,
        events: Sequence[Any],
        session_id: str | None = None,
        custom_metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the words of some events; an event that is known is not kept twice."""
        kept = [_kept(event, session_id) for event in events if _words(event.content)]
        if kept:
            await asyncio.to_thread(self._of(app_name, user_id).remember, kept)

    async def add_memory(
        self,
        *,
        app_name: str,
        user_id: str,
        memories: Sequence[Any],
        custom_metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Keep entries as they are."""
        kept = [
            {"text": _words(one.content), "who": one.author, "at": one.timestamp, "source": one.id}
            for one in memories
            if _words(one.content)
        ]
        if kept:
            await asyncio.to_thread(self._of(app_name, user_id).remember, kept)

    async def search_memory(self, *, app_name: str, user_id: str, query: str) -> SearchMemoryResponse:
        """What this user said or was told in this app, best first."""
        hits = await asyncio.to_thread(self._of(app_name, user_id).recall, query, self._k)
        return SearchMemoryResponse(memories=[_entry(hit) for hit in hits])

    async def delete_memory(self, *, app_name: str, user_id: str, memory_id: str | None = None) -> None:
        """Erase one item, bytes and what was made of it included."""
        if memory_id:
            await asyncio.to_thread(self._of(app_name, user_id).erase, memory_id)

    def _of(self, app_name: str, user_id: str) -> Memory:
        return self._memory.within(Scope(user=user_id, app=app_name))


def _words(content: Any) -> str:
    parts = getattr(content, "parts", None) or ()
    return "\n".join(part.text for part in parts if part.text and not part.thought).strip()


def _kept(event: Any, session_id: str | None) -> dict[str, Any]:
    role = "user" if event.author == "user" else "assistant"
    source = f"adk/{session_id}/{event.id}"
    told = {"role": role, "who": event.author, "text": _words(event.content), "at": event.timestamp, "source": source}
    return told | ({"session": session_id} if session_id else {})


def _entry(hit: Any) -> MemoryEntry:
    item = hit.item
    role = "user" if item.data.get("role") == "user" else "model"
    content = types.Content(role=role, parts=[types.Part(text=hit.text)])
    notes = {"score": hit.score, "source": item.source}
    return MemoryEntry(content=content, author=item.who, timestamp=iso(item.at), id=hit.id, custom_metadata=notes)
