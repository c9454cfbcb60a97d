"""DeltaNet: a matrix memory that overwrites what a key already holds (the delta rule).

S_t = (I - b_t k_t^T k_t) S_{t-1} + b_t k_t^T v_t,  o_t = q_t S_t: one gradient step on |k S - v|^2 / 2.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("delta_net")
class DeltaNet(MatrixMemory, delta=True):
    """`heads` matrices of `key x value`; `negative=True` lets b reach 2, to track state such as parity."""
