"""Inner gradient descent: a small network per sequence and head that is trained on the tokens it reads.

    S_t = eta_t S_{t-1} - theta_t grad l(W_c; k_t, v_t)        momentum ("surprise")
    A_t = (1 - alpha_t) A_{t-1} + S_t                          accumulated weights, with decay
    W_t = link(A_t),   o_t = net(W_t, q_t)                     the read sees the write of its own token

With Newton-Schulz theta_t NS(S_t) is added instead of S_t: the direction is made orthogonal, the rate kept.
W_c are the weights at the start of the chunk of `chunk` tokens that t falls in; chunk = 1 is the recurrence
of the papers.  The chunk is part of the model: another chunk is another function (stale gradients).

A memory network is any function `net(linear, x)` that reaches its weights only through `linear(name, x)`,
so that the gradient of each weight is an outer product per token.  This gives the fast form: weights along
a chunk are never built; each `linear` reads the start weights and, attention-like, the chunk's own writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from remanence.neural.kernels.gated_delta import check_heads, full_precision

Linear = Callable[[str, Tensor], Tensor]
Net = Callable[[Linear, Tensor], Tensor]
"""net(linear, x: [B, H, C, K]) -> [B, H, C, V]; `linear(name, x)` multiplies by the weight of that name."""
Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]
"""loss(prediction, target: [B, H, C, V], threshold: [B, H, C] or None) -> [B, H, C]."""
Link = Callable[[Tensor], Tensor]
"""link(A: [..., I, O]) -> W of the same shape."""
Weights = dict[str, Tensor]


def l2(prediction: Tensor, target: Tensor, threshold: Tensor | None = None) -> Tensor:
    """|e|^2 / 2, so that the gradient is e."""
    return (prediction - target).square().sum(-1) / 2


def lp(p: float) -> Loss:
    """sum |e|^p / p, smoothed near 0 as (e^2 + 1e-6)^(p/2) (Miras: Moneta); p = 2 is `l2`."""

    def loss(prediction: Tensor, target: Tensor, threshold: Tensor | None = None) -> Tensor:
        return ((prediction - target).square() + 1e-6).pow(p / 2).sum(-1) / p

    return loss


def huber(prediction: Tensor, target: Tensor, threshold: Tensor | None = None) -> Tensor:
    """|e|^2 / 2 up to |e| = threshold, straight beyond (Miras: Yaad); the threshold is 1 unless given."""
    square = (prediction - target).square().sum(-1)
    limit = torch.ones_like(square) if threshold is None else threshold
    far = square > limit.square()
    length = square.masked_fill(~far, 1.0).sqrt()
    return torch.where(far, limit * length - limit.square() / 2, square / 2)


def lq_norm(q: float) -> Link:
    """W = A / |A|_q^(q - 2), the l_q retention of Moneta; q = 2 is the identity."""

    def link(a: Tensor) -> Tensor:
        norm = (a.square() + 1e-12).pow(q / 2).sum((-2, -1), keepdim=True).pow(1 / q)
        return a / norm.pow(q - 2)

    return link


def simplex(total: float) -> Link:
    """W = c softmax(A) along each row: the Kullback-Leibler retention of Memora; rows sum to c."""

    def link(a: Tensor) -> Tensor:
        return total * a.softmax(-1)

    return link


def soft_threshold(size: float) -> Link:
    """W = sign(A) max(|A| - size, 0): small weights are forgotten completely."""

    def link(a: Tensor) -> Tensor:
        return a.sign() * (a.abs() - size).clamp(min=0)

    return link


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
    *,
    rate: Tensor,
    momentum: Tensor | None = None,
    decay: Tensor | None = None,
    loss: Loss = l2,
    threshold: Tensor | None = None,
    link: Link | None = None,
    base: Weights | None = None,
    orthogonal: int = 0,
    chunk: int = 1,
) -> tuple[Tensor, dict[str, Any]]:
    """One token, one gradient of the whole weights at a time: the definition. As `inner_gradient`."""
    weights, speed, anchor, place = _unpack(state, momentum is not None, chunk)
    outer = torch.is_grad_enabled()
    out = []
    for t in range(q.shape[1]):
        now = [x[:, t].unsqueeze(-2) for x in (k, v)]  # [B, H, 1, K]
        if place % chunk == 0:
            anchor = weights
        with torch.enable_grad():
            at = {n: w if w.requires_grad else w.detach().requires_grad_() for n, w in anchor.items()}
            at = _effective(at, link, base)  # the gradient is with respect to W, not A
            limit = None if threshold is None else threshold[:, t, :, None]
            fault = loss(net(_reader(at), now[0]), now[1], limit).sum()
            grads = torch.autograd.grad(fault, list(at.values()), create_graph=outer)
        new_speed, new_weights = {}, {}
        for name, grad in zip(at, grads, strict=True):
            push = -rate[:, t, :, None, None] * (grad if outer else grad.detach())
            if momentum is not None:
                push = momentum[:, t, :, None, None] * speed[name] + push
            new_speed[name] = push
            if orthogonal:
                push = rate[:, t, :, None, None] * newton_schulz(push, orthogonal)
            kept = weights[name] if decay is None else (1 - decay[:, t, :, None, None]) * weights[name]
            new_weights[name] = kept + push
        speed, weights, place = new_speed, new_weights, place + 1
        out.append(net(_reader(_effective(weights, link, base)), q[:, t].unsqueeze(-2)).squeeze(-2))
    o = torch.stack(out, 1) if out else torch.zeros_like(v)
    return o, _pack(weights, speed, anchor, place, state)


def inner_gradient(
    net: Net,
    state: dict[str, Any],
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    rate: Tensor,
    momentum: Tensor | None = None,
    decay: Tensor | None = None,
    loss: Loss = l2,
    threshold: Tensor | None = None,
    link: Link | None = None,
    base: Weights | None = None,
    orthogonal: int = 0,
    chunk: int = 1,
) -> tuple[Tensor, dict[str, Any]]:
    """Train `net` on (k, v) and read it at q: q, k: [B, T, H, K], v: [B, T, H, V] -> o: [B, T, H, V], state.

    state: from `inner_state(weights, momentum=..., chunk=...)` or an earlier call; all rows are at one place.
    rate, momentum, decay: theta, eta, alpha: [B, T, H]; momentum None has no S, decay None forgets nothing.
    loss: `l2`, `lp(p)`, `huber` (with threshold: [B, T, H]), or any `Loss`.
    link: weights from accumulated weights (`lq_norm`, `simplex`, `soft_threshold`), None for the identity.
    base: weights {name: [B, H, I, O]} added to W, which decay does not forget.
    orthogonal: Newton-Schulz steps on S before theta NS(S) is added in its place (0: none).
    With a link or Newton-Schulz the weights of every token of a chunk are built, which takes C times the
    memory; otherwise only the chunk's last ones are.  Linear in T.
    """
    check_heads(q, k, v)
    out_type = v.dtype
    q, k, v, rate = (full_precision(x) for x in (q, k, v, rate))
    threshold = None if threshold is None else full_precision(threshold)
    base = None if base is None else {name: full_precision(w) for name, w in base.items()}
    weights, speed, anchor, place = _unpack(state, momentum is not None, chunk)
    dense = link is not None or orthogonal > 0
    out, t = [], 0
    while t < q.shape[1]:
        size = min(chunk - place % chunk, q.shape[1] - t)
        if place % chunk == 0:
            anchor = weights
        piece = slice(t, t + size)
        limit = None if threshold is None else threshold[:, piece].transpose(1, 2)
        q_now, k_now, v_now = (x[:, piece].transpose(1, 2) for x in (q, k, v))  # [B, H, C, K]
        taps = _gradients(net, _effective(anchor, link, base), k_now, v_now, loss, limit)
        step = rate[:, piece].transpose(1, 2)  # [B, H, C]
        keep = None if decay is None else 1 - full_precision(decay[:, piece]).transpose(1, 2)
        fade = None if momentum is None else full_precision(momentum[:, piece]).transpose(1, 2)
        along = _Path(weights, speed, taps, step, keep, fade, link, base, orthogonal, dense)
        out.append(net(along.linear, q_now).transpose(1, 2))
        weights, speed = along.end()
        place, t = place + size, t + size
    o = torch.cat(out, 1) if out else torch.zeros_like(v)
    return o.to(out_type), _pack(weights, speed, anchor, place, state)


def surprise(
    net: Net,
    state: dict[str, Any],
    k: Tensor,
    v: Tensor,
    *,
    loss: Loss = l2,
    link: Link | None = None,
    base: Weights | None = None,
) -> Tensor:
    """How much each pair would change the memory as it stands, writing nothing: gradient norm, [B, T, H]."""
    k, v = full_precision(k).transpose(1, 2), full_precision(v).transpose(1, 2)
    with torch.no_grad():
        taps = _gradients(net, _effective(state["weights"], link, base), k, v, loss, None)
        # the gradient of a weight is one outer product a^T e per token and use
        squares = [(a.square().sum(-1) * e.square().sum(-1)) for uses in taps.values() for a, e in uses]
        return torch.stack(squares).sum(0).sqrt().transpose(1, 2)


Taps = dict[str, list[tuple[Tensor, Tensor]]]


class _Path:
    """The weights along one piece of a chunk, read without being built (unless `dense`)."""

    def __init__(
        self,
        weights: Weights,
        speed: Weights,
        taps: Taps,
        rate: Tensor,
        keep: Tensor | None,
        fade: Tensor | None,
        link: Link | None,
        base: Weights | None,
        orthogonal: int,
        dense: bool,
    ) -> None:
        self.weights, self.speed, self.taps, self.base = weights, speed, taps, base
        size = rate.shape[-1]
        lower = torch.ones(size, size, dtype=torch.bool, device=rate.device).tril()
        kept = _products(keep, lower, rate)  # prod of (1 - alpha) over (j, i]: [B, H, C, C]
        pushed = rate[..., None, :] * _products(fade, lower, rate) if fade is not None else None
        if pushed is None:  # S_i = - theta_i u_i
            self.into_speed = torch.diag_embed(rate)
        else:
            self.into_speed = pushed  # S_i = f_i S_0 - sum_j n_ij u_j
        self.into_weights = kept @ self.into_speed  # A_i = beta_i A_0 + g_i S_0 - sum_j G_ij u_j
        self.kept0 = None if keep is None else keep.cumprod(-1)[..., None]  # beta_i: [B, H, C, 1]
        self.speed0 = None if fade is None else fade.cumprod(-1)[..., None]  # f_i
        self.carried = None if self.speed0 is None else kept @ self.speed0  # g_i
        self.along: Weights | None = None
        if dense:
            self.along = {}
            self.dense_speed: Weights = {}
            for name, start in weights.items():
                writes = sum(torch.einsum("bhci,bhco->bhcio", a, e) for a, e in taps[name])
                flow = -torch.einsum("bhts,bhsio->bhtio", self.into_speed, writes)
                if self.speed0 is not None:
                    flow = flow + self.speed0[..., None] * speed[name][:, :, None]
                self.dense_speed[name] = flow
                push = rate[..., None, None] * newton_schulz(flow, orthogonal) if orthogonal else flow
                held = start[:, :, None] if self.kept0 is None else self.kept0[..., None] * start[:, :, None]
                self.along[name] = held + torch.einsum("bhts,bhsio->bhtio", kept, push)
            self.link = link

    def linear(self, name: str, x: Tensor) -> Tensor:
        """x: [B, H, C, I] times the weights of each token's own time."""
        added = x @ self.base[name] if self.base is not None else None
        if self.along is not None:
            own = self.along[name] if self.link is None else self.link(self.along[name])
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


def _gradients(net: Net, anchor: Weights, k: Tensor, v: Tensor, loss: Loss, limit: Tensor | None) -> Taps:
    """For every use of a weight: what went in, and the gradient of each token's loss by what came out."""
    outer = torch.is_grad_enabled()
    taps: list[tuple[str, Tensor, Tensor]] = []
    with torch.inference_mode(False), torch.enable_grad():
        k, v = (x.clone() if x.is_inference() else x for x in (k, v))
        anchor = {name: w.clone() if w.is_inference() else w for name, w in anchor.items()}

        def record(name: str, x: Tensor) -> Tensor:
            z = x @ anchor[name]
            z = z if z.requires_grad else z.requires_grad_()
            taps.append((name, x, z))
            return z

        fault = loss(net(record, k), v, limit).sum()
        errors = torch.autograd.grad(fault, [z for _, _, z in taps], create_graph=outer)
    found: Taps = {name: [] for name in anchor}
    for (name, x, _), e in zip(taps, errors, strict=True):
        found[name].append((x, e) if outer else (x.detach(), e.detach()))
    return found


def _products(x: Tensor | None, lower: Tensor, like: Tensor) -> Tensor:
    """prod of x over (j, i] for j <= i, else 0: x: [B, H, C] -> [B, H, C, C]; ones below for x None."""
    if x is None:
        return lower.to(like.dtype).expand(*like.shape, like.shape[-1])
    spread = x[..., :, None].expand(*x.shape, x.shape[-1]).masked_fill(~lower.tril(-1), 1.0)
    return spread.cumprod(-2).masked_fill(~lower, 0.0)


def _effective(weights: Weights, link: Link | None, base: Weights | None) -> Weights:
    linked = weights if link is None else {name: link(w) for name, w in weights.items()}
    return linked if base is None else {name: w + base[name] for name, w in linked.items()}


def _reader(weights: Weights) -> Linear:
    return lambda name, x: x @ weights[name]


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
