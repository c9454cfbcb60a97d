"""Any object's methods as coroutines: the one async skin, over the one sync engine."""

from __future__ import annotations

import functools
from typing import Any


class Async:
    """Any object's methods as coroutines, each run in a thread: `await Async(memory).recall("...")`.

    The loop is never blocked; calls on one memory wait for each other.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        import asyncio  # a fifth of what importing a memory costs, and only an event loop needs it

        @functools.wraps(found)
        async def call(*args: Any, **knobs: Any) -> Any:
            return await asyncio.to_thread(found, *args, **knobs)

        return call

    async def __aenter__(self) -> Async:
        return self

    async def __aexit__(self, *_: object) -> None:
        import asyncio

        await asyncio.to_thread(self._inner.close)
