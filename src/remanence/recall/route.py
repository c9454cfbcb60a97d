"""Which memory a question wants: its words, its kind and its people choose the way in."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from remanence.errors import BadKnob
from remanence.language.lazy_pattern import lazy_pattern
from remanence.stage import Ctx, ReadStage, union, wraps
from remanence.stage.question import question
from remanence.types import Cue, Hits

_VERBATIM = lazy_pattern(
    r"\b(?:exact(?:ly)?|verbatim|word for word|literally|quote|in (?:his|her|their|my) own words|"
    r"exact words|what did \w+ say)\b|[\"“].+[\"”]",
    re.I,
)
_GIST = lazy_pattern(
    r"\b(?:summari[sz]e|summary|overview|recap|what happened|how did .+ go|tell me about|story of|over the)\b", re.I
)
_RELATIONAL = lazy_pattern(
    r"\b(?:because|why|after|before|then|while|together with|with whom|led to|cause[ds]?|relat(?:ed|ion)|connected|"
    r"between|through whom|how come|afterwards)\b",
    re.I,
)


def need(text: str) -> str:
    """What a question wants: "verbatim" (exact words), "gist" (a summary, a period), or "fact"."""
    if _VERBATIM.search(text):
        return "verbatim"
    return "gist" if _GIST.search(text) else "fact"


def relational(text: str) -> bool:
    """Whether a question asks how things hang together: why, after, with whom."""
    return _RELATIONAL.search(text) is not None


@wraps
def by_need(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
    """Of three stages run the one that the question wants: for exact words, for a fact, for a gist (AMA's router).

    A question about a period of time that names no attribute wants a gist. Hits name their route in `why`.
    """
    if len(stages) != 3:
        raise BadKnob(f"by_need chooses among three stages (verbatim, fact, gist), not {len(stages)}")
    wanted = need(cue.text)
    asked = question(cue, ctx)
    if wanted == "fact" and asked.interval is not None and not asked.attributes:
        wanted = "gist"
    place = ("verbatim", "fact", "gist").index(wanted)
    found = stages[place](cue, hits, ctx)
    return found.with_(channels={f"route {wanted}": np.ones(len(found), np.float32)})


@wraps
def if_relational(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
    """Of two stages run the second for a question about how things hang together, else the first (AdaMem's planner)."""
    if len(stages) != 2:
        raise BadKnob(f"if_relational chooses among two stages, not {len(stages)}")
    return stages[1 if relational(cue.text) else 0](cue, hits, ctx)


@wraps
def if_asked(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...], *, of: str) -> Hits:
    """Run the stage for questions of one type, find nothing for others: "when" (a time), "relation" (why, with whom).

    In a fusion it is a further vote that a type of question gives to a way of finding (SuperLocalMemory's weights).
    """
    (stage,) = stages
    if of not in ("when", "relation"):
        raise BadKnob(f"a question is of the type 'when' or 'relation', not {of!r}")
    asked = question(cue, ctx)
    wanted = relational(cue.text) if of == "relation" else asked.asks == "when" or asked.expected.form == "date"
    return stage(cue, hits, ctx) if wanted else Hits(ctx.store)


@wraps
def of_participant(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...]) -> Hits:
    """Narrow a stage to the memories of the one person that the cue is about; as it is when it names none or several.

    A memory is somebody's when they said it (AdaMem keeps a memory per participant).
    """
    (stage,) = stages
    people = question(cue, ctx).people
    if len(people) != 1 or cue.where.who:
        return stage(cue, hits, ctx)
    return stage(replace(cue, where=replace(cue.where, who=tuple(people))), hits, ctx)


def certainty(scores: np.ndarray, temperature: float) -> float:
    """1 - H(softmax(scores / temperature)) / log n, in [0, 1]: how sharply a list points at few; 0 for one or none."""
    if len(scores) < 2:
        return 0.0
    raw = np.asarray(scores, np.float64) / temperature
    odds = np.exp(raw - raw.max())
    odds /= odds.sum()
    entropy = -float(np.sum(odds * np.log(np.maximum(odds, 1e-300))))
    return float(np.clip(1.0 - entropy / np.log(len(odds)), 0.0, 1.0))


@wraps
def by_certainty(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...], *, temperature: float = 0.2) -> Hits:
    """Weigh each stage by how sharply its scores point at few hits, and add the weighed scores up.

    w = 1 - H / log n over softmax(score / temperature), shared out to 1. MemGAS (2025) weighs granularities so; its
    code leaves log n out, by which the flattest list wins from some three units on. The channel `weight N` holds the
    weight of stage N.
    """
    if temperature <= 0:
        raise BadKnob(f"a temperature is above 0, not {temperature}")
    found = [stage(cue, hits, ctx) for stage in stages]
    raw = np.array([certainty(one.scores, temperature) for one in found])
    weights = raw / raw.sum() if raw.sum() > 0 else np.full(len(found), 1 / max(len(found), 1))
    whole = union(found)
    place = {int(row): position for position, row in enumerate(whole.rows)}
    total = np.zeros(len(whole), np.float32)
    for weight, one in zip(weights, found, strict=True):
        total[[place[int(row)] for row in one.rows]] += np.float32(weight) * one.scores
    told = {f"weight {n}": np.full(len(whole), weight, np.float32) for n, weight in enumerate(weights, 1)}
    return whole.ranked(np.clip(total, 0, 1), channels=told)
