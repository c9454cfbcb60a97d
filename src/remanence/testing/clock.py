"""A clock that is set by hand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class HandClock:
    """A clock that stands still until it is told otherwise.

    >>> clock = HandClock(datetime(2025, 5, 8, tzinfo=UTC))
    >>> clock.tick(days=7)
    """

    def __init__(self, now: datetime = datetime(2025, 1, 1, 12, tzinfo=UTC)) -> None:
        self.now = now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **amount: float) -> datetime:
        """Move on by `timedelta(**amount)`; negative amounts go back."""
        with self._lock:
            self.now += timedelta(**amount)
        return self.now
