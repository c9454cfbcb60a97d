"""Sentences are cut where a reader would cut them."""

from __future__ import annotations

import pytest

from remanence.language.sentences import Span, asks, split


def cut(text: str) -> list[str]:
    return [span.of(text) for span in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I went home. It rained!  Did it?", ["I went home.", "It rained!", "Did it?"]),
        ("Dr. Smith met J. R. Tolkien at 5 p.m. on Jan. 5.", ["Dr. Smith met J. R. Tolkien at 5 p.m. on Jan. 5."]),
        ("See fig. 3 and e.g. this one. Next.", ["See fig. 3 and e.g. this one.", "Next."]),
        ("It costs 3.50 at www.a.com today. Fine.", ["It costs 3.50 at www.a.com today.", "Fine."]),
        ('He said "Stop!" and left. OK.', ['He said "Stop!" and left.', "OK."]),
        ("Wait... what? Hmm... Yes.", ["Wait... what?", "Hmm...", "Yes."]),
        ("List:\n- one thing\n- two things\n1. three", ["List:", "- one thing", "- two things", "1. three"]),
        ("First part\n\nSecond part", ["First part", "Second part"]),
        ("我去了商店。你呢？好！", ["我去了商店。", "你呢？", "好！"]),
        ("Code: ```a = 1. b = 2. C``` Done.", ["Code:", "```a = 1. b = 2. C```", "Done."]),
        ("We met at 5 p.m. We left.", ["We met at 5 p.m.", "We left."]),
        ("", []),
        ("   \n ", []),
    ],
)
def test_a_text_is_cut_where_a_reader_would_cut_it(text: str, expected: list[str]) -> None:
    """Abbreviations, initials, decimals, addresses, quotes, lists, code and CJK do not mislead."""
    found = cut(text)

    assert expected == found


def test_spans_point_into_the_source() -> None:
    """A sentence is named by characters of the source, without the white space around it."""
    text = "  One. Two."

    spans = split(text)

    assert [Span(2, 6), Span(7, 11)] == spans


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("Do you know?", True),
        ("when do I see my money", True),
        ("and how much did you pay for it", True),
        ("你呢？", True),
        ("when I see my money I will smile", False),
        ("what a day", False),
        ("how it went is no secret", False),
    ],
)
def test_a_sentence_asks_by_its_mark_or_by_its_first_words(text: str, is_asked: bool) -> None:
    assert asks(text) is is_asked
