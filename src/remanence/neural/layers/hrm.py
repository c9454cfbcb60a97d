"""HRM: thinks in a loop on two timescales, a slow state that steers and a fast one that works, before it answers.

z_L <- f_L(z_L + z_H + x), several times; then z_H <- f_H(z_H + z_L), once. Only the last of each is differentiated.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, State, fitted, layer


class Thought(nn.Module):
    """One application of a mixer and a feed-forward network, normalised after each (post-norm)."""

    def __init__(self, dim: int, mixer: str, heads: int) -> None:
        super().__init__()
        self.mixer = fitted(mixer, dim, heads=heads)
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(2 * dim, dim)

    def forward(self, z: Tensor, state: State) -> tuple[Tensor, State]:
        """z: [B, T, dim] -> the same shape, state."""
        y, state = self.mixer(z, state)
        z = F.rms_norm(z + y, z.shape[-1:], eps=1e-6)
        gate, value = self.up(z).chunk(2, -1)
        return F.rms_norm(z + self.down(F.silu(gate) * value), z.shape[-1:], eps=1e-6), state


@layer("hrm")
class HRM(Layer):
    """`rounds` of the slow state, each after `steps` of the fast one, around `mixer` (any layer's name).

    Every application of the mixer has a state of its own, so the loop streams like a deep stack of layers.
    full_gradient: differentiate the whole loop instead of its last step.
    """

    mixer: str = "softmax"
    heads: int = 4
    rounds: int = 2
    steps: int = 2
    full_gradient: bool = False

    def build(self) -> None:
        self.fast, self.slow = Thought(self.dim, self.mixer, self.heads), Thought(self.dim, self.mixer, self.heads)
        self.register_buffer("low", torch.randn(self.dim))
        self.register_buffer("high", torch.randn(self.dim))

    def init_state(self, batch: int) -> State:
        state: State = {}
        for r in range(self.rounds):
            for s in range(self.steps):
                state[f"fast{r}.{s}"] = self.fast.mixer.init_state(batch)
            state[f"slow{r}"] = self.slow.mixer.init_state(batch)
        return state

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        _, high, new = self.think(x, *self.begin(x), state)
        return high, new

    def begin(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The two states before any thought: [B, T, dim] each."""
        low, high = (b.to(x.dtype).expand(x.shape) for b in (self.get_buffer("low"), self.get_buffer("high")))
        return low, high

    def think(self, x: Tensor, low: Tensor, high: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        """All rounds from given z_L and z_H: [B, T, dim]; gradients only through the last step and round."""
        new: State = {}
        for r in range(self.rounds):
            for s in range(self.steps):
                last = r == self.rounds - 1 and s == self.steps - 1
                with self._grad(last):
                    low, new[f"fast{r}.{s}"] = self.fast(low + high + x, state[f"fast{r}.{s}"])
            with self._grad(r == self.rounds - 1):
                high, new[f"slow{r}"] = self.slow(high + low, state[f"slow{r}"])
        return low, high, new

    def _grad(self, last: bool) -> contextlib.AbstractContextManager[object]:
        return contextlib.nullcontext() if last or self.full_gradient else torch.no_grad()

    def state_size(self, length: int = 0) -> int:
        each = self.fast.mixer.state_size(length) * self.steps + self.slow.mixer.state_size(length)
        return self.rounds * each


@dataclass(frozen=True)
class Carry:
    """What goes from one outer step to the next, per row: both states, steps so far, whether it has halted."""

    low: Tensor
    high: Tensor
    steps: Tensor
    halted: Tensor


class Reasoner(nn.Module):
    """The outer loop: think, answer, decide to halt; carried states are detached (deep supervision).

    Call it with a problem per row and the carry; rows that had halted start their problem afresh.
    """

    def __init__(self, core: HRM, classes: int, *, most: int = 4) -> None:
        super().__init__()
        if most < 1:
            raise InvalidInput(f"most is at least 1 outer step, got {most}")
        self.core, self.head, self.most = core, nn.Linear(core.dim, classes, bias=False), most
        self.to_halt = nn.Linear(core.dim, 2)
        nn.init.zeros_(self.to_halt.weight)
        nn.init.constant_(self.to_halt.bias, -5.0)

    def begin(self, x: Tensor) -> Carry:
        """The carry before the first step: every row halted, so that the first call starts all of them."""
        low, high = self.core.begin(x)
        none = torch.zeros(x.shape[0], dtype=torch.long, device=x.device)
        return Carry(low, high, none, torch.ones_like(none, dtype=torch.bool))

    def forward(self, x: Tensor, carry: Carry) -> tuple[Carry, Tensor, Tensor]:
        """One outer step on x: [B, T, dim] -> the new carry, logits [B, T, classes], halting values [B, 2]."""
        fresh_low, fresh_high = self.core.begin(x)
        anew = carry.halted[:, None, None]
        low, high = torch.where(anew, fresh_low, carry.low), torch.where(anew, fresh_high, carry.high)
        low, high, _ = self.core.think(x, low, high, self.core.init_state(x.shape[0]))
        steps = torch.where(carry.halted, 0, carry.steps) + 1
        halt = self.to_halt(high[:, 0])
        halted = (steps >= self.most) | (halt[:, 0] > halt[:, 1])
        logits: Tensor = self.head(high)
        return Carry(low.detach(), high.detach(), steps, halted), logits, halt
