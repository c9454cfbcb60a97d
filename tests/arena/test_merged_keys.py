"""LongMemEval's keys: the facts of a round merged into its key find it where neither words nor the whole text do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from remanence import recipes
from remanence.arena.catalogue import find_system, find_task
from remanence.arena.core.system import Setting
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import SLOTS, START, TOPICS, chatter
from remanence.form import exchanges
from remanence.memory.memory import Memory
from remanence.models import by_name
from remanence.recall import dated, expand, find, fuse
from remanence.stage import at_sleep

FUSED = replace(
    recipes.get("longmemeval"),
    form=at_sleep(exchanges.exchanges(keys="apart")),
    recall=fuse.rrf(find.vectors(k=50, kinds=("chunk",)), find.vectors(k=50, kinds=("fact",)) >> expand.sources())
    >> dated.expand_to_turns(),
)
"""LongMemEval's exchanges with an index of their own for facts, whose ranks are joined with the exchanges' ranks."""


MERGED = replace(recipes.get("longmemeval"), recall=find.vectors(k=50, kinds=("chunk",)) >> dated.expand_to_turns())
"""The recipe without its filter by date."""


UNMERGED = replace(MERGED, form=at_sleep(exchanges.exchanges(keys="none")))
"""The same exchanges with their text as their only key."""


def found_by(pool, recipe, k):
    """Mean share of the evidence turns among the first k."""
    got = []
    with Memory(":memory:", recipe, by_name("static")) as memory:
        memory.remember([record.message() for record in pool.records])
        memory.sleep()
        for question in pool.questions:
            found = {hit.item.source for hit in memory.recall(question.text, k, now=question.at)}
            got.append(len(found & set(question.evidence)) / len(question.evidence))
    return sum(got) / len(got)


ASKED = {
    "dentist": "Who takes care of my teeth?",
    "landlord": "Whom do I pay rent to?",
    "car": "Which vehicle do I drive?",
    "bank": "Where do I keep my money?",
    "favourite tea": "What do I like to drink best?",
    "gym": "Where do I work out?",
    "phone model": "Which mobile do I carry?",
    "piano teacher": "Who gives me music lessons?",
    "bus line": "What do I ride to work?",
    "shoe size": "How big are my feet?",
    "accountant": "Who does my taxes?",
    "vet": "Who treats my cat when she is ill?",
    "broadband provider": "Who connects me to the internet?",
    "office floor": "How high up do I work?",
    "blood type": "What would a hospital have to give me in a transfusion?",
    "project manager": "Who leads our team at work?",
    "locker code": "Which digits open my cupboard at the pool?",
    "barber": "Who cuts my hair?",
    "allergy": "What makes me sneeze or swell up?",
    "guitar": "Which instrument with strings do I own?",
    "insurance company": "Who pays when something breaks?",
    "neighbour": "Who lives next to me?",
    "running club": "With whom do I go jogging?",
    "study group": "With whom do I prepare for exams?",
}
TOPIC = {
    "baking rye bread": "How does a dark loaf come out well?",
    "cleaning a lens": "How do I get dust off my camera glass?",
    "learning to sketch": "How does one get better at drawing?",
    "fixing a squeaky door": "What stops a hinge from making noise?",
    "growing basil indoors": "How do herbs thrive in a kitchen?",
    "sleeping on a night train": "How do I rest on an overnight rail trip?",
    "repairing a puncture": "What helps when my bicycle wheel is flat?",
    "packing for a hike": "What should I take along to the mountains?",
}
"""Questions that share no word with what they ask about."""


def diluted(seed):
    """Rounds that tell one thing among small talk, asked for in other words."""
    rng = random.Random(seed)
    told = [(ASKED[slot], f"My {slot} is {rng.choice(values)}.") for slot, values in SLOTS]
    told += [(TOPIC[topic], f"For {topic}, {advice[0]} seems good.") for topic, advice in TOPICS]
    rng.shuffle(told)
    records, questions = [], []
    for n, (asked, text) in enumerate(told):
        at = START + timedelta(hours=n)
        around = [chatter(rng) for _ in range(3)]
        said = f"{around[0][0]} {around[1][0]} {text} {around[2][0]}"
        records.append(Record(f"u{n}", said, role="user", at=at, session=f"s{n}"))
        records.append(Record(f"a{n}", around[0][1], role="assistant", at=at, session=f"s{n}"))
        questions.append(Question(f"q{n}", asked, evidence=(f"u{n}",), at=START + timedelta(days=9)))
    return Pool("diluted", tuple(records), tuple(questions))


@pytest.fixture(scope="module")
def pools():
    return [diluted(seed) for seed in range(3)]


def mean_of(pools, recipe):
    return sum(found_by(pool, recipe, 4) for pool in pools) / len(pools)


def test_merged_keys_find_what_is_told_among_other_talk(pools):
    """They beat the same exchanges without them, and keys of their own whose ranks are joined."""
    merged = mean_of(pools, MERGED)

    assert merged >= 0.6
    assert merged > mean_of(pools, UNMERGED) + 0.1
    assert merged > mean_of(pools, FUSED) + 0.03


@pytest.mark.parametrize(("control", "most"), [("bm25", 0.1), ("bm25-newest", 0.1), ("dense", 0.6), ("rrf", 0.6)])
def test_no_plain_index_finds_it(pools, control, most):
    """Words find nothing, and the vector of a whole turn is diluted."""
    hits = []
    for pool in pools:
        system = find_system(control)(Setting(by_name("static"), "static", None))
        system.add(pool.records)
        hits += [{one.source for one in system.search(q, 4)} & set(q.evidence) for q in pool.questions]

    assert sum(map(bool, hits)) / len(hits) <= most


def test_merged_keys_beat_joined_ranks_on_published_instances(data):
    """All instances that have an answer, in their whole haystacks."""
    pools = [pool for pool in find_task("longmemeval").pools(data) if pool.questions[0].evidence]
    merged, fused = (sum(found_by(p, one, 10) for p in pools) / len(pools) for one in (MERGED, FUSED))

    assert merged > fused + 0.03
