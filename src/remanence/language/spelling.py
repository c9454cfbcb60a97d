"""Spellings that are one slip of the fingers away from a word."""

from __future__ import annotations

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def one_slip_away(word: str) -> list[str]:
    """Words that become `word` when a letter is left out, doubled up or typed too much, or two are swapped; sorted.

    The first letter is seldom mistyped and stays. A letter in the place of another is none of these: "distress" is
    another word than "destress".
    """
    less = {word[:place] + word[place + 1 :] for place in range(1, len(word))}
    more = {word[:place] + letter + word[place:] for place in range(1, len(word) + 1) for letter in _LETTERS}
    swapped = {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(1, len(word) - 1)}
    return sorted((less | more | swapped) - {word})
