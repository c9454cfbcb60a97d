"""Muon memory: a test-time memory whose momentum is made orthogonal before it is written.

Newton-Schulz gives rare directions the same weight as frequent ones, so seldom seen facts are kept.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.network import NetworkMemory


@layer("muon_memory")
class MuonMemory(NetworkMemory, depth=1, residual=False, orthogonal=5, chunk=8):
    """Long-term memory with `orthogonal` Newton-Schulz iterations on every write."""
