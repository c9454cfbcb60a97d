"""Thousands of one kind in one space: what a verb does grows with their number, and not with its square.

Counted in calls of our own code, so that neither the machine nor its load matters.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from remanence import Memory
from remanence.models.static import StaticEmbedder
from remanence.stage.change_builder import MOST_GROUNDS, ChangeBuilder
from remanence.store.upkeep import doctor, export, import_
from remanence.types import Change, Evidence, Item, Link

EMBEDDER = StaticEmbedder()
FEW, MANY = 256, 768
GROWTH = 4.0
"""Three times as many may cost so many times as much: their square would be 9, and it was 6.8 before."""
KINDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "equal statements": lambda n: {"who": "Ann", "text": "I live in Rome.", "source": f"s{n}"},
    "people": lambda n: {"who": f"Person{n} Smith{n % 97}", "text": f"My brother is Bob{n}."},
}


def calls(work: Callable[[], object]) -> int:
    """How many calls of functions of the package something takes."""
    found = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal found
        found += event == "call" and "remanence" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return found


def calls_of_a_sleep(kind: str, count: int) -> int:
    with Memory(":memory:", embedder=EMBEDDER, seed=1) as memory:
        memory.remember([KINDS[kind](n) for n in range(count)])
        return calls(memory.sleep)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sleep_over_many_of_a_kind_grows_with_their_number(kind: str) -> None:
    """What a fact rests on is looked up, and not compared with every one that is there."""
    calls_of_a_sleep(kind, 64)  # patterns are compiled, tables are read

    assert calls_of_a_sleep(kind, MANY) < GROWTH * calls_of_a_sleep(kind, FEW)


def test_a_put_that_is_taken_back_takes_its_links_along_and_no_others() -> None:
    """By either end, also where a link was made anew; those of others stay in their order."""
    items = [Item("fact", text, text) for text in "abcd"]
    links = [Link("a", "about", "b"), Link("c", "about", "d"), Link("b", "about", "c"), Link("d", "about", "a")]
    draft = ChangeBuilder(Change(puts=tuple(items), links=tuple(links)), "test")
    draft.link(Link("c", "about", "d", weight=0.5), Link("d", "about", "c"))
    draft.drop(items[1], "gone")

    made = draft.change()

    assert [(link.src, link.dst, link.weight) for link in made.links] == [("c", "d", 0.5), ("d", "a", 1), ("d", "c", 1)]
    assert [item.id for item in made.puts] == ["a", "c", "d"]


def test_what_is_said_again_adds_each_of_its_sources_once() -> None:
    """In the order of saying, also where the kept one was rewritten in between."""
    kept = Item("fact", "Ann lives in Rome", "k", evidence=(Evidence("1"),))
    again = [Item("fact", kept.text, f"f{n}", evidence=(Evidence(str(n)), Evidence("1"))) for n in (1, 2, 2, 3)]
    draft = ChangeBuilder(Change(puts=(kept,)), "test")
    for place, one in enumerate(again):
        draft.say_again(kept, one, "again")
        if place == 1:
            draft.rewrite(kept, {"evidence": (Evidence("2"), Evidence("9"))}, "rewritten")

    assert [one.id for one in draft.now(kept).evidence] == ["2", "9", "1", "3"]


def test_what_is_said_very_often_lists_some_of_its_sources_and_is_linked_with_the_others() -> None:
    """The others are told apart from weaker ones only by their trust; what else is new of it is still taken."""
    kept = Item("fact", "Ann lives in Rome", "k", evidence=(Evidence("0"),))
    draft = ChangeBuilder(Change(puts=(kept,)), "test")
    for n in range(1, MOST_GROUNDS + 5):
        draft.say_again(kept, Item("fact", kept.text, f"f{n}", evidence=(Evidence(str(n)),)), "again", data={"n": n})

    listed, beside = draft.now(kept), [link.src for link in draft.change().links if link.rel == "repeats"]

    assert [str(n) for n in range(MOST_GROUNDS)] == [one.id for one in listed.evidence]
    assert [str(n) for n in range(MOST_GROUNDS, MOST_GROUNDS + 5)] == beside
    assert MOST_GROUNDS + 4 == listed.data["n"]


@pytest.fixture
def often() -> Iterator[tuple[Memory, list[str]]]:
    """Somebody says the same thing seventy times, the last six of them each before a sleep; ids in order."""
    with Memory(":memory:", embedder=EMBEDDER, seed=1) as memory:
        told = [KINDS["equal statements"](n) for n in range(MOST_GROUNDS + 6)]
        ids = [*memory.remember(told[:MOST_GROUNDS]).ids]
        memory.sleep()
        for one in told[MOST_GROUNDS:]:
            ids += memory.remember(one).ids
            memory.sleep()
        yield memory, ids


def home(memory: Memory) -> Item:
    """The one fact of where she lives."""
    (fact,) = (item for item in memory.list(limit=0, kinds=("fact",)) if item.data.get("slot") == "home")
    return fact


def test_a_statement_that_is_said_again_and_again_grows_no_more(often: tuple[Memory, list[str]]) -> None:
    """It has no new version for it, and an export of it comes back as it was."""
    memory, ids = often
    out = io.StringIO()
    export(memory.store, out)

    with Memory(":memory:", embedder=EMBEDDER) as other:
        import_(other.store, iter(out.getvalue().splitlines()), EMBEDDER)
        assert home(memory).evidence == home(other).evidence
    assert ids[:MOST_GROUNDS] == [one.id for one in home(memory).evidence]
    assert len(memory.history(home(memory).id)) < 4
    assert doctor(memory.store, deep=True).ok


def test_a_source_that_is_erased_makes_room_for_one_that_is_linked(often: tuple[Memory, list[str]]) -> None:
    """As if the erased one had never been said."""
    memory, ids = often

    memory.erase(ids[5])
    memory.sleep()

    assert ids[:5] + ids[6 : MOST_GROUNDS + 1] == [one.id for one in home(memory).evidence]


def test_a_statement_stands_on_what_is_linked_when_all_it_lists_is_erased(often: tuple[Memory, list[str]]) -> None:
    memory, ids = often

    memory.erase(ids[:MOST_GROUNDS], force=True)
    memory.sleep()

    assert ids[MOST_GROUNDS:] == [one.id for one in home(memory).evidence]
