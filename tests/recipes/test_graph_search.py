"""HGMem and CoAT: a memory that lives for one question, and a search that finds what the question does not resemble."""

from __future__ import annotations

import pytest
from asking import found

from remanence import recipes
from remanence.recall import find, hypergraph, search_tree
from remanence.recall.hypergraph import Point, merged

CHAIN = (
    "Mara Lind wrote the novel Glass Harbour.",
    "Glass Harbour was filmed by Tomas Berg.",
    "Tomas Berg was born in Ystad.",
)
ASIDE = tuple(
    f"The {word} in the kitchen is {n} years old." for n, word in enumerate(("kettle", "table", "stove", "lamp"))
)
CUE = "Where was the director who filmed the novel of Mara Lind born?"


@pytest.fixture
def memory(composed):
    memory = composed("hgmem")
    memory.remember([*CHAIN, *ASIDE])
    memory.sleep()
    return memory


def test_points_that_share_a_name_become_their_union():
    """And the originals are gone; points without a common name stay apart."""
    one, two = Point(frozenset("ab"), frozenset({1})), Point(frozenset("bc"), frozenset({2}))
    far = Point(frozenset("x"), frozenset({3}))

    points = merged([one, far, two])

    assert [Point(frozenset("x"), frozenset({3})), Point(frozenset("abc"), frozenset({1, 2}))] == points


def test_a_new_point_joins_two_that_were_apart():
    """Merging goes on until nothing more can be merged."""
    ab, cd = Point(frozenset("ab"), frozenset({1})), Point(frozenset("cd"), frozenset({2}))

    (one,) = merged([ab, cd, Point(frozenset("bc"), frozenset({3}))])

    assert frozenset("abcd") == one.names


def test_digging_stays_within_two_links(memory):
    """What is read after the first search links to a name of what was read before."""
    stage = hypergraph.dig_or_explore(find.words(k=9, kinds=("turn",)), turns=3, first=1)

    hits = found(memory, stage, CUE)
    later = [hit.text for hit, turn in zip(hits, hits.channels["turn"], strict=True) if turn > 0]

    assert later
    assert set(later) <= set(CHAIN)


def test_the_birthplace_is_found_over_two_names_and_not_without_further_turns(memory):
    """The cue holds no word of the last passage but "born"; one search alone, the twin, misses it."""
    deep = hypergraph.dig_or_explore(find.words(k=1, kinds=("turn",)), turns=3, first=1)
    flat = hypergraph.dig_or_explore(find.words(k=1, kinds=("turn",)), turns=0, first=1)

    assert CHAIN[2] in [hit.text for hit in found(memory, deep, CUE)]
    assert CHAIN[2] not in [hit.text for hit in found(memory, flat, CUE)]


def test_nothing_of_the_hypergraph_is_left_after_the_answer(memory):
    """No item, no link, no commit."""
    before = memory.stats()

    memory.recall(CUE)
    memory.context(CUE)

    assert before == memory.stats()


def bridge(composed, **knobs):
    """Three hits that look like the cue, and an answer that only resembles the middle one."""
    memory = composed(recipes.get("coat"))
    memory.remember(
        [
            "The lighthouse keeper of Vis keeps bees.",
            "Bees in wicker hives make heather honey.",
            "Heather honey is sold in Split market.",
            "The lighthouse keeper of Vis is old.",
            *(f"The lighthouse keeper of Vis polished lamp number {n}." for n in range(8)),
        ]
    )
    stage = search_tree.associated(find.vectors(k=4, kinds=("turn",)), breadth=3, rounds=60, **knobs)
    return found(memory, stage, "What does the lighthouse keeper of Vis keep?")


def test_a_fact_is_found_through_what_comes_to_mind_and_lost_without(composed):
    """Honey by way of bees; with association off, the twin, only what the cue resembles."""
    on, off = bridge(composed), bridge(composed, association=False)

    assert any("honey" in hit.text for hit in on)
    assert not any("Split market" in hit.text for hit in off)
    reached = next(hit for hit in on if "hives" in hit.text)
    assert reached.why


def test_visits_concentrate_on_the_better_branch(composed):
    """Where the question is covered, more than its share; at random it would be a third."""
    hits = bridge(composed, explore=0.2)
    visits = [float(count) for count in hits.channels["visits"] if count > 0]

    assert max(visits) > 1.5 * sum(visits) / len(visits)
