"""Conditioning experiments on associative memories: acquisition, blocking, extinction, interference.

A cue (key) is followed by an outcome (value); what a cue evokes is what the memory answers to it.  The delta
rule behaves like an animal (Rescorla and Wagner 1972), Hebbian sums do not.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.gated_delta import gated_delta


def condition(cues: Tensor, outcomes: Tensor, tests: Tensor, *, rule: str, strength: float = 0.2) -> Tensor:
    """What every test evokes after every trial: cues [N, K], outcomes [N, V], tests [M, K] -> [N, M, V].

    rule: delta (write what is missing, `strength` of it) or hebb (add `strength` of the outcome).
    """
    if rule not in ("delta", "hebb"):
        raise InvalidInput(f"rule is delta or hebb, got {rule!r}")
    trials, tested = cues.shape[0], tests.shape[0]
    keys = cues[None, :, None].expand(tested, -1, -1, -1)
    values = outcomes[None, :, None].expand(tested, -1, -1, -1)
    queries = tests[:, None, None].expand(-1, trials, -1, -1)
    if rule == "hebb":
        o, _ = gated_delta(queries, keys, strength * values)
    else:
        beta = torch.full((tested, trials, 1), strength, dtype=cues.dtype, device=cues.device)
        o, _ = gated_delta(queries, keys, values, beta=beta)
    return o[:, :, 0].transpose(0, 1)


def acquisition(trials: int, *, rule: str, strength: float = 0.2) -> Tensor:
    """How much one cue evokes after each of n pairings with an outcome of one: [trials]; delta: 1 - (1 - b)^n."""
    cue, outcome = torch.eye(2)[:1], torch.ones(1, 1)
    found = condition(cue.expand(trials, -1), outcome.expand(trials, -1), cue, rule=rule, strength=strength)
    return found[:, 0, 0]


def blocking(trials: int, *, rule: str, strength: float = 0.2, width: int = 8) -> Tensor:
    """A -> outcome first, then A and B together -> outcome: what A and B alone evoke in the end: [2]."""
    a, b = torch.eye(width)[:2]
    cues = torch.cat([a.expand(trials, -1), (a + b).expand(trials, -1)])
    found = condition(cues, torch.ones(2 * trials, 1), torch.stack([a, b]), rule=rule, strength=strength)
    return found[-1, :, 0]


def extinction(trials: int, *, rule: str, strength: float = 0.2) -> Tensor:
    """Pair, then present the cue alone (an outcome of zero): what it evokes after every trial: [2 * trials]."""
    cue = torch.eye(2)[:1]
    outcomes = torch.cat([torch.ones(trials, 1), torch.zeros(trials, 1)])
    return condition(cue.expand(2 * trials, -1), outcomes, cue, rule=rule, strength=strength)[:, 0, 0]


def interference(pairs: int, width: int, *, seed: int = 0, runs: int = 64) -> float:
    """Mean squared error of a Hebbian read per value channel, random unit keys: close to (pairs - 1) / width."""
    draws = torch.Generator().manual_seed(seed)
    keys = F.normalize(torch.randn(runs, pairs, 1, width, generator=draws, dtype=torch.float64), dim=-1)
    values = torch.randn(runs, pairs, 1, 16, generator=draws, dtype=torch.float64)
    _, memory = gated_delta(keys, keys, values)
    read = torch.einsum("bnhk,bhkv->bnhv", keys, memory)
    return float((read - values).square().mean())
