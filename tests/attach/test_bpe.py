"""Byte-level pairs: any text comes back, and the cuts are GPT-2's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.attach.bpe import _LETTERS, ByteBPE, pieces
from remanence.attach.model import Llama


def _plain() -> ByteBPE:
    return ByteBPE([*_LETTERS, "he", "ll", "hell", "<|end|>"], ["h e", "l l", "he ll"], special=["<|end|>"])


def test_pairs_are_joined_in_the_order_of_the_merges() -> None:
    """he + ll -> hell, then o stays."""
    words = _plain()

    assert ["hell", "o"] == [words.words[n] for n in words.encode("hello")]


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_text_comes_back(text: str) -> None:
    """No text is lost, whatever its script; lone surrogates become question marks."""
    words = _plain()

    assert text.encode("utf-8", "replace").decode() == words.decode(words.encode(text))
    assert text == "".join(pieces(text))
    assert text == "".join(pieces(text, lone_digits=True))


def test_cuts_are_those_of_the_published_pattern() -> None:
    """Contractions, one leading blank, the last blank of a run goes with the word."""
    assert ["I", "'m", " here", ",", "  ", " ok", " 12", "!\n"[:1], "\n"] == pieces("I'm here,   ok 12!\n")
    assert ["in", " ", "2", "0", "2", "5", "?"] == pieces("in 2025?", lone_digits=True)


def test_control_words_are_control_tokens_only_where_asked_for() -> None:
    """A user who types a control word writes letters."""
    words = _plain()
    control = words.special["<|end|>"]

    assert control in words.encode("a<|end|>", special=True)
    assert control not in words.encode("a<|end|>")
    assert "a" == words.decode(words.encode("a<|end|>", special=True))


def test_ids_equal_those_of_another_implementation(smollm: Llama) -> None:
    """Against the `tokenizers` package, on text of many kinds, with the real vocabulary."""
    tokenizers = pytest.importorskip("tokenizers", reason="the tokenizers package is not installed")
    ours = smollm.tokens
    assert isinstance(ours, ByteBPE)
    merges = [pair for pair, _ in sorted(ours.ranks.items(), key=lambda entry: entry[1])]
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=ours.ids, merges=merges))
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Digits(individual_digits=True),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    texts = [
        "Hello  world, it's 2025!\n\n  Yes…",
        "été à Zürich – ½ kg",
        "def f(x):\n\treturn x**2  # ok",
        "你好 мир 🙂",
    ]

    assert [theirs.encode(text).ids for text in texts] == [ours.encode(text) for text in texts]
