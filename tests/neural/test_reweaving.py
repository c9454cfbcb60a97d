"""Contextual reweaving: an exact identity when shut, salient tokens that come back, a bound on them."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from remanence.neural.layers.reweaving import Reweaving


def test_a_shut_gate_is_exactly_the_inner_layer() -> None:
    """With g = -inf the outputs are those of the inner layer, to the bit."""
    layer = Reweaving(16, gate=float("-inf"))
    x = torch.randn(2, 50, 16)

    assert torch.equal(layer(x)[0], layer.layer(x)[0])


def test_an_open_gate_brings_back_a_salient_token_of_an_earlier_chunk() -> None:
    """One token unlike its chunk changes outputs three chunks later, through the kept tokens alone."""
    layer = Reweaving(16, inner="window", chunk=8, keep=1, conv=0).double()
    layer.layer.window = 2
    common = F.normalize(torch.randn(16, dtype=torch.float64), dim=-1)
    x = common + 0.1 * torch.randn(1, 40, 16, dtype=torch.float64)
    x[:, 5] = -2 * common
    other = x.clone()
    other[:, 5] = torch.randn(16, dtype=torch.float64)
    plain = x.clone()
    plain[:, 2] += 0.01
    base = layer(x)[0]

    assert (layer(other)[0] - base)[:, -1].abs().max() > 1e-3
    assert (layer(plain)[0] - base)[:, -1].abs().max() == 0.0  # an ordinary token was not kept


def test_kept_tokens_are_bounded() -> None:
    """However long the stream, at most `capacity` tokens are kept."""
    layer = Reweaving(16, chunk=4, keep=2, capacity=6)
    _, state = layer(torch.randn(1, 100, 16))

    assert state["kept"].shape == (1, 6, 16)
