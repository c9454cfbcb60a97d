"""`AsyncMemory`: the verbs of `Memory` as typed coroutines; one thread works, and the event loop goes on."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, Unpack, overload

from remanence.errors import StoreError
from remanence.memory.memory import Memory, Options
from remanence.stage import Recipe
from remanence.store.lock import FORKED
from remanence.types import Chat, Embedder, Receipt, Scope, StoreView

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

SLICE_S = 0.0005
"""Seconds after which the working thread lets another have the interpreter, while a call is under way."""


class Verb(Generic[P, R]):
    """A method of `Memory` as a coroutine of `AsyncMemory`, with the method's own parameters and result."""

    def __init__(self, function: Callable[Concatenate[Memory, P], R]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, held: None, owner: type) -> Verb[P, R]: ...
    @overload
    def __get__(self, held: AsyncMemory, owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
    def __get__(self, held: AsyncMemory | None, owner: type) -> Verb[P, R] | Callable[P, Coroutine[Any, Any, R]]:
        if held is None:
            return self

        @functools.wraps(self._function)
        async def call(*args: P.args, **knobs: P.kwargs) -> R:
            return await held.run(lambda memory: self._function(memory, *args, **knobs))

        return call


class AsyncMemory:
    """Everything that `Memory` does, awaited.

    >>> async with AsyncMemory("my.db", user="ada") as memory:
    ...     await memory.remember("I moved to Rome last week.")
    ...     print(await memory.context("Where do I live?"))

    where: the space file, opened at the first call, or a `Memory` that is open; the rest as for `Memory`.
    Calls are done one after the other, in the order in which they were made, on a thread of this handle alone. A call
    that is cancelled before its turn does nothing; one that has begun is finished. What a verb calls back
    (`on_progress`, a stage, `look`) runs on that thread. Any call in a process that was forked after the first one
    raises `StoreError`.
    """

    def __init__(
        self,
        where: Memory | str | Path,
        recipe: str | Recipe = "default",
        *,
        user: str = "default",
        embedder: str | Embedder = "static",
        llm: str | Chat | None = None,
        **options: Unpack[Options],
    ) -> None:
        if isinstance(where, Memory):
            self._make: Callable[[], Memory] = lambda: where
        else:
            self._make = lambda: Memory(where, recipe, embedder, llm, user=user, **options)
        self._guard = threading.Lock()
        self._held: Memory | None = None
        self._pid: int | None = None
        """The process of the first call, whose threads work for this handle."""
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="remanence")

    remember = Verb(Memory.remember)
    propose = Verb(Memory.propose)
    recall = Verb(Memory.recall)
    context = Verb(Memory.context)
    ask = Verb(Memory.ask)
    profile = Verb(Memory.profile)
    get = Verb(Memory.get)
    list = Verb(Memory.list)
    count = Verb(Memory.count)
    history = Verb(Memory.history)
    forget = Verb(Memory.forget)
    restore = Verb(Memory.restore)
    erase = Verb(Memory.erase)
    change = Verb(Memory.change)
    sleep = Verb(Memory.sleep)
    stats = Verb(Memory.stats)

    async def update(
        self, id: str, text: str | None = None, *, if_version: int | None = None, **fields: Any
    ) -> Receipt:
        """A new version of an item, if it is still at `if_version` where that version is given. See `Memory.update`."""
        return await self.run(lambda memory: memory.update(id, text, if_version=if_version, **fields))

    async def look(self, at: Callable[[StoreView], T]) -> T:
        """What a function makes of the read side of this scope, caught up with every commit; it writes nothing."""
        return await self.run(lambda memory: memory.look(at))

    async def run(self, work: Callable[[Memory], T]) -> T:
        """What a function makes of the memory, on the thread of this handle: for what has no verb of its own."""
        self._own()
        run = functools.partial(copy_context().run, self._worked, work)
        return await asyncio.get_running_loop().run_in_executor(self._worker, run)

    def within(self, scope: Scope) -> AsyncMemory:
        """A handle on the same open space for another scope; it shares file, index and thread."""
        other = AsyncMemory(":memory:")
        other._make = lambda: self.sync.within(scope)
        other._worker = self._worker
        return other

    @property
    def sync(self) -> Memory:
        """The memory itself; it is opened when it was not yet, which takes its time."""
        self._own()
        with self._guard:
            if self._held is None:
                self._held = self._make()
            return self._held

    def _own(self) -> None:
        """`StoreError` in the child of the process that made the first call: no thread would answer there."""
        self._pid = self._pid or os.getpid()
        if os.getpid() != self._pid:
            raise StoreError(FORKED)

    def _worked(self, work: Callable[[Memory], T]) -> T:
        with _in_slices:
            return work(self.sync)

    async def close(self) -> None:
        """Let go of the file when all calls are done; safe to call twice."""
        if self._held is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._held.close)
        self._worker.shutdown(wait=False)

    async def __aenter__(self) -> AsyncMemory:
        await self.run(lambda memory: None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Slices:
    """While it is entered the interpreter changes threads after `SLICE_S`: a loop that wakes up waits no longer.

    The interpreter's own 5 ms are what a thread waits for another that computes, each time that it wakes up.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._usual = sys.getswitchinterval()

    def forked(self) -> None:
        """In a child process none of those that were inside is there."""
        self._guard, self._inside = threading.Lock(), 0
        sys.setswitchinterval(self._usual)

    def __enter__(self) -> None:
        with self._guard:
            self._inside += 1
            if self._inside == 1:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(min(SLICE_S, self._usual))

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._inside -= 1
            if not self._inside:
                sys.setswitchinterval(self._usual)


_in_slices = _Slices()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_slices.forked)
