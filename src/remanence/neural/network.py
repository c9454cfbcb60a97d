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
from remanence.neural.blocks import Gate, Output, Projections, per_head
from remanence.neural.heads import RecurrentMemory
from remanence.neural.kernels.gated_delta import full_precision
from remanence.neural.kernels.inner_gradient import (
    Gates,
    Linear,
    Link,
    Loss,
    Lp,
    LqNorm,
    Rule,
    Simplex,
    SoftThreshold,
    Weights,
    effective,
    huber,
    inner_gradient,
    inner_state,
    l2,
)
from remanence.neural.layer import State

Choice = TypeVar("Choice")


class NetworkMemory(RecurrentMemory):
    """A memory whose state is the weights of `depth` linear maps per head, `expansion` times as wide inside.

    residual: net(x) = x + LN(mlp(x)), else mlp(x). chunk: tokens that share one gradient point (a part of the
    model; 1 is the paper's recurrence). loss: l2, lp (with `power`), huber (limit read from the token).
    link: none, lq (with `norm`), simplex (rows sum to `total`, one a weight where None), soft (threshold `total`).
    momentum, decay: data-dependent eta and alpha. keep_start: decay towards the learned start, not to zero.
    orthogonal: Newton-Schulz steps on the momentum. rate: where theta starts, at most `rate_limit`.
    window: last pairs that every token learns from, each as much as it says (Omega rule). degree: 2 lets the network
    read the products of two channels of a key, too.
    """

    unit_keys: bool = True
    depth: int = 2
    expansion: int = 2
    degree: int = 1
    window: int = 1
    residual: bool = True
    loss: str = "l2"
    power: float = 3.0
    link: str = "none"
    norm: float = 4.0
    total: float | None = None
    momentum: bool = True
    decay: bool = True
    keep_start: bool = False
    orthogonal: int = 0
    rate: float = 0.1
    rate_limit: float = 1.0
    output_gate: bool = True
    output_norm: bool = True
    chunk: int = 16

    def build(self) -> None:
        heads, key = self.heads, per_head(self.dim, self.heads, self.key)
        if not 0 < self.rate < self.rate_limit:
            raise InvalidInput(f"rate must lie between 0 and rate_limit={self.rate_limit}, got {self.rate}")
        self.read = Projections(self.dim, heads, key, key, conv=self.conv, unit_keys=self.unit_keys)
        if self.degree not in (1, 2):
            raise InvalidInput(f"degree is 1 or 2, got {self.degree}")
        wide, reads = self.expansion * key, key if self.degree == 1 else key + key * (key + 1) // 2
        self.powers = nn.Parameter(torch.tensor([1.0, 0.5])) if self.degree == 2 else None
        self.start = nn.ParameterDict()
        for n, (into, out) in enumerate(pairwise([reads, *[wide] * (self.depth - 1), key])):
            if self.link == "simplex":  # uneven where keys must be told apart, even where nothing is known yet
                spread = 3.0 if n + 1 < self.depth else 0.1
            else:
                spread = math.sqrt(2 / (into + out))
            first = spread * torch.randn(heads, into, out)
            zero = self.depth == 1 and self.link == "none" and not self.residual
            self.start[f"w{n}"] = nn.Parameter(torch.zeros_like(first) if zero else first)
        start = math.log(self.rate / (self.rate_limit - self.rate))
        self.to_rate = Gate(self.dim, heads, bias=start, high=self.rate_limit)
        self.to_momentum = Gate(self.dim, heads, bias=-1.0) if self.momentum else None
        self.to_decay = Gate(self.dim, heads, bias=-5.0) if self.decay else None
        self.to_weight = Gate(self.dim, heads) if self.window > 1 else None
        self.to_limit = nn.Linear(self.dim, heads) if self.loss == "huber" else None
        if self.to_limit is not None:  # starts where about a tenth of the errors of a fresh layer is cut
            nn.init.normal_(self.to_limit.weight, std=0.02)
            nn.init.constant_(self.to_limit.bias, 1.12)  # softplus(1.12) = 1.4
        self.usual = math.sqrt(key)  # the length of a value whose channels are of order one
        links: dict[str, Link | None] = {
            "none": None,
            "lq": LqNorm(self.norm),
            "simplex": Simplex(float(key) if self.total is None else self.total),
            "soft": SoftThreshold(1.0 if self.total is None else self.total),
        }
        losses: dict[str, Loss] = {"l2": l2, "lp": Lp(self.power), "huber": huber}
        self.rule = Rule(
            _choose("loss", self.loss, losses), _choose("link", self.link, links), self.orthogonal, self.chunk,
            window=self.window,
        )  # fmt: skip
        self.out = Output(self.dim, heads, key, gate=self.output_gate, norm=self.output_norm)

    def net(self, linear: Linear, x: Tensor) -> Tensor:
        """The memory network: x: [B, H, C, K] -> [B, H, C, V]."""
        y = linear("w0", x if self.powers is None else self._powers(self.powers, x))
        for n in range(1, self.depth):
            y = linear(f"w{n}", F.gelu(y))
        return x + F.layer_norm(y, y.shape[-1:]) if self.residual else y

    def _powers(self, share: Tensor, x: Tensor) -> Tensor:
        """x and the products of its channels, each pair once: [..., K] -> [..., K + K (K + 1) / 2]."""
        a, b = torch.triu_indices(x.shape[-1], x.shape[-1], device=x.device)
        share = share.to(x.dtype)
        return torch.cat([share[0] * x, share[1] * x[..., a] * x[..., b]], -1)

    def init_state(self, batch: int) -> State:
        start = {name: w.expand(batch, *w.shape) for name, w in self.start.items()}
        if self.keep_start:
            start = {name: torch.zeros_like(w) for name, w in start.items()}
        memory = inner_state(start, momentum=self.momentum, chunk=self.chunk)
        if self.window > 1:
            none = self.zeros(batch, self.window - 1, self.heads, self.read.key)
            memory["near"] = {"k": none, "v": none, "weight": none[..., 0]}
        return {"memory": memory, "read": self.read.init_state(batch)}

    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        q, k, v, read = self.read(x, state["read"])
        o, memory = inner_gradient(self.net, state["memory"], q, k, v, self.gates(x), self.rule, self._base())
        return o, q, {"memory": memory, "read": read}

    def gates(self, x: Tensor) -> Gates:
        """What tokens x: [B, T, dim] say about their own step: theta, eta, alpha, limit: [B, T, H] each."""
        return Gates(
            self.to_rate(x),
            momentum=None if self.to_momentum is None else self.to_momentum(x),
            decay=None if self.to_decay is None else self.to_decay(x),
            limit=None if self.to_limit is None else self.usual * F.softplus(self.to_limit(x)),
            weight=1.0 if self.to_weight is None else self.to_weight(x),
        )

    def recall(self, x: Tensor, state: State) -> Tensor:
        """Read the memory as it stood at the start of the chunk, writing nothing: [B, T, dim] -> [B, T, dim]."""
        q, _, _, _ = self.read(x, state["read"])
        y: Tensor = self.out(self.read_weights(state["memory"]["anchor" if self.chunk > 1 else "weights"], q), x)
        return y

    def answer(self, memory: State, q: Tensor) -> Tensor:
        return self.read_weights(memory["weights"], q)

    def read_weights(self, weights: Weights, q: Tensor) -> Tensor:
        """Read accumulated weights, writing nothing: q [B, T, H, K] -> [B, T, H, K]."""
        weights = effective({name: full_precision(w) for name, w in weights.items()}, self.rule.link, self._base())
        asked = full_precision(q).transpose(1, 2)
        return self.net(lambda name, y: y @ weights[name], asked).transpose(1, 2).to(q.dtype)

    def _base(self) -> Weights | None:
        return dict(self.start.items()) if self.keep_start else None


def _choose(knob: str, name: str, choices: dict[str, Choice]) -> Choice:
    if name not in choices:
        raise InvalidInput(f"{knob} is one of {', '.join(choices)}; got {name!r}")
    return choices[name]
