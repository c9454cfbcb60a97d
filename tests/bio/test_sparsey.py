"""Sparsey: single-trial codes that overlap as their inputs do, at a fixed cost, without the known collapse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from remanence.bio.sparsey import Macrocolumn, Sigmoid, code_overlap
from remanence.errors import InvalidInput

INPUTS, ACTIVE = 400, 20


def pattern(rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.choice(INPUTS, ACTIVE, replace=False)


def kept(base: NDArray[np.int64], share: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """The pattern with this share of its bits, the others replaced by new ones."""
    keep = round(share * len(base))
    fresh = rng.permutation(np.setdiff1d(np.arange(INPUTS), base))[: len(base) - keep]
    return np.concatenate([rng.permutation(base)[:keep], fresh])


def stored(count: int, **knobs: bool | float) -> tuple[Macrocolumn, list[NDArray[np.int64]], NDArray[np.int64]]:
    rng = np.random.default_rng(1)
    memory = Macrocolumn(INPUTS, seed=3, **knobs)  # type: ignore[arg-type]
    patterns = [pattern(rng) for _ in range(count)]
    codes = np.array([memory.learn(each)[0] for each in patterns])
    return memory, patterns, codes


def found(memory: Macrocolumn, codes: NDArray[np.int64], cue: NDArray[np.int64]) -> int:
    return int((codes == memory.recall(cue)).sum(axis=1).argmax())


def test_an_exact_repeat_is_fully_familiar_and_makes_no_new_code() -> None:
    """G = 1, the old code comes back, and no weight changes."""
    memory, patterns, codes = stored(60)
    weights = memory._weights.copy()

    for each, code in zip(patterns, codes):
        again, familiarity = memory.learn(each)

        assert 1.0 == familiarity
        assert code.tolist() == again.tolist()
    assert (weights == memory._weights).all()
    assert 60 == memory.stored


def test_a_crowded_memory_says_that_a_repeat_may_get_another_code() -> None:
    """With 60 patterns each repeat is certain and right; with 1,000 most get another code, and certainty says so."""
    few, many = stored(60), stored(1000)

    def right(memory: Macrocolumn, patterns: list[NDArray[np.int64]], codes: NDArray[np.int64]) -> float:
        return float(np.mean([(memory.recall(p) == c).all() for p, c in zip(patterns[:100], codes)]))

    assert 1.0 == right(*few)
    assert min(few[0].certainty(p) for p in few[1]) > 0.9
    assert right(*many) < 0.5
    assert np.mean([many[0].certainty(p) for p in many[1][:100]]) < 0.5


def test_codes_overlap_more_the_more_the_inputs_do() -> None:
    """Mean code overlap rises with input overlap 0, .25, .5, .75, 1; random codes (chi 0) stay at chance."""
    rng = np.random.default_rng(2)

    def overlaps(chi: float) -> list[float]:
        means = []
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            found = []
            for seed in range(25):
                memory = Macrocolumn(INPUTS, sigmoid=Sigmoid(chi=chi), seed=seed)
                base = pattern(rng)
                first, _ = memory.learn(base)
                found.append(code_overlap(first, memory.learn(kept(base, share, rng))[0]))
            means.append(float(np.mean(found)))
        return means

    similar, random = overlaps(1000.0), overlaps(0.0)

    assert sorted(similar) == similar
    assert similar[0] < 0.15
    assert similar[2] > 0.6
    assert max(random[:4]) < 0.15


def test_every_item_costs_the_same_number_of_operations() -> None:
    """Storing and recalling touch as many weights with 10 items held as with 10,000."""
    rng = np.random.default_rng(4)
    memory = Macrocolumn(100, modules=4, units=4)

    def cost() -> tuple[int, int]:
        bits = rng.choice(100, 10, replace=False)
        start = memory.operations
        memory.recall(bits)
        recalled = memory.operations
        before = memory.stored
        memory.learn(bits)
        wired = 10 * 4 * (memory.stored - before)
        return recalled - start, memory.operations - recalled - wired

    for _ in range(10):
        memory.learn(rng.choice(100, 10, replace=False))
    early = cost()
    for _ in range(10_000):
        memory.learn(rng.choice(100, 10, replace=False))

    assert early == cost()


def test_taking_off_the_cross_talk_keeps_five_hundred_patterns_apart() -> None:
    """With the adaptive floor 500 stored patterns are found, also from 75 % of their bits; without it not."""
    rng = np.random.default_rng(5)
    memory, patterns, codes = stored(500)
    fixed, _, fixed_codes = stored(500, adaptive=False)
    damaged = [kept(each, 0.75, rng) for each in patterns]

    whole = np.mean([found(memory, codes, each) == i for i, each in enumerate(patterns)])
    partial = np.mean([found(memory, codes, each) == i for i, each in enumerate(damaged)])
    without = np.mean([found(fixed, fixed_codes, each) == i for i, each in enumerate(damaged)])

    assert whole >= 0.99
    assert partial >= 0.9
    assert without <= 0.5


def test_an_unrelated_pattern_is_hardly_familiar() -> None:
    """G is low for news even when the memory holds 200 patterns, and 1 for each of these."""
    rng = np.random.default_rng(6)
    memory, patterns, _ = stored(200)

    assert 1.0 == min(memory.familiarity(each) for each in patterns)
    assert np.mean([memory.familiarity(pattern(rng)) for _ in range(50)]) < 0.4


def test_classes_are_read_from_the_codes_alone() -> None:
    """Five prototypes, noisy examples with labels: held-out examples get the right label, no classifier trained."""
    rng = np.random.default_rng(7)
    prototypes = [pattern(rng) for _ in range(5)]
    memory = Macrocolumn(INPUTS, seed=1)
    for _ in range(12):
        for label, base in enumerate(prototypes):
            memory.learn(kept(base, 0.7, rng), label=label)

    right = [memory.classify(kept(base, 0.7, rng)) == label for _ in range(20) for label, base in enumerate(prototypes)]

    assert np.mean(right) > 0.9


def test_a_saturated_unit_takes_no_more_wires() -> None:
    """With saturation .2, no unit is wired to more than a fifth of the inputs plus one pattern."""
    memory, _, _ = stored(400, saturation=0.2)

    assert memory._fill.max() < 0.2 * INPUTS + ACTIVE


def test_a_saved_macrocolumn_learns_on_exactly_as_the_original(tmp_path: Path) -> None:
    """Weights, votes and the random draws survive."""
    rng = np.random.default_rng(8)
    memory, _, _ = stored(30)
    memory.learn(pattern(rng), label=4)
    memory.save(tmp_path / "mac.npz")
    copy = Macrocolumn.load(tmp_path / "mac.npz")
    news = [pattern(rng) for _ in range(20)]

    assert [memory.learn(each)[0].tolist() for each in news] == [copy.learn(each)[0].tolist() for each in news]
    assert memory.classify(news[0]) == copy.classify(news[0])


def test_patterns_that_cannot_be_stored_are_refused() -> None:
    """An empty pattern and a bit out of range are errors, not silence."""
    memory = Macrocolumn(10)

    with pytest.raises(InvalidInput, match="at least one active bit"):
        memory.learn([])
    with pytest.raises(InvalidInput, match="between 0 and 9"):
        memory.learn([10])
    with pytest.raises(InvalidInput, match="label"):
        memory.classify([1])
