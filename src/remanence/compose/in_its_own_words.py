"""Whether a text holds a word of a question whose language no vocabulary is known of."""

from __future__ import annotations

from collections.abc import Sequence

from remanence.language.text import words

WHOLE = 4
"""Shorter words are looked for whole."""
BEGINNING = 0.7
"""Of longer ones so much of their beginning may stand anywhere: "Geburtstag" in "Geburtstagskuchen"."""
SPACELESS = "\u0e00"
"""From this letter on words may stand without spaces: two letters side by side are looked for."""


def shares_a_word(essence: Sequence[str], text: str) -> bool:
    """Whether one of the words that a question turns on stands in a text, or most of its beginning does.

    A reading by signs knows only which words are the same; where none is, its span is a guess. True for no words.
    """
    low = text.casefold()
    whole = set(words(text))
    return not essence or any(_stands_in(word.casefold(), low, whole) for word in essence)


def _stands_in(word: str, low: str, whole: set[str]) -> bool:
    if word[-1:] >= SPACELESS:
        return any(word[at : at + 2] in low for at in range(max(1, len(word) - 1)))
    if len(word) < WHOLE:
        return word in whole
    return word[: max(WHOLE, round(BEGINNING * len(word)))] in low
