"""A lazy pattern does what a compiled one does, and is compiled once, when it is used."""

from __future__ import annotations

import re

import pytest

from remanence.language.lazy_pattern import lazy_pattern


def test_it_matches_as_a_compiled_pattern() -> None:
    """With flags, groups and the pattern's own text."""
    lazy, eager = lazy_pattern(r"(?P<n>\d+) HERONS", re.I), re.compile(r"(?P<n>\d+) HERONS", re.I)
    text = "12 herons and 3 herons"

    assert eager.findall(text) == lazy.findall(text)
    assert [m.span() for m in eager.finditer(text)] == [m.span() for m in lazy.finditer(text)]
    assert (eager.sub("x", text), eager.pattern, eager.groups) == (lazy.sub("x", text), lazy.pattern, lazy.groups)


def test_a_wrong_pattern_is_told_when_it_is_used() -> None:
    """Not before: that is the price."""
    wrong = lazy_pattern("(")

    with pytest.raises(re.error):
        wrong.search("x")
