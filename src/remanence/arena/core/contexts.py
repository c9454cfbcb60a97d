"""What stands in a packed context: tokens, sources, the answer, and how much of each piece of evidence is told.

A piece of evidence counts as *told* when the words of the answer that it holds stand in the context, whoever is cited
and however the text was cut. Evidence that holds no word of the answer (a yes, a count, a conclusion) counts as told
when half of its own text does. That a source is cited is measured beside it and means less: a snippet may name a
turn and leave out what matters, and a summary may tell it without naming it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from remanence.arena.core import metrics
from remanence.arena.core.system import System
from remanence.arena.core.task import Question
from remanence.arena.core.terms import terms
from remanence.language.tokens import count_tokens

WINDOW = 128_000
"""Tokens that the full-context row may fill in its `full` column."""
_RUN = 6


def packed(
    budgets: Iterable[int], question: Question, system: System, texts: Mapping[str, tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    """For each budget: tokens, sources, shares of the evidence, which of it is told, whether the answer stands there.

    texts: the text of each record, without and with its caption.
    """
    made: dict[str, dict[str, Any]] = {}
    full = system.name == "full-context"
    for budget in (*budgets, *((WINDOW,) if full else ())):
        got = system.context(question, budget)
        shares = {source: shown_share(got.text, texts.get(source, ("", ""))) for source in question.evidence}
        entry: dict[str, Any] = {
            "tokens": _count(got.text),
            "sources": list(got.sources) if budget != WINDOW else sorted(set(got.sources) & {*question.evidence}),
            "shares": {source: share for source, share in shares.items() if share},
            "told": [
                source
                for source in question.evidence
                if told(got.text, texts.get(source, ("", "")), question.answers, shares[source])
            ],
        }
        if question.answers:
            entry["holds_answer"] = metrics.contains(got.text, question.answers)
        made["full" if budget == WINDOW and full else str(budget)] = entry
    return made


def answer_words(evidence: tuple[str, str], answers: tuple[str, ...]) -> frozenset[str]:
    """Stemmed content words of the accepted answers that a piece of evidence holds, in its text or its caption."""
    held = _terms(evidence[0]) | _terms(evidence[1])
    return frozenset().union(*(_terms(answer) for answer in answers)) & held


def told(context: str, evidence: tuple[str, str], answers: tuple[str, ...], share: float) -> bool:
    """True when a context tells a piece of evidence: its words of the answer are there, or half of its text is."""
    wanted = answer_words(evidence, answers)
    return wanted <= _terms(context) if wanted else share >= 0.5


def shown_share(context: str, evidence: tuple[str, str]) -> float:
    """The share of a record (with or without its caption) that stands in a context word for word."""
    return max(told_share(runs(context), text) for text in evidence)


@lru_cache(maxsize=64)
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))


@lru_cache(maxsize=8)
def runs(text: str) -> tuple[frozenset[str], str]:
    """Every run of six words of a text, and all its words in one line."""
    words = metrics.words(text)
    found = frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words)))
    return found, f" {' '.join(words)} "


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
    wanted = [" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]
    return sum(run in shown[0] for run in wanted) / len(wanted)
