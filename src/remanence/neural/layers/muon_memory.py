"""Muon memory: a test-time memory whose momentum is made orthogonal before it is written.

Newton-Schulz gives rare directions the same weight as frequent ones, so seldom seen facts are kept.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.network import NetworkMemory


@layer(
    "muon_memory",
    ledger="S160",
    paper="Muon Outperforms Adam in Tail-End Associative Memory Learning (2025)",
    architecture="network (matrix for depth 1)",
    bias="l2",
    retention="data-dependent scalar",
    learner="momentum, Newton-Schulz",
    schedule="chunk",
    faithful="mechanism",
    notes="The paper's Muon is the outer optimiser (remanence.neural.muon.Muon); this is the same rule inside.",
)
class MuonMemory(NetworkMemory, depth=1, residual=False, orthogonal=5, chunk=8):
    """Long-term memory with `orthogonal` Newton-Schulz iterations on every write."""
