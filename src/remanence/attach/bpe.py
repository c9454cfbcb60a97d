"""Byte-level byte-pair encoding (GPT-2's): any text to ids and back, without loss."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from unicodedata import category

from remanence.errors import InvalidInput

_CONTRACTION = re.compile(r"'(?:s|t|re|ve|m|ll|d)")
_CACHE = 50_000  # words whose ids are kept


def _byte_letters() -> list[str]:
    """One printable character for each byte, as GPT-2 writes them in its vocabulary."""
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


_LETTERS = _byte_letters()
_BYTES = {letter: byte for byte, letter in enumerate(_LETTERS)}


def _kind(letter: str) -> str:
    if letter.isspace():
        return "space"
    first = category(letter)[0]
    return {"L": "letter", "N": "number"}.get(first, "other")


def pieces(text: str, *, lone_digits: bool = False) -> list[str]:
    """Cuts a text where GPT-2's pattern does; with `lone_digits` every digit stands alone first.

    's|'t|'re|'ve|'m|'ll|'d| ?letters| ?numbers| ?others| spaces before the last one| spaces
    """
    if lone_digits:
        runs = groupby(text, lambda letter: _kind(letter) == "number")
        parts = [(number, "".join(run)) for number, run in runs]
        return [piece for number, part in parts for piece in (part if number else pieces(part))]
    kinds = [_kind(letter) for letter in text]
    made, place, end = list[str](), 0, len(text)
    while place < end:
        found = _CONTRACTION.match(text, place)
        if found:
            made.append(found.group())
            place = found.end()
            continue
        start = place
        if text[place] == " " and place + 1 < end and kinds[place + 1] != "space":
            place += 1
        kind = kinds[place]
        while place < end and kinds[place] == kind:
            place += 1
        if kind == "space" and place < end and place - start > 1:
            place -= 1
        made.append(text[start:place])
    return made


class ByteBPE:
    """A vocabulary and its merges; special words (control tokens) are known as a whole where asked for."""

    def __init__(
        self,
        words: Sequence[str],
        merges: Iterable[str],
        *,
        special: Iterable[str] = (),
        lone_digits: bool = False,
        end: int | None = None,
    ) -> None:
        self.words = list(words)
        self.ids = {word: number for number, word in enumerate(self.words)}
        self.ranks = {(first, second): n for n, (first, second) in enumerate(m.split(" ", 1) for m in merges)}
        self.special = {word: self.ids[word] for word in special if word in self.ids}
        self.lone_digits = lone_digits
        self.end = end
        self._kept: dict[str, list[int]] = {}

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        return re.compile("(" + "|".join(map(re.escape, sorted(self.special, key=len, reverse=True))) + ")")

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        """Ids of a text. `special` reads control words as control tokens: never for text that users wrote."""
        if special and self.special:
            parts = self._marks.split(text)
            return [n for part in parts for n in ([self.special[part]] if part in self.special else self._plain(part))]
        return self._plain(text)

    def _plain(self, text: str) -> list[int]:
        return [number for piece in pieces(text, lone_digits=self.lone_digits) for number in self._word(piece)]

    def _word(self, piece: str) -> list[int]:
        kept = self._kept.get(piece)
        if kept is None:
            if len(self._kept) > _CACHE:
                self._kept.clear()
            kept = self._kept[piece] = self._merged(piece)
        return kept

    def _merged(self, piece: str) -> list[int]:
        """Joins the pair of lowest rank until none is left."""
        parts = [_LETTERS[byte] for byte in piece.encode("utf-8", "replace")]
        while len(parts) > 1:
            ranks = [self.ranks.get(pair, len(self.ranks)) for pair in pairwise(parts)]
            best = min(ranks)
            if best == len(self.ranks):
                break
            place = ranks.index(best)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        try:
            return [self.ids[part] for part in parts]
        except KeyError as missing:
            raise InvalidInput(f"the vocabulary has no token for {missing}") from None

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids; control tokens are left out, broken characters become U+FFFD."""
        words = [self.words[number] for number in ids if self.words[number] not in self.special]
        return bytes(_BYTES[letter] for word in words for letter in word if letter in _BYTES).decode("utf-8", "replace")
