"""The token ruler."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.language.text import content_words, jaccard
from remanence.language.tokens import count_tokens
from remanence.models.static import StaticEmbedder


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("Hello, world!", 4), ("international", 2), ("2023-05-08", 6), ("你好", 2), ("a\nb", 3), ("don't", 3)],
)
def test_words_marks_and_digits_cost_what_the_rule_says(text, tokens):
    """One for a short word or a mark, one more per six further letters, one per three digits or CJK sign."""
    assert tokens == count_tokens(text)


def test_the_ruler_is_within_a_tenth_of_a_real_tokenizer_on_talk():
    """On the demo conversation the sum differs from WordPiece by less than ten per cent."""
    lines = (files("remanence.serve.cli") / "data" / "demo.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    pieces = StaticEmbedder().pieces

    real = sum(len(pieces.encode(text)) for text in texts)

    assert pytest.approx(real, rel=0.10) == sum(map(count_tokens, texts))


@given(st.text(max_size=200), st.text(max_size=200))
def test_joining_texts_on_a_line_break_costs_one_token(left, right):
    """So that a packer can add up prices."""
    assert count_tokens(left) + 1 + count_tokens(right) == count_tokens(f"{left}\n{right}")
    assert count_tokens(left) <= len(left)


def test_question_words_are_about_nothing():
    """What is left of a question is its subject; a question of stop words alone keeps them."""
    assert ["caroline", "paint"] == content_words("When did Caroline paint?")
    assert ["who", "are", "you"] == content_words("Who are you?")


def test_likeness_is_the_share_of_common_words():
    """Two of four words in common are one half."""
    assert 0.5 == jaccard({"a", "b", "c"}, {"b", "c", "d"})
    assert 1.0 == jaccard(set(), set())
