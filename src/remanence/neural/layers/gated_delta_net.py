"""Gated DeltaNet: the delta rule with a data-dependent decay of the whole memory.

S_t = a_t (I - b_t k_t^T k_t) S_{t-1} + b_t k_t^T v_t.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("gated_delta_net")
class GatedDeltaNet(MatrixMemory, delta=True, decay="scalar"):
    """Forget with a_t, overwrite with b_t; a_t = 1 is DeltaNet, b_t = 0 pure decay, a_t = 0 memoryless."""
