"""Cuts text into the word pieces that BERT-style models read (uncased vocabulary)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain

_ASCII_TOKEN = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
_ODD_SPACE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85]")  # str.split() cuts at some of them, BERT drops all
_KEEP = frozenset("\t\n\r")
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})  # control, format, private and surrogate code points
_LONGEST_WORD = 100  # characters; a longer run of letters is one unknown token, as in BERT
_LONGEST_CACHED = 32  # characters; longer runs are rare and would only fill the cache
_CACHE_SIZE = 1 << 17  # runs kept; the cache is emptied when it is full, so memory stays bounded


class WordPiece:
    """Uncased BERT tokeniser: lower case, no accents, CJK characters and punctuation apart, greedy pieces.

    Ids are positions in `vocab`. Special tokens are never read from text: "[MASK]" is the word mask in
    brackets. The cache keeps the ids of each whitespace-separated run, so that usual words cost one
    dictionary look-up.
    """

    __slots__ = ("_cache", "_ids", "unknown", "vocab")

    def __init__(self, vocab: Sequence[str]) -> None:
        self.vocab = tuple(vocab)
        self._ids = dict(zip(self.vocab, range(len(self.vocab)), strict=True))
        self.unknown = self._ids["[UNK]"]
        self._cache = _Runs(self)

    def __len__(self) -> int:
        return len(self.vocab)

    def encode(self, text: str) -> list[int]:
        """Ids of the pieces of `text`, without [CLS] and [SEP]."""
        if _ODD_SPACE.search(text):
            text = _ODD_SPACE.sub("", text)
        return list(chain.from_iterable(map(self._cache.__getitem__, text.split())))

    def encode_many(self, texts: Sequence[str]) -> list[list[int]]:
        """`encode` for each text; a little faster than a loop over it."""
        find, odd, run = self._cache.__getitem__, _ODD_SPACE.search, chain.from_iterable
        return [list(run(map(find, text.split()))) if not odd(text) else self.encode(text) for text in texts]

    def pieces(self, text: str) -> list[str]:
        """The pieces as text, for people and tests."""
        return [self.vocab[index] for index in self.encode(text)]

    def id(self, piece: str) -> int:
        """Id of one piece, such as "[CLS]"; the id of [UNK] when it is not in the vocabulary."""
        return self._ids.get(piece, self.unknown)

    def _run(self, run: str) -> tuple[int, ...]:
        """Ids of one whitespace-separated run of characters."""
        words = _ASCII_TOKEN.findall(run.lower()) if run.isascii() else _words(run)
        return tuple(chain.from_iterable(map(self._word, words)))

    def _word(self, word: str) -> Sequence[int]:
        """Greedy longest match from the left; one [UNK] when any part has no piece."""
        if len(word) > _LONGEST_WORD:
            return (self.unknown,)
        whole = self._ids.get(word)
        if whole is not None:
            return (whole,)
        out: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                index = self._ids.get(prefix + word[start:end])
                if index is not None:
                    out.append(index)
                    start = end
                    break
            else:
                return (self.unknown,)
        return out


class _Runs(dict[str, tuple[int, ...]]):
    """Run -> ids, filled on the first miss, emptied when full."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: WordPiece) -> None:
        super().__init__()
        self._pieces = pieces

    def __missing__(self, run: str) -> tuple[int, ...]:
        ids = self._pieces._run(run)
        if len(run) <= _LONGEST_CACHED:
            if len(self) >= _CACHE_SIZE:
                self.clear()
            self[run] = ids
        return ids


def _words(run: str) -> Iterator[str]:
    """Words and single punctuation marks of a run that is not plain ASCII."""
    kept = "".join(
        f" {char} " if _is_cjk(ord(char)) else char
        for char in run
        if char in _KEEP or (char != "\ufffd" and unicodedata.category(char) not in _DROPPED)
    )
    plain = "".join(char for char in unicodedata.normalize("NFD", kept) if unicodedata.category(char) != "Mn")
    for part in plain.lower().split():
        word = ""
        for char in part:
            if _is_punctuation(char):
                if word:
                    yield word
                    word = ""
                yield char
            else:
                word += char
        if word:
            yield word


def _is_punctuation(char: str) -> bool:
    return (char.isascii() and not char.isalnum()) or unicodedata.category(char).startswith("P")


def _is_cjk(code: int) -> bool:
    """Chinese characters (Han blocks), as BERT counts them; kana and Hangul are letters."""
    return code >= 0x3400 and (
        code <= 0x4DBF
        or 0x4E00 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x2A6DF
        or 0x2A700 <= code <= 0x2CEAF
        or 0x2F800 <= code <= 0x2FA1F
    )
