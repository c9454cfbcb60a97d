"""Thousands of one kind in one space: what a verb does grows with their number, and not with its square.

Counted in calls of our own code, so that neither the machine nor its load matters.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from remanence import Memory
from remanence.models.static import StaticEmbedder
from remanence.stage.change_builder import ChangeBuilder
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
