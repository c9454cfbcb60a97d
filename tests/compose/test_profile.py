"""Everything that is known about somebody, as of a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.profile import profile
from remanence.errors import InvalidInput

NOW = datetime(2023, 12, 1, tzinfo=UTC)


@pytest.fixture
def told():
    """A year of Ann's turns, slept over."""
    with Memory(":memory:", clock=lambda: NOW) as memory:
        memory.remember(
            [
                {"who": "Ann", "text": "I live in Bergen. rent is 640 a month", "at": "2023-01-10", "source": "a:1"},
                {"who": "Ann", "text": "my boss is Henrike.", "at": "2023-02-10", "source": "a:2"},
                {"who": "Ann", "text": "rent went up to 710 a month", "at": "2023-06-10", "source": "a:3"},
                {"who": "Ann", "text": "my brother Theo works at Kestrel Boats", "at": "2023-07-10", "source": "a:4"},
                {"who": "Ann", "text": "I'm going to adopt a cat next spring.", "at": "2023-11-10", "source": "a:5"},
            ]
        )
        memory.sleep()
        yield memory


def about(memory, who, **times):
    return profile(memory.store.view(memory.scope), who, now=NOW, **times)


def values(part):
    return {name: [one.value for one in known] for name, known in part.items()}


def test_what_holds_stands_first_with_its_history_and_sources(told):
    """Since when, until when, and who said it."""
    found = about(told, "Ann")

    assert {"home": ["Bergen"], "rent": ["710 a month"], "boss": ["Henrike"]}.items() <= values(found.current).items()
    assert ["640 a month"] == values(found.history)["rent"]
    assert (datetime(2023, 6, 10, tzinfo=UTC), ("a:3",)) == (
        found.current["rent"][0].since,
        found.current["rent"][0].sources,
    )
    assert found.planned


def test_the_past_is_answered_as_it_was(told):
    """As of March, the rent was the old one."""
    assert ["640 a month"] == values(about(told, "Ann", as_of=datetime(2023, 3, 1, tzinfo=UTC)).current)["rent"]


def test_whom_others_speak_of_has_a_profile_too(told):
    """With what they are to others."""
    theo = about(told, "Theo")

    assert ["Kestrel Boats"] == values(theo.current)["employer"]
    assert "boss of Ann" in about(told, "Henrike").roles


def test_somebody_unknown_is_empty_and_nobody_is_refused(told):
    """Empty and wrong look different."""
    assert not about(told, "Zoltan")
    assert "nothing is known" in str(about(told, "Zoltan"))
    with pytest.raises(InvalidInput, match="give a name"):
        about(told, "  ")


def test_it_reads_as_lines_with_citations(told):
    """For a person or a model."""
    assert "  rent: 710 a month (since 2023-06-10) {a:3}" in str(about(told, "Ann")).splitlines()


def test_it_is_a_verb_of_the_memory(told):
    """With times as people write them."""
    assert ["640 a month"] == values(told.profile("Ann", as_of="2023-03-01").current)["rent"]
    assert about(told, "Ann") == told.profile("Ann")


def test_what_came_later_is_no_history_of_an_earlier_day():
    """In March she had not moved yet; that she works there no longer was not so either."""
    with Memory(":memory:", clock=lambda: NOW) as memory:
        memory.remember(
            [
                {"who": "Ann", "text": "I live in Rome. I work at Nordwind.", "at": "2023-01-10"},
                {"who": "Ann", "text": "I moved to Oslo. I no longer work at Nordwind.", "at": "2023-06-10"},
            ]
        )
        memory.sleep()

        now, then = about(memory, "Ann"), about(memory, "Ann", as_of=datetime(2023, 3, 1, tzinfo=UTC))

    assert {"home": ["Rome"], "employer": ["not Nordwind", "Nordwind"]} == values(now.history)
    assert {"home": ["Rome"], "employer": ["Nordwind"]} == values(then.current)
    assert {} == then.history
    assert {"home": ["Oslo"]} == values(then.planned)


def test_since_and_until_are_days_of_the_speaker():
    """Midnight east of Greenwich is the day before in UTC."""
    with Memory(":memory:", clock=lambda: NOW) as memory:
        memory.remember({"who": "Ann", "text": "I work at Bosch since 2022-09-01", "at": "2022-10-01T10:00+01:00"})
        memory.remember({"who": "Ann", "text": "I work at Kestrel since 2023-02-01", "at": "2023-02-01T10:00+01:00"})
        memory.sleep()

        told = str(memory.profile("Ann", now="2023-03-01"))

    assert "employer: Kestrel (since 2023-02-01)" in told
    assert "was employer: Bosch (since 2022-09-01, until 2023-02-01)" in told


def test_what_somebody_does_not_eat_is_so():
    """It is shown beside what is so."""
    with Memory(":memory:", clock=lambda: NOW) as memory:
        memory.remember({"who": "Ann", "text": "I can't eat gluten.", "at": "2023-01-10"})
        memory.sleep()
        known = about(memory, "Ann")

    assert ["not gluten"] == values(known.current)["diet"]


@pytest.mark.parametrize("name", ["Will", "May", "An"])
def test_a_name_that_the_index_leaves_out_has_a_profile(name: str) -> None:
    """It is an everyday word, so no search by words finds what is known."""
    with Memory(":memory:", clock=lambda: NOW) as memory:
        memory.remember([{"who": name, "text": "I live in Bergen."}, {"who": "Ann", "text": "I live in Graz."}])
        memory.sleep()

        assert {"home": ["Bergen"]} == values(memory.profile(name).current)
