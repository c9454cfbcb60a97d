"""A number that is worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from remanence.records import dataclass


@dataclass(slots=True, eq=False)
class Later:
    """A number that `make` works out once, when it is first asked for; from several threads it may do so twice.

    `make` needs nothing but what it holds: the store that it speaks of may be closed by then.
    """

    _make: Callable[[], float] | None
    _made: float = 0.0

    def __float__(self) -> float:
        make = self._make
        if make is not None:
            self._made = make()
            self._make = None
        return self._made

    def __repr__(self) -> str:
        return f"{self._made:.2f}" if self._make is None else "..."
