"""How much is worked on at once, and how long one answer may take.

Work that has begun cannot be ended from outside. It ends by itself and keeps its place until then, so that nobody has
more done at once by not waiting for answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Self

from remanence.serve.http.problems import MEDIA, body, headers, problem

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
TOO_LONG = (
    "the answer took more than {:g} s and is not waited for; ask for less at once, or later. What was to be written "
    "may still be written: look before you send it again, or send it with the same Idempotency-Key"
)
log = logging.getLogger("remanence.serve")


class Refused(Exception):
    """A request that goes no further: its status, title and cure."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


class Places:
    """At most `most` requests at once, and of them `most_of_one` for one space, so that the others have some left."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._taken: Counter[str] = Counter()
        self._all = 0

    @contextmanager
    def take(self, space: str, *, always: bool = False) -> Iterator[Callable[[], None]]:
        """A place for as long as the block runs, or until it is given back by calling what this gives.

        always: take one also when none is free. Raises Refused with 429.
        """
        if not always and self._all >= self._most:
            raise _full(f"{self._all} requests are in flight")
        if not always and self._taken[space] >= self._most_of_one:
            raise _full(f"{self._taken[space]} requests for this space are in flight")
        held = True
        self._all += 1
        self._taken[space] += 1

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._all -= 1
                self._taken[space] -= 1
                self._taken += Counter()  # spaces with none are not kept

        try:
            yield leave
        finally:
            leave()


def _full(told: str) -> Refused:
    return Refused(429, "too much at once", f"{told}; try again in a moment")


class Answer:
    """The way out of one request: the application's answer, or a problem where that does not begin in time.

    on_start: hears the first message of the application's answer. taken_s: seconds in which the client takes a part of
    it; one that does not read is given up, and keeps no place.
    """

    def __init__(self, send: Send, on_start: Callable[[Message], None], taken_s: float) -> None:
        self._send, self._on_start, self._taken_s = send, on_start, taken_s
        self._timer: asyncio.TimerHandle | None = None
        self._told: asyncio.Task[None] | None = None
        self._unread = False

    async def send(self, message: Message) -> None:
        """Pass a message of the application on; once it is told or given up, what comes later is for nobody."""
        if self._told is not None or self._unread:
            return
        self._stop()
        if message["type"] == "http.response.start":
            self._on_start(message)
        try:
            async with asyncio.timeout(self._taken_s):
                await self._send(message)
        except TimeoutError:
            self._unread = True
            raise ConnectionAbortedError("the client does not read its answer") from None

    def within(self, seconds: float | None) -> Self:
        """How long the answer may take until it begins, from now on; None: as long as it needs."""
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._late, seconds)
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> bool:
        """What an answer that nobody reads ends with is nobody's error."""
        self._stop()
        if self._told is not None:
            await self._told
        if self._unread:
            log.warning("a client did not read its answer for %g s and was given up", self._taken_s)
        return self._unread

    def _late(self, seconds: float) -> None:
        log.warning("an answer took more than %g s; its work goes on", seconds)
        self._told = asyncio.create_task(refuse(self._send, problem(503, "took too long", TOO_LONG.format(seconds))))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


async def refuse(send: Send, refusal: Mapping[str, Any]) -> None:
    """Answer with a problem."""
    raw, status = body(refusal), refusal["status"]
    extra = ((name.lower().encode(), value.encode()) for name, value in headers(status).items())
    fixed = (b"content-type", MEDIA.encode()), (b"content-length", str(len(raw)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *extra]})
    await send({"type": "http.response.body", "body": raw})
