"""Linear attention: a matrix memory of Hebbian sums, the Pavlovian association.

S_t = S_{t-1} + k_t^T v_t,  o_t = q_t S_t: writes add up and nothing is forgotten.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("linear_attention")
class LinearAttention(MatrixMemory):
    """`heads` matrices of `key x value`; capacity is about `key` associations a head."""
