"""Cuts text into word pieces and keeps where each one stands, so that an answer can be quoted by offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from remanence.models.wordpiece import WordPiece

_RUN = re.compile(r"\S+")
_WORD = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")


class Pieces(NamedTuple):
    """Ids of a text's pieces and the characters [start, end) that each covers."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


def cut(text: str, wordpiece: WordPiece) -> Pieces:
    """The pieces that `wordpiece.encode` gives, with offsets into `text`; an unknown word is one piece."""
    out = Pieces([], [], [])
    for run in _RUN.finditer(text):
        for word, places in _words(run.group(), run.start()):
            _add(out, word, places, wordpiece)
    return out


def _words(run: str, start: int) -> Iterator[tuple[str, list[int]]]:
    """Words of one run, lower case and without accents, each with the place of every character."""
    if run.isascii():
        for found in _WORD.finditer(run.lower()):
            yield found.group(), list(range(start + found.start(), start + found.end()))
        return
    word = ""
    places: list[int] = []
    for offset, char in enumerate(run):
        for plain in unicodedata.normalize("NFD", char.lower()):
            kind = unicodedata.category(plain)
            if kind == "Mn" or kind[0] == "C":
                continue
            if kind[0] == "P" or (plain.isascii() and not plain.isalnum()) or 0x3400 <= ord(plain) <= 0x9FFF:
                if word:
                    yield word, places
                yield plain, [start + offset]
                word, places = "", []
            else:
                word += plain
                places.append(start + offset)
    if word:
        yield word, places


def _add(out: Pieces, word: str, places: list[int], wordpiece: WordPiece) -> None:
    done = 0
    for index in wordpiece.encode(word):
        length = len(word) if index == wordpiece.unknown else len(wordpiece.vocab[index].removeprefix("##"))
        last = min(done + length, len(word))
        out.ids.append(index)
        out.starts.append(places[min(done, len(places) - 1)])
        out.ends.append(places[last - 1] + 1)
        done = min(last, len(word) - 1)
