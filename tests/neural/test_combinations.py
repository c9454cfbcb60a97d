"""The new combinations: each equals its parents where it should, and differs where it is meant to."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layers.delta_net import DeltaNet
from remanence.neural.layers.gated_delta_net import GatedDeltaNet
from remanence.neural.layers.huber_delta import HuberDelta
from remanence.neural.layers.mesa import Mesa
from remanence.neural.layers.mesa_mom import MesaMoM
from remanence.neural.layers.surprise_caching import SurpriseCaching


def close(got: Tensor, expected: Tensor, tolerance: float = 1e-10) -> None:
    torch.testing.assert_close(got, expected, atol=tolerance, rtol=0)


def test_a_huber_delta_without_mistrust_is_gated_delta_net() -> None:
    """robust=False, or a limit that no error reaches, gives gated DeltaNet's outputs."""
    x = torch.randn(2, 40, 16, dtype=torch.float64)
    twin = GatedDeltaNet(16).double()
    expected, _ = twin(x)
    for knobs in ({"robust": False}, {"limit": 1e6}):
        layer = HuberDelta(16, **knobs)
        layer.limit_raw = torch.nn.Parameter(layer.limit_raw.clamp(max=1e6))
        layer = layer.double()
        layer.load_state_dict(twin.state_dict(), strict=False)
        close(layer(x)[0], expected)


def test_outlying_values_write_little() -> None:
    """One pair in ten with a value twenty times too long: trust in it is limit / size, in the others one."""
    layer = HuberDelta(8, heads=1, limit=1.5).double()
    k = F.normalize(torch.randn(1, 30, 1, 8, dtype=torch.float64), dim=-1)
    v = F.normalize(torch.randn(1, 30, 1, 8, dtype=torch.float64), dim=-1)
    v[:, ::10] *= 20
    trust = layer.trust(k, v, torch.zeros(1, 1, 8, 8, dtype=torch.float64))[0, :, 0]

    close(trust[::10], torch.full((3,), 1.5 / 20, dtype=torch.float64), 1e-5)
    assert (trust[1:10] == 1).all()


def test_clean_pairs_survive_outlying_values() -> None:
    """One value in ten twenty times too long, no training: the Huber rule recalls the others .3 better than l2."""
    pairs, width, runs = 24, 64, 16
    keys = F.normalize(torch.randn(runs, pairs, 1, width), dim=-1)
    codes, wild = F.normalize(torch.randn(512, width), dim=-1), torch.rand(runs, pairs) < 0.1
    said = torch.rand(runs, 512).argsort(-1)[:, :pairs]
    values = (codes[said] * torch.where(wild, 20.0, 1.0)[..., None])[:, :, None]
    layer, right = HuberDelta(width, heads=1, limit=1.5), []
    for trust in (layer.trust(keys, values, torch.zeros(runs, 1, width, width)), 1.0):
        _, memory = gated_delta(keys, keys, values, beta=torch.ones(runs, pairs, 1) * trust)
        guess = (torch.einsum("bthk,bhkv->btv", keys, memory) @ codes.T).argmax(-1)
        right.append((guess == said)[~wild].double().mean().item())

    assert right[0] > right[1] + 0.3, right


def test_one_mesa_memory_is_mesa() -> None:
    """With a single memory the router has no choice."""
    layer, twin = MesaMoM(16, memories=1).double(), Mesa(16, decay=False).double()
    layer.load_state_dict(twin.state_dict(), strict=False)
    x = torch.randn(2, 30, 16, dtype=torch.float64)

    close(layer(x)[0], twin(x)[0])


def test_mesa_memories_that_are_not_picked_stay_bit_identical() -> None:
    """A token changes the moments of one memory out of four."""
    layer = MesaMoM(16, memories=4, heads=2).double()
    _, state = layer(torch.randn(1, 20, 16, dtype=torch.float64))
    for _ in range(5):
        _, new = layer.step(torch.randn(1, 16, dtype=torch.float64), state)
        moved = (new["moments"]["kv"] != state["moments"]["kv"]).flatten(2).any(-1)[0].reshape(4, 2).any(-1)
        assert int(moved.sum()) == 1
        state = new


def test_one_event_is_delta_net() -> None:
    """While the stream is one event, the ring is a single delta memory."""
    layer, twin = SurpriseCaching(16, every=64).double(), DeltaNet(16).double()
    layer.load_state_dict(twin.state_dict(), strict=False)
    x = torch.randn(2, 40, 16, dtype=torch.float64)

    close(layer(x)[0], twin(x)[0])


def test_an_event_survives_later_writes_until_its_place_is_taken() -> None:
    """The memory of the first event is bit-identical through three more, then replaced by the fifth."""
    layer = SurpriseCaching(16, events=4, every=8, heads=2, conv=0).double()
    x = torch.randn(1, 40, 16, dtype=torch.float64)
    held, state = [], layer.init_state(1)
    for stretch in x.split([8, 8, 16, 1, 7], 1):
        _, state = layer(stretch, state)
        held.append(state["memory"][:, :2])

    assert torch.equal(held[0], held[1])
    assert torch.equal(held[0], held[2])
    assert not torch.equal(held[0], held[3])
    assert held[3].abs().sum() > 0
