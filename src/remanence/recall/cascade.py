"""Cheap memory first: levels are asked in turn, and the next one only when what was found does not suffice."""

from __future__ import annotations

import numpy as np

from remanence.errors import BadKnob
from remanence.stage import Ctx, ReadStage, reads, union, wraps
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.stage.sufficiency import sufficiency
from remanence.types import Cue, Hits


@wraps
def until_enough(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    stages: tuple[ReadStage, ...],
    *,
    enough: float = 0.6,
    rounds: int = 0,
    keep: bool = True,
) -> Hits:
    """Ask the stages in turn and stop at the first whose hits suffice (`sufficiency` of at least `enough`).

    The channel `level` says which stage found a hit first, 1 for the first one, `tried` how many were asked. rounds: so
    many times, when no stage suffices, the last one is asked again with the cue widened by the telling words of its
    best hits. keep: what earlier levels found stays among the hits, behind what the deeper one found. When nothing
    suffices confidence is at most what was reached. (HiMem's note-first cascade; HyMem's light answer and deep read;
    AMA's retries.)
    """
    if not 0 < enough <= 1 or rounds < 0:
        raise BadKnob(f"a cascade needs 0 < enough <= 1 and rounds >= 0, not {enough} and {rounds}")
    found: list[Hits] = []
    reached = 0.0
    for level, stage in enumerate([*stages, *(widened(stages[-1]) for _ in range(rounds))], 1):
        here = stage(cue, hits if level <= len(stages) else found[-1], ctx)
        here = here.with_(channels={"level": np.full(len(here), level, np.float32)})
        found.append(here)
        reached = max(reached, sufficiency(cue, here, ctx))
        if sufficiency(cue, here, ctx) >= enough:
            return _behind(found, keep)
    return _behind(found, keep).with_(confidence=min(reached, enough))


def _behind(found: list[Hits], keep: bool) -> Hits:
    """The last level's hits, with those of the earlier ones at half their score; `level` is where a hit came first."""
    tried = {"tried": np.full(len(found[-1]), len(found), np.float32)}
    found = [*found[:-1], found[-1].with_(channels=tried)]
    if not keep or len(found) == 1:
        return found[-1]
    return union([found[-1], *(one.with_(scores=one.scores * np.float32(0.5)) for one in reversed(found[:-1]))])


@wraps
def widened(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...], *, words: int = 5, top: int = 3) -> Hits:
    """Run a stage with the cue and the `words` most telling words of the best `top` hits that it does not hold.

    HyMem's reflection and AMA's second round rewrite the question so; pseudo-relevance feedback (Rocchio 1971).
    """
    (stage,) = stages
    more = ctx.store.terms_each([item.text for item in hits.top(top).items])
    new = [term for term in dict.fromkeys(t for terms in more for t in terms) if term not in cue_terms(cue, ctx)]
    if not new:
        return stage(cue, hits, ctx)
    idf = ctx.store.idf(new, cue.where)
    best = [new[place] for place in np.argsort(-idf, kind="stable")[:words].tolist()]
    return stage(Cue(f"{cue.text} {' '.join(best)}", cue.at, cue.where, cue.k), hits, ctx)


@reads
def evidence_floor(cue: Cue, hits: Hits, ctx: Ctx, *, cosine: float = 0.35, reached: tuple[str, ...] = ()) -> Hits:
    """Leave out hits without any evidence: no word or name of the cue, no time that it names, and no near meaning.

    A question that nothing speaks of finds nothing, instead of the least unlike (SuperLocalMemory's floor).
    How high a cosine means "near" depends on the embedder. reached: channels of walks from what has evidence; what they
    reached has some as well.
    """
    if not len(hits):
        return hits
    terms = cue_terms(cue, ctx)
    words = ctx.store.coverage(terms, hits.rows).any(axis=0) if terms else np.zeros(len(hits), bool)
    timed = np.zeros(len(hits), bool)
    interval = question(cue, ctx).interval
    if interval is not None:
        since, before = (int(one.timestamp() * 1e6) for one in interval)
        at = ctx.store.columns.at[hits.rows]
        timed = (at >= since) & (at < before)
    near = ctx.store.similarity(cue_vector(cue, ctx), hits.rows) >= cosine
    walked = [~np.isnan(hits.channels[name]) for name in reached if name in hits.channels]
    return hits.take(np.logical_or.reduce([words, timed, near, *walked]))
