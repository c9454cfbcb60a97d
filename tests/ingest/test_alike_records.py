"""Which records are one: words in their order, signs that are part of what is said, and what changed in between."""

from __future__ import annotations

from typing import Any

import pytest

from remanence.ingest.alike import pasted, twins
from remanence.ingest.audit import audit
from remanence.ingest.message import Message, message

LONG = "every evening after work she walks with her sister along the river to the old mill and back home"


def note(text: str, at: str | None = "2025-01-01", **more: Any) -> Message:
    return message({"text": text, "kind": "note", "who": "ann", **({"at": at} if at else {}), **more}, imported=True)


def records(*texts: str) -> dict[int, Message]:
    return dict(enumerate(note(text) for text in texts))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Uses C", "Uses C++"),
        ("Uses C", "Uses C#"),
        ("Feels 😀 about the move", "Feels 😢 about the move"),
        ("The cellar has 5.30 m", "The cellar has 530 m"),
        ("The freezer is at 5 degrees", "The freezer is at -5 degrees"),
        ("prefers tea over coffee", "prefers coffee over tea"),
        (LONG, LONG.replace("sister", "brother")),
        (LONG, LONG.replace("walks", "used to walk")),
        (LONG, LONG.replace("she walks", "she rarely walks")),
        (LONG, LONG.replace("the old mill", "the old mill 2")),
    ],
)
def test_what_says_something_else_is_no_duplicate(one: str, other: str) -> None:
    """A sign, an order, another relative, a doubt: one of them would be lost by an import."""
    assert {} == twins(records(one, other)) == twins(records(other, one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Likes tea", "likes tea."),
        ("Likes “green” tea - hot", "likes green tea, hot!"),
        (LONG, LONG.replace("the old mill", "old mill")),
        (LONG, LONG.replace("walks", "walked")),
        (LONG, f"{LONG} again"),
    ],
)
def test_what_says_the_same_is_a_duplicate(one: str, other: str) -> None:
    """The twin: case, points, articles, endings and a word more do not matter."""
    assert {1: 0} == twins(records(one, other)) == twins(records(other, one))


def test_what_is_said_twice_in_a_chat_without_times_stays_said_twice() -> None:
    """Nobody knows that two undated turns are one, unless they come under one id."""
    said = {"text": "ok", "who": "Ann", "session": "s"}
    turns = [message(said | {"source": source}, imported=True) for source in ("a", "b", "a")]

    assert {2: 0} == twins(dict(enumerate(turns)))


def test_who_moves_back_is_not_left_where_they_were_in_between() -> None:
    """The third record is no duplicate of the first; said again meanwhile, it is."""
    notes = [
        note("Lives in Porto", "2023-01-01"),
        note("Lives in Porto.", "2023-06-01"),
        note("Lives in Ghent", "2024-01-01"),
        note("Lives in Porto", "2025-01-01"),
        note("lives in Porto", "2025-06-01"),
    ]

    told = [(one.what, one.by) for one in audit(notes).verdicts]

    assert [("superseded", 2), ("refused", 0), ("superseded", 3), ("kept", None), ("refused", 3)] == told


def test_a_frame_that_recurs_with_another_number_or_story_is_no_pasted_text() -> None:
    """Only entries that say nothing of their own beside the recurring words are."""
    frame = "the temperature that was measured in the second hall of the main site in Delft was"
    readings = records(*(f"{frame} {degrees} degrees" for degrees in (31, 34, 36)))
    stories = records(*(f"{frame} what {what}" for what in ("made Ana ill", "broke Tim's glass kiln", "pleased Bo")))
    bare = records(*(f"{frame} {letter}" for letter in "xyz"))

    assert set() == pasted(readings)
    assert {0, 1, 2} == pasted(bare)
    assert 1 not in pasted(stories)
