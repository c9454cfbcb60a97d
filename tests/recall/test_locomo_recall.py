"""How much of LoCoMo's evidence the default finds and packs; needs the benchmark data."""

from __future__ import annotations

import numpy as np

from remanence.arena.catalogue import find_task
from remanence.memory.memory import Memory
from remanence.models.static import StaticEmbedder


def test_the_default_finds_and_packs_the_evidence(data):
    """At least 0.74 of it in ten hits and 0.82 in a thousand tokens, over all conversations there are."""
    embedder = StaticEmbedder()
    found: list[float] = []
    packed: list[float] = []
    for pool in find_task("locomo").pools(data):
        with Memory(":memory:", "default", embedder) as memory:
            memory.remember([record.message() for record in pool.records])
            for question in pool.questions:
                wanted = set(question.evidence)
                if not wanted or not question.answerable:
                    continue
                hits = memory.recall(question.text, k=10, now=question.at)
                context = memory.context(question.text, 1000, now=question.at)
                found.append(len(wanted & {hit.item.source for hit in hits}) / len(wanted))
                packed.append(len(wanted & set(context.sources)) / len(wanted))

    assert len(found) > 100
    assert np.mean(found) >= 0.74
    assert np.mean(packed) >= 0.82
