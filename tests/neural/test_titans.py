"""Titans: equal to a per-token autograd loop and to a third-party implementation; surprise behaves as told."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from remanence import neural
from remanence.neural.kernels.inner_gradient import Gates, Linear, Rule, inner_gradient, inner_state, surprise
from remanence.neural.network import NetworkMemory


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Everything here is checked in 64 bits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def matrix(linear: Linear, x: Tensor) -> Tensor:
    return linear("w", x)


def unit(*shape: int) -> Tensor:
    return F.normalize(torch.randn(*shape), dim=-1)


@pytest.mark.parametrize("chunk", [1, 5])
def test_the_layer_equals_a_per_token_autograd_loop(chunk: int) -> None:
    """Momentum, decay and a two-layer network, written out with torch autograd for one sequence and head."""
    layer = neural.make("titans", 8, heads=1, conv=0, chunk=chunk)
    x = torch.randn(1, 17, 8)

    with torch.no_grad():
        got, _ = layer(x)

    assert isinstance(layer, NetworkMemory)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    theta, eta, alpha = (gate(x)[0, :, 0] for gate in (layer.to_rate, layer.to_momentum, layer.to_decay) if gate)
    w = [p.detach()[0].clone() for p in layer.start.values()]
    s = [torch.zeros_like(p) for p in w]
    read = []

    def net(weights: list[Tensor], at: Tensor) -> Tensor:
        return at + F.layer_norm(F.gelu(at @ weights[0]) @ weights[1], (8,))

    for t in range(17):
        if t % chunk == 0:
            point = [p.clone().requires_grad_() for p in w]
        loss = (net(point, k[0, t, 0]) - v[0, t, 0]).square().sum() / 2
        grads = torch.autograd.grad(loss, point)
        s = [eta[t] * m - theta[t] * g for m, g in zip(s, grads, strict=True)]
        w = [(1 - alpha[t]) * p + m for p, m in zip(w, s, strict=True)]
        read.append(net(w, q[0, t, 0]))
    expected = layer.out(torch.stack(read)[None, :, None], x)
    torch.testing.assert_close(got, expected, atol=1e-10, rtol=0)


@pytest.fixture
def third_party() -> object:
    """The titans-pytorch package, or a skip that says why."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("titans_pytorch", reason="titans-pytorch is not installed")


def matching(third_party: object, *, chunk: int, momentum: bool) -> tuple[torch.nn.Module, NetworkMemory]:
    """Their memory and ours with the same weights: no norms, no residual, no convolution, mean-square loss."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = third_party.NeuralMemory(  # type: ignore[attr-defined]
            dim=8,
            chunk_size=chunk,
            batch_size=chunk,
            momentum=momentum,
            pre_rmsnorm=False,
            mem_model_norm_add_residual=False,
            default_model_kwargs={"depth": 2, "expansion_factor": 2.0},
        )
    # their loss is the mean of squares, ours half the sum: the same step at theta * 2 / dim
    ours = NetworkMemory(
        8, heads=1, conv=0, unit_keys=False, residual=False, momentum=momentum, rate=0.01, rate_limit=2 / 8,
        output_gate=False, output_norm=False, chunk=chunk,
    )  # fmt: skip
    with torch.no_grad():
        names = ("to_queries", "to_keys", "to_values")
        ours.read.to_qkv.weight.copy_(torch.cat([getattr(theirs, n).weight for n in names]))
        ours.out.to_out.weight.copy_(torch.eye(8))
        for mine, other in ((ours.to_rate, theirs.to_adaptive_step), (ours.to_decay, theirs.to_decay_factor),
                            (ours.to_momentum, theirs.to_momentum)):  # fmt: skip
            if mine is not None and other is not None:
                mine.to_gate.weight.copy_(other[0].weight)
                mine.to_gate.bias.copy_(other[0].bias)
        for mine_w, other_w in zip(ours.start.values(), theirs.memory_model_parameters, strict=True):
            mine_w.copy_(other_w)
    return theirs, ours


def test_the_layer_equals_titans_pytorch_token_by_token(third_party: object) -> None:
    """Chunk 1 with momentum, decay and learned start: the same outputs to 1e-5."""
    theirs, ours = matching(third_party, chunk=1, momentum=True)
    x = torch.randn(2, 12, 8)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, _ = theirs(x)

    torch.testing.assert_close(ours(x)[0], expected, atol=1e-5, rtol=0)


def test_the_layer_equals_titans_pytorch_at_chunk_ends(third_party: object) -> None:
    """In chunks they share one decay per chunk and read at its end; there both agree to 1e-5."""
    theirs, ours = matching(third_party, chunk=4, momentum=False)
    x = torch.randn(2, 12, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, _ = theirs(x)
    assert theirs.to_decay_factor is not None

    q, k, v, _ = ours.read(x, ours.read.init_state(2))
    pooled = torch.sigmoid(theirs.to_decay_factor[0](x.unflatten(1, (3, 4)).mean(2)))  # [B, chunks, 1]
    decay = torch.zeros(2, 12, 1)
    decay[:, ::4] = pooled  # once per chunk
    state = ours.init_state(2)["memory"]
    o, _ = inner_gradient(ours.net, state, q, k, v, Gates(ours.to_rate(x), decay=decay), Rule(chunk=4))

    torch.testing.assert_close(o[:, 3::4, 0], expected[:, 3::4], atol=1e-5, rtol=0)


def test_a_pair_told_twice_surprises_far_less_the_second_time() -> None:
    """The gradient norm of a repeated pair falls below a fifth."""
    k, v, one = unit(1, 1, 1, 16), torch.randn(1, 1, 1, 16), torch.ones(1, 1, 1)
    state = inner_state({"w": torch.zeros(1, 1, 16, 16)})

    first = surprise(matrix, state, k, v)
    _, state = inner_gradient(matrix, state, k, k, v, Gates(0.9 * one))
    second = surprise(matrix, state, k, v)
    other = surprise(matrix, state, unit(1, 1, 1, 16), torch.randn(1, 1, 1, 16))

    assert second.item() < 0.2 * first.item()
    assert other.item() > 2 * second.item()


def test_momentum_carries_a_surprise_into_the_next_tokens() -> None:
    """After the write nothing new is told, yet with eta > 0 the memory goes on learning the surprising pair."""
    k, v = unit(1, 1, 1, 16), torch.randn(1, 1, 1, 16)
    quiet = torch.zeros(1, 3, 1, 16)
    keys, values = torch.cat([k, quiet], 1), torch.cat([v, quiet], 1)
    rate = 0.3 * torch.ones(1, 4, 1)

    def left(eta: float) -> float:
        state = inner_state({"w": torch.zeros(1, 1, 16, 16)}, momentum=True)
        _, state = inner_gradient(matrix, state, keys, keys, values, Gates(rate, momentum=torch.full((1, 4, 1), eta)))
        return surprise(matrix, state, k, v).item()

    assert left(0.5) < 0.75 * left(0.0)


def test_full_decay_wipes_the_memory() -> None:
    """With alpha = 1 and no write the network is the zero network."""
    k, v, one = unit(1, 3, 1, 8), torch.randn(1, 3, 1, 8), torch.ones(1, 3, 1)
    state = inner_state({"w": torch.randn(1, 1, 8, 8)})

    _, kept = inner_gradient(matrix, state, k, k, v, Gates(0 * one, decay=0 * one))
    _, wiped = inner_gradient(matrix, state, k, k, v, Gates(0 * one, decay=one))

    assert torch.equal(kept["weights"]["w"], state["weights"]["w"])
    assert wiped["weights"]["w"].abs().max() == 0


def test_keeping_the_start_decays_towards_it() -> None:
    """keep_start: complete forgetting leads back to the learned first network, not to zero."""
    layer = neural.make("titans", 8, heads=1, keep_start=True)
    assert isinstance(layer, NetworkMemory)
    x = torch.randn(1, 6, 8)
    fresh = layer.recall(x, layer.init_state(1))
    with torch.no_grad():
        assert layer.to_decay is not None
        layer.to_decay.to_gate.bias.fill_(100.0)
        layer.to_rate.to_gate.bias.fill_(-100.0)

    _, state = layer(torch.randn(1, 48, 8))
    state["read"] = layer.init_state(1)["read"]

    torch.testing.assert_close(layer.recall(x, state), fresh, atol=1e-9, rtol=0)


def test_memory_as_context_recalls_across_segments() -> None:
    """A change in the first segment reaches the third only through the memory; with its writes off it does not."""
    layer = neural.make("titans_mac", 16, segment=6)
    x = torch.randn(1, 18, 16)
    other = x.clone()
    other[:, 2] += 1.0

    with torch.no_grad():
        moved = (layer(other)[0] - layer(x)[0])[:, 12:].abs().max()
        layer.get_parameter("memory.to_rate.to_gate.bias").fill_(-1e4)
        layer.get_parameter("memory.to_decay.to_gate.bias").fill_(-1e4)  # decay of the start weights is data, too
        still = (layer(other)[0] - layer(x)[0])[:, 12:].abs().max()

    assert moved > 1e-4
    assert still < 1e-9
