"""Connections on which no request comes: they are closed after a while, so that they do not take every descriptor.

A body that does not come is the guard's to refuse; until the headers are whole no application hears of a request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Unheard:
    """Which connections wait for a request, and since when; uvicorn's own, of whichever parser.

    seconds: until the headers of a request are whole, from the connection or from the last answer on.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[Any, tuple[Any, float]] = {}

    def close(self, connections: Iterable[Any], now: float) -> None:
        """Close those that have waited too long. A connection waits as long as its last request stays the same one."""
        waiting: dict[Any, tuple[Any, float]] = {}
        for one in connections:
            last = getattr(one, "cycle", None)
            if last is not None and not last.response_complete:
                continue
            before, since = self._since.get(one, (last, now))
            waiting[one] = (last, since if before is last else now)
            if now - waiting[one][1] >= self._seconds:
                one.transport.close()
        self._since = waiting
