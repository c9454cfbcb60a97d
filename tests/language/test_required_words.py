"""Patterns of talk are tried only on clauses that hold a word which they cannot do without, and miss nothing by it."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from remanence.language.lazy_pattern import SPARED, lazy_pattern
from remanence.language.required import WORDS as ASKED
from remanence.language.required import key
from remanence.language.statements.talk.matching import ALL, words_of
from remanence.language.statements.talk.required import WORDS

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "required_words.py"
SAID = re.compile(r'"((?:[^"\\]|\\.)*)"')
TALK = sorted(
    {text for page in ("test_talk_statements", "test_kinds_of_saying", "test_named_things", "test_of_somebody_else",
                  "test_sayings_of_things", "test_sayings_of_roles", "test_sayings_of_food", "test_sayings_of_places")
     for text in SAID.findall((Path(__file__).parent / f"{page}.py").read_text("utf-8"))}
)  # fmt: skip


def test_what_a_pattern_matches_holds_one_of_its_words():
    """Over every sentence of the tests of talk; most patterns have words, and dozens of matches are seen."""
    sayings = [one for one in ALL if one.required]

    seen = [(one, m) for one in sayings for text in TALK for m in one.pattern.finditer(text)]

    assert len(sayings) > 0.8 * len(ALL)
    assert len(seen) > 80
    assert [] == [(one.attribute, m.string) for one, m in seen if one.required.isdisjoint(words_of(m.string))]


QUESTIONS = sorted(
    {text for page in ("test_answer_type", "test_question", "test_value_forms", "test_values", "test_person")
     for text in SAID.findall((Path(__file__).parent / f"{page}.py").read_text("utf-8"))}
)  # fmt: skip


def test_what_a_pattern_of_questions_matches_holds_one_of_its_words():
    """Over every text of the tests of questions, also in capitals."""
    patterns = [one for one in runpy.run_path(str(SCRIPT))["of_questions"]() if key(one) in ASKED]
    texts = [*QUESTIONS, *map(str.upper, QUESTIONS)]

    seen = [(one, text) for one in patterns for text in texts if re.search(one, text, re.I)]

    assert len(patterns) > 80
    assert len({one for one, _ in seen}) > 50
    assert [] == [(one, text) for one, text in seen if ASKED[key(one)].isdisjoint(words_of(text))]


HOW = r"\bhow\b"
"""A pattern of the table; a text must hold "how"."""


def test_a_pattern_is_compiled_when_a_text_holds_one_of_its_words():
    """And then it finds what it always found; a text without them finds nothing, as always."""
    assert frozenset({"how"}) == ASKED[key(HOW)]
    pattern = lazy_pattern(HOW, re.I)

    assert pattern.search("Where does Ada live?") is None
    assert pattern.match("Where does Ada live?") is None
    assert "search" not in vars(pattern)

    found = pattern.search("And HOW was it?")

    assert found is not None
    assert "HOW" == found.group()
    assert "search" in vars(pattern)


@pytest.mark.parametrize("text", ["Where ıs it?", "Where iſ it?", "where " * 1_000])
def test_a_pattern_is_compiled_for_a_text_whose_words_do_not_tell(text):
    """Letters that a pattern blind to capitals takes for others, and a long text."""
    pattern = lazy_pattern(HOW, re.I)

    assert pattern.search(text) is None
    assert "search" in vars(pattern)


def test_a_pattern_that_is_asked_again_and_again_is_compiled():
    """A process that stays reads its questions with compiled patterns."""
    pattern = lazy_pattern(HOW, re.I)

    for number in range(SPARED + 1):
        pattern.search(f"Where is {number}?")

    assert "search" in vars(pattern)


def test_the_tables_are_what_the_script_makes():
    """Else a new pattern is tried on every clause: right, and slow."""
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False)

    assert 0 == done.returncode
    assert len(WORDS) > 100


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bstill\sat\s\w+", {"still"}),
        (r"\b(?:days?|week)\sin\b", {"day", "days", "week"}),
        (r"\bmov(?:e|ed)\b", {"move", "moved"}),
        (r"\bstill\w*\s", set()),
        (r"still\s", set()),
        (r"\b(?:got|\w+ed)\s", set()),
        (r"\w+(?:\sthe)?\sflat\b", {"flat"}),
        (r"\bgot(?:\s\w+)?\shere\b", {"here"}),
        (r"(?<![\w'])(?:my|mine)(?!\w)", {"my", "mine"}),
        (r"(?<!\d)my(?!['s])", set()),
    ],
)
def test_only_whole_words_that_cannot_be_left_out_are_required(pattern, words):
    """A word that may go on or begin before, one of several ways that has none, and an option require nothing."""
    assert words == runpy.run_path(str(SCRIPT))["required"](pattern)
