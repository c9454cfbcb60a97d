"""Patterns that are compiled when they are first used: a command that reads nothing does not wait for the grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast


class _Lazy:
    """A compiled pattern's methods, without the compiling until one of them is called."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._made = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._made), name)
        self.__dict__[name] = found
        return found


def lazy_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile`, at the first use. It has the methods of a pattern, and is none for functions of `re`."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))


class Patterns:
    """Patterns by name, blind to capitals, each compiled when it first searches: `Patterns(greets=r"hello").greets`."""

    def __init__(self, **patterns: str) -> None:
        self.__dict__.update({name: lazy_pattern(pattern, re.I) for name, pattern in patterns.items()})

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> re.Pattern[str]:
            """A pattern of this name."""
