"""Kimi Delta Attention: the delta rule with a decay of its own for every key channel.

S_t = (I - b_t k_t^T k_t) diag(a_t) S_{t-1} + b_t k_t^T v_t,  a_t = exp(-exp(A) softplus(low-rank(x_t) + dt)).
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("kimi_delta")
class KimiDelta(MatrixMemory, delta=True, decay="steps"):
    """Each key channel forgets at its own rate; with one rate for all it is gated DeltaNet."""
