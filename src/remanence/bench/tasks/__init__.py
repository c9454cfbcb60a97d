"""Published benchmarks, read in the layout of their public downloads; one file each."""

from __future__ import annotations

from remanence.bench.tasks import beam, locomo, longmemeval, multihop

__all__ = ["beam", "locomo", "longmemeval", "multihop"]
