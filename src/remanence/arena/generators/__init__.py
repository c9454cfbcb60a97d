"""Benchmarks drawn from a seed, so that the arena runs without any download; an oracle answers each one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from remanence.arena.core.task import Question, Record
from remanence.arena.generators import abilities, events, growing, order, persona, platforms, rewriting

__all__ = ["ORACLES"]

ORACLES: dict[str, Callable[[Sequence[Record], Question], str]] = {
    "growing": growing.oracle,
    "persona-timeline": persona.oracle,
    "platforms": platforms.oracle,
    "abilities": abilities.oracle,
    "which-first": order.oracle,
    "dated-events": events.oracle,
    "t-maze": rewriting.oracle,
    "color-cubes": rewriting.oracle,
}
"""task -> what answers each of its questions from the records told so far, by the generator's own grammar."""
