"""Patterns of talk are tried only on clauses that hold a word which they cannot do without, and miss nothing by it."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from remanence.language.statements.talk.matching import ALL, words_of
from remanence.language.statements.talk.required import WORDS

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "required_words.py"
SAID = re.compile(r'"((?:[^"\\]|\\.)*)"')
TALK = sorted(
    {text for page in ("test_talk_statements", "test_kinds_of_saying", "test_named_things", "test_of_somebody_else",
                  "test_sayings_of_things", "test_sayings_of_roles", "test_sayings_of_food")
     for text in SAID.findall((Path(__file__).parent / f"{page}.py").read_text("utf-8"))}
)  # fmt: skip


def test_what_a_pattern_matches_holds_one_of_its_words():
    """Over every sentence of the tests of talk; most patterns have words, and dozens of matches are seen."""
    sayings = [one for one in ALL if one.required]

    seen = [(one, m) for one in sayings for text in TALK for m in one.pattern.finditer(text)]

    assert len(sayings) > 0.8 * len(ALL)
    assert len(seen) > 80
    assert [] == [(one.attribute, m.string) for one, m in seen if one.required.isdisjoint(words_of(m.string))]


def test_the_table_is_what_the_script_makes():
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
    ],
)
def test_only_whole_words_that_cannot_be_left_out_are_required(pattern, words):
    """A word that may go on or begin before, one of several ways that has none, and an option require nothing."""
    assert words == runpy.run_path(str(SCRIPT))["required"](pattern)
