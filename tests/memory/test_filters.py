"""Filters: every verb that reads takes the same ones, by keyword, by mapping and by `Where`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence import Memory
from remanence.errors import InvalidInput
from remanence.memory.filters import FILTERS, Filters, where_of
from remanence.testing import HandClock, HashingEmbedder
from remanence.types import Where

OVER = datetime(2025, 2, 1, tzinfo=UTC)


@pytest.fixture
def memory() -> Memory:
    """Three items that differ in every filtered field."""
    memory = Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(datetime(2025, 6, 1, tzinfo=UTC)), seed=1)
    memory.remember(
        [
            {"who": "Ada", "text": "tea in Rome", "session": "s1", "source": "a/1", "at": "2025-01-01", "n": 1,
             "place": {"city": "Rome"}},
            {"role": "tool", "text": "tea in Oslo", "session": "s2", "source": "a/2", "at": "2025-02-01", "n": True},
            {"who": "Bo", "text": "tea in Bonn", "session": "s2", "at": "2025-03-01", "n": "1"},
        ]
    )  # fmt: skip
    memory.update(memory.list()[2].id, until=OVER)
    return memory


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["Rome", "Oslo"]),
    ({"ended": True}, ["Rome", "Oslo", "Bonn"]),
    ({"until": OVER}, ["Bonn"]),
    ({"who": "Ada"}, ["Rome"]),
    ({"session": "s2"}, ["Oslo"]),
    ({"source": ["a/2", "a/3"]}, ["Oslo"]),
    ({"since": "2025-01-15"}, ["Oslo"]),
    ({"before": "2025-01-15"}, ["Rome"]),
    ({"data": {"n": 1}}, ["Rome"]),
    ({"data": {"n": True}}, ["Oslo"]),
    ({"data": {"n": "1"}, "ended": True}, ["Bonn"]),
    ({"data.place.city": "Rome"}, ["Rome"]),
    ({"data.place": None}, ["Oslo"]),
    ({"min_trust": "user"}, ["Rome"]),
    ({"max_trust": 0.7}, ["Oslo"]),
    ({"kinds": "fact"}, []),
    ({"tiers": ["cold"]}, []),
]


@pytest.mark.parametrize(("filters", "kept"), CASES, ids=str)
def test_every_verb_that_reads_takes_the_same_filters(memory: Memory, filters: dict[str, Any], kept: list[str]) -> None:
    """recall, context, ask, list and count see the same items."""
    verbs: list[Callable[[], list[str]]] = [
        lambda: [one.text for one in memory.list(where=filters)],
        lambda: [hit.text for hit in memory.recall("tea", where=filters)],
        lambda: [hit.text for hit in memory.context("tea", where=filters).hits],
        lambda: [hit.text for hit in memory.ask("Who has tea?", threshold=0, where=filters).evidence],
    ]

    seen = [{text.split()[-1] for text in verb()} for verb in verbs]

    assert memory.count(where=filters) == len(kept)
    assert [set(kept)] * 3 == seen[:3]
    assert seen[3] <= set(kept)


def test_keywords_win_over_where_and_a_where_is_taken_as_it_is(memory: Memory) -> None:
    """Sugar on top of a prepared filter."""
    ready = Where(who=("Ada",))

    assert 1 == memory.count(where=ready)
    assert 0 == memory.count(where=ready, source="a/2")
    assert 1 == memory.count(where={"who": "Bo"}, who="Ada")


def test_a_filter_that_there_is_not_is_answered_with_near_names(memory: Memory) -> None:
    """A typing mistake must not widen what is seen."""
    with pytest.raises(InvalidInput, match="no filter 'sesion'; near: session"):
        memory.recall("tea", sesion="s1")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "wrong",
    [{"who": 3}, {"tiers": "warm"}, {"since": "soon-ish"}, {"min_trust": 2}, {"min_trust": "friend"}, {"ended": 1},
     {"session": 4}, {"data": "x"}, {"data": {"x": [1]}}, {"data.": 1}, {"data": {3: 1}}, {3: 4}],
    ids=str,
)  # fmt: skip
def test_a_value_that_is_none_is_refused_by_name(wrong: dict[str, Any]) -> None:
    """Before anything is searched."""
    with pytest.raises(InvalidInput):
        where_of(wrong, {})


def test_the_table_of_filters_is_the_type_of_keywords_and_the_where() -> None:
    """One list, three forms."""
    assert set(FILTERS) == set(Filters.__annotations__) == set(Where.__dataclass_fields__)


def test_below_the_floor_nothing_is_read() -> None:
    """A memory that trusts nobody else reads only what its user said, whatever is asked."""
    memory = Memory(":memory:", "plain", HashingEmbedder(64), trust_floor="import")
    memory.remember([{"text": "tea in Rome"}, {"role": "tool", "text": "tea in Oslo"}])

    assert ["tea in Rome"] == [hit.text for hit in memory.recall("tea", min_trust=0.0)]
    assert 1 == memory.count()
