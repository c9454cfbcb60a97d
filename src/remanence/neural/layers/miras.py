"""Miras: a memory from four choices - network, inner objective, retention, learner - and its three models.

Moneta minds no outlier keys (l_p objective, l_q retention), Yaad no outlier values (Huber objective),
Memora keeps its weights on a simplex (Kullback-Leibler retention).
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.network import NetworkMemory


@layer("miras")
class Miras(NetworkMemory, momentum=False):
    """Every choice open; the other three names are presets of this one."""


@layer("moneta")
class Moneta(Miras, loss="lp", link="lq", rate=0.02):
    """p = `power` in the objective, q = `norm` in the retention; p = q = 2 is gradient descent with decay."""


@layer("yaad")
class Yaad(Miras, loss="huber"):
    """Large errors push no harder than the limit, which is read from the token."""


@layer("memora")
class Memora(Miras, link="simplex", rate=0.5):
    """Every row of the weights is positive and sums to `total`, by default the width of a value: one a weight."""
