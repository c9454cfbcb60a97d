"""Retention laws: the published formulas, by hand."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from remanence.algo import retention as laws
from remanence.errors import BadKnob

NOW = datetime(2024, 1, 8, tzinfo=UTC)


def test_exponential_is_e_to_minus_age_over_strength():
    """R = exp(-t / S), not exp(-t * S)."""
    assert pytest.approx([1.0, math.exp(-1), math.exp(-0.2)]) == laws.exponential([0, 1, 1], [1, 1, 5]).tolist()


def test_half_life_halves_after_one_strength():
    """R = 2^(-t / S)."""
    assert pytest.approx([0.5, 0.25, 0.5]) == laws.half_life([1, 2, 7], [1, 1, 7]).tolist()


def test_power_law_falls_quickly_then_slowly():
    """R = (1 + t / S)^(-1/2): after 3 units of strength 1 a half, after 15 a quarter."""
    assert pytest.approx([0.5, 0.25]) == laws.power([3, 15]).tolist()


def test_ebbinghaus_gives_the_savings_of_1885():
    """1.84 / (log10(t)^1.25 + 1.84) in minutes: 57.0 % after 20 min, 30.4 % after a day, 21.2 % after 31 days."""
    left = laws.ebbinghaus([20 / 1440, 1, 31])

    assert [57.0, 30.4, 21.2] == [round(100 * float(one), 1) for one in left]


@pytest.mark.parametrize("law", sorted(laws.LAWS))
def test_more_strength_is_never_forgotten_faster(law):
    """dR/dS > 0 and dR/dt < 0 for every law."""
    by_strength = laws.retention(np.full(4, 5.0), [1, 2, 4, 8], law=law)
    by_age = laws.retention([0, 1, 5, 50], law=law)

    assert (np.diff(by_strength) > 0).all()
    assert (np.diff(by_age) < 0).all()
    assert by_age[0] == 1.0


def test_the_unit_of_time_is_a_knob():
    """A week counts 7 in days and 1 in weeks."""
    then = NOW - timedelta(days=7)

    assert [7.0, 1.0, 168.0] == [laws.age(then, NOW, unit) for unit in ("day", "week", "hour")]
    assert laws.retention(1.0, law="ebbinghaus", unit="week") == pytest.approx(
        laws.retention(7.0, law="ebbinghaus", unit="day")
    )


def test_a_clock_that_jumps_back_makes_nothing_younger_than_new():
    """A future item has age 0."""
    assert laws.age(NOW + timedelta(days=3), NOW) == 0.0


def test_use_strengthens_and_a_long_gap_strengthens_more():
    """S + by, and spacing * ln(1 + gap) on top."""
    assert laws.strengthened(1.0) == 2.0
    assert pytest.approx(2.0 + math.log(11)) == laws.strengthened(1.0, 10.0, spacing=1.0)


def test_unknown_laws_and_units_are_named():
    """The message lists what there is."""
    with pytest.raises(BadKnob, match="exponential"):
        laws.retention(1.0, law="linear")
    with pytest.raises(BadKnob, match="fortnight"):
        laws.age(NOW, NOW, "fortnight")
