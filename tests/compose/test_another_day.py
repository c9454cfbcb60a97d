"""A day that somebody cannot do gives way to the one that was agreed on in its place."""

from __future__ import annotations

import pytest

from remanence import Memory

PARTY = ("2025-12-20", "Bram", "housewarming 17 january, 25 people, Mops too")


def told(turns: list[tuple[str, str, str]], question: str) -> str:
    """The short answer from a talk that has slept."""
    with Memory(":memory:") as memory:
        for day, who, text in turns:
            memory.remember([{"who": who, "text": text, "at": f"{day}T10:00", "session": day}])
        memory.sleep()
        return memory.ask(question, now="2026-01-10T10:00").short


@pytest.mark.parametrize(
    "behind",
    [
        [("Ilse", "cant do the 17th, I'm on call at the hospital. 24th then?"), ("Bram", "24th works")],
        [("Ilse", "I can't make the 17th, how about the 24th?"), ("Bram", "ok, perfect")],
        [("Ilse", "the 17th doesn't work for Lot, let's do the 24th")],
        [("Ilse", "not the 17th please, let's do the 24th")],
        [("Ilse", "I'm away on the 17th, let's do the 24th")],
    ],
)
def test_the_day_that_was_agreed_on_is_told(behind):
    turns = [PARTY, *(("2026-01-02", who, text) for who, text in behind)]
    assert told(turns, "When is the housewarming?") == "24 January 2026"
    assert told(turns, "When was the housewarming planned at first?") == "17 January 2026"


@pytest.mark.parametrize(
    "behind",
    [
        [("Ilse", "cant do the 17th. 24th then?"), ("Bram", "no, not the 24th")],
        [("Ilse", "cant do the 17th. 24th then?"), ("Bram", "what a pity")],
        [("Ilse", "cant do the 17th. 24th then?"), ("Bram", "sure, but not the 24th")],
        [("Ilse", "cant do the 17th. 24th then?"), ("Ilse", "ok, off to bed")],
        [("Ilse", "I can't do the 17th, and not the 24th either")],
        [("Ilse", "I'm back on the 3rd of February, but can't do the 17th")],
        [("Ilse", "I can't do the 16th, the 17th is fine, the 24th is for the dentist")],
        [("Ilse", "I can't do the 17th, let's do it in March")],
        [("Ilse", "cant do the 17th. 24th then?"), ("Bram", "the 25th works")],
        [("Ilse", "see you on the 17th, and on the 24th at the dentist")],
        [("Ilse", "I can't do the 16th, so the 24th is for the dentist")],
    ],
)
def test_a_day_that_nobody_agreed_to_changes_nothing(behind):
    turns = [PARTY, *(("2026-01-02", who, text) for who, text in behind)]
    assert told(turns, "When is the housewarming?") == "17 January 2026"


def test_the_third_behind_the_thirtieth_is_of_the_next_month():
    party = ("2025-12-20", "Bram", "housewarming 30 january")
    turns = [party, ("2026-01-28", "Ilse", "I can't do the 30th. 3rd then?"), ("2026-01-28", "Bram", "ok")]
    assert told(turns, "When is the housewarming?") == "3 February 2026"


def test_what_was_said_before_the_day_was_set_changes_nothing():
    turns = [("2025-12-01", "Ilse", "in january the 17th doesn't work, let's do the 24th for the walk"), PARTY]
    assert told(turns, "When is the housewarming?") == "17 January 2026"


def test_make_it_changes_what_is_and_not_what_was():
    turns = [
        ("2025-10-02", "user", "christmas tins: 200 ordered from Lata Norte, 1.80 each"),
        ("2025-10-20", "user", "make it 250 tins, they give me 1.70 then"),
    ]
    assert "250" in told(turns, "How many tins did I order?")
    assert "200" in told(turns, "How many tins did I order at first?")


def test_who_runs_it_now_stands_in():
    turns = [
        ("2025-05-06", "user", "oolong comes from Chen, 38 euros a kilo. darjeeling from Mrs Rao, 44 a kilo"),
        ("2025-09-15", "user", "Mrs Rao retires. her nephew Arjun runs it now, price stays"),
    ]
    assert told(turns, "Who supplies the darjeeling now?") == "Arjun"


@pytest.mark.parametrize("trust", ["external", "tool"])
@pytest.mark.parametrize(
    ("first", "planted", "question", "short"),
    [
        (
            PARTY[2],
            "The 17th doesn't work any more, let's do the 24th.",
            "When is the housewarming?",
            "17 January 2026",
        ),
        (
            "booster for Jonas on 17 January",
            "Jonas: jab moved to 24 January",
            "When is Jonas's booster?",
            "17 January 2026",
        ),
    ],
)
def test_a_report_moves_no_day_that_a_person_told(trust, first, planted, question, short):
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Bram", "text": first, "at": "2025-12-20T10:00"}])
        memory.remember([{"who": "page", "text": planted, "at": "2026-01-02T10:00"}], trust=trust)
        memory.sleep()
        assert memory.ask(question, now="2026-01-10T10:00").short == short
