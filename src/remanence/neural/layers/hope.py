"""Nested learning: a chain of memories that learn at different rates, and a memory that rewrites how it writes.

The continuum memory system updates level l only every C_l tokens, with the sum of what it learned in between.
Hope puts a self-modifying memory, which makes its own keys, values and rates, in front of such a chain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, Output, Projections, per_head, unit
from remanence.neural.heads import HeadLayer
from remanence.neural.kernels.gated_delta import full_precision
from remanence.neural.kernels.inner_gradient import Gates, Linear, Rule, inner_gradient, inner_state
from remanence.neural.layer import State, layer
from remanence.neural.network import NetworkMemory
from remanence.neural.paging import periods

MEMORIES = ("key", "value", "rate", "decay", "content")
"""What a self-modifying memory learns at test time, each in a network of its own."""


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


class MemoryLevel(NetworkMemory, momentum=False, rate=0.5):
    """One level: a network per head that is read as it was at the last boundary, every `period` tokens.

    Learning rate and forgetting are per period, so a slow level both learns and forgets slowly.
    """

    period: int = 16
    forget: float = 0.05

    def build(self) -> None:
        super().build()
        self.to_rate = Gate(self.dim, self.heads, bias=_logit(self.rate), high=1 / self.period)
        self.to_decay = Gate(self.dim, self.heads, bias=_logit(self.forget), high=1 / self.period)
        self.rule = replace(self.rule, chunk=max(self.period, 2))

    def init_state(self, batch: int) -> State:
        start = {name: w.expand(batch, *w.shape) for name, w in self.start.items()}
        return {"memory": inner_state(start, chunk=self.rule.chunk), "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        memory, out, gates = state["memory"], [], self.gates(x)
        for here, at in periods(int(memory["place"][0]), self.period, x.shape[1]):
            frozen = memory["weights"] if at == 0 else memory["anchor"]
            if at == 0:  # the kernel's own chunk follows the boundary, also for period 1
                memory = {**memory, "anchor": frozen, "place": torch.zeros_like(memory["place"])}
            out.append(self.read_weights(frozen, q[:, here]))
            _, memory = inner_gradient(
                self.net, memory, q[:, here], k[:, here], v[:, here], gates.span(here), self.rule
            )
        return self.out(torch.cat(out, 1), x), {"memory": memory, "read": read}

    def flush(self, state: State) -> State:
        """Take over what a period that is not over yet has learned, as at the end of a stream."""
        memory = state["memory"]
        memory = {**memory, "anchor": memory["weights"], "place": torch.zeros_like(memory["place"])}
        return {**state, "memory": memory}


@layer("cms")
class CMS(HeadLayer):
    """One `MemoryLevel` per period, each reading what came out of the one before it, beside a residual."""

    periods: Sequence[int] = (4, 16, 64)
    depth: int = 2
    rate: float = 0.5
    forget: float = 0.05

    def build(self) -> None:
        if not self.periods or min(self.periods) < 1:
            raise InvalidInput(f"periods are at least 1 token each, got {self.periods!r}")
        sizes: dict[str, Any] = {"heads": self.heads, "key": self.key, "depth": self.depth}
        self.levels = nn.ModuleList(
            MemoryLevel(self.dim, period=p, rate=self.rate, forget=self.forget, conv=0 if n else self.conv, **sizes)
            for n, p in enumerate(self.periods)
        )

    def init_state(self, batch: int) -> State:
        return {str(n): level.init_state(batch) for n, level in enumerate(self._levels())}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        z, new = x, {}
        for n, level in enumerate(self._levels()):
            y, new[str(n)] = level(z, state[str(n)])
            z = z + y
        return z - x, new

    def flush(self, state: State) -> State:
        """Take over what unfinished periods have learned."""
        return {str(n): level.flush(state[str(n)]) for n, level in enumerate(self._levels())}

    def _levels(self) -> list[MemoryLevel]:
        return [level for level in self.levels if isinstance(level, MemoryLevel)]


@layer("self_modifying")
class SelfModifying(HeadLayer):
    """Memories for key, value, rate, decay and content; each is trained on (key, its own answer to the value).

    depth: layers of each memory network. rate: where theta starts. delta: delta gradient descent, as published, by
    which a weight also gives up what it says to its present input; else plain gradient descent.
    """

    depth: int = 2
    rate: float = 0.1
    forget: float = 0.01
    chunk: int = 16
    delta: bool = True

    def build(self) -> None:
        if self.chunk < 2:
            raise InvalidInput(f"chunk is at least 2 tokens, got {self.chunk}")
        key = per_head(self.dim, self.heads, self.key)
        self.read = Projections(self.dim, self.heads, key, key, conv=self.conv)
        self.start = nn.ParameterDict()
        for name in MEMORIES:
            last = 1 if name in ("rate", "decay") else key
            for n in range(self.depth):
                into, out = key if n == 0 else 2 * key, last if n == self.depth - 1 else 2 * key
                small = 0.1 if n == self.depth - 1 else 1.0
                self.start[f"{name}{n}"] = nn.Parameter(torch.randn(self.heads, into, out) * small / math.sqrt(key))
        self.bias = nn.Parameter(torch.tensor([_logit(self.rate), _logit(self.forget)]))
        self.out = Output(self.dim, self.heads, key)

    def init_state(self, batch: int) -> State:
        memories = {
            name: inner_state(
                {f"w{n}": self.start[f"{name}{n}"].expand(batch, -1, -1, -1) for n in range(self.depth)},
                chunk=self.chunk,
            )
            for name in MEMORIES
        }
        return {"memories": memories, "read": self.read.init_state(batch)}

    def net(self, linear: Linear, x: Tensor) -> Tensor:
        """A memory network, with a residual where input and output have one width: [B, H, C, K] -> [B, H, C, .]."""
        y = linear("w0", x)
        for n in range(1, self.depth):
            y = linear(f"w{n}", F.gelu(y))
        return x + y if y.shape[-1] == x.shape[-1] else y

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, base, v, read = self.read(x, state["read"])
        memories, out, rule = state["memories"], [], Rule(chunk=self.chunk, delta=self.delta)
        for here, at in periods(int(memories["content"]["place"][0]), self.chunk, x.shape[1]):
            start = {n: m["weights"] if at == 0 else m["anchor"] for n, m in memories.items()}
            k = unit(self._ask(start["key"], base[:, here]))
            value = v[:, here] + self._ask(start["value"], base[:, here])
            rate, decay = (
                torch.sigmoid(b + self._ask(start[n], base[:, here])[..., 0])
                for n, b in zip(("rate", "decay"), self.bias, strict=True)
            )
            new = {}
            for name, memory in memories.items():
                target = self._ask(start[name], value)
                asked = q[:, here] if name == "content" else k
                gates = Gates(rate, decay=decay)
                o, new[name] = inner_gradient(self.net, memory, asked, k, target, gates, rule)
                if name == "content":
                    out.append(o)
            memories = new
        return self.out(torch.cat(out, 1), x), {"memories": memories, "read": read}

    def _ask(self, weights: State, x: Tensor) -> Tensor:
        asked = full_precision(x).transpose(1, 2)
        return self.net(lambda name, y: y @ full_precision(weights[name]), asked).transpose(1, 2).to(x.dtype)


@layer("hope")
class Hope(HeadLayer):
    """A self-modifying memory, then a continuum memory system over what it added to the token."""

    periods: Sequence[int] = (4, 16, 64)
    depth: int = 2
    chunk: int = 16

    def build(self) -> None:
        self.modifying = SelfModifying(
            self.dim, heads=self.heads, key=self.key, conv=self.conv, depth=self.depth, chunk=self.chunk
        )
        self.levels = CMS(self.dim, periods=self.periods, heads=self.heads, key=self.key, conv=0, depth=self.depth)

    def init_state(self, batch: int) -> State:
        return {"modifying": self.modifying.init_state(batch), "levels": self.levels.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        y, modifying = self.modifying(x, state["modifying"])
        z, levels = self.levels(x + y, state["levels"])
        return y + z, {"modifying": modifying, "levels": levels}
