"""Write-side scores: which true points a memory holds, what it invented, which corrections it missed.

A point is something that was really said: words that must stand together in one held text. After Chen et
al. (HaluMem, 2025), hallucination is counted where it happens: at extraction, at update, at answering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remanence.arena.core.metrics import contains
from remanence.arena.core.system import Held
from remanence.arena.core.task import Pool
from remanence.arena.core.terms import terms

__all__ = ["Point", "points_of", "write_scores"]


@dataclass(frozen=True, slots=True)
class Point:
    """One true statement: subject, slot, its value, the values that it replaced, and false ones offered."""

    subject: str
    slot: str
    value: str
    old: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()


def points_of(pool: Pool) -> list[Point]:
    """The points that a generated pool carries."""
    return [
        Point(row["subject"], row["slot"], row["value"], tuple(row["old"]), tuple(row["invented"]))
        for row in pool.data.get("points", ())
    ]


def write_scores(held: Sequence[Held], pool: Pool) -> dict[str, float]:
    """Counts and shares over what is held now.

    extracted: share of the true points whose value is held and still believed.
    updated: share of the changed points whose new value is believed and whose old one is not, in derived text
    (left out where nothing is derived).
    invented: how many derived, believed texts state a planted false value. missed_updates: how many changed
    points still have an old value among derived, believed texts. contradictions_left: points of which a new
    and an old value are both believed as derived texts.
    """
    if "statements" in pool.data:
        return statement_scores(held, pool.data)
    points = points_of(pool)
    if not points:
        return {}
    believed = [one for one in held if one.current]
    derived = [one for one in believed if one.derived]
    changed = [point for point in points if point.old]
    stale = [point for point in changed if any(_states(one, point, point.old) for one in derived)]
    fresh = [point for point in points if any(_states(one, point, (point.value,)) for one in derived)]
    kept = [point for point in points if any(_states(one, point, (point.value,)) for one in believed)]
    scores = {"extracted": len(kept) / len(points)}
    if derived and changed:
        scores["updated"] = sum(p in fresh and p not in stale for p in changed) / len(changed)
    return scores | {
        "invented": float(
            sum(any(_states(one, p, p.invented) for p in points) for one in derived if not _quotes(one, points))
        ),
        "missed_updates": float(len(stale)),
        "contradictions_left": float(sum(point in fresh for point in stale)),
    }


COVERED = 0.7
"""Share of a statement's content words that one held text must have to count as holding it."""


def statement_scores(held: Sequence[Held], data: Mapping[str, Any]) -> dict[str, float]:
    """The same for points that are free sentences: one text holds one that has most of its content words.

    extracted: share of the true sentences that are held. invented: how many derived, believed texts hold a
    planted false sentence and no true one. missed_updates: how many replaced sentences are still held by a
    derived, believed text that holds no true one. Words are compared, not meanings: a lower bound.
    """
    believed = [(one, set(terms(one.text))) for one in held if one.current]
    true = [set(terms(text)) for text in data["statements"]]
    found = sum(any(_covers(words, point) for _, words in believed) for point in true)
    strange = [words for one, words in believed if one.derived and not any(_covers(words, p) for p in true)]
    return {
        "extracted": found / len(true) if true else 1.0,
        "invented": float(sum(any(_covers(w, set(terms(t))) for t in data["false"]) for w in strange)),
        "missed_updates": float(sum(any(_covers(w, set(terms(t))) for w in strange) for t in data["replaced"])),
    }


def _covers(words: set[str], point: set[str]) -> bool:
    return bool(point) and len(words & point) / len(point) >= COVERED


def _states(held: Held, point: Point, values: Sequence[str]) -> bool:
    """One text that names the slot (or the subject) together with one of the values."""
    return bool(values) and contains(held.text, values) > 0 and contains(held.text, (point.slot, point.subject)) > 0


def _quotes(held: Held, points: Sequence[Point]) -> bool:
    """A text that also tells the true value reports a dispute and invents nothing."""
    return any(_states(held, p, p.invented) and contains(held.text, (p.value,)) > 0 for p in points)


def as_rows(points: Sequence[Point]) -> list[Mapping[str, Any]]:
    """Points as plain data, for `Pool.data`."""
    return [
        {"subject": p.subject, "slot": p.slot, "value": p.value, "old": list(p.old), "invented": list(p.invented)}
        for p in points
    ]
