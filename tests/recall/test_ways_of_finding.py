"""Ways of finding that few recipes go, with numbers worked out by hand: rounded vectors, tags, siblings, shares."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest

from remanence.recall import expand, find, route, tags, walk
from remanence.recall.coarse import quantised
from remanence.recall.rerank import _same
from remanence.stage import reads
from remanence.types import Change, Evidence, Hits, Item, Link

FRUIT = ("alpha apples", "bravo bananas", "charlie cherries", "delta dates")


def put(memory, *items, links=()):
    change = Change(puts=items, links=tuple(links), reason="test")
    memory.memory.store.apply(change, scope=memory.memory.scope, embed=memory.ctx().embed)


def fruit(space):
    memory = space(*FRUIT)
    return memory, {item.text[0]: item.id for item in memory.memory.list()}


def scores(memory, stage, text, **where):
    return {hit.text: float(hit.score) for hit in memory.run(stage, text, **where)}


@pytest.mark.parametrize(
    ("bits", "rounded"),
    [
        (2, [1, 0, 0, -1]),
        (4, [1, 3 / 7, -1 / 7, -1]),
        (8, [1, 51 / 127, -25 / 127, -1]),
        (32, [1, 0.4, -0.2, -1]),
    ],
)
def test_a_vector_is_rounded_over_its_own_range_and_made_unit_again(bits: int, rounded: list[float]) -> None:
    """Of b bits the steps are 2^(b-1) - 1 to each side of 0; a row ten times as small is rounded to the same."""
    given = np.array([[1.0, 0.4, -0.2, -1.0], [0.1, 0.04, -0.02, -0.1], [0.0, 0.0, 0.0, 0.0]], np.float32)
    unit = np.array(rounded) / np.linalg.norm(rounded)
    given /= np.maximum(np.linalg.norm(given, axis=1, keepdims=True), 1e-12)

    found = quantised(given, bits)

    assert np.allclose([unit, unit, np.zeros(4)], found, atol=1e-6)
    assert 0 == len(quantised(given[:0], bits))


def test_a_hit_bears_its_share_of_the_tags_that_are_asked_for_and_a_rare_tag_counts_for_more(space) -> None:
    """1 / (1 + log n) for each tag that n bear; what bears none of them is not found."""
    memory = space("apples")
    kinds = {"both": ["boats", "rivers"], "one": ["boats"], "none": ["opera"]}
    put(memory, *(Item("note", text, text, data={"tags": some}) for text, some in kinds.items()))

    found = scores(memory, tags.under(match=1.1), "boats rivers")

    boats, rivers = 1 / (1 + log(2)), 1.0
    assert {"both": pytest.approx(1.0), "one": pytest.approx(boats / (boats + rivers))} == found


@pytest.mark.parametrize(
    ("left", "right", "share", "same"),
    [
        ("x a b c", "y a b c", 0.6, True),
        ("x a b c", "y a b c", 0.61, False),
        ("a b c x y z", "a b c u v w", 0.9, True),
        ("a b x y z", "a b u v w", 0.9, False),
        ("a b c x y z t", "a b c u v w s", 0.9, False),
    ],
)
def test_statements_are_of_the_same_by_a_share_of_their_words_or_by_their_first_half(left, right, share, same) -> None:
    """Three words of five in either are six tenths; a first half has three words at least."""
    assert same == _same(left.split(), right.split(), share)


def test_a_fact_whose_source_is_not_there_stands_for_itself(space) -> None:
    """So does nothing of a source that is there."""
    memory = space("alpha apples")
    put(memory, Item("fact", "alpha apples are red", "f"))

    found = scores(memory, find.words() >> expand.sources(), "alpha apples")

    assert {"alpha apples", "alpha apples are red"} == set(found)


def test_siblings_get_half_of_what_led_to_their_whole(space) -> None:
    """The best of the parts that were found counts, and the most salient siblings are told first."""
    memory, ids = fruit(space)
    put(memory, Item("note", "a basket", "basket"))
    put(memory, links=[Link(ids[letter], "part_of", "basket") for letter in "abc"])
    alone = scores(memory, find.words(), "alpha apples bravo")

    hits = memory.run(find.words() >> walk.up_and_down(), "alpha apples bravo")
    told = {hit.text: float(hit.score) for hit in hits}

    assert max(alone.values()) / 2 == pytest.approx(told["charlie cherries"])
    assert alone["alpha apples"] == told["alpha apples"]
    assert "delta dates" not in told
    assert ["sibling in basket"] == next(hit.why["path"] for hit in hits if hit.text == "charlie cherries")
    least = scores(memory, find.words() >> walk.up_and_down(share=0.1, most=1), "alpha apples bravo")
    assert "charlie cherries" not in least


@pytest.mark.parametrize("wholes", [("one", "two"), ("two", "one")])
def test_a_part_of_two_wholes_gets_the_share_of_the_better(space, wholes: tuple[str, str]) -> None:
    """Whichever of them comes first; its path names that one."""
    memory, ids = fruit(space)
    better, worse = wholes
    put(memory, *(Item("note", f"a basket {name}", name) for name in ("one", "two")))
    put(
        memory, links=[Link(ids[a], "part_of", b) for a, b in (("a", better), ("b", worse), ("c", "one"), ("c", "two"))]
    )
    stage = find.words() >> walk.up_and_down()
    alone = scores(memory, find.words(), "alpha apples bravo")

    (hit,) = [hit for hit in memory.run(stage, "alpha apples bravo") if hit.text == "charlie cherries"]

    assert alone["alpha apples"] > alone["bravo bananas"]
    assert alone["alpha apples"] / 2 == pytest.approx(float(hit.score))
    assert [f"sibling in {better}"] == hit.why["path"]


@pytest.mark.parametrize(
    ("rel", "through"),
    [("next", 0.5), ("mentions", 0.7), ("about", 0.7), ("supports", 0.8), ("part_of", 0.6), ("related", 0.5)],
)
def test_a_hop_is_worth_what_its_relation_lets_through(space, rel: str, through: float) -> None:
    """Times the decay of a hop, and once more for the next hop."""
    memory, ids = fruit(space)
    put(memory, links=[Link(ids["a"], rel, ids["b"]), Link(ids["c"], rel, ids["b"])])
    alone = scores(memory, find.words(), "alpha apples")["alpha apples"]

    told = scores(memory, find.words() >> walk.hops(decay=0.9), "alpha apples")

    assert alone * through * 0.9 == pytest.approx(told["bravo bananas"])
    assert alone * (through * 0.9) ** 2 == pytest.approx(told["charlie cherries"])


def test_a_filter_by_speaker_goes_before_whom_the_question_names(space) -> None:
    """Without one the question's one person is the filter; of two it is none."""
    memory = space(
        {"who": "Ada", "text": "the harbour boats"},
        {"who": "Ben", "text": "the harbour cats"},
        {"who": "Cid", "text": "the harbour dogs"},
    )
    stage = route.of_participant(find.words())

    assert {"the harbour boats"} == set(memory.told(stage, "What did Ada say of the harbour?"))
    assert {"the harbour cats"} == set(memory.told(stage, "What did Ada say of the harbour?", who=("Ben",)))
    assert 3 == len(memory.told(stage, "What did Ada and Ben say of the harbour?"))


@reads
def only(cue, hits, ctx, *, places: tuple[int, ...], scored: tuple[float, ...]) -> Hits:
    """Finds these rows with these scores, whatever is asked."""
    return Hits(ctx.store, np.array(places), np.array(scored, np.float32))


def test_lists_that_point_at_nothing_sharply_share_alike(space) -> None:
    """One hit is no sharper than none; beside a sharp list a flat one counts nothing."""
    memory, _ = fruit(space)
    one, other = only(places=(0,), scored=(0.8,)), only(places=(1,), scored=(0.4,))
    sharp, flat = only(places=(0, 1), scored=(1.0, 0.0)), only(places=(2, 3), scored=(0.5, 0.5))

    assert {"alpha apples": pytest.approx(0.4), "bravo bananas": pytest.approx(0.2)} == scores(
        memory, route.by_certainty(one, other), "x"
    )
    beside = scores(memory, route.by_certainty(sharp, flat), "x")
    assert (1.0, 0.0) == pytest.approx((beside["alpha apples"], beside["charlie cherries"]))


def test_a_walk_tells_shares_of_the_best_rank(space) -> None:
    """From nothing it goes nowhere, and without links it changes nothing."""
    memory, ids = fruit(space)
    alone = scores(memory, find.words(), "alpha apples")
    assert alone == scores(memory, find.words() >> walk.ranked(), "alpha apples")
    put(memory, links=[Link(ids["a"], "related", ids["b"])])

    told = scores(memory, find.words() >> walk.ranked(), "alpha apples")

    assert 1.0 == told["alpha apples"]
    assert 0 < told["bravo bananas"] < 0.2
    assert {} == scores(memory, find.words() >> walk.ranked(), "zzz")


def test_sources_share_what_an_episode_was_worth_by_the_root_of_their_number(space) -> None:
    """Nine tenths of its score, over the square root of two."""
    memory, ids = fruit(space)
    put(memory, Item("episode", "zebra crossing", "e", evidence=(Evidence(ids["a"]), Evidence(ids["b"]))))
    alone = scores(memory, find.words(), "zebra crossing")["zebra crossing"]

    told = scores(memory, find.words() >> expand.sources(), "zebra crossing")

    each = pytest.approx(0.9 * alone / sqrt(2))
    assert {"alpha apples": each, "bravo bananas": each} == told
