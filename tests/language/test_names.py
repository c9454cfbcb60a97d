"""Spellings of names."""

from __future__ import annotations

import math

import pytest

from remanence.language.names import spellings


def test_two_spellings_of_a_name_are_joined_and_strangers_are_not():
    """IBM Corp and IBM Corp. are one; Oslo is another."""
    found = spellings(["IBM Corp", "Oslo", "IBM Corp.", "Rome"])

    assert [(0, 2)] == [(i, j) for i, j, _ in found]
    assert found[0][2] == pytest.approx(1.0)


def test_likeness_is_the_cosine_of_weighted_pieces():
    """'abc' and 'abcd' by hand: pieces of three and four letters, (1 + ln count)(1 + ln((1 + N) / (1 + df)))."""
    one = [" ab", "abc", "bc ", " abc", "abc "]
    other = [" ab", "abc", "bcd", "cd ", " abc", "abcd", "bcd "]
    weight = {piece: 1 + math.log(3 / (1 + (piece in one) + (piece in other))) for piece in {*one, *other}}
    dot = sum(weight[p] ** 2 for p in one if p in other)
    lengths = [math.sqrt(sum(weight[p] ** 2 for p in pieces)) for pieces in (one, other)]

    assert pytest.approx(dot / lengths[0] / lengths[1]) == spellings(["abc", "abcd"], floor=0.1)[0][2]


def test_only_pairs_with_a_new_name_are_looked_for():
    """What was compared before is not compared again."""
    names = ["Anna Berg", "Anna Bergh", "Otto Hahn", "Otto Hahnn"]

    assert [(2, 3)] == [(i, j) for i, j, _ in spellings(names, floor=0.7, new=[3])]
    assert [(0, 1), (2, 3)] == [(i, j) for i, j, _ in spellings(names, floor=0.7)]


def test_very_short_names_are_never_joined():
    """Two letters say nothing."""
    assert [] == spellings(["AI", "AI.", "a"], floor=0.1)
