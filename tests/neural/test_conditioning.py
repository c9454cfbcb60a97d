"""Conditioning: acquisition, blocking, extinction and the interference law."""

from __future__ import annotations

import pytest
import torch

from remanence.errors import InvalidInput
from remanence.neural.conditioning import acquisition, blocking, condition, extinction, interference
from remanence.neural.layers.pavlov import Pavlov
from remanence.neural.matrix import MatrixMemory


def test_acquisition_under_the_delta_rule_follows_the_curve() -> None:
    """After n pairings the cue evokes 1 - (1 - b)^n; Hebbian sums grow without bound."""
    n = torch.arange(1, 21)

    torch.testing.assert_close(acquisition(20, rule="delta", strength=0.3), 1 - 0.7**n)
    torch.testing.assert_close(acquisition(20, rule="hebb", strength=0.3), 0.3 * n)


def test_a_learned_cue_blocks_a_second_one_under_the_delta_rule_only() -> None:
    """After A -> outcome, AB -> outcome: B evokes under .05 by the delta rule, as much as its pairings by Hebb."""
    a, b = blocking(30, rule="delta")
    assert a > 0.95
    assert b.abs() < 0.05

    _, b = blocking(30, rule="hebb")
    assert b > 1.0


def test_a_cue_alone_is_unlearned_under_the_delta_rule_only() -> None:
    """Twenty presentations without outcome bring the answer down to (1 - b)^20 of what it was; Hebb keeps all."""
    delta, hebb = extinction(20, rule="delta"), extinction(20, rule="hebb")

    torch.testing.assert_close(delta[-1], delta[19] * 0.8**20)
    torch.testing.assert_close(hebb[-1], hebb[19])


@pytest.mark.parametrize(("pairs", "width"), [(16, 32), (64, 64), (48, 128)])
def test_interference_grows_with_pairs_over_width(pairs: int, width: int) -> None:
    """The power of the error of a Hebbian read is (N - 1) / d within 10 %."""
    assert interference(pairs, width) == pytest.approx((pairs - 1) / width, rel=0.1)


def test_the_layer_is_linear_attention_or_the_delta_rule() -> None:
    """Hebbian it equals linear attention, with delta=True DeltaNet, with the same weights."""
    x = torch.randn(2, 20, 16)
    for rule in ("hebb", "delta"):
        layer, twin = Pavlov(16, delta=rule == "delta"), MatrixMemory(16, delta=rule == "delta", conv=0)
        twin.load_state_dict(layer.state_dict())
        torch.testing.assert_close(layer(x)[0], twin(x)[0])


def test_an_unknown_rule_is_refused() -> None:
    """The message names the rules there are."""
    with pytest.raises(InvalidInput, match="delta or hebb"):
        condition(torch.eye(2), torch.ones(2, 1), torch.eye(2), rule="oja")
