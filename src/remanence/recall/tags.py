"""Finds by tag: only what shares a tag with the cue, or everything under the tags that the cue names."""

from __future__ import annotations

import numpy as np

from remanence.language.phrases import keyphrases
from remanence.recall.find import seen_by
from remanence.stage import Ctx, ReadStage, reads, wraps
from remanence.stage.question import question
from remanence.stage.tags import tags_of
from remanence.types import Cue, Hits


@wraps
def sharing(cue: Cue, hits: Hits, ctx: Ctx, stages: tuple[ReadStage, ...], *, most: int = 3) -> Hits:
    """Of what a stage finds keep what shares one of the cue's `most` nearest tags of the fixed ontology (CAIM).

    Hits name the shared tag in their path.
    """
    (stage,) = stages
    found = stage(cue, hits, ctx)
    if not len(found):
        return found
    wanted = set(tags_of([" ".join(question(cue, ctx).topic) or cue.text], ctx, most=most)[0])
    mine = [sorted(wanted & set(item.data.get("tags") or ())) for item in found.items]
    paths = {int(row): (f"tag {', '.join(tags)}",) for row, tags in zip(found.rows, mine, strict=True) if tags}
    return found.take(np.array([bool(tags) for tags in mine], bool)).with_(paths=paths)


@reads
def under(
    cue: Cue, hits: Hits, ctx: Ctx, *, k: int = 50, match: float = 0.8, kinds: tuple[str, ...] = ("note",)
) -> Hits:
    """Everything filed under a tag that the cue names: the same words, or a cosine of at least `match` (PlugMem).

    A hit scores the share of the cue's tags that it bears, whatever else it says; few bearers of a tag count for more.
    """
    where = seen_by(cue, kinds)
    wanted = list(
        dict.fromkeys([*(phrase.text.lower() for phrase in keyphrases(cue.text, 8)), *question(cue, ctx).keywords])
    )
    rows = ctx.store.rows(where)
    if not wanted or not len(rows):
        return Hits(ctx.store)
    filed: dict[str, list[int]] = {}
    for row, item in zip(rows.tolist(), ctx.store.items(rows), strict=True):
        for tag in item.data.get("tags") or ():
            filed.setdefault(str(tag), []).append(row)
    if not filed:
        return Hits(ctx.store)
    names = list(filed)
    near = ctx.embed(wanted) @ ctx.embed(names).T
    scores: dict[int, float] = {}
    for place, word in enumerate(wanted):
        exact = [name for name in names if name == word]
        best = exact or [name for name, cosine in zip(names, near[place], strict=True) if cosine >= match]
        for name in best:
            for row in filed[name]:
                scores[row] = scores.get(row, 0.0) + 1 / (1 + np.log(len(filed[name])))
    found = np.fromiter(scores, np.int64, len(scores))
    values = np.fromiter(scores.values(), np.float32, len(scores)) / np.float32(max(scores.values(), default=1.0))
    return Hits(ctx.store, found, values, channels={"tags": values}).top(k)
