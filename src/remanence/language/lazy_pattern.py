"""Patterns that are compiled when they are first used: a command that reads nothing does not wait for the grammar.

Nor does one that reads a question compile what cannot match it: a pattern that is in the table of `required` is first
compiled for a text that holds one of the words which it cannot do without.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from remanence.language.required import required

LONGEST = 2_000
"""Characters of a text whose words are looked for; for a longer one a pattern is compiled."""
SPARED = 100
"""After so many texts that lack its words a pattern is compiled: asked again and again, it is quicker so."""
_LETTERS = re.compile(r"[^\W\d_]+")
_OTHER_CASES = ("\u0130", "\u0131", "\u017f")
"""Letters that a pattern blind to capitals takes for "i" and "s"."""


class _Lazy:
    """A compiled pattern's methods, without the compiling until one of them has something to do."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._flags = pattern, flags
        self._words: frozenset[str] | None = None
        self._spared = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        self.__dict__[name] = found
        return found

    def search(self, text: str, *bounds: int) -> re.Match[str] | None:
        found: re.Match[str] | None = None if self._lacks(text) else self.__getattr__("search")(text, *bounds)
        return found

    def match(self, text: str, *bounds: int) -> re.Match[str] | None:
        found: re.Match[str] | None = None if self._lacks(text) else self.__getattr__("match")(text, *bounds)
        return found

    def _lacks(self, text: str) -> bool:
        """Whether the text holds none of the words that the pattern requires."""
        if self._words is None:
            self._words = required(self.pattern)
        if not self._words or len(text) > LONGEST or self._spared >= SPARED:
            return False
        self._spared += 1
        held = _words_of(text)
        return held is not None and held.isdisjoint(self._words)


@lru_cache(maxsize=8)
def _words_of(text: str) -> frozenset[str] | None:
    """The runs of letters of a text, in small letters; None where those do not tell what a pattern may match."""
    if not text.isascii() and any(letter in text for letter in _OTHER_CASES):
        return None
    return frozenset(_LETTERS.findall(text.lower()))


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
