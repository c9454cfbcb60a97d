"""Encoders and the spatial pooler: alike things share bits, winners are few and stable."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from remanence.bio.encoders import CategoryEncoder, DateEncoder, DeltaEncoder, ScalarEncoder
from remanence.bio.pooler import SpatialPooler
from remanence.errors import InvalidInput


def shared(first: np.ndarray, second: np.ndarray) -> int:  # type: ignore[type-arg]
    return len(np.intersect1d(first, second))


def test_near_numbers_share_bits_and_far_ones_do_not() -> None:
    """Overlap falls with distance in buckets and is chance beyond `active` of them."""
    encoder = ScalarEncoder(1.0, size=1000, active=21)
    base = encoder.encode(100.0)

    overlaps = [shared(base, encoder.encode(100.0 + step)) for step in (0, 2, 5, 10, 15, 60)]

    assert sorted(overlaps, reverse=True) == overlaps
    assert len(base) == overlaps[0]
    assert overlaps[-1] <= 3


def test_any_finite_number_has_a_code_and_nan_has_none() -> None:
    """Numbers far beyond the usual range are coded; NaN and infinity are refused."""
    encoder = ScalarEncoder(0.5)

    assert 15 <= len(encoder.encode(-1e300)) <= 21
    with pytest.raises(InvalidInput, match="finite"):
        encoder.encode(float("nan"))
    with pytest.raises(InvalidInput, match="resolution"):
        ScalarEncoder(0.0)


def test_the_same_number_gets_the_same_bits_in_every_process() -> None:
    """Codes are pure arithmetic: these are pinned."""
    assert ScalarEncoder(1.0, size=100, active=5).encode(7.0).tolist() == [22, 24, 28, 51, 88]


def test_words_get_their_own_bits() -> None:
    """Exactly `active` bits, the same for the same word, chance overlap between words."""
    encoder = CategoryEncoder(size=400, active=20)

    assert 20 == len(encoder.encode("london"))
    assert encoder.encode("paris").tolist() == encoder.encode("paris").tolist()
    assert shared(encoder.encode("london"), encoder.encode("paris")) <= 5


def test_midnight_is_near_to_one_o_clock_on_both_sides() -> None:
    """The clock is a circle."""
    encoder = DateEncoder(weekday=True, weekend=True)
    midnight = encoder.encode(datetime(2026, 3, 2, 0, 0))

    late = shared(midnight, encoder.encode(datetime(2026, 3, 2, 23, 30)))
    noon = shared(midnight, encoder.encode(datetime(2026, 3, 2, 12, 0)))

    assert late > noon
    assert shared(midnight, encoder.encode(datetime(2026, 3, 7, 0, 0))) == 21  # the clock, not the weekday


def test_the_same_change_has_the_same_code_at_any_level() -> None:
    """A rise of 5 is a rise of 5."""
    encoder = DeltaEncoder(1.0)

    assert encoder.encode(15.0, 10.0).tolist() == encoder.encode(105.0, 100.0).tolist()
    assert encoder.encode(3.0, None).tolist() == encoder.encode(3.0, 3.0).tolist()


def test_the_pooler_gives_a_fixed_number_of_winners_and_keeps_likeness() -> None:
    """Forty columns per input; inputs that share bits share columns."""
    rng = np.random.default_rng(0)
    pooler = SpatialPooler(400, columns=512, active=20)
    base = np.sort(rng.choice(400, 40, replace=False))
    near = np.sort(np.concatenate([base[:36], rng.choice(np.setdiff1d(np.arange(400), base), 4, replace=False)]))
    far = np.sort(rng.choice(np.setdiff1d(np.arange(400), base), 40, replace=False))

    winners = pooler.step(base, learn=False)

    assert 20 == len(winners)
    assert shared(winners, pooler.step(near, learn=False)) > 3 * shared(winners, pooler.step(far, learn=False))


def test_learning_makes_a_column_answer_its_input_more_surely() -> None:
    """After practice, the winners' margin over the others grows; without learning it does not."""
    rng = np.random.default_rng(1)
    inputs = [np.sort(rng.choice(300, 30, replace=False)) for _ in range(5)]

    def margin(pooler: SpatialPooler) -> float:
        total = 0.0
        for bits in inputs:
            overlap = pooler._wired[bits].sum(axis=0).astype(float)
            total += np.sort(overlap)[-10:].mean() - overlap.mean()
        return total

    trained, idle = SpatialPooler(300, columns=256, active=10), SpatialPooler(300, columns=256, active=10)
    before = margin(trained)
    for _ in range(100):
        for bits in inputs:
            trained.step(bits)
            idle.step(bits, learn=False)

    assert margin(trained) > before + 5
    assert before == margin(idle)


def test_boosting_brings_idle_columns_into_play() -> None:
    """With boost, more columns ever win than without."""
    rng = np.random.default_rng(2)
    inputs = [np.sort(rng.choice(100, 20, replace=False)) for _ in range(400)]

    def used(boost: float) -> int:
        pooler = SpatialPooler(100, columns=256, active=8, boost=boost, duty_period=50)
        seen: set[int] = set()
        for bits in inputs:
            seen.update(pooler.step(bits).tolist())
        return len(seen)

    assert used(10.0) > used(0.0)


def test_a_pooler_of_another_size_is_not_restored() -> None:
    """The message says to use the settings that it was saved with."""
    with pytest.raises(InvalidInput, match="settings"):
        SpatialPooler(50, columns=64, active=4).restore(SpatialPooler(60, columns=64, active=4).state())
