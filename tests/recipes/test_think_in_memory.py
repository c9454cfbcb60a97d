"""Think-in-Memory: the same thought whichever way it is asked for, found by its bucket, corrected when contradicted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asking import found

from remanence import recipes
from remanence.errors import BadKnob
from remanence.recall.buckets import bucket_order, bucketed
from remanence.stage import nothing


def test_two_questions_with_one_premise_get_the_same_thought(composed):
    """Verbatim the same."""
    memory = composed(recipes.get("think_in_memory", probes=16))
    memory.remember({"who": "Ann", "text": "I live in Rome. I work as a nurse."})

    one = memory.recall("Where does Ann live?")[0]
    other = memory.recall("In which city is Ann living?")[0]

    assert one.id == other.id
    assert "Rome" in one.text


def test_a_look_up_touches_about_its_share_of_the_thoughts(composed):
    """One bucket of eight: about an eighth; all eight probes, the twin, look at everything."""
    names = ("Rome", "Oslo", "Lima", "Kyoto", "Cairo", "Paris", "Delhi", "Quito")
    memory = composed("think_in_memory")
    memory.remember(
        [{"who": f"Person{n}", "text": f"I live in {names[n % 8]}. I own {n + 2} boats."} for n in range(120)]
    )
    stage = bucketed(k=1, buckets=8, probes=1)

    shares = [
        float(found(memory, stage, f"Where does Person{n} live?").channels["looked at"][0]) for n in range(0, 120, 12)
    ]
    whole = found(memory, bucketed(k=1, buckets=8, probes=8), "Where does Person3 live?").channels["looked at"][0]

    assert 0.02 < float(np.mean(shares)) < 0.45
    assert 1.0 == float(whole)


@pytest.mark.parametrize(
    ("buckets", "probes", "fine"), [(2, 1, True), (2, 2, True), (2, 3, False), (3, 1, False), (0, 0, False)]
)
def test_the_fewest_buckets_are_two(composed, buckets, probes, fine):
    """A vector and its opposite; with both probes all is looked at."""
    memory = composed("think_in_memory")
    memory.remember([{"who": f"Person{n}", "text": f"I own {n + 2} boats."} for n in range(8)])
    stage = bucketed(k=1, buckets=buckets, probes=probes)

    if fine:
        looked = float(found(memory, stage, "How many boats does Person3 own?").channels["looked at"][0])
        assert 0 < looked <= 1
        assert looked == 1 or probes < buckets
    else:
        with pytest.raises(BadKnob, match="an even number from 2"):
            found(memory, stage, "How many boats does Person3 own?")


def test_a_contradicted_thought_is_inactive(composed):
    """The later value answers; without forgetting, the twin, the first one still does."""
    told = {}
    for name, evolve in (("on", recipes.get("think_in_memory").evolve), ("off", nothing())):
        memory = composed(replace(recipes.get("think_in_memory", probes=16), evolve=evolve))
        memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-01"})
        memory.remember({"who": "Ann", "text": "I moved to Oslo.", "at": "2023-03-01"})
        told[name] = " ".join(hit.text for hit in memory.recall("Where does Ann live?"))

    assert "Oslo" in told["on"]
    assert "Rome" not in told["on"]
    assert "Rome" in told["off"]


def test_near_vectors_share_a_bucket():
    """A vector and a slight turn of it nearly always do, two strangers one time in eight."""
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((400, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    turned = rows + 0.1 * rng.standard_normal(rows.shape).astype(np.float32) / 8
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    first, near, far = (bucket_order(x, 8)[:, 0] for x in (rows, turned, np.roll(rows, 1, axis=0)))

    assert (first == near).mean() > 0.85
    assert (first == far).mean() < 0.25
