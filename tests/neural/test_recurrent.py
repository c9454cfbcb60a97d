"""LSTM and GRU: equations by hand, constant size, and what gates are for."""

from __future__ import annotations

import torch

from remanence import neural
from remanence.neural import tasks
from remanence.neural.train import train
from remanence.neural.trunk import Model


def test_the_lstm_follows_its_equations() -> None:
    """One step by hand: gates i, f, g, o, c = f c + i g, h = o tanh(c)."""
    layer = neural.make("lstm", 6, size=5).double()
    x, h, c = (torch.randn(2, n, dtype=torch.float64) for n in (6, 5, 5))
    y, state = layer.step(x, {"h": h, "c": c})
    cell = layer.net
    z = x @ cell.weight_ih_l0.T + cell.bias_ih_l0 + h @ cell.weight_hh_l0.T + cell.bias_hh_l0
    i, f, g, o = z.chunk(4, -1)
    expected = f.sigmoid() * c + i.sigmoid() * g.tanh()

    torch.testing.assert_close(state["c"], expected)
    torch.testing.assert_close(y, layer.to_out(o.sigmoid() * expected.tanh()))


def test_states_have_a_constant_size() -> None:
    """2 n floats for an LSTM of n cells, n for a GRU, at any length."""
    assert [neural.make("lstm", 16, size=24).state_size(t) for t in (0, 1000)] == [48, 48]
    assert [neural.make("gru", 16, size=24).state_size(t) for t in (0, 1000)] == [24, 24]


def test_an_lstm_solves_a_delayed_copy_where_a_plain_network_fails() -> None:
    """Say two symbols again after a delay of 16 blanks: with gates it is learned, without it stays a guess."""
    task = tasks.make("copy", symbols=4, size=2, delay=16)
    found = {}
    for name, knobs in (("lstm", {"keep": 3.0}), ("plain_rnn", {})):
        torch.manual_seed(0)
        model = Model(name, 32, 1, mlp=0, **knobs, **task.sizes())
        found[name] = train(model, task, steps=250, lr=1e-2, test_batches=4).accuracy

    assert found["lstm"] > 0.9, found
    assert found["plain_rnn"] < 0.6, found
