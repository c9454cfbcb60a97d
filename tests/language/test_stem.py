"""English stems are those of Porter's second algorithm."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import snowballstemmer

from remanence.language.stem import english_stem

ENDINGS = ("", "s", "'s", "ed", "eed", "ing", "ly", "ies", "ied", "sses", "ational", "iveness", "ousli", "ication",
           "ogi", "ement", "ion", "e", "ll", "y")  # fmt: skip


@pytest.fixture(scope="module")
def published() -> Callable[[str], str]:
    """The stemmer that the Snowball project generates from the published algorithm."""
    stem: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("consolingly", "consol"), ("knightly", "knight"), ("caresses", "caress"), ("ties", "tie"), ("cries", "cri"),
        ("gaps", "gap"), ("gas", "gas"), ("kiwis", "kiwi"), ("agreed", "agre"), ("hopping", "hop"), ("hoping", "hope"),
        ("luxuriated", "luxuri"), ("cry", "cri"), ("by", "by"), ("say", "say"), ("dying", "die"), ("skies", "sky"),
        ("generate", "generat"), ("generous", "generous"), ("organization", "organiz"), ("Ada's".lower(), "ada"),
        ("is", "is"), ("naïve", "naïv"), ("日本語", "日本語"),
    ],
)  # fmt: skip
def test_a_word_has_the_stem_of_the_published_algorithm(word: str, stem: str) -> None:
    """The examples of the paper, and where its rules have exceptions."""
    assert stem == english_stem(word)


def test_ten_thousand_made_up_words_have_the_published_stems(published: Callable[[str], str]) -> None:
    """Every rule is met, in every place: words are drawn from the letters and endings that the rules look at."""
    chance = random.Random(4)
    words = [
        "".join(chance.choices("aeiouybdlnrstwx'", k=chance.randint(0, 6))) + chance.choice(ENDINGS)
        for _ in range(10_000)
    ]

    wrong = [word for word in words if english_stem(word) != published(word)]

    assert [] == wrong
