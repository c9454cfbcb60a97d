"""Walks and scores whose numbers are worked out by hand: each would be wrong by one if one sign were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from remanence.recall import dated, expand, find, score
from remanence.stage.question import question
from remanence.types import Change, Cue, Item, Link

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
FRUIT = ("alpha apples", "bravo bananas", "charlie cherries", "delta dates")


def put(memory, *items, links=()):
    change = Change(puts=items, links=tuple(links), reason="test")
    memory.memory.store.apply(change, scope=memory.memory.scope, embed=memory.ctx().embed)


def fruit(space, *turns):
    memory = space(*(turns or FRUIT))
    return memory, {item.text[0]: item.id for item in memory.memory.list()}


def scores(memory, stage, text, **where):
    return {hit.text: float(hit.score) for hit in memory.run(stage, text, **where)}


def test_what_activation_reaches_stands_below_the_hit_by_the_weight(space):
    """Half the weight is half the score, and the hit itself keeps its own."""
    memory, ids = fruit(space)
    put(memory, links=[Link(ids["a"], "related", ids["b"])])

    half = scores(memory, find.words() >> expand.spread(weight=0.5), "alpha apples")
    whole = scores(memory, find.words() >> expand.spread(weight=1.0), "alpha apples")
    alone = scores(memory, find.words(), "alpha apples")

    assert alone["alpha apples"] == half["alpha apples"]
    assert half["bravo bananas"] == pytest.approx(whole["bravo bananas"] / 2)
    assert 0 < half["bravo bananas"] <= 0.5 * alone["alpha apples"]
    assert {"alpha apples", "bravo bananas"} == set(half)


def test_activation_starts_from_the_best_hits_only(space):
    """With one seed the second hit wakes nothing."""
    memory, ids = fruit(space, "alpha apples apples", "bravo apples pears", "charlie cherries")
    put(memory, links=[Link(ids["b"], "related", ids["c"])])

    one = memory.told(find.words() >> expand.spread(seeds=1), "alpha apples")
    two = memory.told(find.words() >> expand.spread(seeds=2), "alpha apples")

    assert "charlie cherries" not in one
    assert "charlie cherries" in two


PASSAGES = (
    {"text": "Ada moved to Lisbon.", "who": "Ben", "at": "2024-05-01"},
    {"text": "Lisbon lies on the Tagus.", "who": "Cleo", "at": "2023-05-01"},
)


def river(space):
    """Ada - Lisbon - the river, by two entities."""
    memory = space(*PASSAGES)
    one, two = (item.id for item in memory.memory.list())
    mentions = [Link(one, "mentions", "e-ada"), Link(one, "mentions", "e-lisbon"), Link(two, "mentions", "e-lisbon")]
    put(memory, Item("entity", "Ada", "e-ada"), Item("entity", "Lisbon", "e-lisbon"), links=mentions)
    return memory


@pytest.mark.parametrize("stage", [expand.pagerank(rels=("mentions",)), expand.spread(rels=("mentions",))])
@pytest.mark.parametrize(
    "where",
    [
        {"since": datetime(2024, 1, 1, tzinfo=UTC)},
        {"who": ("Ben",)},
        {"before": datetime(2024, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_walk_over_links_stays_inside_the_filter(space, stage, where):
    """Time and speaker hold for what is reached as they hold for what is found."""
    memory = river(space)
    free = set(memory.told(find.words() >> stage, "Ada Lisbon"))
    inside = {"Lisbon lies on the Tagus."} if "before" in where else {"Ada moved to Lisbon."}

    told = set(memory.told(find.words() >> stage, "Ada Lisbon", **where))

    assert {row["text"] for row in PASSAGES} <= free
    assert told & {row["text"] for row in PASSAGES} <= inside


def test_a_walk_keeps_to_the_kinds_that_are_asked_for(space):
    """Entities carry the walk and are no answer to it."""
    memory = river(space)
    both = memory.run(find.words() >> expand.pagerank(rels=("mentions",)), "Ada")
    turns = memory.run(find.words() >> expand.pagerank(rels=("mentions",), keep=("turn",)), "Ada")
    named = memory.run(find.words() >> expand.pagerank(rels=("mentions",), keep=("entity",)), "Ada")

    assert {"turn"} == {hit.item.kind for hit in both} == {hit.item.kind for hit in turns}
    assert {"entity"} == {hit.item.kind for hit in named}
    assert ["pagerank"] == both[1].why["path"]


def test_the_share_of_the_dense_score_decides_between_walk_and_words(space):
    """All of it: what only the walk reaches is worth nothing."""
    memory = river(space)
    walk = scores(memory, find.words() >> expand.pagerank(rels=("mentions",)), "Ada")
    dense = scores(memory, find.words() >> expand.pagerank(rels=("mentions",), dense_share=1.0), "Ada")
    mixed = scores(memory, find.words() >> expand.pagerank(rels=("mentions",), dense_share=0.25), "Ada")

    far, near = "Lisbon lies on the Tagus.", "Ada moved to Lisbon."
    assert 0.0 == dense[far]
    assert mixed[near] == pytest.approx(0.75 * walk[near] + 0.25 * dense[near])


def test_a_sibling_gets_its_share_of_the_best_part(space):
    """Three parts of one whole, one found: both others at half its score."""
    memory, ids = fruit(space)
    put(memory, Item("episode", "all", "whole"), links=[Link(ids[one], "part_of", "whole") for one in "abc"])

    told = scores(memory, find.words() >> expand.siblings(share=0.5), "alpha apples")

    assert {"alpha apples", "bravo bananas", "charlie cherries"} == set(told)
    assert told["bravo bananas"] == told["charlie cherries"] == pytest.approx(told["alpha apples"] / 2)


def test_the_latest_fall_off_evenly(space):
    """Of three: 1, 2/3, 1/3; of one: 1; of none nothing."""
    memory, _ = fruit(space, *FRUIT[:3])

    assert [1.0, 2 / 3, 1 / 3] == pytest.approx([hit.score for hit in memory.run(find.recent(k=3), "what?")])
    assert ["charlie cherries"] == memory.told(find.recent(k=1), "what?")
    assert [] == space().told(find.recent(k=3), "what?")


def test_a_time_that_is_named_lets_in_what_tells_of_it(space):
    """Said later about that day, by the dates that were read from it; a text about another day stays out."""
    day = {"dates": [["2024-05-20T00:00:00+00:00", "2024-05-21T00:00:00+00:00"]]}
    other = {"dates": [["2024-03-02T00:00:00+00:00", "2024-03-03T00:00:00+00:00"]]}
    memory = space(
        {"text": "We bought a kettle then", "at": "2024-05-28", "data": day},
        {"text": "We bought a lamp then", "at": "2024-05-28", "data": other},
        {"text": "We bought a rug", "at": "2024-05-28"},
    )
    assert question(memory.cue("What did we buy on May 20, 2024?"), memory.ctx()).interval is not None

    told = memory.told(dated.within(find.words()), "What was bought on May 20, 2024?")

    assert ["We bought a kettle then"] == told


@pytest.mark.parametrize("ends", [0, 1])
def test_a_day_begins_with_its_midnight_and_ends_before_the_next(ends):
    """The interval is half open: what ends where it begins does not meet it."""
    since, before = NOW.replace(hour=0), NOW.replace(hour=0) + timedelta(days=1)
    touching = [(before, None), (since - timedelta(days=1), since)][ends]
    item = Item("turn", "x", data={"dates": [[one and one.isoformat() for one in touching]]})
    inside = Item("turn", "x", data={"dates": [[since.isoformat(), None]]})

    assert not dated._about(item, since, before)
    assert dated._about(inside, since, before)


def test_channels_are_a_weighted_mean_by_hand(space):
    """A quarter of the words and three quarters of the vectors, each as it is."""
    memory, _ = fruit(space)
    found = memory.run((find.words() | find.vectors()) >> score.complete(), "alpha apples")
    words, vectors = (np.nan_to_num(found.channels[name]) for name in ("words", "vectors"))

    mixed = score.channels(weights={"words": 1.0, "vectors": 3.0}, stretch=False)
    got = mixed(memory.cue("alpha apples"), found, memory.ctx())

    wanted = sorted(((words + 3 * vectors) / 4).tolist(), reverse=True)
    assert wanted == pytest.approx(sorted(got.scores.tolist(), reverse=True), abs=1e-6)


def test_recency_by_hand(space):
    """Now: the whole score; a half-life ago: floor + (1 - floor) / 2; far back: the floor; the future counts as now."""
    ages = {"now": 0, "half": 10, "old": 10_000, "future": -5}
    memory = space(
        *({"text": f"apples {name}", "at": (NOW - timedelta(days=n)).isoformat()} for name, n in ages.items())
    )
    plain = scores(memory, find.words(), "apples")

    told = scores(memory, find.words() >> score.recency(half_life_days=10, floor=0.2), "apples")

    share = {text.split()[1]: told[text] / plain[text] for text in plain}
    assert {"now": 1.0, "half": 0.6, "old": 0.2, "future": 1.0} == pytest.approx(share, abs=1e-3)


def test_an_identifier_counts_when_every_part_of_it_is_there(space):
    """`ORB-12` is not `ORB-21`, and half of it is nothing."""
    memory = space("ticket ORB-12 is open", "ticket ORB-21 is open", "ticket 12 is open")
    cue = Cue("What is open in ORB-12?", NOW)
    ctx = memory.ctx()

    found = score._identified(cue, ctx.store.rows(cue.where), ctx)

    assert [1.0, 0.0, 0.0] == found.tolist()


def test_what_was_said_in_the_named_time_counts_and_the_week_after(space):
    """The day before, its first and last moment, the next midnight, six days on, eight days on."""
    moments = ("05-19T23:59", "05-20T00:00", "05-20T23:59", "05-21T00:00", "05-27T00:00", "05-29T00:00")
    memory = space(*({"text": f"apples {n}", "at": f"2024-{moment}:00+00:00"} for n, moment in enumerate(moments)))
    ctx = memory.ctx()
    cue = Cue("What was said on May 20, 2024?", NOW)

    told = score._times(question(cue, ctx), ctx.store.rows(cue.where), ctx)

    assert [0, 1, 1, 0, 0, 0] == told["in time"].tolist()
    assert [0, 0, 0, 1, 1, 0] == told["soon after"].tolist()


def test_surface_features_by_hand(space):
    """A question; what follows one; a time only where one is asked for, a number likewise."""
    memory = space("When do we leave?", "We leave on 5 May.", "The tram is full.")
    ctx = memory.ctx()
    flags, length = ctx.store.columns.flags[:3], ctx.store.columns.length[:3]
    before = np.array([0, flags[0], flags[1]], np.uint8)

    def features(text):
        return score._surface(question(Cue(text, NOW), ctx), flags, before, length, 1.0)

    asked = features("When do we leave?")
    assert [1, 0, 0] == asked["is question"].tolist()
    assert [0, 1, 0] == asked["answers"].tolist()
    assert [False, True, False] == (asked["names a time"] > 0).tolist()
    assert [0, 0, 0] == asked["names a number"].tolist()
    assert [0, 0, 0] == features("Who is full?")["names a time"].tolist()
    assert (features("How many trams?")["names a number"] > 0).tolist()[1]
