"""Network memories in one class: a small network per head, trained on the stream while it reads (Titans, Miras).

The four choices of Miras are knobs: the network (`depth`, `residual`), the inner objective (`loss`), the
retention (`decay`, `link`) and the learner (`momentum`, `orthogonal`).  The layer files are presets.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Gate, Output, Projections
from remanence.neural.kernels.inner_gradient import (
    Linear,
    Link,
    Weights,
    huber,
    inner_gradient,
    inner_state,
    l2,
    lp,
    lq_norm,
    simplex,
    soft_threshold,
)
from remanence.neural.layer import Layer, State

Choice = TypeVar("Choice")


class NetworkMemory(Layer):
    """A memory whose state is the weights of `depth` linear maps per head, `expansion` times as wide inside.

    residual: net(x) = x + LN(mlp(x)), else mlp(x). chunk: tokens that share one gradient point (a part of the
    model; 1 is the paper's recurrence). loss: l2, lp (with `power`), huber (threshold read from the token).
    link: none, lq (with `norm`), simplex (rows sum to `total`), soft (threshold `total`).
    momentum, decay: data-dependent eta and alpha. keep_start: decay towards the learned start, not to zero.
    orthogonal: Newton-Schulz steps on the momentum. rate: where theta starts, at most `rate_limit`.
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: int = 4,
        key: int | None = None,
        value: int | None = None,
        conv: int = 4,
        unit_keys: bool = True,
        depth: int = 2,
        expansion: int = 2,
        residual: bool = True,
        loss: str = "l2",
        power: float = 3.0,
        link: str = "none",
        norm: float = 4.0,
        total: float = 1.0,
        momentum: bool = True,
        decay: bool = True,
        keep_start: bool = False,
        orthogonal: int = 0,
        rate: float = 0.1,
        rate_limit: float = 1.0,
        output_gate: bool = True,
        output_norm: bool = True,
        chunk: int = 16,
    ) -> None:
        super().__init__(dim)
        self.read = Projections(dim, heads, key, value, conv=conv, unit_keys=unit_keys)
        key, value = self.read.key, self.read.value
        if depth < 1 or (residual and key != value):
            raise InvalidInput(f"depth is at least 1, and residual needs key == value; got {depth}, {key}, {value}")
        inside = [key, *[expansion * value] * (depth - 1), value]
        self.depth, self.residual, self.chunk, self.orthogonal = depth, residual, chunk, orthogonal
        self.keep_start = keep_start
        self.start = nn.ParameterDict()
        for n, (i, o) in enumerate(pairwise(inside)):
            if link == "simplex":  # uneven where keys must be told apart, even where nothing is known yet
                spread = 3.0 if n + 1 < depth else 0.1
            else:
                spread = math.sqrt(2 / (i + o))
            first = spread * torch.randn(heads, i, o)
            zero = depth == 1 and link == "none" and not residual
            self.start[f"w{n}"] = nn.Parameter(torch.zeros_like(first) if zero else first)
        self.rate = Gate(dim, heads, bias=math.log(rate / (rate_limit - rate)), high=rate_limit)
        self.momentum = Gate(dim, heads, bias=-1.0) if momentum else None
        self.decay = Gate(dim, heads, bias=-5.0) if decay else None
        self.threshold = nn.Linear(dim, heads) if loss == "huber" else None
        if self.threshold is not None:  # starts so high that plain errors are squared, not cut
            nn.init.normal_(self.threshold.weight, std=0.02)
            nn.init.constant_(self.threshold.bias, 1.85)  # softplus(1.85) = 2
        self.usual = math.sqrt(value)  # the length of a value whose channels are of order one
        self.loss = _choose("loss", loss, {"l2": l2, "lp": lp(power), "huber": huber})
        links: dict[str, Link | None] = {
            "none": None,
            "lq": lq_norm(norm),
            "simplex": simplex(total),
            "soft": soft_threshold(total),
        }
        self.link = _choose("link", link, links)
        self.out = Output(dim, heads, value, gate=output_gate, norm=output_norm)

    def net(self, linear: Linear, x: Tensor) -> Tensor:
        """The memory network: x: [B, H, C, K] -> [B, H, C, V]."""
        y = linear("w0", x)
        for n in range(1, self.depth):
            y = linear(f"w{n}", F.gelu(y))
        return x + F.layer_norm(y, y.shape[-1:]) if self.residual else y

    def init_state(self, batch: int) -> State:
        start = {name: w.expand(batch, *w.shape) for name, w in self.start.items()}
        if self.keep_start:
            start = {name: torch.zeros_like(w) for name, w in start.items()}
        memory = inner_state(start, momentum=self.momentum is not None, chunk=self.chunk)
        return {"memory": memory, "read": self.read.init_state(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        o, memory = inner_gradient(
            self.net,
            state["memory"],
            q,
            k,
            v,
            rate=self.rate(x),
            momentum=None if self.momentum is None else self.momentum(x),
            decay=None if self.decay is None else self.decay(x),
            loss=self.loss,
            threshold=None if self.threshold is None else self.usual * F.softplus(self.threshold(x)),
            link=self.link,
            base=self._base(),
            orthogonal=self.orthogonal,
            chunk=self.chunk,
        )
        return self.out(o, x), {"memory": memory, "read": read}

    def recall(self, x: Tensor, state: State) -> Tensor:
        """Read the memory as it stood at the start of the chunk, writing nothing: [B, T, dim] -> [B, T, dim]."""
        q, _, _, _ = self.read(x, state["read"])
        weights: Weights = state["memory"]["anchor" if self.chunk > 1 else "weights"]
        if self.link is not None:
            weights = {name: self.link(w) for name, w in weights.items()}
        base = self._base()
        if base is not None:
            weights = {name: w + base[name] for name, w in weights.items()}
        q = q.to(next(iter(weights.values())).dtype).transpose(1, 2)
        o = self.net(lambda name, y: y @ weights[name], q).transpose(1, 2)
        y: Tensor = self.out(o, x)
        return y

    def _base(self) -> Weights | None:
        return dict(self.start.items()) if self.keep_start else None


def _choose(knob: str, name: str, choices: dict[str, Choice]) -> Choice:
    if name not in choices:
        raise InvalidInput(f"{knob} is one of {', '.join(choices)}; got {name!r}")
    return choices[name]
