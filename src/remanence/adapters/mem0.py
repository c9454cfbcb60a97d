"""mem0's `Memory` and `AsyncMemory` over a space file: change the import, keep the calls.

Both forms of call are taken: ids as arguments or in `filters`, `limit` or `top_k`. What is kept is what was said;
nothing is rewritten by a model, so `infer` and `prompt` are accepted and change nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from remanence.errors import InvalidInput
from remanence.memory import mem0
from remanence.memory.mem0 import Results, fits, history_of, scope_parts, shown
from remanence.memory.memory import Memory as Space
from remanence.types import Scope


class Memory:
    """mem0's synchronous class. `path` is the space file; `from_config` reads it from `{"path": ...}`."""

    def __init__(self, config: Any = None, *, path: str | Path = "mem0.db", **options: Any) -> None:
        self._space = Space(path, **options)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Memory:
        """A memory at `config["path"]`; settings of other stores and models are not needed and not read."""
        return cls(path=config.get("path", "mem0.db"))

    def add(
        self,
        messages: Any,
        *,
        metadata: Mapping[str, Any] | None = None,
        timestamp: Any = None,
        **rest: Any,
    ) -> Results:
        """Keep a text, a message or several. `rest`: user_id, agent_id, run_id; mem0's other settings are ignored."""
        return mem0.add(self._of(rest, needed=True), messages, metadata, timestamp)

    def search(
        self, query: str, *, filters: Mapping[str, Any] | None = None, threshold: float | None = None, **rest: Any
    ) -> Results:
        """The memories that answer a query best, with scores from 0 to 1."""
        most = _most(rest, 20)
        memory = self._of({**rest, **(filters or {})}, needed=True)
        return mem0.search(memory, query, most, filters or {}, threshold)

    def get_all(self, *, filters: Mapping[str, Any] | None = None, **rest: Any) -> Results:
        """Every memory, newest first."""
        memory = self._of({**rest, **(filters or {})}, needed=True)
        found = [one for one in memory.list(limit=0, newest_first=True, kinds="turn") if fits(one.data, filters or {})]
        return {"results": [shown(item) for item in found[: _most(rest, 100)]]}

    def get(self, memory_id: str) -> dict[str, Any]:
        """One memory."""
        return shown(self._space.get(memory_id))

    def update(
        self,
        memory_id: str,
        text: str | None = None,
        *,
        data: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> dict[str, str]:
        """Another text or metadata; the old version stays in the history."""
        return mem0.update(self._space, memory_id, text if text is not None else data, metadata)

    def delete(self, memory_id: str) -> dict[str, str]:
        """Erase a memory, bytes included."""
        return mem0.delete(self._space, memory_id)

    def delete_all(self, **ids: Any) -> dict[str, str]:
        """Erase everything of one user, agent or run."""
        return mem0.delete_all(self._of(ids, needed=True))

    def history(self, memory_id: str) -> list[dict[str, Any]]:
        """What a memory said before, oldest first."""
        return history_of(memory_id, self._space.history(memory_id))

    def reset(self) -> None:
        """Erase everything of the default user. Other users' memories are theirs: `delete_all(user_id=...)`."""
        mem0.delete_all(self._space)

    def close(self) -> None:
        """Let go of the file."""
        self._space.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _of(self, ids: Mapping[str, Any], *, needed: bool) -> Space:
        parts = scope_parts(ids)
        if needed and not parts:
            raise InvalidInput("at least one of user_id, agent_id, run_id is needed, as an argument or in filters")
        return self._space.within(Scope(**{"user": "default", **parts}))


def _most(given: Mapping[str, Any], default: int) -> int:
    told = given.get("top_k", given.get("limit", default))
    if isinstance(told, bool) or not isinstance(told, int) or not 1 <= told <= 1_000:
        raise InvalidInput(f"top_k is a whole number from 1 to 1,000, not {told!r}")
    return told


class AsyncMemory:
    """mem0's asynchronous class: the same verbs, each in a thread, so that the loop is never blocked."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        self._inner = Memory(config, **options)

    @classmethod
    async def from_config(cls, config: Mapping[str, Any]) -> AsyncMemory:
        """A memory at `config["path"]`."""
        return await asyncio.to_thread(cls, path=config.get("path", "mem0.db"))

    async def add(self, messages: Any, **knobs: Any) -> Results:
        """As `Memory.add`."""
        return await asyncio.to_thread(self._inner.add, messages, **knobs)

    async def search(self, query: str, **knobs: Any) -> Results:
        """As `Memory.search`."""
        return await asyncio.to_thread(self._inner.search, query, **knobs)

    async def get_all(self, **knobs: Any) -> Results:
        """As `Memory.get_all`."""
        return await asyncio.to_thread(self._inner.get_all, **knobs)

    async def get(self, memory_id: str) -> dict[str, Any]:
        """As `Memory.get`."""
        return await asyncio.to_thread(self._inner.get, memory_id)

    async def update(self, memory_id: str, text: str | None = None, **knobs: Any) -> dict[str, str]:
        """As `Memory.update`."""
        return await asyncio.to_thread(self._inner.update, memory_id, text, **knobs)

    async def delete(self, memory_id: str) -> dict[str, str]:
        """As `Memory.delete`."""
        return await asyncio.to_thread(self._inner.delete, memory_id)

    async def delete_all(self, **ids: Any) -> dict[str, str]:
        """As `Memory.delete_all`."""
        return await asyncio.to_thread(self._inner.delete_all, **ids)

    async def history(self, memory_id: str) -> list[dict[str, Any]]:
        """As `Memory.history`."""
        return await asyncio.to_thread(self._inner.history, memory_id)

    async def reset(self) -> None:
        """As `Memory.reset`."""
        await asyncio.to_thread(self._inner.reset)

    def close(self) -> None:
        """Let go of the file."""
        self._inner.close()

    async def __aenter__(self) -> AsyncMemory:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)
