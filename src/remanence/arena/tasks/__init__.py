"""Published benchmarks, read in the layout of their public downloads; one file each."""

from __future__ import annotations

from remanence.arena.tasks import (
    babi,
    beam,
    booksort,
    convomem,
    epbench,
    halumem,
    lifebench,
    lmeb,
    locomo,
    longmemeval,
    memoryagentbench,
    multihop,
    personamem,
    precisionmembench,
    prefeval,
    proced,
    realtalk,
)

__all__ = [
    "babi",
    "beam",
    "booksort",
    "convomem",
    "epbench",
    "halumem",
    "lifebench",
    "lmeb",
    "locomo",
    "longmemeval",
    "memoryagentbench",
    "multihop",
    "personamem",
    "precisionmembench",
    "prefeval",
    "proced",
    "realtalk",
]
