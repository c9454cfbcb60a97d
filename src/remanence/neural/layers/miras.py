"""Miras: a memory from four choices - network, inner objective, retention, learner - and its three models.

Moneta minds no outlier keys (l_p objective, l_q retention), Yaad no outlier values (Huber objective),
Memora keeps its weights on a simplex (Kullback-Leibler retention).
"""

from __future__ import annotations

from remanence.neural.blocks import per_head
from remanence.neural.layer import layer
from remanence.neural.network import NetworkMemory

PAPER = (
    "It's All Connected: A Journey Through Test-Time Memorization, Attentional Bias, Retention, "
    "and Online Optimization (Behrouz et al. 2025)"
)
NOTES = "Gates per head, not per channel through low-rank maps."


@layer(
    "miras",
    ledger="S020",
    paper=PAPER,
    architecture="network (depth, residual)",
    bias="l2, lp or huber",
    retention="decay; identity, lq, simplex or soft-threshold link",
    learner="one gradient step, momentum, Newton-Schulz",
    schedule="chunk",
    notes=NOTES,
)
def Miras(
    dim: int,
    *,
    heads: int = 4,
    key: int | None = None,
    conv: int = 4,
    depth: int = 2,
    expansion: int = 2,
    residual: bool = True,
    loss: str = "l2",
    power: float = 3.0,
    link: str = "none",
    norm: float = 4.0,
    total: float = 1.0,
    momentum: bool = False,
    decay: bool = True,
    orthogonal: int = 0,
    rate: float = 0.1,
    chunk: int = 16,
) -> NetworkMemory:
    """Every choice open; the other three names are presets of this one."""
    return NetworkMemory(
        dim,
        heads=heads,
        key=key,
        value=key,
        conv=conv,
        depth=depth,
        expansion=expansion,
        residual=residual,
        loss=loss,
        power=power,
        link=link,
        norm=norm,
        total=total,
        momentum=momentum,
        decay=decay,
        orthogonal=orthogonal,
        rate=rate,
        chunk=chunk,
    )


@layer(
    "moneta",
    ledger="S020",
    paper=PAPER,
    architecture="network",
    bias="lp",
    retention="data-dependent scalar, lq norm",
    schedule="chunk",
    notes=NOTES + " |e|^p is smoothed as (e^2 + 1e-6)^(p/2).",
)
def Moneta(
    dim: int,
    *,
    heads: int = 4,
    key: int | None = None,
    conv: int = 4,
    power: float = 3.0,
    norm: float = 4.0,
    chunk: int = 16,
) -> NetworkMemory:
    """p = `power` in the objective, q = `norm` in the retention; p = q = 2 is gradient descent with decay."""
    return Miras(
        dim, heads=heads, key=key, conv=conv, loss="lp", power=power, link="lq", norm=norm, rate=0.02, chunk=chunk
    )


@layer(
    "yaad",
    ledger="S020",
    paper=PAPER,
    architecture="network",
    bias="huber",
    retention="data-dependent scalar",
    schedule="chunk",
    notes=NOTES,
)
def Yaad(
    dim: int, *, heads: int = 4, key: int | None = None, conv: int = 4, depth: int = 2, chunk: int = 16
) -> NetworkMemory:
    """Large errors push no harder than the threshold, which is read from the token."""
    return Miras(dim, heads=heads, key=key, conv=conv, depth=depth, loss="huber", chunk=chunk)


@layer(
    "memora",
    ledger="S020",
    paper=PAPER,
    architecture="network on a simplex",
    bias="l2",
    retention="Kullback-Leibler (softmax link)",
    schedule="chunk",
    notes=NOTES + " The softmax is taken at every token, the gradient point moves at chunk borders.",
)
def Memora(
    dim: int, *, heads: int = 4, key: int | None = None, conv: int = 4, total: float | None = None, chunk: int = 16
) -> NetworkMemory:
    """Every row of the weights is positive and sums to `total`, by default the width of a value: one a weight."""
    total = float(per_head(dim, heads, key)) if total is None else total
    return Miras(dim, heads=heads, key=key, conv=conv, link="simplex", total=total, rate=0.5, chunk=chunk)
