"""How changes are looked up before they are written, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from remanence.errors import Conflict
from remanence.memory.memory import Memory
from remanence.store.tables import SAME_LINK
from remanence.types import Change, Evidence, Item, Update


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory(":memory:", embedder="hashing") as opened:
        yield opened


def applied(memory: Memory, **change: Any) -> None:
    memory.store.apply(Change(**change), scope=memory.scope, embed=memory.embedder.embed)


@pytest.mark.parametrize(
    ("sql", "index"), [(SAME_LINK, "links_by_src"), (SAME_LINK.replace("+dst", "dst"), "links_by_dst")]
)
def test_a_link_is_looked_up_by_where_it_starts(sql: str, index: str) -> None:
    """Many links lead to one entity and few leave one item; without the sign SQLite takes the long way."""
    with Memory(":memory:") as memory:
        plan = " ".join(
            str(row[3]) for row in memory.store.door.source().execute(f"EXPLAIN QUERY PLAN {sql}", (1, "mentions", 2))
        )

    assert index in plan


def test_an_id_is_given_once(memory: Memory) -> None:
    """Stored before, or twice in one change: refused, and nothing of the change is kept."""
    applied(memory, puts=(Item("note", "first", "one"),), reason="test")

    with pytest.raises(Conflict, match="'one' already"):
        applied(memory, puts=(Item("note", "other", "two"), Item("note", "again", "one")), reason="test")
    with pytest.raises(Conflict, match="'three' already"):
        applied(memory, puts=(Item("note", "a", "three"), Item("note", "b", "three")), reason="test")

    assert ["first"] == [item.text for item in memory.list(limit=0)]


def test_an_update_merges_data_and_moves_the_session(memory: Memory) -> None:
    """A key given as None goes, the others stay; the session is where the item belongs from then on."""
    applied(memory, puts=(Item("note", "n", "one", data={"a": 1, "b": 2}),), reason="test")

    applied(memory, updates=(Update("one", {"data": {"a": None, "c": 3}, "session": "later"}),), reason="test")

    item = memory.get("one")
    assert {"b": 2, "c": 3} == item.data
    assert "later" == item.scope.session
    assert (2, "n") == (item.version, item.text)


def test_an_update_of_another_version_is_refused(memory: Memory) -> None:
    """The caller looked at version 1 while it is 2; the right one goes through."""
    applied(memory, puts=(Item("note", "n", "one"),), reason="test")
    applied(memory, updates=(Update("one", {"text": "m"}, if_version=1),), reason="test")

    with pytest.raises(Conflict):
        applied(memory, updates=(Update("one", {"text": "x"}, if_version=1),), reason="test")

    assert "m" == memory.get("one").text


def test_trust_is_that_of_the_least_trusted_source(memory: Memory) -> None:
    """Two sources of .9 and .4 give .4, in the same change and in a later one; more trust is not lent."""
    evidence = (Evidence("high"), Evidence("low"))
    sources = (Item("note", "h", "high", trust=0.9), Item("note", "l", "low", trust=0.4))
    applied(memory, puts=(*sources, Item("fact", "f", "here", evidence=evidence)), reason="test")
    applied(memory, puts=(Item("fact", "g", "later", evidence=evidence, trust=0.3),), reason="test")

    assert 0.4 == memory.get("here").trust
    assert 0.3 == memory.get("later").trust
