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
def MuonMemory(
    dim: int,
    *,
    heads: int = 4,
    key: int | None = None,
    conv: int = 4,
    depth: int = 1,
    steps: int = 5,
    chunk: int = 8,
) -> NetworkMemory:
    """Long-term memory with `steps` Newton-Schulz iterations on every write."""
    return NetworkMemory(
        dim,
        heads=heads,
        key=key,
        value=key,
        conv=conv,
        depth=depth,
        residual=False,
        orthogonal=steps,
        chunk=chunk,
    )
