"""Reading never fails, never hangs, and always points into the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.language import (
    answer_type,
    contrast,
    dates,
    entities,
    names,
    person,
    phrases,
    question,
    sentences,
    spans,
    speakers,
    summary,
    text_flags,
    tokens,
    value_forms,
)
from remanence.language.statements import fields, plain
from remanence.language.statements.talk.reader import talk_statements

SAID = datetime(2023, 5, 25, 13, 14, tzinfo=UTC)
WORDS = [
    "I",
    "I'm",
    "my",
    "we",
    "last",
    "next",
    "Friday",
    "May",
    "8",
    "2023",
    "in",
    "two",
    "weeks",
    "ago",
    "the",
    "of",
    "and",
    "is",
    "was",
    "by",
    "Rome",
    "Ann's",
    "a",
    ",",
    ".",
    "!",
    "?",
    "\n",
    "-",
    '"',
    "'",
    "“",
    "”",
    "(",
    ")",
    ":",
    "1.",
    "12:30",
    "pm",
    "since",
    "for",
    "born",
    "moved",
    "to",
    "live",
    "love",
    "not",
    "you",
    "İ",
    "ß",
    "你好",
    "昨天",
    "```́",
    "$5",
    "km",
    "@x",
    "#y",
    "http://a.b",
]
TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=30).map("".join),
)


@given(TEXTS)
@settings(max_examples=300)
def test_spans_always_slice_the_source(text: str) -> None:
    """Whatever the text, every span is inside it and says what it says."""
    said = sentences.split(text)
    times = dates.find(text, SAID)
    named = entities.find(text)
    nouns = phrases.noun_phrases(text)

    assert all(0 <= s.start < s.end <= len(text) and s.of(text) == s.of(text).strip() for s in said)
    assert "".join(text.split()) == "".join("".join(s.of(text) for s in said).split())
    for found in (times, named, nouns):
        assert all(text[x.start : x.end] == x.text != "" for x in found)
        assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(e.at < e.until for e in times)
    assert all(0 <= f.start < f.end <= len(text) and f.value for f in plain.plain_statements(text, "Ann", SAID))
    for mention in person.resolve(text, "Ann", "Bob").mentions:
        assert text[mention.start : mention.end].lower().startswith(("i", "m", "y"))


@given(TEXTS)
@settings(max_examples=150)
def test_the_same_text_reads_the_same_twice(text: str) -> None:
    """No hidden state, no set order."""

    def read() -> object:
        return (
            dates.find(text, SAID),
            entities.find(text),
            phrases.keyphrases(text, 5),
            phrases.triples(text, "T"),
            plain.plain_statements(text, "Ann", SAID),
            person.resolve(text, "Ann"),
            summary.summarise([text], 2),
        )

    assert read() == read()


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_a_date_is_read_or_refused_never_a_crash(text: str) -> None:
    """`parse_when` knows two endings."""
    try:
        when, precision = dates.parse_when(text)
    except InvalidInput:
        return
    assert when.tzinfo is not None
    assert precision in dates.PRECISIONS


READERS: dict[str, Callable[[str], Iterable[object]]] = {
    "split": sentences.split,
    "dates": lambda text: dates.find(text, SAID),
    "entities": entities.find,
    "keyphrases": phrases.keyphrases,
    "triples": lambda text: phrases.triples(text, "Title"),
    "facts": lambda text: plain.plain_statements(text, "Ann", SAID),
    "talk": lambda text: talk_statements(text, "Ann", SAID),
    "resolve": lambda text: person.resolve(text, "Ann", "Bob").mentions,
}
SHORT_READERS: dict[str, Callable[[str], object]] = {
    "candidate spans": spans.candidate_spans,
    "expected answer": answer_type.expected,
    "question": lambda text: question.read(text, at=SAID, asker="Ann", people=("Ann", "Bob")),
    "field statements": fields.field_statements,
    "speakers": lambda text: speakers.strip_speakers(text, speakers.match_speakers(text, ("Ann", "Bob"))),
    "subjects": lambda text: speakers.resolve_subjects(text, "Ann", ("Ann", "Bob")),
    "names": names.names_in,
    "tokens": tokens.count_tokens,
    "values": lambda text: [value_forms.values(text, form, "pens of a") for form in get_args(value_forms.ValueForm)],
    "flags": text_flags.text_flags,
    "contrasts": contrast.contrasts,
}
ODD = [
    *"a.(\"'-9/@`#$_’?*你é😀Ωอ",
    "\u0301",
    "\u200b",
    "9.",
    "1,",
    "12:",
    "2024-",
    "a-",
    "a’",
    "a or ",
    "what ",
    "did you ",
    "A's ",
    "AB-1 ",
    "due ",
    "my a ",
    "of the ",
    "5 May ",
    "http://a.",
    'he said "',
    "((",
    "[(",
]
HOSTILE = [
    "a",
    "A",
    "1",
    "I ",
    "A. ",
    "Aa of ",
    "2 ",
    '"',
    "```",
    "last ",
    "my dog A, ",
    "in two weeks ",
    "The a of A is ",
    "1,",
    " ",
    "\n- ",
]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("reader", READERS)
def test_a_hundred_kilobytes_of_one_pattern_are_read_in_time(reader: str) -> None:
    """Rules cost about the same for each character: a repeated pattern does not explode."""
    for unit in HOSTILE:
        READERS[reader]((unit * 100_000)[:100_000])


@pytest.mark.timeout(240)
@pytest.mark.parametrize("reader", [*SHORT_READERS, *READERS])
def test_no_reader_takes_quadratic_time_on_an_odd_text(reader: str) -> None:
    """Digits, quotes, brackets, hyphens, marks, other scripts without spaces: 20,000 characters of each are read."""
    read = SHORT_READERS.get(reader) or READERS[reader]
    for unit in ODD:
        text = (unit * 20_000)[:20_000]
        read(text)
        read(f"I live {text}")


def test_capitals_that_change_length_do_not_move_spans() -> None:
    """ "İ" has two letters in lower case."""
    text = "İİİ I went to Rome last week"

    (when,) = dates.find(text, SAID)

    assert "last week" == text[when.start : when.end]
