"""Gated linear attention: Hebbian sums with a data-dependent decay for every key channel.

S_t = diag(a_t) S_{t-1} + k_t^T v_t,  a_t = sigmoid(low-rank(x_t))^(1/16).
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("gla")
class GLA(MatrixMemory, decay="channel"):
    """`heads` matrices of `key x value`, each key channel with a gate of its own."""
