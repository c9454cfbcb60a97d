"""Inner gradient descent: a small network per sequence and head that is trained on the tokens it reads.

    S_t = eta_t S_{t-1} - theta_t grad l(W_c; k_t, v_t)        momentum ("surprise")
    A_t = (1 - alpha_t) A_{t-1} + S_t                          accumulated weights, with decay
    W_t = link(A_t),   o_t = net(W_t, q_t)                     the read sees the write of its own token

With Newton-Schulz theta_t NS(S_t) is added instead of S_t: the direction is made orthogonal, the rate kept.
With a window every token takes the gradients of the last `window` pairs, each times its own weight (Omega rule).
W_c are the weights at the start of the chunk of `chunk` tokens that t falls in; chunk = 1 is the recurrence
of the papers.  The chunk is part of the model: another chunk is another function (stale gradients).

A memory network is any function `net(linear, x)` that reaches its weights only through `linear(name, x)`,
so that the gradient of each weight is an outer product per token.  This gives the fast form: weights along
a chunk are never built; each `linear` reads the start weights and, attention-like, the chunk's own writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.gated_delta import check_heads, exact, full_precision

Linear = Callable[[str, Tensor], Tensor]
Net = Callable[[Linear, Tensor], Tensor]
"""net(linear, x: [B, H, C, K]) -> [B, H, C, V]; `linear(name, x)` multiplies by the weight of that name."""
Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]
"""loss(prediction, target: [B, H, C, V], limit: [B, H, C] or None) -> [B, H, C]."""
Link = Callable[[Tensor], Tensor]
"""link(A: [..., I, O]) -> W of the same shape."""
Weights = dict[str, Tensor]


def l2(prediction: Tensor, target: Tensor, limit: Tensor | None = None) -> Tensor:
    """|e|^2 / 2, so that the gradient is e."""
    return (prediction - target).square().sum(-1) / 2


def dot(prediction: Tensor, target: Tensor, limit: Tensor | None = None) -> Tensor:
    """- <prediction, target>: the gradient is minus the target, a Hebbian write."""
    return -(prediction * target).sum(-1)


@dataclass(frozen=True)
class Lp:
    """sum |e|^p / p, smoothed near 0 as (e^2 + 1e-6)^(p/2) (Miras: Moneta); p = 2 is `l2` with its gradient exact."""

    p: float

    def __call__(self, prediction: Tensor, target: Tensor, limit: Tensor | None = None) -> Tensor:
        return ((prediction - target).square() + 1e-6).pow(self.p / 2).sum(-1) / self.p


def huber(prediction: Tensor, target: Tensor, limit: Tensor | None = None) -> Tensor:
    """|e|^2 / 2 up to |e| = limit, straight beyond (Miras: Yaad); the limit is 1 unless given."""
    square = (prediction - target).square().sum(-1)
    limit = torch.ones_like(square) if limit is None else limit
    far = square > limit.square()
    length = square.masked_fill(~far, 1.0).sqrt()
    return torch.where(far, limit * length - limit.square() / 2, square / 2)


@dataclass(frozen=True)
class LqNorm:
    """W = A / |A|_q^(q - 2), the l_q retention of Moneta; q = 2 is the identity."""

    q: float

    def __call__(self, a: Tensor) -> Tensor:
        norm = (a.square() + 1e-12).pow(self.q / 2).sum((-2, -1), keepdim=True).pow(1 / self.q)
        return a / norm.pow(self.q - 2)


@dataclass(frozen=True)
class Simplex:
    """W = c softmax(A) along each row: the Kullback-Leibler retention of Memora; rows sum to c."""

    total: float

    def __call__(self, a: Tensor) -> Tensor:
        return self.total * a.softmax(-1)


@dataclass(frozen=True)
class SoftThreshold:
    """W = sign(A) max(|A| - size, 0): small weights are forgotten completely."""

    size: float

    def __call__(self, a: Tensor) -> Tensor:
        return a.sign() * (a.abs() - self.size).clamp(min=0)


@dataclass(frozen=True)
class Rule:
    """How a memory learns: loss, link, Newton-Schulz steps on S (0: none), tokens that share a gradient point.

    delta: delta gradient descent (Behrouz et al. 2025, nested learning): every weight also gives up what it says to
    its present input, W <- W - theta (a^T (a W) + grad); with the loss `dot` this is the delta rule.
    window: pairs whose gradients a token takes, its own the last of them; the state then holds those pairs ("near").
    """

    loss: Loss = l2
    link: Link | None = None
    orthogonal: int = 0
    chunk: int = 1
    delta: bool = False
    window: int = 1


@dataclass(frozen=True)
class Gates:
    """What every token says about its step: theta, eta (None: no S), alpha (None: keep all), limit: [B, T, H].

    weight: what its pair counts in every window that it stands in.
    """

    rate: Tensor
    momentum: Tensor | None = None
    decay: Tensor | None = None
    limit: Tensor | None = None
    weight: Tensor | float = 1.0

    def full(self) -> Gates:
        """In at least 32 bits."""
        return self._each(full_precision)

    def span(self, tokens: slice) -> Gates:
        """Those of a stretch of tokens: [B, T, H]."""
        return self._each(lambda x: x[:, tokens])

    def piece(self, span: slice) -> Gates:
        """Those of a stretch of tokens, heads first: [B, H, C]."""
        return self._each(lambda x: x[:, span].transpose(1, 2))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Gates:
        every = (self.rate, self.momentum, self.decay, self.limit)
        rate, momentum, decay, limit = (None if x is None else change(x) for x in every)
        assert rate is not None
        return Gates(
            rate, momentum, decay, limit, self.weight if isinstance(self.weight, float) else change(self.weight)
        )


def newton_schulz(g: Tensor, steps: int = 5) -> Tensor:
    """Push the singular values of g: [..., I, O] towards one (Muon); five steps of a quintic iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x: Tensor = g / g.flatten(-2).norm(dim=-1)[..., None, None].clamp(min=1e-7)
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


def inner_state(weights: Weights, *, momentum: bool = False, chunk: int = 1) -> dict[str, Any]:
    """Make the state before the first token from start weights {name: [B, H, I, O]}."""
    state: dict[str, Any] = {"weights": dict(weights)}
    if momentum:
        state["momentum"] = {name: torch.zeros_like(w) for name, w in weights.items()}
    if chunk > 1:
        first = next(iter(weights.values()))
        state["anchor"] = dict(weights)
        state["place"] = torch.zeros(first.shape[0], dtype=torch.long, device=first.device)
    return state


def inner_gradient_naive(
    net: Net,
    state: dict[str, Any],
    q: Tensor,
    k: Tensor,
    v: Tensor,
    gates: Gates,
    rule: Rule = Rule(),
    base: Weights | None = None,
) -> tuple[Tensor, dict[str, Any]]:
    """One token, one gradient of the whole weights at a time: the definition. As `inner_gradient`."""
    weights, speed, anchor, place = _unpack(state, gates.momentum is not None, rule.chunk)
    outer = torch.is_grad_enabled()
    out, told = [], _told(state, k, v, gates, rule.window)
    for t in range(q.shape[1]):
        now = [x[:, t : t + rule.window].transpose(1, 2) for x in told]  # pairs [B, H, W, K], weights [B, H, W]
        at = gates.piece(slice(t, t + 1))
        if place % rule.chunk == 0:
            anchor = weights
        with torch.enable_grad():
            point = {n: w if w.requires_grad else w.detach().requires_grad_() for n, w in anchor.items()}
            point = effective(point, rule.link, base)  # the gradient is with respect to W, not A
            uses: list[tuple[str, Tensor]] = []
            fault = (now[2] * rule.loss(net(_reader(point, uses), now[0]), now[1], at.limit)).sum()
            grads = list(torch.autograd.grad(fault, list(point.values()), create_graph=outer))
            for name, a in uses if rule.delta else ():
                n = list(point).index(name)
                grads[n] = grads[n] + a.mT @ (a @ point[name])
        new_speed, new_weights = {}, {}
        for name, grad in zip(point, grads, strict=True):
            push = -at.rate[..., None] * (grad if outer else grad.detach())
            if at.momentum is not None:
                push = at.momentum[..., None] * speed[name] + push
            new_speed[name] = push
            if rule.orthogonal:
                push = at.rate[..., None] * newton_schulz(push, rule.orthogonal)
            kept = weights[name] if at.decay is None else (1 - at.decay[..., None]) * weights[name]
            new_weights[name] = kept + push
        speed, weights, place = new_speed, new_weights, place + 1
        out.append(net(_reader(effective(weights, rule.link, base)), q[:, t].unsqueeze(-2)).squeeze(-2))
    o = torch.stack(out, 1) if out else torch.zeros_like(v)
    return o, _pack(weights, speed, anchor, place, state) | _near(told, rule.window)


@exact
def inner_gradient(
    net: Net,
    state: dict[str, Any],
    q: Tensor,
    k: Tensor,
    v: Tensor,
    gates: Gates,
    rule: Rule = Rule(),
    base: Weights | None = None,
) -> tuple[Tensor, dict[str, Any]]:
    """Train `net` on (k, v) and read it at q: q, k: [B, T, H, K], v: [B, T, H, V] -> o: [B, T, H, V], state.

    state: from `inner_state(weights, momentum=..., chunk=...)` or an earlier call; all rows are at one place.
    base: weights {name: [B, H, I, O]} added to W, which decay does not forget.
    With a link or Newton-Schulz the weights of every token of a chunk are built, which takes C times the
    memory; otherwise only the chunk's last ones are.  Linear in T.
    """
    check_heads(q, k, v)
    out_type = v.dtype
    q, k, v = full_precision(q), full_precision(k), full_precision(v)
    gates = gates.full()
    base = None if base is None else {name: full_precision(w) for name, w in base.items()}
    weights, speed, anchor, place = _unpack(state, gates.momentum is not None, rule.chunk)
    told = _told(state, k, v, gates, rule.window)
    out, t = [], 0
    while t < q.shape[1]:
        size = min(rule.chunk - place % rule.chunk, q.shape[1] - t)
        if place % rule.chunk == 0:
            anchor = weights
        span = slice(t, t + size)
        here = gates.piece(span)
        k_now, v_now, weight = (
            x[:, t : t + size + rule.window - 1].transpose(1, 2) for x in told
        )  # [B, H, C + W - 1, .]
        taps = _gradients(net, effective(anchor, rule.link, base), k_now, v_now, rule, here.limit)
        along = _Path(weights, speed, taps, replace(here, weight=weight), rule, base)
        out.append(net(along.linear, q[:, span].transpose(1, 2)).transpose(1, 2))
        weights, speed = along.end()
        place, t = place + size, t + size
    o = torch.cat(out, 1) if out else torch.zeros_like(v)
    return o.to(out_type), _pack(weights, speed, anchor, place, state) | _near(told, rule.window)


def surprise(
    net: Net,
    state: dict[str, Any],
    k: Tensor,
    v: Tensor,
    *,
    rule: Rule = Rule(),
    base: Weights | None = None,
) -> Tensor:
    """How much each pair would change the memory as it stands, writing nothing: gradient norm, [B, T, H]."""
    k, v = full_precision(k).transpose(1, 2), full_precision(v).transpose(1, 2)
    with torch.no_grad():
        taps = _gradients(net, effective(state["weights"], rule.link, base), k, v, rule, None)
        # the gradient of a weight is one outer product a^T e per token and use
        squares = [(a.square().sum(-1) * e.square().sum(-1)) for uses in taps.values() for a, e in uses]
        return torch.stack(squares).sum(0).sqrt().transpose(1, 2)


Taps = dict[str, list[tuple[Tensor, Tensor]]]


class _Path:
    """The weights along one piece of a chunk, read without being built (unless `dense`)."""

    def __init__(
        self, weights: Weights, speed: Weights, taps: Taps, gates: Gates, rule: Rule, base: Weights | None
    ) -> None:
        self.weights, self.speed, self.taps, self.base, self.rule = weights, speed, taps, base, rule
        self.rate, fade = gates.rate, gates.momentum
        keep = None if gates.decay is None else 1 - gates.decay
        size = self.rate.shape[-1]
        lower = torch.ones(size, size, dtype=torch.bool, device=self.rate.device).tril()
        self.kept = _products(keep, lower, self.rate)  # prod of (1 - alpha) over (j, i]: [B, H, C, C]
        if fade is None:  # S_i = - theta_i u_i
            self.into_speed = torch.diag_embed(self.rate)
        else:  # S_i = f_i S_0 - sum_j n_ij u_j
            self.into_speed = self.rate[..., None, :] * _products(fade, lower, self.rate)
        if rule.window > 1 and isinstance(gates.weight, Tensor):  # u_j is the sum over a window of single gradients
            band = torch.ones(size, size + rule.window - 1, dtype=self.rate.dtype, device=self.rate.device)
            self.into_speed = self.into_speed @ (band.tril(rule.window - 1).triu() * gates.weight[..., None, :])
        self.into_weights = self.kept @ self.into_speed  # A_i = beta_i A_0 + g_i S_0 - sum_j G_ij u_j
        self.kept0 = None if keep is None else keep.cumprod(-1)[..., None]  # beta_i: [B, H, C, 1]
        self.speed0 = None if fade is None else fade.cumprod(-1)[..., None]  # f_i
        self.carried = None if self.speed0 is None else self.kept @ self.speed0  # g_i
        self.along: Weights | None = None
        if rule.link is not None or rule.orthogonal:
            self._build()

    def _build(self) -> None:
        """The weights and the momentum at every token: [B, H, C, I, O]."""
        self.along, self.dense_speed = {}, {}
        for name, start in self.weights.items():
            writes = sum(torch.einsum("bhci,bhco->bhcio", a, e) for a, e in self.taps[name])
            flow = -torch.einsum("bhts,bhsio->bhtio", self.into_speed, writes)
            if self.speed0 is not None:
                flow = flow + self.speed0[..., None] * self.speed[name][:, :, None]
            self.dense_speed[name] = flow
            steps = self.rule.orthogonal
            push = self.rate[..., None, None] * newton_schulz(flow, steps) if steps else flow
            held = start[:, :, None] if self.kept0 is None else self.kept0[..., None] * start[:, :, None]
            self.along[name] = held + torch.einsum("bhts,bhsio->bhtio", self.kept, push)

    def linear(self, name: str, x: Tensor) -> Tensor:
        """x: [B, H, C, I] times the weights of each token's own time."""
        added = x @ self.base[name] if self.base is not None else None
        if self.along is not None:
            own = self.along[name] if self.rule.link is None else self.rule.link(self.along[name])
            y = (x[..., None, :] @ own)[..., 0, :]
        else:
            y = x @ self.weights[name]
            y = y if self.kept0 is None else self.kept0 * y
            if self.carried is not None:
                y = y + self.carried * (x @ self.speed[name])
            for a, e in self.taps[name]:
                y = y - ((x @ a.mT) * self.into_weights) @ e
        return y if added is None else y + added

    def end(self) -> tuple[Weights, Weights]:
        """The accumulated weights and the momentum after the last token."""
        if self.along is not None:
            return (
                {name: w[:, :, -1] for name, w in self.along.items()},
                {name: s[:, :, -1] for name, s in self.dense_speed.items()},
            )
        weights, speed = {}, {}
        for name, start in self.weights.items():
            w = start if self.kept0 is None else self.kept0[:, :, -1:] * start
            s = None
            if self.speed0 is not None and self.carried is not None:
                w = w + self.carried[:, :, -1:] * self.speed[name]
                s = self.speed0[:, :, -1:] * self.speed[name]
            for a, e in self.taps[name]:
                w = w - (a * self.into_weights[:, :, -1, :, None]).mT @ e
                s = None if s is None else s - (a * self.into_speed[:, :, -1, :, None]).mT @ e
            weights[name] = w
            if s is not None:
                speed[name] = s
        return weights, speed


@torch.compiler.disable  # type: ignore[untyped-decorator]
def _gradients(net: Net, anchor: Weights, k: Tensor, v: Tensor, rule: Rule, limit: Tensor | None) -> Taps:
    """For every use of a weight: what went in, and the gradient of each token's loss by what came out."""
    outer = torch.is_grad_enabled()
    taps: list[tuple[str, Tensor, Tensor]] = []
    # what the inner gradient saves stays here, so that the layer can run under activation checkpointing
    inner = torch.autograd.graph.saved_tensors_hooks(_same, _same)
    with torch.inference_mode(False), torch.enable_grad(), inner:
        k, v = (x.clone() if x.is_inference() else x for x in (k, v))
        limit = limit.clone() if limit is not None and limit.is_inference() else limit
        anchor = {name: w.clone() if w.is_inference() else w for name, w in anchor.items()}

        def record(name: str, x: Tensor) -> Tensor:
            z = x @ anchor[name]
            z = z if z.requires_grad else z.requires_grad_()
            taps.append((name, x, z))
            return z

        fault = rule.loss(net(record, k), v, limit).sum()
        errors = torch.autograd.grad(fault, [z for _, _, z in taps], create_graph=outer)
    found: Taps = {name: [] for name in anchor}
    for (name, x, z), e in zip(taps, errors, strict=True):
        e = e + z if rule.delta else e
        found[name].append((x, e) if outer else (x.detach(), e.detach()))
    return found


def _same(x: Tensor) -> Tensor:
    return x


def _products(x: Tensor | None, lower: Tensor, like: Tensor) -> Tensor:
    """prod of x over (j, i] for j <= i, else 0: x: [B, H, C] -> [B, H, C, C]; ones below for x None."""
    if x is None:
        return lower.to(like.dtype).expand(*like.shape, like.shape[-1])
    spread = x[..., :, None].expand(*x.shape, x.shape[-1]).masked_fill(~lower.tril(-1), 1.0)
    return spread.cumprod(-2).masked_fill(~lower, 0.0)


def effective(weights: Weights, link: Link | None, base: Weights | None) -> Weights:
    """The weights W that a memory is read with, from the accumulated ones A."""
    linked = weights if link is None else {name: link(w) for name, w in weights.items()}
    return linked if base is None else {name: w + base[name] for name, w in linked.items()}


def _reader(weights: Weights, uses: list[tuple[str, Tensor]] | None = None) -> Linear:
    def linear(name: str, x: Tensor) -> Tensor:
        if uses is not None:
            uses.append((name, x))
        return x @ weights[name]

    return linear


def _told(state: dict[str, Any], k: Tensor, v: Tensor, gates: Gates, window: int) -> tuple[Tensor, Tensor, Tensor]:
    """Keys, values and weights of the `window - 1` pairs before and of the new ones: [B, window - 1 + T, H, .]."""
    weight = torch.ones_like(k[..., 0]) * gates.weight
    if window == 1:
        return k, v, torch.ones_like(weight)
    if gates.limit is not None:
        raise InvalidInput("a window over several pairs has no limit of the error for each of them")
    near = state["near"]
    k, v, weight = (torch.cat([near[name].to(x.dtype), x], 1) for name, x in (("k", k), ("v", v), ("weight", weight)))
    return k, v, weight


def _near(told: tuple[Tensor, Tensor, Tensor], window: int) -> dict[str, Any]:
    if window == 1:
        return {}
    k, v, weight = (x[:, x.shape[1] - window + 1 :] for x in told)
    return {"near": {"k": k, "v": v, "weight": weight}}


def _unpack(state: dict[str, Any], momentum: bool, chunk: int) -> tuple[Weights, Weights, Weights, int]:
    def full(held: Weights) -> Weights:
        return {name: full_precision(w) for name, w in held.items()}

    weights = full(state["weights"])
    speed = full(state["momentum"]) if momentum else {}
    anchor = full(state["anchor"]) if chunk > 1 else weights
    place = int(state["place"][0]) if chunk > 1 and state["place"].numel() else 0
    return weights, speed, anchor, place


def _pack(weights: Weights, speed: Weights, anchor: Weights, place: int, old: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {"weights": weights}
    if "momentum" in old:
        state["momentum"] = speed
    if "anchor" in old:
        state["anchor"] = anchor
        state["place"] = torch.full_like(old["place"], place)
    return state
