"""Later members of the families: each is its parent in a limit, and its own recurrence otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from remanence import neural
from remanence.neural import tasks
from remanence.neural.kernels.gated_delta import gated_delta_naive
from remanence.neural.layer import Layer
from remanence.neural.matrix import MatrixMemory
from remanence.neural.train import train
from remanence.neural.trunk import Model


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Identities are checked in 64 bits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, atol=1e-10, rtol=0)


def like(layer: Layer, other: nn.Module) -> None:
    """Give `layer` every parameter of `other` that it has under the same name."""
    own = dict(layer.named_parameters())
    with torch.no_grad():
        for name, p in other.named_parameters():
            if name in own and own[name].shape == p.shape:
                own[name].copy_(p)


def test_kimi_delta_follows_its_recurrence_token_by_token() -> None:
    """The layer's keys, strengths and channel decays through the definition."""
    layer, x = neural.KimiDelta(16, heads=2), torch.randn(2, 37, 16)
    q, k, v, _ = layer.read(x, layer.read.init_state(2))
    o, _ = gated_delta_naive(q, k, v, beta=layer.beta(x), gate=layer.channel_decay(x))

    close(layer.remember(x, layer.init_state(2))[0], o)


def test_kimi_delta_with_one_rate_for_all_channels_is_gated_delta_net() -> None:
    """A decay that does not depend on the channel is a scalar one."""
    layer, twin, x = neural.KimiDelta(16, heads=2), neural.GatedDeltaNet(16, heads=2), torch.randn(2, 37, 16)
    like(layer, twin)
    with torch.no_grad():
        layer.channel_decay.up.weight.zero_()
        layer.channel_decay.step_bias.zero_()
        layer.channel_decay.rate_log.copy_(twin.log_decay.rate_log[:, None])
        twin.log_decay.to_step.weight.zero_()
        twin.log_decay.step_bias.zero_()

    close(layer(x)[0], twin(x)[0])


def test_gated_delta_net_2_with_equal_gates_is_kimi_delta() -> None:
    """Erase and write gates that are the same number everywhere."""
    layer, twin, x = neural.GatedDeltaNet2(16, heads=2), neural.KimiDelta(16, heads=2), torch.randn(2, 37, 16)
    like(layer, twin)
    with torch.no_grad():
        for gate in (layer.to_erase, layer.to_write, twin.beta):
            gate.to_gate.weight.zero_()
    expected = twin(x)[0]
    with torch.no_grad():
        layer.to_erase.to_gate.bias += 1.0

    like(layer, twin)
    assert (layer(x)[0] - expected).abs().max() > 1e-3
    with torch.no_grad():
        layer.to_erase.to_gate.bias -= 1.0
    close(layer(x)[0], expected)


def test_comba_that_erases_what_it_writes_and_feeds_nothing_back_is_gated_delta_net() -> None:
    """s = 1 and d = 0; with the shares it starts with it is another layer."""
    layer, twin, x = neural.Comba(16, heads=2), neural.GatedDeltaNet(16, heads=2), torch.randn(2, 37, 16)
    like(layer, twin)
    assert (layer(x)[0] - twin(x)[0]).abs().max() > 1e-3
    with torch.no_grad():
        layer.erase_raw.fill_(60.0)
        layer.loop_raw.fill_(-60.0)

    close(layer(x)[0], twin(x)[0])


def test_one_householder_is_gated_delta_net() -> None:
    """DeltaProduct with a single step per token."""
    layer = neural.DeltaProduct(16, heads=2, householders=1)
    twin, x = neural.GatedDeltaNet(16, heads=2, negative=True), torch.randn(2, 37, 16)
    like(layer, twin)
    with torch.no_grad():
        layer.to_qkv.weight.copy_(twin.read.to_qkv.weight)
        layer.near.taps.copy_(twin.read.conv.taps)

    close(layer(x)[0], twin(x)[0])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_full_reflections_a_token_rotate_and_one_cannot(seed: int) -> None:
    """A product of two reflections turns the state by any angle; one delta step, even of strength two, only mirrors."""
    torch.manual_seed(seed)
    angle = torch.rand(()) + 0.3
    first, second = (torch.stack([a.cos(), a.sin()]) for a in (torch.zeros(()), angle / 2))
    state = torch.randn(1, 1, 2, 2)
    turn = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])

    def after(*keys: Tensor) -> Tensor:
        k = torch.stack(keys)[None, :, None]
        return gated_delta_naive(k, k, torch.zeros_like(k), beta=torch.full((1, len(keys), 1), 2.0), state=state)[1]

    close(after(first, second)[0, 0], turn @ state[0, 0])
    assert (after(first)[0, 0] - turn @ state[0, 0]).abs().max() > 1e-3


def test_forgetting_attention_that_forgets_nothing_is_softmax_attention() -> None:
    """A forget gate of one; with a gate below one far keys weigh less."""
    layer, x = neural.ForgettingAttention(16, heads=2, keep=60.0), torch.randn(2, 37, 16)
    twin = neural.SoftmaxAttention(16, heads=2, turned=False)
    like(layer, twin)
    with torch.no_grad():
        layer.to_forget.weight.zero_()
    close(layer(x)[0], twin(x)[0])

    with torch.no_grad():
        layer.to_forget.bias.fill_(0.0)
    other = x.clone()
    other[:, 0] += 1.0
    changed = (layer(other)[0] - layer(x)[0]).abs().amax((0, 2))
    assert changed[30] < 1e-3 * changed[1]


def test_moba_that_reads_every_block_is_softmax_attention() -> None:
    """picks=None; with one pick it is not."""
    layer, twin, x = neural.MoBA(16, block=4, picks=None), neural.SoftmaxAttention(16), torch.randn(2, 37, 16)
    like(layer, twin)
    close(layer(x)[0], twin(x)[0])

    layer.picks = 1
    assert (layer(x)[0] - twin(x)[0]).abs().max() > 1e-3


def test_linear_test_time_training_without_norm_is_delta_net() -> None:
    """No residual, one token per mini-batch: DeltaNet with the rate as write strength."""
    layer = neural.TTTLinear(16, heads=2, residual=False, chunk=1)
    twin, x = MatrixMemory(16, delta=True, heads=2), torch.randn(2, 37, 16)
    like(layer, twin)
    with torch.no_grad():
        twin.beta.to_gate.weight.copy_(layer.to_rate.to_gate.weight)
        twin.beta.to_gate.bias.copy_(layer.to_rate.to_gate.bias)

    close(layer(x)[0], twin(x)[0])


def test_delta_product_tracks_a_parity_that_sums_cannot() -> None:
    """Trained for a minute of steps on parity; a memory of positive decays stays at guessing."""
    torch.set_default_dtype(torch.float32)
    task, found = tasks.make("state_tracking", length=12, longer=1), {}
    for name in ("delta_product", "mamba2"):
        torch.manual_seed(0)
        model = Model(name, 16, 1, heads=2, mlp=2, **task.sizes())
        found[name] = train(model, task, steps=120, lr=1e-2, test_batches=4).accuracy

    assert found["delta_product"] > 0.9, found
    assert found["mamba2"] < 0.8, found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_gate_ignores_distractors_that_a_sum_takes_in(seed: int) -> None:
    """A grammar with symbols that break it: gated linear attention is ahead of the ungated on every seed."""
    torch.set_default_dtype(torch.float32)
    task, found = tasks.make("grammar_distractors", length=32), {}
    for name in ("gla", "linear_attention"):
        torch.manual_seed(seed)
        model = Model(name, 32, 1, heads=2, **task.sizes())
        found[name] = train(model, task, steps=120, lr=1e-2, seed=seed, test_batches=4).accuracy

    assert found["gla"] > found["linear_attention"] + 0.02, found
