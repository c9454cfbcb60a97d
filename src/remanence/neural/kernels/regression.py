"""Regression as memory: predict v at q from all (k, v) so far, locally (kernel) or globally (ridge).

order 0   o = sum_j w_j v_j,  w = softmax(scale q . k_j)                  softmax attention
order 1   o = b of  min_b,W  sum_j w_j |v_j - b - (k_j - q) W|^2 + ridge |W|^2    local linear
ridge     o = q (H_kk + diag(ridge))^-1 H_kv,  H_kk = sum_j b_j k_j^T k_j, decayed    Mesa
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels.block_attention import block_attention
from remanence.neural.kernels.gated_delta import (
    check_heads,
    chunks,
    exact,
    full_precision,
    gated_delta,
    segment_decay,
)

Apply = Callable[[Tensor], Tensor]
QUERIES = 128
"""Queries of a kernel regression that are solved side by side; does not change the function."""


@dataclass(frozen=True)
class Solver:
    """Conjugate gradient: at most `iterations` (4 K where None), to a relative `tolerance` (1e-6; 1e-12 in 64 bits).

    chunk: tokens of a ridge regression that are solved side by side; does not change the function.
    """

    iterations: int | None = None
    tolerance: float | None = None
    chunk: int = 64


EXACT = Solver()


def kernel_regression_naive(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    order: int = 1,
    ridge: float = 1.0,
    scale: float | None = None,
    state: dict[str, Any] | None = None,
) -> tuple[Tensor, dict[str, Any]]:
    """One query at a time, weighted least squares solved directly: the definition. As `kernel_regression`."""
    state = _extend(k, v, state)
    k, v = state["k"], state["v"]
    time, key = q.shape[1], q.shape[3]
    scale = key**-0.5 if scale is None else scale
    out = []
    for t in range(time):
        seen = k.shape[1] - time + t + 1
        keys, values, at = k[:, :seen].transpose(1, 2), v[:, :seen].transpose(1, 2), q[:, t, :, None]
        w = (scale * (at @ keys.mT)).softmax(-1)  # [B, H, 1, S]
        if order == 0:
            out.append((w @ values)[:, :, 0])
            continue
        z = keys - at
        mean = w @ z  # [B, H, 1, K]
        spread = (w * z.mT) @ z + ridge * torch.eye(key, dtype=q.dtype, device=q.device)
        rho = torch.linalg.solve(spread, mean.mT)  # [B, H, K, 1]
        share = w * (1 - (z @ rho).mT)
        out.append((share @ values / share.sum(-1, keepdim=True))[:, :, 0])
    return (torch.stack(out, 1) if out else v[:, :0]), state


@exact
def kernel_regression(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    order: int = 1,
    ridge: float = 1.0,
    scale: float | None = None,
    state: dict[str, Any] | None = None,
    solver: Solver = EXACT,
) -> tuple[Tensor, dict[str, Any]]:
    """Fit the past around each query: q, k: [B, T, H, K], v: [B, T, H, V] -> o: [B, T, H, V], cache.

    The weights w of a query sum to one, so `ridge` is per unit of weight; ridge -> inf is softmax attention,
    scale -> 0 one global (affine) regression.  The share of a value may be negative; the shares sum to one.
    Order 1 is solved by conjugate gradient for a chunk of queries at once: [C, S] matrices, nothing of size
    K x K per token.  Quadratic in T, as softmax attention is.  Gradients are implicit: they do not pass
    through the iterations.
    """
    check_heads(q, k, v)
    if order == 0:
        return block_attention(q, k, v, state=state, scale=scale)
    if order != 1:
        raise InvalidInput(f"order is 0 (softmax) or 1 (local linear), got {order}")
    state = _extend(k, v, state)
    k, v = full_precision(state["k"]).transpose(1, 2), full_precision(state["v"]).transpose(1, 2)
    out_type, q = q.dtype, full_precision(q).transpose(1, 2)
    time, key, size = q.shape[2], q.shape[3], k.shape[2]
    scale = key**-0.5 if scale is None else scale
    place = torch.arange(size, device=q.device)
    out = []
    for t in range(0, time, QUERIES):
        here = q[:, :, t : t + QUERIES]
        last = size - time + t + here.shape[2]
        keys, values = k[:, :, :last], v[:, :, :last]
        hidden = place[:last] > place[last - here.shape[2] : last, None]
        w = (scale * (here @ keys.mT)).masked_fill(hidden, float("-inf")).softmax(-1)
        mean = w @ keys - here

        def spread(p: Tensor, w: Tensor = w, keys: Tensor = keys, at: Tensor = here) -> Tensor:
            along = w * (p @ keys.mT - (p * at).sum(-1, keepdim=True))
            return along @ keys - along.sum(-1, keepdim=True) * at + ridge * p

        rho = solve(spread, mean, solver)
        share = w * (1 - rho @ keys.mT + (rho * here).sum(-1, keepdim=True))
        out.append(share @ values / (1 - (mean * rho).sum(-1, keepdim=True)))
    return (torch.cat(out, 2).transpose(1, 2).to(out_type) if out else state["v"][:, :0]), state


def ridge_regression_naive(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    ridge: float | Tensor = 1.0,
    beta: Tensor | None = None,
    gate: Tensor | None = None,
    state: dict[str, Any] | None = None,
) -> tuple[Tensor, dict[str, Any]]:
    """One rank-one update and one direct solve per token: the definition. Arguments as `ridge_regression`."""
    state = _moments(q, v, state)
    kk, kv = state["kk"], state["kv"]
    penalty = _penalty(ridge, q)
    out = []
    for t in range(q.shape[1]):
        k_t, v_t = k[:, t, :, :, None], v[:, t, :, None]
        b = 1.0 if beta is None else beta[:, t, :, None, None]
        a = 1.0 if gate is None else gate[:, t, :, None, None].exp()
        kk, kv = a * kk + b * k_t @ k_t.mT, a * kv + b * k_t @ v_t
        x = torch.linalg.solve(kk + penalty, q[:, t, :, :, None])
        out.append((x.mT @ kv)[:, :, 0])
    return (torch.stack(out, 1) if out else v), {"kk": kk, "kv": kv}


@exact
def ridge_regression(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    ridge: float | Tensor = 1.0,
    beta: Tensor | None = None,
    gate: Tensor | None = None,
    state: dict[str, Any] | None = None,
    solver: Solver = EXACT,
) -> tuple[Tensor, dict[str, Any]]:
    """Answer q by the ridge solution over all (k, v) so far: q, k: [B, T, H, K], v: [B, T, H, V] -> o.

    ridge: a number or [H, K] per channel; it does not decay. beta: [B, T, H] > 0 weighs the examples.
    gate: log decay [B, T, H] <= 0 of both moments. state: {"kk": [B, H, K, K], "kv": [B, H, K, V]}.
    Without a gate each chunk is solved exactly (Woodbury: two Cholesky factors); with one, all tokens at
    once by conjugate gradient over the gated second moment (Mesa: von Oswald et al. 2025).  Linear in T.
    """
    check_heads(q, k, v)
    out_type = v.dtype
    q, k, v = full_precision(q), full_precision(k), full_precision(v)
    state = _moments(q, v, state)
    if q.shape[1] == 0:
        return v.to(out_type), state
    kk, kv = state["kk"].to(q.dtype), state["kv"].to(q.dtype)
    weigh = full_precision(beta)[..., None] if beta is not None else None
    chunk = min(solver.chunk, q.shape[1])
    if gate is None:
        x, kk = _woodbury(q, k if weigh is None else weigh.sqrt() * k, kk, _penalty(ridge, q), chunk)
    else:
        weighed = k if weigh is None else weigh * k
        apply, kk = _gated_moment(k, weighed, full_precision(gate), kk, _penalty(ridge, q), chunk)
        solved = solve(apply, chunks(q, chunk), solver)
        x = solved.flatten(2, 3)[:, :, : q.shape[1]].transpose(1, 2)
    o, kv = gated_delta(x, k, v if weigh is None else weigh * v, gate=gate, state=kv, chunk=chunk)
    return o.to(out_type), {"kk": kk, "kv": kv}


def conjugate_gradient(apply: Apply, b: Tensor, solver: Solver = EXACT) -> Tensor:
    """Solve apply(x) = b for many symmetric positive systems at once; the vectors lie along the last axis."""
    iterations = 4 * b.shape[-1] if solver.iterations is None else solver.iterations
    tolerance = solver.tolerance
    if tolerance is None:
        tolerance = 1e-12 if b.dtype == torch.float64 else 1e-6
    x, r = torch.zeros_like(b), b
    p, rr = r, r.square().sum(-1, keepdim=True)
    enough = tolerance**2 * rr
    tiny = torch.finfo(b.dtype).tiny
    for _ in range(iterations):
        if bool((rr <= enough).all()):
            break
        ap = apply(p)
        step = rr / (p * ap).sum(-1, keepdim=True).clamp(min=tiny)
        x, r = x + step * p, r - step * ap
        new = r.square().sum(-1, keepdim=True)
        p, rr = r + (new / rr.clamp(min=tiny)) * p, new
    return x


def solve(apply: Apply, b: Tensor, solver: Solver = EXACT) -> Tensor:
    """Conjugate gradient with implicit gradients to b and to whatever `apply` depends on."""

    def inverse(y: Tensor) -> Tensor:
        with torch.no_grad():
            return conjugate_gradient(apply, y, solver)

    x = inverse(b)
    if not torch.is_grad_enabled():
        return x
    rest = b - apply(x)  # about zero; carries d b - (d apply)(x), to be multiplied by the inverse
    if rest.requires_grad:
        rest.register_hook(inverse)  # type: ignore[no-untyped-call]
    return x + rest


def _gated_moment(
    k: Tensor, weighed: Tensor, gate: Tensor, kk: Tensor, penalty: Tensor, chunk: int
) -> tuple[Apply, Tensor]:
    """x_t -> (H_t + penalty) x_t for all t in chunk layout [B, H, N, C, K], and the last H."""
    lower = torch.ones(chunk, chunk, dtype=torch.bool, device=k.device).tril()
    g = chunks(gate[..., None], chunk)
    keys, weighed = chunks(k, chunk), chunks(weighed, chunk)
    decay, since = segment_decay(g[..., 0], lower), g.cumsum(-2).exp()
    added = (weighed * decay[..., -1, :, None]).mT @ keys
    starts = []
    for n in range(keys.shape[2]):
        starts.append(kk)
        kk = since[:, :, n, -1:] * kk + added[:, :, n]
    start, row = torch.stack(starts, 2), penalty.diagonal(dim1=-2, dim2=-1)[:, None, None]

    def apply(x: Tensor) -> Tensor:
        return ((x @ keys.mT) * decay) @ weighed + since * (x @ start) + row * x

    return apply, kk


def _woodbury(q: Tensor, k: Tensor, kk: Tensor, penalty: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """x_t = (H_t + penalty)^-1 q_t for all t: [B, T, H, K], and the last H.

    In a chunk H_t = H_0 + K_t^T K_t over the rows up to t, so x_t = P q - P K^T (I + K P K^T)_t^-1 K P q with
    P = (H_0 + penalty)^-1; leading blocks of one Cholesky factor serve all t.
    """
    time = q.shape[1]
    q, k = chunks(q, chunk), chunks(k, chunk)
    added = (k.mT @ k).cumsum(2)
    before = kk[:, :, None] + torch.cat([torch.zeros_like(added[:, :, :1]), added[:, :, :-1]], 2)
    factor = torch.linalg.cholesky(before + penalty[:, None])
    both = torch.cholesky_solve(torch.cat([k, q], 3).mT, factor)  # P K^T, P q^T: [B, H, N, K, 2 C]
    pk, pq = both[..., :chunk], both[..., chunk:]
    inner = torch.linalg.cholesky(k @ pk + torch.eye(chunk, dtype=q.dtype, device=q.device))
    y = torch.linalg.solve_triangular(inner, k @ pq, upper=False).triu()  # query t sees keys <= t
    z = torch.linalg.solve_triangular(inner.mT, y, upper=True)
    x = (pq - pk @ z).mT.flatten(2, 3)[:, :, :time].transpose(1, 2)
    return x, kk + added[:, :, -1]


def _penalty(ridge: float | Tensor, like: Tensor) -> Tensor:
    """diag(ridge): [H, K, K]."""
    heads, key = like.shape[2:]
    row = torch.as_tensor(ridge, dtype=like.dtype, device=like.device).expand(heads, key)
    return torch.diag_embed(row)


def _moments(q: Tensor, v: Tensor, state: dict[str, Any] | None) -> dict[str, Any]:
    if state is not None:
        return state
    batch, _, heads, key = q.shape
    return {"kk": q.new_zeros(batch, heads, key, key), "kv": q.new_zeros(batch, heads, key, v.shape[-1])}


def _extend(k: Tensor, v: Tensor, state: dict[str, Any] | None) -> dict[str, Any]:
    if state is None:
        return {"k": k, "v": v}
    return {"k": torch.cat([state["k"].to(k.dtype), k], 1), "v": torch.cat([state["v"].to(v.dtype), v], 1)}
