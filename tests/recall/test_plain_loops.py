"""Every stage of recall against a plain loop over the texts: slow, obvious, and the same numbers."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from remanence.algo.rarity import idf_weights
from remanence.recall import answerability, expand, find, score
from remanence.recall.rerank import dedupe, mmr
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.types import Change, Evidence, Hits, Item, Link, Update

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
BOTH = find.vectors(k=200) | find.words(k=200)
TOPICS = (
    "The garden fence needs 12 new cedar boards|Are the cedar boards for the fence dear?|Fence boards and nails came",
    "The kitten had a vaccination on 3 May 2024|The vet gave the kitten a vaccination|Our kitten sleeps after the vet",
    "When is the jazz concert?|Concert tickets for jazz cost forty on Friday|Jazz concert, third row tickets from Ada",
    "Bake the sourdough bread slowly|How hot is the oven for sourdough bread?|At 240 degrees the bread smells good",
    "The train to Oslo was late|Oslo trains are late in snow with ticket ORB-12|Snow stopped the train in 2023 again",
    "Her exam in chemistry is in June|Chemistry exam papers are hard|She passed the chemistry exam",
)


def talk(names=("Ada", "Ben"), sessions=2):
    """A talk that stays on each topic for a while, in two sessions, a day a turn."""
    texts = [text for topic in TOPICS for text in topic.split("|")]
    day = datetime(2024, 4, 25, 9, tzinfo=UTC)
    return [
        {
            "text": text,
            "who": names[place % 2],
            "session": f"s{place * sessions // len(texts)}",
            "at": (day + timedelta(days=place)).isoformat(),
        }
        for place, text in enumerate(texts)
    ]


def stored(memory):
    """(row, item) of every turn, in order."""
    ctx = memory.ctx()
    rows = ctx.store.rows(memory.cue("x").where)
    return list(zip(rows.tolist(), ctx.store.items(rows), strict=True))


def beside(pairs, row, step):
    """The row so many turns on in the same session, None where there is none."""
    place = next(place for place, (one, _) in enumerate(pairs) if one == row)
    other = place + step
    if not 0 <= other < len(pairs) or pairs[other][1].session != pairs[place][1].session:
        return None
    return pairs[other][0]


def scored(hits):
    return dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))


# --- how far turns belong together -----------------------------------------------------------------


def effect_by_hand(memory, rows, vectors, full=0.5, few=16):
    """Cohen's d between neighbours and turns paired across the store, with few pairs trusted less."""
    pairs = stored(memory)
    both = [(row, beside(pairs, row, 1)) for row in rows]
    both = [(row, after) for row, after in both if after is not None]
    count = len(both)
    near = [float(vectors[a] @ vectors[b]) for a, b in both]
    moved = count // 2
    far = [float(vectors[both[n][0]] @ vectors[both[(n - moved) % count][1]]) for n in range(count)]
    spread = math.sqrt((statistics.pvariance(near) + statistics.pvariance(far)) / 2)
    d = (statistics.fmean(near) - statistics.fmean(far)) / spread
    return d * count / (count + few) / full


@pytest.mark.parametrize(("count", "step"), [(18, 1), (192, 1), (193, 2), (400, 3)])
def test_coherence_is_the_effect_of_standing_beside_each_other(space, count, step):
    """From every turn up to 192 of them, from every second or third of more."""
    texts = [turn["text"] for turn in talk()]
    noise = [f"{texts[(place * place) % 18]} {place * 7919 % 13} {place * 104729 % 17}" for place in range(count)]
    memory = space(*({"text": text, "session": "s"} for text in noise))
    ctx, pairs = memory.ctx(), stored(memory)
    rows = np.array([row for row, _ in pairs])
    vectors = dict(zip(rows.tolist(), ctx.store.vectors(rows), strict=True))
    wanted = effect_by_hand(memory, rows[::step].tolist(), vectors)
    cue = memory.cue("anything")
    lengths = [float(ctx.store.columns.length[row]) for row in rows[::step]]

    assert pytest.approx(min(1.0, max(0.0, wanted)), abs=1e-4) == score.coherence(cue, ctx)
    weight = score.coherence(cue, ctx) * min(1.0, math.sqrt(30 / (15 + statistics.fmean(lengths))))
    assert pytest.approx(weight, abs=1e-6) == score.context_weight(cue, ctx)


def test_long_turns_lean_less_on_their_neighbours(space):
    """With 105 terms a turn: the square root of 30 / 120, half of what coherence gives."""
    texts = [f"{turn['text']} " + " ".join(f"{chr(97 + n)}{n}word" for n in range(200)) for turn in talk()]
    memory = space(*({"text": " ".join(text.split()[:110]), "session": "s"} for text in texts))
    ctx, cue = memory.ctx(), memory.cue("anything")
    mean = float(ctx.store.columns.length[ctx.store.rows(cue.where)].mean())

    assert mean > 60
    expected = score.coherence(cue, ctx) * math.sqrt(30 / (15 + mean))
    assert pytest.approx(expected, abs=1e-6) == score.context_weight(cue, ctx)


@pytest.mark.parametrize(("turns", "told"), [(8, False), (9, True)])
def test_with_fewer_than_eight_pairs_nothing_is_said_of_coherence(space, turns, told):
    """Nine turns make eight pairs."""
    memory = space(*({"text": turn["text"], "session": "s"} for turn in talk()[:turns]))
    memory_cue, ctx = memory.cue("anything"), memory.ctx()

    assert told == (score.coherence(memory_cue, ctx) > 0)


def lent_by_hand(memory, base, lent, before, after, top):
    """Each turn's own score and `lent` times its neighbours' mean, over 1 + `lent`."""
    pairs = stored(memory)
    steps = [step for step in range(-before, after + 1) if step]
    best = sorted(base, key=lambda row: (-base[row], row))[:top]
    rows = set(base) | {near for row in best for step in steps if (near := beside(pairs, row, step)) is not None}
    told = {}
    for row in rows:
        near = [beside(pairs, row, step) for step in steps]
        received = sum(base.get(one, 0.0) for one in near if one in rows) / max(len(steps), 1)
        told[row] = min(1.0, (base.get(row, 0.0) + lent * received) / (1 + lent))
    return told, rows - set(base)


@pytest.mark.parametrize(("before", "after", "share", "top"), [(1, 1, 0.4, 50), (2, 1, 0.9, 2), (0, 3, 0.3, 3)])
def test_neighbours_lend_what_the_plain_loop_lends(space, before, after, share, top):
    """Also over the ends of a session, which lend nothing."""
    memory = space(*talk())
    text = "cedar boards, jazz tickets"
    base, ctx = scored(memory.run(find.words(), text)), memory.ctx()
    lent = share * score.context_weight(memory.cue(text), ctx)
    assert 0.05 < lent

    found = memory.run(find.words() >> expand.neighbours(before=before, after=after, share=share, top=top), text)

    wanted, new = lent_by_hand(memory, base, lent, before, after, top)
    assert wanted == pytest.approx(scored(found), abs=1e-5)
    assert {row for row, path in found.paths.items() if path == ("neighbour",)} == new
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


# --- what is measured of a candidate ---------------------------------------------------------------


class Loop:
    """The measures of each candidate by a loop over the texts."""

    def __init__(self, memory, text):
        self.memory, self.ctx, self.cue = memory, memory.ctx(), memory.cue(text)
        self.pairs = stored(memory)
        self.item = dict(self.pairs)
        self.asked = question(self.cue, self.ctx)
        self.terms = list(cue_terms(self.cue, self.ctx))
        self.weight = dict(zip(self.terms, self._shares(), strict=True))
        self.near = score.context_weight(self.cue, self.ctx)
        vector = cue_vector(self.cue, self.ctx)
        rows = np.array([row for row, _ in self.pairs])
        self.similarity = dict(zip(rows.tolist(), self.ctx.store.similarity(vector, rows).tolist(), strict=True))
        values = list(self.similarity.values())
        known = len(values) >= 16
        self.middle = statistics.fmean(values) if known else 0.1
        self.spread = max(statistics.pstdev(values), 0.02) if known else 0.12
        raw = self.ctx.store.term_matches(self.terms, rows).scores
        self.raw = dict(zip(rows.tolist(), raw.tolist(), strict=True))
        self.names = set(self.ctx.store.terms(" ".join(self.asked.names))) & set(self.terms)

    def _shares(self):
        return idf_weights(self.ctx.store.idf(self.terms)).tolist()

    def holds(self, row):
        return set(self.ctx.store.terms(self.item[row].key)) & set(self.terms) if row is not None else set()

    def share(self, terms):
        return sum(self.weight[term] for term in terms)

    def cosine(self, row):
        if row is None:
            return 0.0
        return min(6.0, max(-1.0, (self.similarity[row] - self.middle) / self.spread)) / 4

    def of(self, row, best):
        """Every measure of one row; `best` is the best BM25 among the candidates and their neighbours."""
        before, after = beside(self.pairs, row, -1), beside(self.pairs, row, 1)
        item, held = self.item[row], self.holds(row)
        words = lambda one: self.raw[one] / max(best, 1e-6) if one is not None else 0.0  # noqa: E731
        asks = lambda one: float(one is not None and self.item[one].text.endswith("?"))  # noqa: E731
        names = self.share(self.names)
        window = [self.holds(beside(self.pairs, row, step)) for step in range(-2, 3)]
        around = self.share(set().union(*window)) - self.share(held)
        mine = float(len(self.asked.people) == 1 and item.who == self.asked.people[0])
        told = {
            "cosine": self.cosine(row),
            "words": words(row),
            "coverage": self.share(held),
            "named": self.share(held & self.names) / names if names else 0.0,
            "speaker": mine,
            "cosine before": self.cosine(before) * self.near,
            "cosine after": self.cosine(after) * self.near,
            "words before": words(before) * self.near,
            "words after": words(after) * self.near,
            "coverage around": around * self.near,
            "is question": asks(row) * self.near,
            "answers": asks(before) * self.near,
            "words and coverage": words(row) * self.share(held),
        }
        user = not self.asked.people and not self.asked.to_you and item.who == "user"
        told["user turn"] = float(user)
        told["assistant turn"] = float(self.asked.to_you and item.who == "assistant")
        told |= {f"user {name}": user * told[name] for name in ("cosine", "cosine before", "cosine after")}
        told["named one answers"] = (told["answers"] > 0) * mine
        told["cosine asked"] = (told["answers"] > 0) * told["cosine before"]
        told["cosine answered"] = (told["is question"] > 0) * told["cosine after"]
        told["words answered"] = (told["is question"] > 0) * told["words after"]
        return told


ASKED = (
    "What does Ada say about the cedar boards for the fence?",
    "Which Oslo train was late in the snow?",
    "How hot was the oven?",
    "What did you say about the jazz concert?",
)


@pytest.mark.parametrize("names", [("Ada", "Ben"), ("user", "assistant")])
@pytest.mark.parametrize("text", ASKED)
def test_every_measure_of_a_candidate_is_what_a_plain_loop_says(space, names, text):
    """Own words, the turns beside, who speaks, question and answer: as the design names them."""
    fill = "lantern meadow copper window barrel anchor pepper ribbon saddle thimble walnut violet marble candle basket"
    turns = [{**turn, "text": f"{fill} {turn['text']}"} for turn in talk(names)]
    memory = space(*turns)
    loop = Loop(memory, text)
    assert 0.1 < loop.near < 0.95
    found = memory.run(BOTH, text)

    whole, measures = score.measured(loop.cue, found, loop.ctx, let_in=0)

    rows = whole.rows.tolist()
    window = {near for row in rows for step in range(-2, 3) if (near := beside(loop.pairs, row, step)) is not None}
    best = max(loop.raw[row] for row in window)
    for place, row in enumerate(rows):
        wanted = loop.of(row, best)
        assert wanted == pytest.approx({name: float(measures[name][place]) for name in wanted}, abs=2e-4), row


@pytest.mark.parametrize("count", [15, 16])
def test_a_handful_of_cosines_tells_nothing_of_what_is_usual(space, count):
    """Up to 15 texts .1 and .12 stand for mean and spread."""
    memory = space(*talk()[:count])
    loop = Loop(memory, "cedar boards")

    whole, measures = score.measured(loop.cue, memory.run(BOTH, "cedar boards"), loop.ctx, let_in=0)

    wanted = {row: loop.cosine(row) for row in whole.rows.tolist()}
    assert wanted == pytest.approx(dict(zip(whole.rows.tolist(), measures["cosine"].tolist(), strict=True)), abs=1e-4)


@pytest.mark.parametrize("let_in", [0, 1, 3])
def test_the_turns_beside_the_best_become_candidates(space, let_in):
    """Those beside the best `let_in`, one to each side; they come with their path."""
    memory = space(*talk())
    found = memory.run(find.words(), "cedar boards kitten")
    pairs = stored(memory)
    best = sorted(scored(found), key=lambda row: (-scored(found)[row], row))[:let_in]
    new = {near for row in best for step in (-1, 1) if (near := beside(pairs, row, step)) is not None}

    whole, _ = score.measured(memory.cue("cedar boards kitten"), found, memory.ctx(), let_in=let_in)

    assert set(found.rows.tolist()) | new == set(whole.rows.tolist())
    assert new - set(found.rows.tolist()) == set(whole.paths)


def test_evidence_is_a_logistic_sum_of_the_weighted_measures(space):
    """What somebody said by the weights of talk, what nobody said by those of documents."""
    turns = talk()
    for turn in turns[:5]:
        del turn["who"]
    memory = space(*turns)
    text = ASKED[0]
    cue, ctx = memory.cue(text), memory.ctx()
    whole, measures = score.measured(cue, memory.run(BOTH, text), ctx)
    items = ctx.store.items(whole.rows)

    hits = memory.run(BOTH >> score.evidence(), text)

    for place, (row, item) in enumerate(zip(whole.rows.tolist(), items, strict=True)):
        by = score.TALK if item.who else score.DOCUMENTS
        total = by.bias + sum(
            by.weights[name] * float(measures[name][place]) for name in by.weights if name in measures
        )
        assert pytest.approx(1 / (1 + math.exp(-total)), abs=1e-4) == scored(hits)[row]
    shown = hits.channels
    loop = Loop(memory, text)
    for place, row in enumerate(hits.rows.tolist()):
        assert pytest.approx(max(0.0, loop.similarity[row]), abs=1e-4) == float(shown["vectors"][place])
        idf = ctx.store.idf(loop.terms)
        assert pytest.approx(loop.raw[row] / (2.2 * float(idf.sum())), abs=1e-4) == float(shown["words"][place])


def test_long_texts_are_told_less_by_a_time_or_a_number_in_them(space):
    """The square root of 30 / (15 + terms), at most 1."""
    long = "We leave on 5 May 2024 " + " ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60))
    memory = space("We leave on 5 May 2024 then.", long)
    ctx = memory.ctx()
    rows = ctx.store.rows(memory.cue("x").where)
    lengths = ctx.store.columns.length[rows].tolist()
    assert lengths[0] < 15 < 50 < lengths[1]

    for text, name in (("When do we leave?", "names a time"), ("How many days in May?", "names a number")):
        found = Hits(ctx.store, rows, [0.5, 0.4])
        _, measures = score.measured(memory.cue(text), found, ctx)
        assert [1.0, math.sqrt(30 / (15 + lengths[1]))] == pytest.approx(measures[name].tolist(), abs=1e-5)


def test_of_two_identifiers_one_is_half(space):
    """A text with both has all of it; letters with a slash or a dash and numbers with a hash are identifiers."""
    memory = space("ORB-12 and #340 are open", "only ORB-12 is open", "nothing is open")
    ctx, cue = memory.ctx(), memory.cue("Is ORB-12 or #340 open?")
    _, measures = score.measured(cue, Hits(ctx.store, ctx.store.rows(cue.where), [0.1] * 3), ctx)

    assert [1.0, 0.5, 0.0] == measures["identifier"].tolist()


# --- priors ----------------------------------------------------------------------------------------


def test_the_speaker_that_is_named_is_raised_by_the_weight(space):
    """score + weight * (1 - score) * score for them, the score itself for others."""
    memory = space({"who": "Ada", "text": "I painted the boat."}, {"who": "Ben", "text": "I painted the boat today."})
    base = scored(memory.run(find.vectors(), "What did Ada paint?"))

    told = memory.run(find.vectors() >> score.speaker(weight=0.6), "What did Ada paint?")

    for hit in told:
        was = base[told.rows[[one.id for one in told].index(hit.id)]]
        wanted = was + 0.6 * (1 - was) * was if hit.item.who == "Ada" else was
        assert pytest.approx(wanted, abs=1e-5) == hit.score


def test_strength_weighs_by_its_share_and_drops_the_rest(space):
    """1 - share + share * strength, strength held within [0, 1]; beyond `top` nothing is left."""
    memory = space("alpha apples", "alpha pears", "alpha plums", "alpha")
    ids = [item.id for item in memory.memory.list()]
    strengths = {ids[0]: 0.5, ids[1]: 0.0, ids[2]: 3.0}
    updates = tuple(Update(id, {"strength": value}) for id, value in strengths.items())
    store = memory.memory.store
    store.apply(Change(updates=updates, reason="test"), scope=memory.memory.scope, embed=memory.ctx().embed)
    base = {hit.id: hit.score for hit in memory.run(find.vectors(), "alpha")}

    told = {hit.id: hit.score for hit in memory.run(find.vectors() >> score.strength(share=0.4), "alpha")}
    best = memory.run(find.vectors() >> score.strength(share=0.4, top=2), "alpha")

    factor = {ids[0]: 0.8, ids[1]: 0.6, ids[2]: 1.0, ids[3]: 1.0}
    assert {id: base[id] * factor[id] for id in ids} == pytest.approx(told, abs=1e-5)
    assert 2 == len(best)


def test_short_turns_lose_by_the_power_of_their_length(space):
    """Three of twelve terms: (1/4) ** .3; from twelve terms on nothing is lost."""
    memory = space("alpha bravo charlie", " ".join(f"alpha{n} word{n}x" for n in range(8)) + " alpha")
    base = {hit.text: hit.score for hit in memory.run(find.words(), "alpha")}

    told = {hit.text: hit.score for hit in memory.run(find.words() >> score.length(), "alpha")}

    short, long = sorted(base, key=len)
    assert pytest.approx(base[short] * 0.25**0.3, rel=1e-4) == told[short]
    assert pytest.approx(base[long], rel=1e-5) == told[long]


# --- links -----------------------------------------------------------------------------------------


def web(space):
    """Six turns and four derived items, with weighted links."""
    memory = space("alpha apples", "alpha bananas", "bravo cherries", "charlie dates", "delta elders", "echo figs")
    id = {item.text.split()[1][0]: item.id for item in memory.memory.list()}
    put = (
        Item("episode", "alpha whole", "E", evidence=tuple(Evidence(id[x]) for x in "abcd")),
        Item("fact", "alpha fact", "F", evidence=(Evidence(id["e"]),)),
        Item("fact", "golf fact", "G", evidence=(Evidence(id["f"]),)),
        Item("episode", "other whole", "O"),
    )
    links = [
        Link(id["a"], "near", id["c"], weight=0.2),
        Link(id["b"], "near", id["c"], weight=0.9),
        Link(id["d"], "about", id["a"], weight=4.0),
        Link(id["a"], "near", id["b"]),
        *(Link(id[x], "part_of", "E") for x in "abcd"),
        *(Link(id[x], "part_of", "O") for x in "be"),
    ]
    memory.memory.store.apply(
        Change(puts=put, links=tuple(links), reason="test"), scope=memory.memory.scope, embed=memory.ctx().embed
    )
    return memory, id


TURNS = find.words(kinds=("turn",))


@pytest.mark.parametrize(
    ("knobs", "given"),
    [
        ({}, {"c": ("b", 0.9), "d": ("a", 1.0)}),
        ({"rels": ("near",)}, {"c": ("b", 0.9)}),
        ({"rels": ("near", "about"), "direction": "out"}, {"c": ("b", 0.9)}),
        ({"rels": ("near", "about"), "direction": "in"}, {"d": ("a", 1.0)}),
        ({"rels": ("near", "about"), "top": 1}, {"b": ("a", 1.0), "c": ("a", 0.2), "d": ("a", 1.0)}),
    ],
)
def test_what_is_linked_gets_share_times_weight_times_score(space, knobs, given):
    """The best of several links counts, a weight at most 1, and what was found itself gets nothing."""
    memory, id = web(space)
    base = {hit.id: hit.score for hit in memory.run(TURNS, "alpha apples")}
    only = {"top": knobs.get("top", 10)}
    found = memory.run(TURNS >> expand.linked(share=0.4, **{**knobs, **only}), "alpha apples")

    told = {hit.id: hit for hit in found if "linked" in hit.why}
    kept = {hit.id: hit.score for hit in found if hit.id in base and hit.id not in told}
    wanted = {id[far]: 0.4 * weight * base[id[near]] for far, (near, weight) in given.items()}
    assert wanted == pytest.approx({i: told[i].why["linked"] for i in wanted}, abs=1e-3)
    assert all(told[id[far]].why["path"][-1].endswith(id[near]) for far, (near, _) in given.items())
    assert {i: base[i] for i in kept} == pytest.approx(kept, abs=1e-6)
    assert set(wanted) == set(told) - {"E", "O"}


def test_a_sibling_gets_its_share_of_the_best_of_its_whole(space):
    """Of two wholes the one whose part is best; a part that was found keeps its own score when it is higher."""
    memory, id = web(space)
    base = {hit.id: hit.score for hit in memory.run(TURNS, "alpha apples")}

    found = {hit.id: hit for hit in memory.run(TURNS >> expand.siblings(share=0.6), "alpha apples")}
    one = {hit.id: hit for hit in memory.run(TURNS >> expand.siblings(share=0.6, top=1), "alpha apples")}

    best, second = base[id["a"]], base[id["b"]]
    assert best > second > 0
    wanted = {"a": best, "b": max(second, 0.6 * best), "c": 0.6 * best, "d": 0.6 * best, "e": 0.6 * second}
    assert {id[x]: value for x, value in wanted.items()} == pytest.approx(
        {i: hit.score for i, hit in found.items()}, abs=1e-5
    )
    assert ["sibling in E"] == found[id["c"]].why["path"]
    assert ["sibling in O"] == found[id["e"]].why["path"]
    assert "path" not in found[id["a"]].why
    assert id["e"] not in one


@pytest.mark.parametrize("drop", [True, False])
def test_a_derived_hit_gives_its_share_to_its_sources(space, drop):
    """An episode of four turns gives each half of what a fact of one turn gives."""
    memory, id = web(space)
    both = find.words()
    base = {hit.id: hit.score for hit in memory.run(both, "alpha")}

    found = {hit.id: hit for hit in memory.run(both >> expand.sources(share=0.8, drop=drop), "alpha")}

    fact, episode = 0.8 * base["F"], 0.8 * base["E"] / 2
    wanted = {id["a"]: max(base[id["a"]], episode), id["b"]: max(base[id["b"]], episode)}
    wanted |= {id["c"]: episode, id["d"]: episode, id["e"]: fact}
    wanted |= {} if drop else {"E": base["E"], "F": base["F"]}
    assert wanted == pytest.approx({i: hit.score for i, hit in found.items()}, abs=1e-5)
    assert ["from fact F"] == found[id["e"]].why["path"]
    assert ["from episode E"] == found[id["c"]].why["path"]


def test_only_the_best_derived_hits_give(space):
    """With `top` of one the better of two gives; the other leaves with nothing."""
    memory, id = web(space)

    found = memory.run(find.words(kinds=("fact", "episode")) >> expand.sources(top=1), "alpha fact")

    assert [id["e"]] == [hit.id for hit in found]


def test_a_kind_that_is_asked_for_stays(space):
    """Who filters for facts gets facts, and not their turns."""
    memory, _ = web(space)

    assert {"F", "G"} == {hit.id for hit in memory.run(find.words() >> expand.sources(), "fact", kinds=("fact",))}


# --- order -----------------------------------------------------------------------------------------


def test_mmr_takes_what_is_relevant_and_not_yet_said(space):
    """A loop over cosines; the scores are handed out again in the new order and the rest follows."""
    memory = space(*talk())
    hits, ctx = memory.run(BOTH >> score.evidence(), "cedar boards and the kitten at the vet"), memory.ctx()
    for top, balance in ((6, 0.5), (4, 0.2), (50, 0.7)):
        head = hits.rows.tolist()[:top]
        low, high = min(hits.scores[:top]), max(hits.scores[:top])
        worth = {row: (scored(hits)[row] - low) / (high - low) for row in head}
        vector = dict(zip(head, ctx.store.vectors(np.array(head)), strict=True))
        order: list[int] = []
        while len(order) < len(head):
            left = [row for row in head if row not in order]
            order.append(
                max(
                    left,
                    key=lambda row: (
                        balance * worth[row]
                        - (1 - balance) * max((float(vector[row] @ vector[one]) for one in order), default=0.0)
                    ),
                )
            )

        told = mmr(balance=balance, top=top)(memory.cue("x"), hits, ctx)

        assert order + hits.rows.tolist()[top:] == told.rows.tolist()
        assert hits.scores.tolist() == told.scores.tolist()


def test_copies_are_folded_behind_the_best_and_named_there(space):
    """Jaccard from the bound on; beyond `top` nothing is looked at, and what is kept keeps its order."""
    memory = space(
        "alpha one two three four",
        "alpha one two three five",
        "alpha one two three four six",
        "alpha nothing like it",
        "alpha one two three four!",
    )
    hits = memory.run(find.words(), "alpha")
    rows = hits.rows.tolist()
    sets = {row: set(item.text.strip("!").split()) for row, item in zip(rows, hits.items, strict=True)}
    for bound, top in ((0.8, 50), (5 / 6, 50), (0.84, 50), (0.5, 3)):
        kept: list[int] = []
        behind: dict[int, list[int]] = {}
        for place, row in enumerate(rows):
            twin = next((o for o in kept if len(sets[o] & sets[row]) / len(sets[o] | sets[row]) >= bound), None)
            if twin is None or place >= top:
                kept.append(row)
            else:
                behind.setdefault(twin, []).append(row)

        told = dedupe(max_jaccard=bound, top=top)(memory.cue("alpha"), hits, memory.ctx())

        assert kept == told.rows.tolist()
        assert {one: tuple(f"folded row {row}" for row in folded) for one, folded in behind.items()} == dict(told.paths)


# --- how sure one can be ---------------------------------------------------------------------------


def test_the_signs_of_an_answer_by_hand(space):
    """Coverage within a hit, the nearest sentence, and how much better somebody else's sentence fits."""
    memory = space(*talk())
    text = "What does Ada say about the cedar boards for the fence?"
    cue, ctx = memory.cue(text), memory.ctx()
    hits = memory.run(BOTH >> score.evidence(), text)
    told = answerability.features(cue, hits, ctx)
    loop = Loop(memory, text)

    shared = [float(hits.channels["coverage"][n] + hits.channels["vectors"][n]) for n in range(len(hits))]
    best = list(range(3)) + sorted(range(len(hits)), key=lambda n: -shared[n])[:3]
    read = [hits.rows.tolist()[n] for n in dict.fromkeys(best)]
    near = {row: max(0.0, float(ctx.embed([loop.item[row].text])[0] @ cue_vector(cue, ctx))) for row in read}
    asking = {row: 0.7 if loop.item[row].text.endswith("?") else 1.0 for row in read}
    mine = [row for row in read if loop.item[row].who == "Ada"]
    other = [row for row in read if row not in mine]
    assert mine
    assert other
    fit = {row: (loop.share(loop.holds(row)) + near[row]) / 2 for row in read}
    ours = max(fit[row] * asking[row] for row in mine)
    theirs = max((fit[row] for row in other if asking[row] == 1.0), default=0.0)

    assert {
        "cosine": float(np.nanmax(hits.top(8).channels["vectors"])),
        "in one turn": max(loop.share(loop.holds(row)) for row in mine),
        "near": max(near[row] for row in mine),
        "told of another": min(max(theirs - ours, 0.0), 0.5),
    } == pytest.approx(told, abs=1e-4)


def test_a_question_about_nobody_has_no_other(space):
    """Then everybody's sentences count and none against it."""
    memory = space(*talk())
    hits = memory.run(BOTH >> score.evidence(), "cedar boards for the fence")
    told = answerability.features(memory.cue("cedar boards for the fence"), hits, memory.ctx())

    assert 0.0 == told["told of another"]
    assert pytest.approx(1.0, abs=1e-5) == told["in one turn"]


def test_the_scores_of_a_recipe_stay_as_they_are_when_it_is_weighed(space):
    """Another recipe's hits are weighed for how sure one can be: by meaning too, 100 at most."""
    memory = space(*talk())
    text = "cedar boards for the fence"
    plain = memory.run(find.recent(k=18), text)
    told = answerability.features(memory.cue(text), plain, memory.ctx())

    cue, ctx = memory.cue(text), memory.ctx()
    near = ctx.store.similarity(cue_vector(cue, ctx), plain.top(8).rows)

    assert pytest.approx(max(0.0, float(near.max())), abs=1e-5) == told["cosine"]
    weights = answerability.WORDS.weights
    total = answerability.WORDS.bias + sum(weights.get(name, 0.0) * value for name, value in told.items())
    without_reader = replace(ctx, reader=None)
    sure = float(answerability.answerability(cue, plain, without_reader))

    assert pytest.approx(1 / (1 + math.exp(-total)), abs=1e-6) == sure


# --- nothing to do ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage",
    [
        expand.neighbours(), expand.spread(), expand.pagerank(), expand.sources(), expand.siblings(), expand.linked(),
        score.evidence(), score.complete(), score.channels(weights={"words": 1.0}), score.recency(), score.trust(),
        score.length(), score.speaker(), score.strength(), mmr(), dedupe(),
    ],
    ids=lambda stage: repr(stage).partition("(")[0],
)  # fmt: skip
def test_no_hits_stay_none_and_lone_hits_stay(space, stage):
    """Of nothing comes nothing; a hit without links, neighbours or likeness is still a hit."""
    memory = space(*talk())
    ctx = memory.ctx()

    assert 0 == len(stage(memory.cue("cedar"), Hits(ctx.store), ctx))
    assert [0] == [
        row for row in stage(memory.cue("cedar"), Hits(ctx.store, [0], [0.5]), ctx).rows.tolist() if row == 0
    ]


def test_a_share_too_small_to_see_moves_nothing(space):
    """Below a hundredth nothing is lent and nothing let in."""
    memory = space(*talk())
    lent = score.context_weight(memory.cue("x"), memory.ctx())
    assert lent > 0.1
    base = scored(memory.run(find.words(), "cedar boards"))

    assert base == scored(memory.run(find.words() >> expand.neighbours(share=0.0099 / lent), "cedar boards"))
    assert set(base) < set(scored(memory.run(find.words() >> expand.neighbours(share=0.0101 / lent), "cedar boards")))


def test_a_channel_is_stretched_from_its_least_to_its_most(space):
    """The least scores 0, the most 1, the others between, whatever the least is; an even channel tells nothing."""
    memory = space(*talk())
    ctx = memory.ctx()
    hits = Hits(ctx.store, [0, 1, 2], [0.1, 0.1, 0.1], channels={"a": np.array([0.5, 0.75, 1.0], np.float32)})
    even = Hits(ctx.store, [0, 1], [0.1, 0.2], channels={"a": np.array([0.5, 0.5], np.float32)})
    cue = memory.cue("x")

    stretched = scored(score.channels(weights={"a": 1.0})(cue, hits, ctx))
    missing = scored(score.channels(weights={"a": 1.0, "b": 3.0})(cue, hits, ctx))

    assert {0: 0.0, 1: 0.5, 2: 1.0} == pytest.approx(stretched)
    assert {0: 0.0, 1: 0.125, 2: 0.25} == pytest.approx(missing)
    assert {0: 0.0, 1: 0.0} == scored(score.channels(weights={"a": 1.0})(cue, even, ctx))
