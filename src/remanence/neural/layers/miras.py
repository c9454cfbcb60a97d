"""Miras: a memory from four choices - network, inner objective, retention, learner - and its three models.

Moneta minds no outlier keys (l_p objective, l_q retention), Yaad no outlier values (Huber objective),
Memora keeps its weights on a simplex (Kullback-Leibler retention).
"""

from __future__ import annotations

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
class Miras(NetworkMemory, momentum=False):
    """Every choice open; the other three names are presets of this one."""


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
class Moneta(Miras, loss="lp", link="lq", rate=0.02):
    """p = `power` in the objective, q = `norm` in the retention; p = q = 2 is gradient descent with decay."""


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
class Yaad(Miras, loss="huber"):
    """Large errors push no harder than the limit, which is read from the token."""


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
class Memora(Miras, link="simplex", rate=0.5):
    """Every row of the weights is positive and sums to `total`, by default the width of a value: one a weight."""
