"""Facts that a text states plainly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.statements.attributes import single_valued
from remanence.language.statements.plain import plain_statements

SAID = datetime(2023, 5, 25, 13, 14, tzinfo=UTC)


def told(text: str, speaker: str = "Ann") -> set[tuple[str, str, str, int]]:
    return {(f.subject, f.attribute, f.value, f.polarity) for f in plain_statements(text, speaker, SAID)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in Oslo now and I love hiking.", {("Ann", "home", "Oslo", 1), ("Ann", "likes", "hiking", 1)}),
        ("I moved to Rome.", {("Ann", "home", "Rome", 1)}),
        ("I no longer live in Rome.", {("Ann", "home", "Rome", -1)}),
        ("I used to live in Paris.", {("Ann", "home", "Paris", -1)}),
        ("My name is Ann Lee and I'm 28 years old.", {("Ann", "name", "Ann Lee", 1), ("Ann", "age", "28", 1)}),
        ("My birthday is on August 13.", {("Ann", "birthday", "13 August", 1)}),
        ("My sister's birthday is May 5.", {("Ann's sister", "birthday", "5 May", 1)}),
        (
            "I work as a software engineer at Google.",
            {("Ann", "job", "software engineer", 1), ("Ann", "employer", "Google", 1)},
        ),
        ("I lost my job as a banker.", {("Ann", "job", "banker", -1)}),
        ("I also lost my job at Door Dash.", {("Ann", "employer", "Door Dash", -1)}),
        ("I'm a nurse.", {("Ann", "job", "nurse", 1)}),
        ("I'm from Sweden.", {("Ann", "from", "Sweden", 1)}),
        ("I study biology at Oxford.", {("Ann", "studies", "biology", 1), ("Ann", "education", "Oxford", 1)}),
        ("I'm married to Tom.", {("Ann", "partner", "Tom", 1)}),
        ("My son Leo is five.", {("Ann", "children", "Leo (son)", 1)}),
        ("My cats, Luna and Oliver, are great.", {("Ann", "pets", "Luna", 1), ("Ann", "pets", "Oliver", 1)}),
        ("I got a puppy! Her name's Coco.", {("Ann", "pets", "a puppy", 1), ("Ann", "pets", "Coco", 1)}),
        ("I can't stand cilantro.", {("Ann", "likes", "cilantro", -1)}),
        ("I prefer tea over coffee.", {("Ann", "prefers", "tea", 1)}),
        (
            "My favourite color is not red but blue.",
            {("Ann", "favourite color", "red", -1), ("Ann", "favourite color", "blue", 1)},
        ),
        ("Contemporary is my favorite dance style.", {("Ann", "favourite dance style", "Contemporary", 1)}),
        ("I'm vegetarian.", {("Ann", "diet", "vegetarian", 1)}),
        ("I don't eat meat anymore.", {("Ann", "diet", "eats meat", -1)}),
        (
            "I'm allergic to peanuts and shellfish.",
            {("Ann", "allergy", "peanuts", 1), ("Ann", "allergy", "shellfish", 1)},
        ),
        ("I speak French and Spanish.", {("Ann", "language", "French", 1), ("Ann", "language", "Spanish", 1)}),
        ("I'm learning Italian.", {("Ann", "learning", "Italian", 1)}),
        ("I'm planning to adopt.", {("Ann", "plan", "adopt", 1)}),
        ("I bought a new Trek bike.", {("Ann", "owns", "Trek bike", 1)}),
        ("I sold my car.", {("Ann", "owns", "car", -1)}),
        ("My phone number is +47 123 45 678.", {("Ann", "phone", "+47 123 45 678", 1)}),
        ("My email is now a.b@c.com", {("Ann", "email", "a.b@c.com", 1)}),
        ("I have 1300 followers on Instagram.", {("Ann", "number of followers on Instagram", "1300", 1)}),
        ("My personal best time is 25:50.", {("Ann", "personal best time", "25:50", 1)}),
        (
            "My friend Rachel moved back to the suburbs.",
            {("Ann", "friend", "Rachel", 1), ("Rachel", "home", "the suburbs", 1)},
        ),
    ],
)
def test_a_plain_statement_becomes_a_fact(text: str, expected: set[tuple[str, str, str, int]]) -> None:
    """Each slot that people state about themselves, with denials and corrections."""
    assert expected == told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do I live in Rome?",
        "If I lived in Rome I would be happy.",
        "I wish I lived in Rome.",
        "I love it!",
        "I'd love to see you.",
        "I like that.",
        "We're like a family.",
        "Unconditional love is so important.",
        "I'm a bit tired.",
    ],
)
def test_questions_wishes_and_small_talk_state_nothing(text: str) -> None:
    """A fact that was not said is worse than none."""
    assert set() == told(text)


def test_what_happened_is_an_event_with_its_time() -> None:
    """ "last Saturday" dates the event, and the clause is its value."""
    (event,) = [
        f
        for f in plain_statements("I ran a charity race last Saturday – it was great.", "Mel", SAID)
        if f.attribute == "event"
    ]

    assert "ran a charity race last Saturday" == event.value
    assert (datetime(2023, 5, 20, tzinfo=UTC), datetime(2023, 5, 21, tzinfo=UTC)) == (event.at, event.until)


def test_a_fact_holds_from_the_time_it_names() -> None:
    """ "last year" closes nothing: the home lasts until it is superseded."""
    (home,) = [f for f in plain_statements("I moved to Rome last year.", "Ann", SAID) if f.attribute == "home"]

    assert (datetime(2022, 1, 1, tzinfo=UTC), None) == (home.at, home.until)


def test_without_a_speaker_the_first_person_states_nothing() -> None:
    """Nobody is credited with "I"."""
    assert [] == plain_statements("I live in Oslo.", "", SAID)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The chairperson of Fatah is Mahmoud Abbas.", ("Fatah", "chairperson", "Mahmoud Abbas")),
        ("Thomas Kyd was born in the city of London.", ("Thomas Kyd", "birthplace", "London")),
        ("Hines Ward plays the position of wide receiver.", ("Hines Ward", "position", "wide receiver")),
        ("Bengaluru is located in the continent of Asia.", ("Bengaluru", "continent", "Asia")),
        ("Chanel was founded by Coco Chanel.", ("Chanel", "founded by", "Coco Chanel")),
        ("The headquarters of WTTW is located in the city of Chicago.", ("WTTW", "headquarters", "Chicago")),
        (
            "The name of the current head of state in Poland is Andrzej Duda.",
            ("Poland", "head of state", "Andrzej Duda"),
        ),
        (
            "The name of the current head of the South Korea government is Moon.",
            ("South Korea", "head of government", "Moon"),
        ),
        (
            "The company that produced Cadillac Escalade is General Motors.",
            ("Cadillac Escalade", "company that produced", "General Motors"),
        ),
        ("Terry Pratchett's child is Rhianna Pratchett.", ("Terry Pratchett", "child", "Rhianna Pratchett")),
        ("rugby was created in the country of England.", ("rugby", "created in country", "England")),
        ("QuickTime was developed by Apple Inc..", ("QuickTime", "developed by", "Apple Inc.")),
    ],
)
def test_a_numbered_statement_gives_subject_slot_and_value(line: str, expected: tuple[str, str, str]) -> None:
    """Statements of an encyclopedia keep their own words as the slot."""
    text = f"Here is a list of facts:\n0. {line}\n"

    (fact,) = plain_statements(text)

    assert expected == (fact.subject, fact.attribute, fact.value)
    assert line.rstrip(".") == text[fact.start : fact.end].rstrip(".")


def test_newest_wins_only_where_one_value_can_hold() -> None:
    """A home replaces a home; a like stands beside a like."""
    assert [True, True, True, True, False, False, False] == [
        single_valued(slot) for slot in ("home", "job", "age", "capital", "likes", "pets", "children")
    ]
