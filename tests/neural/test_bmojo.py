"""B'MOJO: softmax as a limit, what is kept for its surprise and what is not, a bound on what is kept."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.layers.bmojo import BMojo
from remanence.neural.layers.softmax_attention import SoftmaxAttention


def routine(time: int, period: int = 4, width: int = 32) -> Tensor:
    """The same few tokens over and over: [1, time, width], predictable from the second round on."""
    tokens = F.normalize(torch.randn(period, width, dtype=torch.float64), dim=-1)
    return tokens.repeat(time // period + 1, 1)[None, :time]


def test_a_window_over_everything_and_nothing_kept_is_softmax_attention() -> None:
    """w = L and M = 0: the fading and the eidetic part have nothing to add."""
    mixed = BMojo(16, window=64, eidetic=0).double()
    dense = SoftmaxAttention(16).double()
    dense.read.load_state_dict(mixed.read.state_dict())
    dense.out.load_state_dict(mixed.out.state_dict())
    x = torch.randn(2, 50, 16, dtype=torch.float64)

    torch.testing.assert_close(mixed(x)[0], dense(x)[0], atol=1e-10, rtol=0)


def test_a_surprising_token_is_kept_and_a_predictable_one_never() -> None:
    """After 200 tokens of routine only its first round, the planted token and two rounds of aftershock are held."""
    layer = BMojo(32, window=4, eidetic=12).double()
    x = routine(200)
    x[:, 90] = F.normalize(torch.randn(32, dtype=torch.float64), dim=-1)
    _, state = layer(x)
    kept = {p for p in state["raw"]["place"][0, :12].tolist() if p >= 0}

    assert 90 in kept
    assert all(p <= 4 or 90 <= p < 98 for p in kept), sorted(kept)


def test_a_kept_token_far_outside_the_window_is_attended_to() -> None:
    """The output at the end depends on the surprising token 100 tokens before; without eidetic memory it does not."""
    moved = []
    for eidetic in (12, 0):
        layer = BMojo(32, window=4, eidetic=eidetic, fading=False, conv=0).double()
        x = routine(200)
        x[:, 90] = F.normalize(torch.randn(32, dtype=torch.float64), dim=-1)
        other = x.clone()
        other[:, 90] = -other[:, 90]
        moved.append((layer(x)[0] - layer(other)[0])[:, -1].abs().max().item())

    assert moved[0] > 1e-4
    assert moved[1] == 0.0


def test_no_more_tokens_are_kept_than_there_is_room_for() -> None:
    """On noise, where everything surprises, every query reads M kept tokens at most, the most surprising ones."""
    layer = BMojo(16, window=4, eidetic=6, threshold=0.0).double()
    x = torch.randn(2, 90, 16, dtype=torch.float64)
    _, state = layer(x)

    assert (state["raw"]["place"][:, :6] >= 0).sum(-1).tolist() == [6, 6]
    new, *_ = layer.predict(x, layer.init_state(2)["memory"])
    for row in range(2):
        best = new[row, : 90 - 4].topk(6).indices.sort().values.tolist()
        assert sorted(state["raw"]["place"][row, :6].tolist()) == best


def test_the_state_does_not_grow() -> None:
    """A thousand tokens or one: the same number of floats."""
    layer = BMojo(16)

    assert layer.state_size(1) == layer.state_size(1000)
