"""Walks over a graph of names, what belongs to a time, and which of two statements stands first, case by case."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from remanence.errors import ModelError
from remanence.language.small_talk import small_talk
from remanence.models.scripted import Script
from remanence.recall import dated, entity_linking, expand, find
from remanence.recall.rerank import prefer_current, prefer_latest
from remanence.stage.question import cue_vector
from remanence.types import Change, Cue, Evidence, Hits, Item, Link, Where

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
MENTIONS = ("mentions",)


def put(memory, *items, links=()):
    store = memory.memory.store
    store.apply(
        Change(puts=items, links=tuple(links), reason="test"), scope=memory.memory.scope, embed=memory.ctx().embed
    )


def scores(hits):
    return {hit.text: float(hit.score) for hit in hits}


# --- a graph of names ------------------------------------------------------------------------------


def names(space):
    """Four texts and three names: Ada in one, Lisbon in three, Tagus in two; a fact about Ada and Lisbon."""
    memory = space("Ada came by sea.", "Lisbon is bright.", "Lisbon and Tagus meet.", "A loaf of bread.")
    one, two, three, _ = (item.id for item in memory.memory.list())
    put(
        memory,
        Item("entity", "Ada", "e-ada", data={"aliases": ["Ada Lovelace"]}),
        Item("entity", "Lisbon", "e-lisbon"),
        Item("entity", "Tagus", "e-tagus"),
        Item("fact", "Ada lives in Lisbon", "f-1", evidence=(Evidence(one),)),
        Item("fact", "Tagus is a river", "f-2", evidence=(Evidence(three),)),
        links=[
            Link(one, "mentions", "e-ada"),
            Link(one, "mentions", "e-lisbon"),
            Link(two, "mentions", "e-lisbon"),
            Link(three, "mentions", "e-lisbon"),
            Link(three, "mentions", "e-tagus"),
            Link("f-1", "about", "e-ada"),
            Link("f-1", "about", "e-lisbon"),
            Link("f-2", "about", "e-tagus"),
        ],
    )
    return memory


def walked_by_hand(memory, seeds, restart):
    """Personalised PageRank over the mention links by 200 plain rounds; `seeds` by text, the answer too."""
    ctx = memory.ctx()
    edges = ctx.store.edges(MENTIONS)
    near: dict[int, list[int]] = {}
    for a, b in zip(edges.src.tolist(), edges.dst.tolist(), strict=True):
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    rows = ctx.store.rows(Where())
    text = {row: item.text for row, item in zip(rows.tolist(), ctx.store.items(rows), strict=True)}
    total = sum(seeds.values())
    source = {row: seeds.get(text[row], 0.0) / total for row in text}
    rank = dict(source)
    for _ in range(200):
        onward = dict.fromkeys(text, 0.0)
        for row, mass in rank.items():
            for other in near.get(row, ()):
                onward[other] += mass / len(near[row])
            if row not in near:
                for other, share in source.items():
                    onward[other] += mass * share
        rank = {row: restart * source[row] + (1 - restart) * onward[row] for row in text}
    return {text[row]: value for row, value in rank.items()}, {text[row]: len(near.get(row, ())) for row in text}


ALL = find.words(kinds=("turn", "entity"))


@pytest.mark.parametrize("rarity", [True, False])
@pytest.mark.parametrize(("restart", "weight", "seeded"), [(0.5, 0.05, 5), (0.2, 0.5, 5), (0.5, 0.05, 1)])
def test_pagerank_is_the_walk_that_returns_to_its_seeds(space, rarity, restart, weight, seeded):
    """Names by their score (over their links), texts by their stretched score times the weight."""
    memory = names(space)
    found = memory.run(ALL, "Tagus or Ada or bread")
    entity = {hit.text: hit.score for hit in found if hit.item.kind == "entity"}
    entity = dict(sorted(entity.items(), key=lambda one: -one[1])[:seeded])
    text = {hit.text: hit.score for hit in found if hit.item.kind == "turn"}
    low, high = min(text.values()), max(text.values())
    _, degree = walked_by_hand(memory, {"Ada": 1.0}, 0.5)
    seeds = {name: value / (degree[name] if rarity else 1) for name, value in entity.items()}
    seeds |= {name: weight * (value - low) / (high - low) for name, value in text.items() if high > low}
    rank, _ = walked_by_hand(memory, seeds, restart)
    texts = [item.text for item in memory.memory.list(kinds="turn")]
    reached = [name for name in texts if rank[name] > 0]
    least, most = min(rank[name] for name in reached), max(rank[name] for name in reached)

    stage = expand.pagerank(
        rels=MENTIONS, rarity=rarity, restart=restart, passage_weight=weight, entity_seeds=seeded, epsilon=1e-9
    )
    told = scores(memory.run(ALL >> stage, "Tagus or Ada or bread"))

    wanted = {name: (rank[name] - least) / (most - least) for name in reached}
    wanted |= {name: 0.0 for name in text if name not in wanted}
    assert wanted == pytest.approx(told, abs=1e-3)


def test_the_walk_tells_where_it_came_from_and_stops_at_k(space):
    """What only the walk reaches has its path; `k` bounds the answer but never drops what came in."""
    memory = names(space)
    all_of_them = memory.run(ALL >> expand.pagerank(rels=MENTIONS), "Ada")
    one = memory.run(ALL >> expand.pagerank(rels=MENTIONS, k=1), "Ada")

    paths = {hit.text: hit.why.get("path") for hit in all_of_them}
    assert None is paths["Ada came by sea."]
    assert ["pagerank"] == paths["Lisbon is bright."] == paths["Lisbon and Tagus meet."]
    assert ["Ada came by sea."] == [hit.text for hit in one]


def test_a_name_behind_the_last_link_can_seed(space):
    """An entity that came after all links were made walks nowhere, and nothing breaks."""
    memory = names(space)
    put(memory, Item("entity", "Zanzibar", "e-z"))

    told = memory.run(ALL >> expand.pagerank(rels=MENTIONS), "Zanzibar Ada")

    assert "Ada came by sea." == told[0].text
    assert not memory.ctx().degraded


def test_activation_stands_in_share_of_the_best_score(space):
    """What is reached is scaled so that the most active stands at `weight` times the best hit."""
    memory = names(space)
    texts = find.words(kinds=("turn",))
    base = scores(memory.run(texts, "Ada sea"))
    told = scores(memory.run(texts >> expand.spread(rels=MENTIONS, weight=0.8, rounds=1), "Ada sea"))

    assert pytest.approx(max(base.values())) == told["Ada came by sea."]
    assert all(0 < told[name] <= 0.8 * max(base.values()) + 1e-6 for name in set(told) - set(base))
    assert {"Ada", "Lisbon"} <= set(told)


# --- which names a cue is about --------------------------------------------------------------------

OF_LISBON = ("Ada came by sea.", "Lisbon is bright.", "Lisbon and Tagus meet.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is Ada here?", {"Ada came by sea.": 1.0}),
        ("Is Lisbon here?", dict.fromkeys(OF_LISBON, 1 / (1 + math.log(3)))),
        ("Is Ada Lovelace here?", {"Ada came by sea.": 1.0}),
        ("Did Ada see Tagus?", {"Ada came by sea.": 0.5, "Lisbon and Tagus meet.": 0.5}),
        ("what is here?", {}),
    ],
)  # fmt: skip
def test_a_name_calls_up_the_texts_that_mention_it(space, text, found):
    """By its links, also by another of its names: 1 / (1 + ln texts), over the number of names asked for."""
    memory = names(space)

    assert found == pytest.approx(scores(memory.run(find.entities(kinds=("turn",)), text)), abs=1e-5)


def test_a_name_without_an_entity_is_found_by_all_its_words(space):
    """Half a name is nobody."""
    memory = space("Vidar Lund came.", "Vidar went.", "Lund stayed.")

    assert {"Vidar Lund came.": 1.0} == scores(memory.run(find.entities(), "Is Vidar Lund here?"))


def test_the_names_in_a_cue_join_by_likeness_over_mentions(space):
    """The same spelling is sure; Lisbon has three mentions, Tagus and Ada one; `top` keeps the best."""
    memory = names(space)
    cue, ctx = memory.cue("Do Lisbon, Ada and Tagus meet?"), memory.ctx()

    told = scores(entity_linking.names()(cue, Hits(ctx.store), ctx))
    two = scores(entity_linking.names(top=2)(cue, Hits(ctx.store), ctx))

    assert {"Ada": 1.0, "Tagus": 1.0, "Lisbon": 1 / 3} == pytest.approx(told)
    assert {"Ada", "Tagus"} == set(two)


def test_another_spelling_joins_from_its_likeness_on(space):
    """ "Lisbona" by its cosine; from a higher bound not at all."""
    memory = space("x")
    put(memory, Item("entity", "Pittsburgh Philharmonic", "e"))
    cue, ctx = memory.cue("Where is the Pittsburg Philharmonic?"), memory.ctx()
    likeness = float(ctx.embed(["Pittsburg Philharmonic"])[0] @ ctx.embed(["Pittsburgh Philharmonic"])[0])
    assert 0.5 < likeness < 0.99

    near = scores(entity_linking.names(match=likeness - 0.01)(cue, Hits(ctx.store), ctx))
    far = scores(entity_linking.names(match=likeness + 0.01)(cue, Hits(ctx.store), ctx))

    assert {"Pittsburgh Philharmonic": likeness} == pytest.approx(near, abs=1e-3)
    assert {} == far


def test_facts_that_name_what_the_cue_names_bring_their_entities(space):
    """Each by the fact's stretched score over its mentions; a fact about something else brings nothing."""
    memory = names(space)
    cue, ctx = memory.cue("Who lives in Lisbon?"), memory.ctx()
    rows, near = ctx.store.nearest(cue_vector(cue, ctx), 20, Where(kinds=("fact",)))
    assert ["Ada lives in Lisbon", "Tagus is a river"] == [item.text for item in ctx.store.items(rows)]
    assert near[0] > near[1]

    told = scores(entity_linking.facts()(cue, Hits(ctx.store), ctx))

    assert {"Ada": 1.0, "Lisbon": 1 / 3} == pytest.approx(told)


def test_the_very_first_item_of_a_space_is_found_like_any_other(space):
    """A name, its fact and its text, each as the first thing that was stored."""
    memory = space()
    put(memory, Item("entity", "Ada", "e-ada"))
    put(memory, Item("fact", "Ada sails", "f"), Item("turn", "Ada came.", "t"))
    put(memory, links=[Link("f", "about", "e-ada"), Link("t", "mentions", "e-ada")])
    cue, ctx = memory.cue("Does Ada sail?"), memory.ctx()
    assert 0 == ctx.store.rows_of(["e-ada"])[0]

    assert {"Ada": 1.0} == scores(entity_linking.names()(cue, Hits(ctx.store), ctx))
    assert {"Ada"} == set(scores(entity_linking.facts()(cue, Hits(ctx.store), ctx)))
    first = space({"who": "Ada", "text": "Ada came."})
    put(first, Item("entity", "Ada", "e-ada"), links=[Link(first.memory.list()[0].id, "mentions", "e-ada")])
    assert ["Ada came."] == first.told(find.entities(kinds=("turn",)), "Is Ada here?")


@pytest.mark.parametrize(("chosen", "brought"), [([1, 9], {"Ada", "Lisbon"}), ([2.0], {"Tagus"}), ([], set())])
def test_the_facts_that_a_model_chooses_are_those_it_was_shown_under_their_numbers(space, chosen, brought):
    """Numbers from 1; what was not shown is nothing."""
    memory = names(space)
    shown: list[str] = []

    def model(messages):
        shown.extend(one["fact"] for one in json.loads(messages[-1]["content"])["facts"])
        return {"facts": chosen}

    cue, ctx = memory.cue("Who lives in Lisbon?"), memory.ctx()
    ctx.llm = Script(model)

    told = scores(entity_linking.facts()(cue, Hits(ctx.store), ctx))

    assert ["Ada lives in Lisbon", "Tagus is a river"] == shown
    assert brought == set(told)


@pytest.mark.parametrize("reply", [{"facts": [0, 3, -1]}, "no JSON", ModelError("no answer")])
def test_a_model_that_chooses_nothing_it_was_shown_leaves_the_choice_to_the_rules_and_the_names(space, reply):
    """Without a model as well as with one that fails the names of the cue seed the walk; it is said."""
    memory = names(space)
    cue, ctx = memory.cue("Who lives in Lisbon?"), memory.ctx()
    alone = scores((entity_linking.facts() >> entity_linking.names(unread=True))(cue, Hits(ctx.store), ctx))
    ctx.llm = Script(lambda messages: reply)

    told = scores((entity_linking.facts() >> entity_linking.names(unread=True))(cue, Hits(ctx.store), ctx))

    assert alone == told
    assert ctx.degraded
    assert all(line.startswith("recognise: the language model ") for line in ctx.degraded)


def test_only_the_nearest_facts_are_looked_at(space):
    """With `k` of one the second fact brings nothing, whatever it names."""
    memory = names(space)
    cue, ctx = memory.cue("Does Ada live in Lisbon by the Tagus?"), memory.ctx()

    two = scores(entity_linking.facts(k=2)(cue, Hits(ctx.store), ctx))
    one = scores(entity_linking.facts(k=1)(cue, Hits(ctx.store), ctx))

    assert "Tagus" in two
    assert {"Ada", "Lisbon"} == set(one)


# --- time and speakers -----------------------------------------------------------------------------

DAY = datetime(2024, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "before", "kept"),
    [
        (None, None, (0, 1)),
        (-1, 5, (0, 1)),
        (0.25, None, (0.25, 1)),
        (None, 0.5, (0, 0.5)),
        (0.25, 0.5, (0.25, 0.5)),
        (1, None, None),
        (None, 0, None),
    ],
)
def test_a_filter_and_a_named_time_meet_or_give_nothing(since, before, kept):
    """The narrower end of both counts; an empty stretch is none."""
    at = lambda share: None if share is None else DAY + timedelta(days=share)  # noqa: E731

    met = dated.narrow(Where(since=at(since), before=at(before)), (at(0), at(1)))

    assert kept == (None if met is None else tuple((end - DAY) / timedelta(days=1) for end in (met.since, met.before)))


def diary(space):
    """Told on the day, told later about it, told later about nothing."""
    day = {"dates": [[DAY.isoformat(), (DAY + timedelta(days=1)).isoformat()]]}
    return space(
        {"text": "We bought a kettle", "at": "2024-05-20T10:00:00+00:00"},
        {"text": "We bought a lamp that day", "at": "2024-05-28", "data": day},
        {"text": "We bought a rug", "at": "2024-05-28"},
    )


def test_what_was_told_then_and_what_was_told_about_then_is_let_in(space):
    """Without a certain time, or with one that nothing belongs to, all is told."""
    memory = diary(space)
    stage = dated.within(find.words())

    assert {"We bought a kettle", "We bought a lamp that day"} == set(
        memory.told(stage, "What was bought on May 20, 2024?")
    )
    assert 3 == len(memory.told(stage, "What was bought?"))
    assert 3 == len(memory.told(stage, "What was bought on May 3, 2019?"))
    late = DAY + timedelta(days=3)
    assert ["We bought a lamp that day"] == memory.told(stage, "What was bought on May 20, 2024?", since=late)


def test_what_was_told_later_about_then_is_looked_for_among_the_best(space):
    """With `top` of one only the best hit is looked at."""
    memory = diary(space)
    asked = "What rug was bought on May 20, 2024?"

    assert ["We bought a kettle"] == memory.told(dated.within(find.words(), top=1), asked)


def test_times_that_a_text_names_may_be_pairs_or_objects(space):
    """As they are stored by forming, or as a program gives them; without an end the time goes on."""
    since, before = DAY, DAY + timedelta(days=1)
    iso = lambda days: (DAY + timedelta(days=days)).isoformat()  # noqa: E731
    met = [[iso(-1), iso(0.5)], {"at": iso(0.2), "until": iso(9)}, [iso(-9), None], {"at": iso(0), "until": None}]
    apart = [[iso(-1), iso(0)], {"at": iso(1), "until": None}, [None, iso(9)]]

    assert all(dated._about(Item("turn", "x", data={"dates": [one]}), since, before) for one in met)
    assert not any(dated._about(Item("turn", "x", data={"dates": [one]}), since, before) for one in apart)
    assert dated._about(Item("turn", "x", data={"dates": [*apart, met[0]]}), since, before)
    assert not dated._about(Item("turn", "x"), since, before)


def test_time_scores_by_nearness_in_meaning(space):
    """A half and half of the cosine, for what was said in the time."""
    memory = diary(space)
    asked = "Which kettle on May 20, 2024?"
    ctx = memory.ctx()
    near = float(ctx.store.similarity(cue_vector(memory.cue(asked), ctx), np.array([0]))[0])

    assert {"We bought a kettle": 0.5 + 0.5 * max(near, 0.0)} == pytest.approx(
        scores(memory.run(find.time(), asked)), abs=1e-5
    )


def test_exchanges_give_way_to_their_turns_in_order(space):
    """Each later turn a hair less; an exchange whose turns are gone stays; beyond `top` nothing is told."""
    memory = space("alpha one", "alpha two", "bravo three")
    a, b, c = (item.id for item in memory.memory.list())
    put(
        memory,
        Item("chunk", "alpha talk", "AB", evidence=(Evidence(b), Evidence(a))),
        Item("chunk", "alpha lone", "L"),
        Item("note", "alpha note", "N", evidence=(Evidence(c),)),
    )
    derived = find.words(kinds=("chunk", "note"))
    base = {hit.id: hit.score for hit in memory.run(derived, "alpha talk")}

    found = {hit.id: hit for hit in memory.run(derived >> dated.expand_to_turns(), "alpha talk")}
    one = [hit.id for hit in memory.run(derived >> dated.expand_to_turns(top=1), "alpha talk")]

    wanted = {b: base["AB"], a: base["AB"] * (1 - 1e-4), "L": base["L"], "N": base["N"]}
    assert wanted == pytest.approx({id: hit.score for id, hit in found.items()}, abs=1e-6)
    assert ["part of AB"] == found[a].why["path"] == found[b].why["path"]
    assert "path" not in found["N"].why
    assert [b, a] == one


def test_a_turn_of_two_exchanges_takes_the_better_score(space):
    """Whichever comes first."""
    memory = space("alpha one", "alpha two")
    a, b = (item.id for item in memory.memory.list())
    put(
        memory,
        Item("chunk", "alpha talk", "X", evidence=(Evidence(a), Evidence(b))),
        Item("chunk", "alpha talk talk bread", "Y", evidence=(Evidence(b),)),
    )
    derived = find.words(kinds=("chunk",))
    base = {hit.id: hit.score for hit in memory.run(derived, "alpha talk")}
    told = {hit.id: hit.score for hit in memory.run(derived >> dated.expand_to_turns(), "alpha talk")}

    assert pytest.approx(max(base["Y"], base["X"] * (1 - 1e-4)), abs=1e-6) == told[b]
    assert pytest.approx(base["X"], abs=1e-6) == told[a]


def test_the_newest_come_first_and_no_more_than_there_are(space):
    """Two of two for k of five; scores fall to one over their number."""
    memory = space("alpha", "bravo")

    assert [("bravo", 1.0), ("alpha", 0.5)] == [(hit.text, hit.score) for hit in memory.run(find.recent(k=5), "x")]


def test_spoken_by_leaves_a_filter_on_people_alone(space):
    """Who filters by speaker has said it; the name in the cue adds nothing."""
    memory = space({"who": "Ada", "text": "I like bread."}, {"who": "Ben", "text": "I like bread."})

    assert ["Ada"] == [hit.item.who for hit in memory.run(find.spoken_by(), "What does Ada like?")]
    assert 0 == len(memory.run(find.spoken_by(), "What does Ada like?", who=("Ben",)))


def test_nothing_passes_on_what_it_gets(space):
    """The identity of a chain."""
    memory = space("alpha")

    assert ["alpha"] == memory.told(find.words() >> find.nothing(), "alpha")


@pytest.mark.parametrize("text", ["Hi!", "ok, thanks so much", "Haha", "?!", "How are you doing today?"])
def test_small_talk_is_not_looked_up(text):
    """Also a cue without any word."""
    assert small_talk(text)


@pytest.mark.parametrize("text", ["Hi, where is Ada?", "bread", "thanks to Ada?"])
def test_what_asks_for_something_is_looked_up(text):
    """One word with content is enough."""
    assert not small_talk(text)


# --- which of two stands first ---------------------------------------------------------------------

GYM, PULSE = "My gym is Iron Yard.", "I was wrong earlier: my gym is Pulse House now."
DOOR = "What is the code of the door?"
LONG = " ".join(f"word{n}" for n in range(30))


@pytest.mark.parametrize(
    ("older", "newer", "asked", "swapped"),
    [
        ("The code of the door is 1234.", "The code of the door is 9876.", DOOR, True),
        ("The code of the door is 1234.", "The code of the gate is 9876.", DOOR, False),
        ("The code of the door is 1234.", "The code of the door is 1234!", DOOR, False),
        ("The code is 1234 at the door.", "The code is 9876 over there.", "What is the code at the door?", False),
        ("Code 1.", "Code 2.", "What is the code?", False),
        ("The code 1.", "The code 2.", "What is the code?", False),
        ("The door code 1.", "The door code 2.", "What is the door code?", True),
        (GYM, PULSE, "What is my gym?", True),
        (GYM, PULSE, "When did I join my gym?", False),
        (GYM, PULSE, "How did I find my gym?", False),
        (GYM, PULSE, "What was my gym at first?", False),
        (GYM, "I was wrong earlier: my dentist is Dr Brandt now.", "What is my gym?", False),
        (f"The code of the door is 1 {LONG}.", f"The code of the door is 2 {LONG}.", DOOR, True),
        (f"The code of the door is 1 {LONG} {LONG}", f"The code of the door is 2 {LONG} {LONG}", DOOR, False),
    ],
)  # fmt: skip
def test_the_newer_of_two_that_say_the_same_stands_first(space, older, newer, asked, swapped):
    """Not when it lacks a word that is asked for, is about another thing, is too short or too long, or is a copy."""
    memory = space({"text": older, "at": "2024-01-01"}, {"text": newer, "at": "2024-02-01"}, "Something else entirely.")
    ctx = memory.ctx()
    rows = ctx.store.rows(Where())
    hits = Hits(ctx.store, rows, [0.9, 0.8, 0.1])

    told = prefer_latest()(memory.cue(asked), hits, ctx)

    assert ([newer, older] if swapped else [older, newer]) == [hit.text for hit in told][:2]
    assert told.scores.tolist() == sorted(told.scores.tolist(), reverse=True)
    assert pytest.approx([0.9, 0.8, 0.1]) == told.scores.tolist()
    assert told.top(3).rows.tolist() == told.rows.tolist()


@pytest.mark.parametrize(("top", "swapped"), [(2, False), (3, True), (6, True)])
def test_only_the_best_hits_are_put_in_another_order(space, top, swapped):
    """The newer one on the third place is seen from `top` of three on."""
    memory = space("The code of the door is 1234.", "Nothing else here.", "The code of the door is 9876.")
    ctx = memory.ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.8, 0.7])

    told = prefer_latest(top=top)(memory.cue(DOOR), hits, ctx)

    assert ([2, 1, 0] if swapped else [0, 1, 2]) == told.rows.tolist()


def test_a_value_is_read_from_the_first_hits_only(space):
    """A correction in other words counts among the first three hits; reading more costs too much."""
    fill = [f"Filler {n} is here." for n in range(3)]
    newer = PULSE
    for between, swapped in ((1, True), (2, False)):
        memory = space(GYM, *fill[:between], newer)
        ctx = memory.ctx()
        rows = ctx.store.rows(Where())
        hits = Hits(ctx.store, rows, np.linspace(0.9, 0.5, len(rows)))

        told = prefer_latest()(memory.cue("What is my gym?"), hits, ctx)

        assert (newer if swapped else GYM) == told[0].text


def test_equal_scores_keep_the_new_order(space):
    """What was put first stays first when the hits are sorted again."""
    memory = space("The code of the door is 1234.", "The code of the door is 9876.")
    ctx = memory.ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.5, 0.5])

    told = prefer_latest()(memory.cue(DOOR), hits, ctx)

    assert [1, 0] == told.rows.tolist() == told.top(2).rows.tolist()


@pytest.mark.parametrize(("past", "first"), [(True, 1), (False, 0)])
def test_the_past_is_left_alone_unless_it_is_said(space, past, first):
    """ "At first" asks for the older one."""
    memory = space("The code of the door is 1234.", "The code of the door is 9876.")
    ctx = memory.ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.5, 0.4])

    told = prefer_latest(past=past)(memory.cue("What was at first the code of the door?"), hits, ctx)

    assert first == told.rows.tolist()[0]


@pytest.fixture
def moved(space):
    """Ann lived in Rome, then in Oslo; Bob lived in Rome too, and still does."""
    held = space(
        {"who": "Ann", "text": "I live in Rome.", "at": "2024-02-01", "session": "1", "source": "rome"},
        {"who": "Bob", "text": "I live in Rome.", "at": "2024-02-01", "session": "1", "source": "bob"},
        {"who": "Ann", "text": "I moved to Oslo.", "at": "2024-04-02", "session": "2", "source": "oslo"},
        recipe="default",
    )
    held.memory.sleep()
    return held


@pytest.mark.parametrize(
    ("asked", "where", "first"),
    [
        ("Where does Ann live?", {}, "oslo"),
        ("Where does Bob live?", {}, "rome"),
        ("Where did Ann live before?", {}, "rome"),
        ("Where did Ann live in March 2024?", {}, "rome"),
        ("Where does Ann live?", {"as_of": datetime(2024, 3, 1, tzinfo=UTC)}, "rome"),
        ("Since when does Ann live in Rome?", {}, "rome"),
        ("What does Ann cook?", {}, "rome"),
    ],
)
def test_what_is_so_now_stands_before_what_is_over_where_it_is_asked_for(moved, asked, where, first):
    """Only for its attribute, its person and the present, and not where the old value is named."""
    ctx = moved.ctx()
    rows = [row for name in ("rome", "oslo") for row in ctx.store.with_source([name]).tolist()]
    hits = Hits(ctx.store, rows, [0.9, 0.3])

    told = prefer_current()(Cue(asked, NOW, Where(**where), 10), hits, ctx)

    assert first == told[0].item.source
    assert 2 == len(told)


def test_what_ended_it_is_let_in_where_it_is_missing(moved):
    """It takes the score of what is over, says so in its path, and what is over stands a hair behind."""
    ctx = moved.ctx()
    row = ctx.store.with_source(["rome"])

    told = prefer_current()(moved.cue("Where does Ann live?"), Hits(ctx.store, row, [0.7]), ctx)

    assert ["oslo", "rome"] == [hit.item.source for hit in told]
    assert [0.7, 0.7] == pytest.approx([hit.score for hit in told], abs=1e-6)
    assert told.scores[0] > told.scores[1]
    assert [f"took the place of {told[1].id}"] == told[0].why["path"]


def test_what_stands_before_what_is_over_stays_as_it_is(moved):
    """A newer hit that is better already keeps its own score; an over hit beyond `top` moves nothing."""
    ctx = moved.ctx()
    rows = [row for name in ("oslo", "bob", "rome") for row in ctx.store.with_source([name]).tolist()]
    cue = moved.cue("Where does Ann live?")

    better = prefer_current()(cue, Hits(ctx.store, rows, [0.9, 0.5, 0.3]), ctx)
    beyond = prefer_current(top=1)(cue, Hits(ctx.store, [rows[1], rows[2], rows[0]], [0.9, 0.5, 0.3]), ctx)

    assert [0.9, 0.5, 0.3] == pytest.approx(better.scores.tolist())
    assert ["bob", "rome", "oslo"] == [hit.item.source for hit in beyond]
