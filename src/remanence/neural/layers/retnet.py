"""RetNet: Hebbian sums that fade at a fixed rate of their own in every head (multi-scale retention).

S_t = a_h S_{t-1} + k_t^T v_t with a_h = 1 - 2^(-5 - h), and rotary positions on keys and queries.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("retnet")
class RetNet(MatrixMemory, decay="fixed", turned=True):
    """Half-lives of about 22, 44, 88, ... tokens; `turned=False` leaves the rotary positions out."""
