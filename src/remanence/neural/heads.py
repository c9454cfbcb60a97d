"""Layers with heads: the knobs that most layers share, and the reads that go with them.

`HeadLayer` has heads and a short convolution, `PairLayer` keys and values of widths of their own, `CacheLayer` a
growing list of keys and values with rotary positions, `RecurrentMemory` a memory that is read without a list.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor

from remanence.neural.blocks import Output, Projections, rotary
from remanence.neural.layer import Layer, State


class HeadLayer(Layer):
    """heads: how many; key: floats a head (dim / heads where None); conv: tokens of the short convolution, 0: none."""

    heads: int = 4
    key: int | None = None
    conv: int = 4


class RecurrentMemory(HeadLayer):
    """A memory of constant size under "memory" in the state, written and read in turn; other layers may keep copies.

    A layer defines `remember` and `answer`, and makes `out` in `build`.
    """

    @abstractmethod
    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        """Write and read tokens x: [B, T, dim]: reads [B, T, H, V], the queries [B, T, H, K], the new state."""

    @abstractmethod
    def answer(self, memory: Any, q: Tensor) -> Tensor:
        """Read a memory (what stood under "memory") with queries q: [B, T, H, K], writing nothing: [B, T, H, V]."""

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        o, _, state = self.remember(x, state)
        return self.finish(o, x), state

    def finish(self, o: Tensor, x: Tensor) -> Tensor:
        """From what was read [B, T, H, V] to tokens [B, T, dim]."""
        y: Tensor = self.get_submodule("out")(o, x)
        return y


class PairLayer(HeadLayer):
    """value: floats of a value a head (dim / heads where None)."""

    value: int | None = None

    def projections(self, *, unit_keys: bool = True) -> Projections:
        """Queries, keys and values of the widths asked for."""
        return Projections(self.dim, self.heads, self.key, self.value, conv=self.conv, unit_keys=unit_keys)


class CacheLayer(PairLayer):
    """A list of all keys and values so far. turned: rotary positions on queries and keys."""

    turned: bool = True

    def build(self) -> None:
        self.read = self.projections(unit_keys=False)
        self.out = Output(self.dim, self.heads, self.read.value, gate=False, norm=False)

    def empty(self, batch: int) -> State:
        """A cache of no keys and values: {"k": [B, 0, H, K], "v": [B, 0, H, V]}."""
        k = self.zeros(batch, 0, self.read.heads, self.read.key)
        return {"k": k, "v": self.zeros(batch, 0, self.read.heads, self.read.value)}

    def placed(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, Tensor, State, Tensor]:
        """q, k, v of tokens x [B, T, dim] at their places, the convolution's state, all keys [B, S, H, K]."""
        q, k, v, read = self.read(x, state["read"])
        held = state["cache"]["k"]
        if self.turned:
            start = torch.full((x.shape[0],), held.shape[1], device=x.device)
            q, k = rotary(q, start), rotary(k, start)
        return q, k, v, read, torch.cat([held.to(k.dtype), k], 1)

    def kept(self, tokens: int) -> int:
        """Floats of the keys and values of so many tokens."""
        return tokens * self.read.heads * (self.read.key + self.read.value)
