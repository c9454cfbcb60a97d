"""At the bounds of finding: the first and the last minutes of a day that a question names, one round of a search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remanence.recall import cascade, entity_linking, find, search_tree, walk
from remanence.types import Change, Item, Link


def test_the_day_of_a_question_begins_and_ends_at_midnight(space: Callable[..., Any]) -> None:
    """What was said in it is evidence without a word in common; what was said minutes before or after is not."""
    times = {"heron": "05-02T23:50", "swan": "05-03T00:10", "goose": "05-03T23:50", "duck": "05-04T00:10"}
    talk = space(*({"text": f"The {bird} ate.", "at": f"2024-{at}"} for bird, at in times.items()))

    told = talk.told(find.recent() >> cascade.evidence_floor(cosine=0.99), "What happened on 3 May 2024?")

    assert {"The swan ate.", "The goose ate."} == set(told)


@pytest.mark.parametrize("rounds", [1, 5])
def test_every_round_of_a_tree_search_is_one_visit(space: Callable[..., Any], rounds: int) -> None:
    """Of one memory each round visits that one; the channel says how often. Half an answer is not worth a whole one."""
    stage = search_tree.associated(find.vectors(k=1), breadth=1, rounds=rounds)

    (hit,) = space("The heron ate a frog.").run(stage, "Did the heron sing to Clara in Bruges?")

    assert rounds == hit.why["visits"]
    assert 0 < hit.score < 0.9


@pytest.mark.parametrize("cue", ["What is new?", "Where is Ada?"])
def test_where_no_name_is_known_hits_stay_as_they_are(space: Callable[..., Any], cue: str) -> None:
    """Neither a cue without a name nor a memory without entities is an error."""
    talk = space("The heron ate a frog.")

    assert ["The heron ate a frog."] == talk.told(find.vectors(k=1) >> entity_linking.names(), cue)


def test_the_first_row_of_a_space_is_an_edge_as_any_other(space: Callable[..., Any]) -> None:
    """A fact that was imported before all else is found by the name that it is about."""
    talk = space()
    memory = talk.memory
    puts = (Item("fact", "Ann lives in Rome", "f"), Item("entity", "Ann", "e", data={"label": "ann"}))
    memory.store.apply(
        Change(puts=puts, links=(Link("f", "about", "e"),)), scope=memory.scope, embed=memory.embedder.embed
    )

    assert ["Ann lives in Rome"] == talk.told(entity_linking.edges(), "Where does Ann live?")


@pytest.mark.parametrize(("least", "told"), [(2, True), (3, True), (4, False)])
def test_a_whole_comes_in_with_just_enough_votes(space: Callable[..., Any], least: int, told: bool) -> None:
    """Three of its four parts are among the hits; the fourth, which has no word of the cue, comes with them or not."""
    talk = space()
    memory = talk.memory
    texts = ("The heron ate.", "The heron slept.", "The heron flew.", "Tax forms are due.")
    puts = tuple(Item("turn", text, f"t{n}") for n, text in enumerate(texts))
    links = tuple(Link(item.id, "part_of", "e") for item in puts)
    memory.store.apply(
        Change(puts=(*puts, Item("episode", "A day", "e")), links=links),
        scope=memory.scope,
        embed=memory.embedder.embed,
    )

    found = talk.told(find.vectors(k=3, kinds=("turn",)) >> walk.votes(least=least), "What did the heron do?")

    assert told is ("Tax forms are due." in found)
