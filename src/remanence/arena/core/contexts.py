"""What stands in a packed context: tokens, sources, how much of each piece of evidence, and the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from remanence.arena.core import metrics
from remanence.arena.core.system import System
from remanence.arena.core.task import Question
from remanence.language.tokens import count_tokens

WINDOW = 128_000
"""Tokens that the full-context row may fill in its `full` column."""
_RUN = 6


def packed(
    budgets: Iterable[int], question: Question, system: System, texts: Mapping[str, tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    """For each budget: tokens, sources, shares of the evidence told, whether the answer stands there."""
    made: dict[str, dict[str, Any]] = {}
    full = system.name == "full-context"
    for budget in (*budgets, *((WINDOW,) if full else ())):
        got = system.context(question, budget)
        entry: dict[str, Any] = {"tokens": _count(got.text)}
        entry["sources"] = list(got.sources) if budget != WINDOW else sorted(set(got.sources) & {*question.evidence})
        entry["shares"] = {
            source: share
            for source in question.evidence
            if (share := max(told_share(_runs(got.text), text) for text in texts.get(source, ("", ""))))
        }
        if question.answers:
            entry["holds_answer"] = metrics.contains(got.text, question.answers)
        made["full" if budget == WINDOW and full else str(budget)] = entry
    return made


@lru_cache(maxsize=8)
def _runs(text: str) -> tuple[frozenset[str], str]:
    words = metrics.words(text)
    runs = frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words)))
    return runs, f" {' '.join(words)} "


@lru_cache(maxsize=8)
def _count(text: str) -> int:
    return count_tokens(text)


def told_share(shown: tuple[frozenset[str], str], record: str) -> float:
    """The share of a record's runs of six words that stand in a context; 1 for a short one that is all there."""
    words = metrics.words(record)
    if not words:
        return 0.0
    if len(words) <= _RUN:
        return float(f" {' '.join(words)} " in shown[1])
    runs = [" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]
    return sum(run in shown[0] for run in runs) / len(runs)
