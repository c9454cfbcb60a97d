"""Nested learning: a chain of memories that learn at different rates, and a memory that rewrites how it writes.

The continuum memory system updates level l only every C_l tokens, with the sum of what it learned in between.
Hope puts a self-modifying memory, which makes its own keys, values and rates, in front of such a chain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, Output, Projections, unit
from remanence.neural.kernels.gated_delta import full_precision
from remanence.neural.kernels.inner_gradient import Linear, inner_gradient, inner_state
from remanence.neural.layer import Layer, State, layer
from remanence.neural.network import NetworkMemory

PAPER = "Nested Learning: The Illusion of Deep Learning Architectures (Behrouz et al. 2025)"


class MemoryLevel(NetworkMemory):
    """One level: a network per head that is read as it was at the last boundary, every `period` tokens.

    Learning rate and forgetting are per period, so a slow level both learns and forgets slowly.
    """

    def __init__(self, dim: int, *, period: int, rate: float, forget: float, **knobs: Any) -> None:
        super().__init__(dim, momentum=False, chunk=max(period, 2), **knobs)
        heads = self.read.heads
        self.period = period
        self.rate = Gate(dim, heads, bias=math.log(rate / (1 - rate)), high=1 / period)
        self.decay = Gate(dim, heads, bias=math.log(forget / (1 - forget)), high=1 / period)

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        memory, out, t = state["memory"], [], 0
        rate, decay = self.rate(x), None if self.decay is None else self.decay(x)
        while t < x.shape[1]:
            at = int(memory["place"][0]) % self.period
            here = slice(t, min(t + self.period - at, x.shape[1]))
            frozen = memory["weights"] if at == 0 else memory["anchor"]
            if at == 0:  # the kernel's own chunk follows the boundary, also for period 1
                memory = {**memory, "anchor": frozen, "place": torch.zeros_like(memory["place"])}
            out.append(self.answer(frozen, q[:, here]))
            _, memory = inner_gradient(
                self.net,
                memory,
                q[:, here],
                k[:, here],
                v[:, here],
                rate=rate[:, here],
                decay=None if decay is None else decay[:, here],
                chunk=self.chunk,
            )
            t = here.stop
        return self.out(torch.cat(out, 1), x), {"memory": memory, "read": read}

    def answer(self, weights: State, q: Tensor) -> Tensor:
        """Read given weights, writing nothing: q [B, T, H, K] -> [B, T, H, V]."""
        asked = full_precision(q).transpose(1, 2)
        return self.net(lambda name, y: y @ full_precision(weights[name]), asked).transpose(1, 2).to(q.dtype)

    def flush(self, state: State) -> State:
        """Take over what a period that is not over yet has learned, as at the end of a stream."""
        memory = state["memory"]
        memory = {**memory, "anchor": memory["weights"], "place": torch.zeros_like(memory["place"])}
        return {**state, "memory": memory}


@layer(
    "cms",
    ledger="S017",
    paper=PAPER,
    architecture="chain of networks",
    bias="l2",
    retention="data-dependent scalar, slower for slower levels",
    schedule="one period per level",
    fusion="chain",
    faithful="approximate",
    notes="Levels learn their own key-value pairs at test time instead of the loss of the whole model.",
)
class CMS(Layer):
    """One `MemoryLevel` per period, each reading what came out of the one before it, beside a residual."""

    def __init__(
        self,
        dim: int,
        *,
        periods: Sequence[int] = (4, 16, 64),
        heads: int = 4,
        key: int | None = None,
        conv: int = 4,
        depth: int = 2,
        rate: float = 0.5,
        forget: float = 0.05,
    ) -> None:
        super().__init__(dim)
        if not periods or min(periods) < 1:
            raise InvalidInput(f"periods are at least 1 token each, got {periods!r}")
        self.levels = nn.ModuleList(
            MemoryLevel(
                dim, period=p, rate=rate, forget=forget, heads=heads, key=key, value=key, depth=depth,
                conv=conv if n == 0 else 0,
            )
            for n, p in enumerate(periods)
        )  # fmt: skip

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


@layer(
    "self_modifying",
    ledger="S017",
    paper=PAPER,
    architecture="five networks",
    bias="l2",
    retention="data-dependent scalar",
    schedule="chunk",
    faithful="approximate",
    notes="Keys, values, rate and decay of a chunk come from the memories as they were at its start.",
)
class SelfModifying(Layer):
    """Memories for key, value, rate, decay and content; each is trained on (key, its own answer to the value).

    depth: layers of each memory network; with 1 the update is the delta rule with decay. `rate`: start of theta.
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        conv: int = 4,
        depth: int = 2,
        rate: float = 0.1,
        forget: float = 0.01,
        chunk: int = 16,
    ) -> None:
        super().__init__(dim)
        if chunk < 2 or depth < 1:
            raise InvalidInput(f"chunk is at least 2 tokens and depth at least 1, got {chunk}, {depth}")
        self.read = Projections(dim, heads, key, key, conv=conv)
        key, self.depth, self.chunk = self.read.key, depth, chunk
        self.start = nn.ParameterDict()
        for name in ("key", "value", "rate", "decay", "content"):
            last = 1 if name in ("rate", "decay") else key
            for n in range(depth):
                into = last if n == depth - 1 else 2 * key
                small = 0.1 if n == depth - 1 else 1.0
                self.start[f"{name}{n}"] = nn.Parameter(
                    torch.randn(heads, key if n == 0 else 2 * key, into) * small / math.sqrt(key)
                )
        self.bias = nn.Parameter(torch.tensor([math.log(p / (1 - p)) for p in (rate, forget)]))
        self.out = Output(dim, heads, key)

    def init_state(self, batch: int) -> State:
        memories = {
            name: inner_state(
                {f"w{n}": self.start[f"{name}{n}"].expand(batch, -1, -1, -1) for n in range(self.depth)},
                chunk=self.chunk,
            )
            for name in ("key", "value", "rate", "decay", "content")
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
        memories, out, t = state["memories"], [], 0
        while t < x.shape[1]:
            at = int(memories["content"]["place"][0]) % self.chunk
            here = slice(t, min(t + self.chunk - at, x.shape[1]))
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
                o, new[name] = inner_gradient(
                    self.net, memory, asked, k, target, rate=rate, decay=decay, chunk=self.chunk
                )
                if name == "content":
                    out.append(o)
            memories, t = new, here.stop
        return self.out(torch.cat(out, 1), x), {"memories": memories, "read": read}

    def _ask(self, weights: State, x: Tensor) -> Tensor:
        asked = full_precision(x).transpose(1, 2)
        return self.net(lambda name, y: y @ full_precision(weights[name]), asked).transpose(1, 2).to(x.dtype)


@layer(
    "hope",
    ledger="S017",
    paper=PAPER,
    architecture="five networks, chain of networks",
    bias="l2",
    retention="data-dependent scalar",
    schedule="chunk, then one period per level",
    fusion="chain",
    faithful="approximate",
    notes="As self_modifying and cms.",
)
class Hope(Layer):
    """A self-modifying memory, then a continuum memory system over what it added to the token."""

    def __init__(
        self,
        dim: int,
        *,
        periods: Sequence[int] = (4, 16, 64),
        heads: int = 4,
        key: int | None = None,
        conv: int = 4,
        depth: int = 2,
        chunk: int = 16,
    ) -> None:
        super().__init__(dim)
        self.modifying = SelfModifying(dim, heads=heads, key=key, conv=conv, depth=depth, chunk=chunk)
        self.levels = CMS(dim, periods=periods, heads=heads, key=key, conv=0, depth=depth)

    def init_state(self, batch: int) -> State:
        return {"modifying": self.modifying.init_state(batch), "levels": self.levels.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        y, modifying = self.modifying(x, state["modifying"])
        z, levels = self.levels(x + y, state["levels"])
        return y + z, {"modifying": modifying, "levels": levels}
