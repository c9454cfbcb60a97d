"""Gated DeltaNet-2: erases per key channel and writes per value channel, with a gate for each.

S_t = (I - k_t^T (e_t * k_t)) diag(a_t) S_{t-1} + k_t^T (w_t * v_t); with e_t = w_t = b_t it is Kimi Delta Attention.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("gated_delta_net_2")
class GatedDeltaNet2(MatrixMemory, delta=True, decay="steps", split_gates=True):
    """`negative=True` lets the erase gate reach 2."""
