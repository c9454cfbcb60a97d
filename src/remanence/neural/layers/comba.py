"""Comba: gated delta that erases less than it writes and corrects its answer by what was just told.

S_t = a_t (I - s b_t k_t^T k_t) S_{t-1} + b_t k_t^T v_t,  o_t = (q_t - d k_t) S_t, with learned s and d per head.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("comba")
class Comba(MatrixMemory, delta=True, decay="scalar", closed_loop=True):
    """With s = 1 and d = 0 it is gated DeltaNet."""
