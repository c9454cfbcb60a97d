"""Mem0: facts instead of talk, each held against its ten nearest: add, update, delete or nothing."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import reconcile
from remanence.form import extract
from remanence.recall import find
from remanence.recipes import recipe
from remanence.stage import Recipe


@recipe(
    "mem0",
    paper="Mem0: Building Production-Ready AI Agents with Scalable Long-Term Memory (Chhikara et al. 2025)",
    ledger="S113",
    family="dialogue",
    form="flat",
    function="factual",
    dynamics="distil, update",
    control="rule, llm",
    faithful="approximate(no-llm)",
    lost="without a model facts are what rules read, and only the same slot or the same words are reconciled",
    reported={"LoCoMo judge, gpt-4o-mini": "66.9 (full context 72.9)"},
)
def mem0(*, k: int = 100, neighbours: int = 10, same: float = 0.95) -> Recipe:
    """Facts reconciled with their ten nearest as intervals that close; recall by meaning among what holds."""
    return Recipe(
        form=extract.facts(),
        evolve=reconcile.mem0(k=neighbours, same=same),
        recall=find.vectors(k=k, kinds=("fact",)),
        compose=listing(),
    )
