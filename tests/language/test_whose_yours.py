"""What a turn says of "your" boss, order or flight is told of whom it speaks to, and never of whoever says it."""

from __future__ import annotations

import pytest
from stating import told

from remanence import Memory


def facts(*turns: tuple[str, str]) -> set[tuple[str, str, str]]:
    """Subject, slot and value of each fact of a talk that has slept."""
    with Memory(":memory:") as memory:
        for day, (who, text) in enumerate(turns, 1):
            memory.remember([{"who": who, "text": text, "at": f"2025-11-{day:02d}T10:00"}])
        memory.sleep()
        found = memory.list(kinds=["fact"], limit=1000)
        return {tuple(str(item.data.get(part, "")) for part in ("subject", "slot", "value")) for item in found}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your boss is Dana.", ("Ann", "boss", "Dana")),
        ("Your order number is 99812.", ("Ann", "order number", "99812")),
        ("I see that your order number is 99812.", ("Ann", "order number", "99812")),
        ("Done. Your code is HERON10.", ("Ann", "code", "HERON10")),
        ("you are allergic to nuts, remember", ("Ann", "allergy", "nuts")),
    ],
)
def test_of_two_it_is_the_others(text, said):
    found = facts(("Ann", "hi, how are you?"), ("Tobias", text))
    assert said in found
    assert not [one for one in found if one[0] == "Tobias" and one[2] == said[2]]


def test_an_assistant_is_nobody_who_has_a_boss():
    assert ("Ann", "boss", "Dana") in facts(("Ann", "hi"), ("assistant", "hello"), ("Tobias", "Your boss is Dana."))


def test_where_several_talk_it_is_nobodys():
    found = facts(("Ann", "hi"), ("Bob", "hey"), ("Tobias", "Your boss is Dana."))
    assert not [one for one in found if one[2] == "Dana"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my boss is Dana", ("Mo", "boss", "Dana", 1)),
        ("thanks for your message. my email is t@b.org", ("Mo", "email", "t@b.org", 1)),
        ("thanks for your lovely long letter from the coast, email is t@b.org", ("Mo", "email", "t@b.org", 1)),
        ("you have been so kind to everybody here, new email: t@b.org", ("Mo", "email", "t@b.org", 1)),
        ("Thanks for your call. New email is t@b.org", ("Mo", "email", "t@b.org", 1)),
        ("you are right, I'm allergic to nuts", ("Mo", "allergy", "nuts", 1)),
        ("not your dentist, my dentist is Dr Lee", ("Mo", "dentist", "Dr Lee", 1)),
    ],
)
def test_what_is_the_speakers_stays_theirs(text, said):
    assert said in told(text)


def test_numbers_are_of_whom_a_desk_serves():
    """From "your card" on, and beside an assistant from the first: who serves gives others their numbers."""
    found = facts(
        ("user", "where is my lamp?"),
        ("assistant", "Noted on your account. I'm passing you to a colleague."),
        ("Priyanka", "Hi, the photos are here now, ouch."),
        ("Tobias", "Done: bell is set. Tracking PW77-310-255, https://x.example/PW"),
        ("user", "and the money?"),
        ("Tobias", "I've sent 20 instead of 10 today, so 35 in total on your card."),
    )
    assert ("user", "tracking", "PW77-310-255") in found
    assert not [one for one in found if one[0] == "Tobias"]
    served = facts(("Ann", "hi"), ("Lou", "Your parcel left."), ("Ann", "good"), ("Lou", "Return number R-5519."))
    assert ("Ann", "return number", "R-5519") in served


def test_a_number_of_ones_own_stays():
    served = facts(("Ann", "hi"), ("Lou", "Your parcel left."), ("Lou", "my ticket number is TK-4411"))
    assert ("Lou", "ticket number", "TK-4411") in served


@pytest.mark.parametrize(
    "text",
    [
        "it's 12 years old",
        "we have a van, it is 12 years old",
        "bought a boat. its 12 years old",
        "sold it, it was 12 years old",
    ],
)
def test_a_things_years_are_nobodys_age(text):
    assert "age" not in [one[1] for one in told(text)]


def test_what_one_has_is_what_it_means():
    """ "I've a cargo bike": "it" is the bike, not what was sold before it."""
    found = told("I sold the fiesta to fund it. I've a cargo bike now, it's orange")
    assert ("Mo", "cargo bike colour", "orange", 1) in found
    assert not [one for one in found if one[1] == "fiesta colour"]


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("we hired a guy who was allergic to tea", "allergy"),
        ("met a girl who's vegan", "diet"),
        ("oolong comes from Chen in Taichung", "from"),
        ("the noise comes from Berlin", "from"),
    ],
)
def test_what_is_said_of_somebody_unnamed_is_not_the_speakers(text, attribute):
    assert attribute not in [one[1] for one in told(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I, who am allergic to nuts, ate it", ("Mo", "allergy", "nuts", 1)),
        ("the guy who's my boss now is called Ed", ("Mo", "boss", "Ed", 1)),
        ("I come from Porto", ("Mo", "from", "Porto", 1)),
    ],
)
def test_what_is_said_of_oneself_behind_who_stays(text, said):
    assert said in told(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my wife comes from Kyiv", ("Mo's wife", "from", "Kyiv", 1)),
        ("my dad turned 70", ("Mo's dad", "age", "70", 1)),
        ("my son studies law in Ghent", ("Mo's son", "studies", "law", 1)),
        ("my ex moved to Oslo", ("Mo's ex", "home", "Oslo", 1)),
        ("our neighbour bought a van", ("Mo's neighbour", "owns", "van", 1)),
        ("my boss is from Leeds", ("Mo's boss", "from", "Leeds", 1)),
        ("my coach turned 70", ("Mo's coach", "age", "70", 1)),
        ("my sister in Rome got married", ("Mo's sister", "relationship", "married", 1)),
        ("my mum and I live in Rome", ("Mo", "home", "Rome", 1)),
        ("My landlord raised my rent to 900.", ("Mo", "rent", "900", 1)),
        ("my sister and I live in Rome", ("Mo", "home", "Rome", 1)),
    ],
)
def test_what_one_of_mine_does_is_theirs(text, said):
    found = told(text)
    assert said in found
    assert not [one for one in found if one[2] == said[2] and one[0] != said[0]]


@pytest.mark.parametrize(
    "text",
    [
        "my boss is nice",
        "my boss is lovely",
        "my boss is wonderful",
        "my boss is from Leeds",
        "our manager is impressed",
    ],
)
def test_what_a_boss_is_like_is_nobodys_name(text):
    assert "boss" not in [one[1] for one in told(text)]


@pytest.mark.parametrize("text", ["my mum and dad moved to Spain", "my sister and her husband live in Ghent"])
def test_what_two_of_mine_do_is_not_the_speakers(text):
    assert not [one for one in told(text) if one[:2] == ("Mo", "home")]
