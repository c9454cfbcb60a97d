"""Nested learning: levels that move only at their boundaries, fast forgetting, slow remembering, no mutation."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.layer import State
from remanence.neural.layers.hope import CMS, Hope, MemoryLevel, SelfModifying


def test_a_level_is_bit_identical_between_its_boundaries() -> None:
    """What a level reads from changes at multiples of its period and nowhere else."""
    level = MemoryLevel(16, period=5, rate=0.3, forget=0.05, heads=2).double()
    state: State | None = None
    before: dict[str, Tensor] | None = None
    changed = []
    for t in range(16):
        _, state = level.step(torch.randn(1, 16, dtype=torch.float64), state)
        anchor = state["memory"]["anchor"]
        if before is not None and any(not torch.equal(anchor[n], before[n]) for n in anchor):
            changed.append(t)
        before = anchor

    assert changed == [5, 10, 15]


def test_with_no_learning_a_level_is_a_plain_network() -> None:
    """Rate and forgetting at zero: every token is answered by the start weights, also after many tokens."""
    level = MemoryLevel(16, period=4, rate=1e-300, forget=1e-300, heads=2, conv=0).double()
    with torch.no_grad():
        level.to_rate.to_gate.weight.zero_()
        assert level.to_decay is not None
        level.to_decay.to_gate.weight.zero_()
    x = torch.randn(1, 20, 16, dtype=torch.float64)
    whole, _ = level(x)

    torch.testing.assert_close(whole[:, 19:], level(x[:, 19:])[0], atol=1e-10, rtol=0)


def paired(period: int, forget: float) -> MemoryLevel:
    """A level that learns tokens [key; value] as they come, one head, no projection."""
    level = MemoryLevel(32, period=period, rate=0.5, forget=forget, heads=1, key=16, conv=0).double()
    with torch.no_grad():
        one, zero = torch.eye(16, dtype=torch.float64), torch.zeros(16, 16, dtype=torch.float64)
        key = torch.cat([one, zero], 1)
        level.read.to_qkv.weight.copy_(torch.cat([key, key, torch.cat([zero, one], 1)]))
    return level


def recall_error(level: MemoryLevel, state: State, k: Tensor, v: Tensor) -> float:
    """Squared error of the pattern read with the level's present weights."""
    return float((level.read_weights(state["memory"]["weights"], k) - v).square().sum(-1).mean())


def test_a_slow_level_still_knows_a_pattern_that_a_fast_one_lost() -> None:
    """Ten repetitions, then 1000 unrelated tokens: what a level still knows, beside one that saw only the latter."""
    left = {}
    pattern, noise = (torch.randn(1, n, 32, dtype=torch.float64) for n in (8, 1000))
    for period in (4, 64):
        torch.manual_seed(1)
        level = paired(period, forget=0.05)
        with torch.no_grad():
            _, k, v, _ = level.read(pattern, level.read.init_state(1))
            start = recall_error(level, level.init_state(1), k, v)
            _, learned = level(pattern.repeat(1, 10, 1))
            _, later = level(noise, learned)
            _, unaware = level(noise)
            gained = start - recall_error(level, learned, k, v)
            kept = recall_error(level, unaware, k, v) - recall_error(level, later, k, v)
        assert gained > 0.2 * start, (period, start, gained)
        left[period] = kept / gained

    assert left[4] < 0.1, left
    assert left[64] > left[4] + 0.1, left


def test_an_unfinished_period_can_be_flushed() -> None:
    """After `flush` the level reads with what it learned since the last boundary."""
    system = CMS(16, periods=(64,)).double()
    x = torch.randn(1, 10, 16, dtype=torch.float64)
    _, state = system(x)
    stale, _ = system(x[:, :1], state)
    fresh, _ = system(x[:, :1], system.flush(state))

    assert (stale - fresh).abs().max() > 1e-6


def test_the_learned_start_is_never_changed_by_reading() -> None:
    """Fast weights live in the state: reading a long stream leaves every parameter bit-identical."""
    layer = Hope(16).double()
    before = {n: p.clone() for n, p in layer.named_parameters()}
    layer(torch.randn(2, 100, 16, dtype=torch.float64))

    assert all(torch.equal(p, before[n]) for n, p in layer.named_parameters())


def test_a_self_modifying_memory_changes_how_it_makes_keys() -> None:
    """After some tokens the key memory answers otherwise than at the start; with no rate it does not."""
    layer = SelfModifying(16, heads=2).double()
    x = torch.randn(1, 40, 16, dtype=torch.float64)
    moved = []
    for rate in (0.1, 1e-9):
        with torch.no_grad():
            layer.bias[0] = torch.tensor(rate, dtype=torch.float64).logit()
            layer.bias[1] = -40.0
        start, (_, state) = layer.init_state(1), layer(x)
        weights = state["memories"]["key"]["weights"]
        first = start["memories"]["key"]["weights"]
        moved.append(max((weights[n] - first[n]).abs().max().item() for n in weights))

    assert moved[0] > 1e-2
    assert moved[1] < 1e-4


def test_the_same_book_twenty_times_is_read_better_and_better() -> None:
    """A table of pairs told again and again: a CMS that goes on is surprised less, one that is reset is not."""
    level = paired(16, forget=0.02)
    book = torch.randn(1, 16, 32, dtype=torch.float64)
    with torch.no_grad():
        _, k, v, _ = level.read(book, level.read.init_state(1))
        errors, state = [], level.init_state(1)
        for _ in range(20):
            errors.append(recall_error(level, state, k, v))
            _, state = level(book, state)
        reset = recall_error(level, level.init_state(1), k, v)

    assert errors[-1] < 0.7 * errors[0]
    assert errors[10] < errors[2] < errors[0]
    assert reset == errors[0]
