"""Mamba-2 in its linear-attention form (state space duality): Hebbian sums with a data-dependent scalar decay.

S_t = exp(-exp(A) dt_t) S_{t-1} + dt_t k_t^T v_t, where k, q, v are the paper's B, C, x.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("mamba2")
class Mamba2(MatrixMemory, decay="scalar", stepped=True, unit_keys=False):
    """`heads` states of `key x value`; the step dt both writes and forgets."""
