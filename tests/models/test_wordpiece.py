"""The word-piece tokeniser cuts as BERT's own does."""

from __future__ import annotations

import pytest

from remanence.models import WordPiece
from remanence.models.static import BUNDLED


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    vocab = BUNDLED.with_suffix(".vocab")
    return WordPiece(vocab.read_text(encoding="utf-8").split("\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\r\n ", []),
        ("Hello, World!", ["hello", ",", "world", "!"]),
        ("don't", ["don", "'", "t"]),
        ("embeddings", ["em", "##bed", "##ding", "##s"]),
        ("Café Ångström naïve", ["cafe", "ang", "##strom", "naive"]),
        ("Cafe\u0301", ["cafe"]),
        ("\u0130stanbul", ["istanbul"]),
        ("我爱你", ["我", "[UNK]", "[UNK]"]),
        ("东京tower", ["[UNK]", "京", "tower"]),
        ("ひらがな", ["ひ", "##ら", "##か", "##な"]),
        ("한국", ["ᄒ", "##ᅡ", "##ᆫ", "##ᄀ", "##ᅮ", "##ᆨ"]),
        ("good 😀 day", ["good", "[UNK]", "day"]),
        ("$5.00 (50%)", ["$", "5", ".", "00", "(", "50", "%", ")"]),
        ("«quoted»—dash…", ["«", "quoted", "»", "—", "dash", "…"]),
        ("[MASK] and [CLS]", ["[", "mask", "]", "and", "[", "cl", "##s", "]"]),
        ("zero\u200bwidth", ["zero", "##wi", "##dt", "##h"]),
        ("a\x00b\x0cc\x1cd", ["abc", "##d"]),
        ("one\u00a0two\u2028three\u3000four", ["one", "two", "three", "four"]),
        ("a\u0085b", ["ab"]),
    ],
)
def test_text_is_cut_as_the_reference_cuts_it(pieces: WordPiece, text: str, expected: list[str]) -> None:
    """Case, accents, CJK, emoji, punctuation, control characters; special tokens in text are plain text."""
    got = pieces.pieces(text)

    assert expected == got


def test_a_run_of_letters_over_the_limit_is_one_unknown_piece(pieces: WordPiece) -> None:
    """A word of 100 letters is cut into pieces, one of 101 is unknown, as in BERT."""
    just, over = "a" * 100, "a" * 101

    assert pieces.unknown not in pieces.encode(just)
    assert [pieces.unknown] == pieces.encode(over)


def test_the_cache_changes_nothing(pieces: WordPiece) -> None:
    """A text that was seen before and one in the middle of many others get the same pieces as a fresh one."""
    texts = ["Hello there", "hello THERE", "", "x\x0by", "Zürich, Zürich!", "东京"]
    fresh = WordPiece(pieces.vocab)

    first = [fresh.encode(text) for text in texts]
    again = fresh.encode_many(texts)

    assert first == again


def test_memory_stays_bounded_on_endless_new_words(pieces: WordPiece, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is emptied when it is full, and very long runs never enter it."""
    monkeypatch.setattr("remanence.models.wordpiece._CACHE_SIZE", 100)
    fresh = WordPiece(pieces.vocab)

    for number in range(1000):
        fresh.encode(f"word{number} {'y' * (40 + number)}")

    assert len(fresh._cache) <= 100
