"""Turns what a system did with one question into numbers, and many questions into a table row.

`Outcome` is all that is kept of a system's work on a question; every number can be computed again from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from remanence.arena.core import metrics
from remanence.arena.core.stats import bootstrap, clustered
from remanence.arena.core.system import Found
from remanence.arena.core.task import Pool, Question
from remanence.arena.core.terms import terms

__all__ = ["Outcome", "choose", "higher_is_better", "score", "summarise"]


@dataclass(slots=True)
class Outcome:
    """What happened with one question: results, packed contexts by budget, confidence, answer, seconds."""

    pool: str
    question: Question
    found: list[Found]
    packed: dict[str, dict[str, Any]] = field(default_factory=dict)
    confidence: float | None = None
    answer: str | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    """The question as the run's file keeps it."""


def score(outcome: Outcome, pool: Pool, measures: Sequence[str]) -> dict[str, float]:
    """All measures of one question; those that do not apply are left out."""
    question = outcome.question
    sources = [one.source for one in outcome.found]
    values: dict[str, float] = {}
    ranked = not outcome.extra.get("unranked")
    rankable = bool(question.evidence) and question.answerable and ranked
    if "turn" in measures and rankable:
        values |= _ranks(sources, question.evidence, "")
        gains = question.gains or dict.fromkeys(question.evidence, 1.0)
        values["ndcg@10"] = metrics.ndcg(sources, gains, 10)
        values["mrr"] = metrics.reciprocal_rank(sources, question.evidence)
        values["map"] = metrics.average_precision(sources, question.evidence)
        if question.gains:
            values |= {f"precision@{k}": metrics.precision(sources, question.evidence, k) for k in (1, 5, 10)}
    if "session" in measures and question.answerable and ranked:
        of = pool.sessions()
        wanted = question.sessions or tuple(dict.fromkeys(of[s] for s in question.evidence if s in of))
        if wanted:
            found = [of[source] for source in sources if source in of]
            values |= _ranks(found, wanted, "session_")
            values["session_ndcg@10"] = metrics.ndcg(found, dict.fromkeys(wanted, 1.0), 10)
    if "context" in measures and question.answerable:
        values |= _contexts(outcome, question)
    if "groups" in measures and question.groups and rankable:
        for k in (10, 20):
            values[f"sides@{k}"] = float(all(metrics.recall_any(sources, side, k) for side in question.groups))
    if "order" in measures and len(question.order) > 1:
        packed = outcome.packed.get("2000", {}).get("sources", ())
        tau = metrics.kendall_tau([s for s in packed if s in question.order], question.order)
        if not math.isnan(tau):
            values["tau"] = tau
    if "newest" in measures and question.answers and ranked:
        best = outcome.found[0].text if outcome.found else ""
        stale = metrics.contains(best, question.wrong) if question.wrong else 0.0
        values["newest@1"] = metrics.contains(best, question.answers) * (1.0 - stale)
        if question.wrong:
            values["stale@1"] = stale
    if "choice" in measures and question.choices and question.correct is not None and ranked:
        picked = outcome.extra["picked"] if "picked" in outcome.extra else choose(outcome.found, question.choices)
        values["choice"] = 1 / len(question.choices) if picked is None else float(picked == question.correct)
    if "episodes" in measures and "vocabulary" in question.data and ranked:
        values |= _episodes(outcome, question)
    if "answer" in measures and outcome.answer is not None:
        values |= _answers(outcome.answer, question)
    if "cases" in measures and ranked:
        values |= _case(outcome, question)
    return values


def _ranks(found: Sequence[str], wanted: Sequence[str], prefix: str) -> dict[str, float]:
    values = {}
    for k in metrics.DEPTHS:
        values[f"{prefix}any@{k}"] = metrics.recall_any(found, wanted, k)
        values[f"{prefix}all@{k}"] = metrics.recall_all(found, wanted, k)
        values[f"{prefix}fraction@{k}"] = metrics.fraction(found, wanted, k)
    return values


def _contexts(outcome: Outcome, question: Question) -> dict[str, float]:
    """Evidence in the packed text: told (`told@`), named and shown (`context@`), how much of it; the answer itself."""
    values: dict[str, float] = {}
    count = len(question.evidence)
    for budget, packed in outcome.packed.items():
        if count:
            named = set(packed["sources"])
            shares = {source: packed["shares"].get(source, 0.0) for source in question.evidence}
            inside = [source for source in question.evidence if source in named and shares[source] > 0]
            values[f"told@{budget}"] = len(packed["told"]) / count
            values[f"told_all@{budget}"] = float(len(packed["told"]) == count)
            values[f"context@{budget}"] = len(inside) / count
            values[f"context_all@{budget}"] = float(len(inside) == count)
            values[f"share@{budget}"] = sum(shares.values()) / count
        if question.answers and "holds_answer" in packed:
            values[f"answer_in@{budget}"] = packed["holds_answer"]
        values[f"tokens@{budget}"] = packed["tokens"]
    return values


def _answers(answer: str, question: Question) -> dict[str, float]:
    """F1, exact match and containment of an answer; was it refused, rightly (`refused`) or not?"""
    golden = question.answers or ("",)
    refusal = metrics.locomo_f1(answer, "", "adversarial")
    if not question.answerable:
        return {"refused": refusal}
    return {
        "f1": max(metrics.locomo_f1(answer, one, question.category) for one in golden),
        "em": metrics.exact_match(answer, golden),
        "holds": metrics.contains(answer, golden),
        "wrongly_refused": refusal,
    }


def _episodes(outcome: Outcome, question: Question) -> dict[str, float]:
    """F1 of the items read off the results: known values that stand in results which hold the whole cue."""
    read = outcome.extra.get("read")
    if read is None:
        read = read_items(outcome.found, question)
    values = {"item_f1": metrics.set_f1(read, question.answers)}
    if question.order:
        tau = metrics.kendall_tau(read, question.order)
        values["chronology"] = tau if not math.isnan(tau) else 0.0
    return values


def read_items(found: Sequence[Found], question: Question) -> list[str]:
    """Values of the question's closed vocabulary that stand in the results which hold every word of its cue.

    The results of the best `depth` sources are read, in the order of the days that stand in them (`days`: the day as
    written -> ISO), else of their own times; with `latest` only the last one counts.
    """
    cues = [str(cue) for cue in question.data.get("cues", ())]
    depth = int(question.data.get("depth", len(found)))
    read = set(metrics.unique(one.source for one in found)[:depth])
    hits = [one for one in found if one.source in read and all(metrics.contains(one.text, [cue]) for cue in cues)]
    hits.sort(key=lambda one: _day(one, question.data.get("days", {})))
    if question.data.get("latest") and hits:
        hits = hits[-1:]
    vocabulary = [str(value) for value in question.data["vocabulary"]]
    return list(dict.fromkeys(v for one in hits for v in vocabulary if metrics.contains(one.text, [v])))


def _day(one: Found, days: Mapping[str, str]) -> str:
    written = [iso for day, iso in days.items() if metrics.contains(one.text, [day])]
    return min(written) if written else one.at.isoformat() if one.at else ""


def _case(outcome: Outcome, question: Question) -> dict[str, float]:
    """A precision case: the first results are exactly the wanted ones, and nothing where nothing is wanted.

    A system that gives a confidence below one half gives nothing, in every case: one that is never sure would else pass
    all the empty ones and lose none of the others.
    """
    gold, never = set(question.data["gold"]), set(question.data.get("never", ()))
    if not question.data.get("stated") and not never:
        return {}
    ranked = metrics.unique(one.source for one in outcome.found)
    sure = outcome.confidence is None or outcome.confidence >= 0.5
    if not gold:
        return {"passed": float(not ranked or not sure)}
    first = ranked[: len(gold)] if sure else []
    return {
        "passed": float(set(first) == gold and not never & set(first)),
        "precision": len(gold & set(first)) / len(gold),
    }


def choose(found: Sequence[Found], choices: Sequence[str], depth: int = 10) -> int | None:
    """Which choice the results speak for, without a model; None when they do not say.

    Short choices: the first result that names exactly one of them decides. Long ones: the choice whose
    words are covered best by the results, the better ranked counting more.
    """
    if all(len(choice.split()) <= 3 for choice in choices):
        for one in found:
            named = [at for at, choice in enumerate(choices) if metrics.contains(one.text, [choice])]
            if len(named) == 1:
                return named[0]
        return None
    sets = [set(terms(choice)) for choice in choices]
    common = set.intersection(*sets) if sets else set()
    weights = [0.0] * len(choices)
    for rank, one in enumerate(found[:depth], 1):
        held = set(terms(one.text))
        for at, words in enumerate(sets):
            own = words - common
            weights[at] += len(own & held) / max(1, len(own)) / rank
    best = max(weights, default=0.0)
    winners = [at for at, weight in enumerate(weights) if weight == best]
    return winners[0] if best > 0 and len(winners) == 1 else None


def higher_is_better(metric: str) -> bool:
    """False for costs and error counts."""
    return metric.split("@")[0] not in {
        "tokens",
        "stale",
        "wrongly_refused",
        "ece",
        "duplicates",
        "junk",
        "re_ingested",
        "invented",
        "missed_updates",
        "redundancy",
        "contradictions_left",
    }


def summarise(outcomes: Sequence[Outcome], *, seed: int = 0, level: float = 0.95) -> dict[str, Any]:
    """Means with intervals over questions, over whole pools where there are several, and by category."""
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.values))
    pools = list(dict.fromkeys(outcome.pool for outcome in outcomes))
    whole: dict[str, dict[str, float]] = {}
    for name in names:
        held = [outcome for outcome in outcomes if name in outcome.values]
        values = [outcome.values[name] for outcome in held]
        low, high = bootstrap(values, level=level, seed=seed)
        whole[name] = {"mean": sum(values) / len(values), "low": low, "high": high, "n": len(values)}
        if 1 < len(pools) < len(held):
            groups = [[o.values[name] for o in held if o.pool == pool] for pool in pools]
            whole[name]["pool_low"], whole[name]["pool_high"] = clustered(groups, level=level, seed=seed)
    whole |= _confidence(outcomes)
    whole |= _bins(outcomes)
    categories: dict[str, dict[str, Any]] = {}
    for category in dict.fromkeys(outcome.question.category for outcome in outcomes):
        inside = [outcome for outcome in outcomes if outcome.question.category == category]
        categories[category] = {"n": len(inside)} | {
            name: sum(values) / len(values)
            for name in names
            if (values := [o.values[name] for o in inside if name in o.values])
        }
    return {"all": whole, "categories": categories}


def _right(outcome: Outcome) -> bool:
    """Would an answer have been right? Never to a question that memory cannot know; else by the answer that was given,
    the answer in the packed context, or the evidence among the first ten results, whichever the task has first."""
    measures = ("holds", "answer_in@1000", "told_all@1000", "all@10", "session_all@10")
    found = next((outcome.values[name] for name in measures if name in outcome.values), 0.0)
    return outcome.question.answerable and found >= 1.0


def _confidence(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Confidence as a chance to be right (`ece`), and answerable against unanswerable questions (`auroc`)."""
    said = [outcome for outcome in outcomes if outcome.confidence is not None]
    if not said:
        return {}
    scores = [float(outcome.confidence or 0.0) for outcome in said]
    told = {"ece": {"mean": metrics.calibration_error(scores, [_right(one) for one in said]), "n": len(said)}}
    labels = [outcome.question.answerable for outcome in said]
    area = metrics.auroc(scores, labels)
    if math.isnan(area):
        return told
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(said), len(said)) for _ in range(300)]
    areas = [metrics.auroc([scores[at] for at in draw], [labels[at] for at in draw]) for draw in draws]
    low, high = np.nanquantile(areas, [0.025, 0.975]) if not all(map(math.isnan, areas)) else (area, area)
    return told | {"auroc": {"mean": area, "low": float(low), "high": float(high), "n": len(said)}}


def _bins(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Simple Recall: item F1 averaged over answer-count bins, for questions about all matching events."""
    bins: dict[str, list[float]] = {name: [] for name in metrics.EPISODE_BINS}
    for outcome in outcomes:
        if "item_f1" in outcome.values and outcome.question.data.get("get", "all") == "all":
            bins[metrics.episode_bin(len(outcome.question.answers))].append(outcome.values["item_f1"])
    mean = metrics.simple_recall(bins)
    if math.isnan(mean):
        return {}
    count = sum(len(values) for values in bins.values())
    return {"simple_recall": {"mean": mean, "n": count}}
