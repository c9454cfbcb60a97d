"""Read stages, `(Cue, Hits, Ctx) -> Hits`, and the five operators that compose them.

    a >> b    then        a + b    blend (normalised scores)      a * 0.5   weigh
    a | b     union       a % 10   keep the best ten

Python binds `*` and `%` before `+` before `>>` before `|`, so `a | b >> c` is `a | (b >> c)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, overload

import numpy as np

from remanence.algo.distinct import distinct
from remanence.errors import BadKnob
from remanence.records import dataclass
from remanence.stage.ctx import Ctx
from remanence.stage.shape import Stage, maker
from remanence.types import Cue, Floats, Hits

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class ReadStage(Stage):
    """`(Cue, Hits, Ctx) -> Hits`: finds, scores or orders; never writes."""

    parts: tuple[ReadStage, ...] = ()

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        found: Hits = self.run(cue, hits, ctx)
        return found

    def __rshift__(self, other: ReadStage) -> ReadStage:
        """Then: the right stage gets what the left one found."""
        if not isinstance(other, ReadStage):
            return NotImplemented
        stages = (*self.flat("then"), *other.flat("then"))

        def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
            for stage in stages:
                hits = stage(cue, hits, ctx)
            return hits

        return ReadStage("then", run, parts=stages)

    def __add__(self, other: ReadStage) -> ReadStage:
        """Blend: weighted mean of the normalised scores; a row that one side misses scores 0 there."""
        if not isinstance(other, ReadStage):
            return NotImplemented
        stages = (*self.flat("blend"), *other.flat("blend"))
        return ReadStage("blend", lambda cue, hits, ctx: blend(cue, hits, ctx, stages), parts=stages)

    def __or__(self, other: ReadStage) -> ReadStage:
        """Union: all rows of both, each with its best score."""
        if not isinstance(other, ReadStage):
            return NotImplemented
        stages = (*self.flat("union"), *other.flat("union"))
        return ReadStage("union", lambda cue, hits, ctx: union([s(cue, hits, ctx) for s in stages]), parts=stages)

    def __mul__(self, weight: float) -> ReadStage:
        """Weigh: the share of this stage in a blend; alone, it multiplies the scores."""
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight < float("inf"):
            raise BadKnob(f"a weight is a number from 0, not {weight!r}")
        inner = self

        def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
            found = inner(cue, hits, ctx)
            return found.with_(scores=np.clip(found.scores * np.float32(weight), 0, 1))

        return ReadStage("weigh", run, (("by", float(weight)),), (self,))

    __rmul__ = __mul__

    def __mod__(self, k: int) -> ReadStage:
        """Keep the best k."""
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise BadKnob(f"keep a whole number from 1, not {k!r}")
        inner = self
        return ReadStage("keep", lambda cue, hits, ctx: inner(cue, hits, ctx).top(k), (("k", k),), (self,))

    def weighed(self) -> tuple[ReadStage, float]:
        """The stage without its weight, and the weight (1 when it has none)."""
        return (self.parts[0], float(self.knobs[0][1])) if self.name == "weigh" else (self, 1.0)

    def __repr__(self) -> str:
        match self.name:
            case "then":
                return " >> ".join(_bracketed(part, "union") for part in self.parts)
            case "blend":
                return " + ".join(_bracketed(part, "union", "then") for part in self.parts)
            case "union":
                return " | ".join(map(repr, self.parts))
            case "weigh":
                return f"{_bracketed(self.parts[0], 'union', 'then', 'blend')} * {self.knobs[0][1]:g}"
            case "keep":
                return f"{_bracketed(self.parts[0], 'union', 'then', 'blend')} % {self.knobs[0][1]}"
        return self.shown()

    def __hash__(self) -> int:
        return hash(self.key())


def _bracketed(stage: ReadStage, *names: str) -> str:
    return f"({stage!r})" if stage.name in names else repr(stage)


@overload
def reads(function: Callable[P, Callable[[Cue, Hits, Ctx], Hits]]) -> Callable[P, ReadStage]: ...
@overload
def reads(function: Callable[Concatenate[Cue, Hits, Ctx, P], Hits]) -> Callable[P, ReadStage]: ...
def reads(function: Callable[..., Any]) -> Callable[..., ReadStage]:
    """Make a read stage from a function: `@reads def words(cue, hits, ctx, *, k=100)`, used as `words(k=50)`.

    A stage of many knobs is a dataclass that is called with `(cue, hits, ctx)`: `spread = reads(Spread)`.
    A stage raises BadKnob for a knob that it does not have or cannot use.
    """
    return maker(ReadStage, "read", function, given=3)


def wraps(function: Callable[..., Any]) -> Callable[..., ReadStage]:
    """Make a stage round other stages: `@wraps def within(cue, hits, ctx, stages, *, top=100)`, as `within(a, top=9)`.

    The function, or the dataclass of many knobs, calls the inner stages as it likes; they print, compare and hash as
    parts of the outer one.
    """
    return maker(ReadStage, "read", function, given=3, wrapping=True)


def normalised(scores: Floats) -> Floats:
    """Scores stretched to [0, 1]; equal scores become 1."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high - low < 1e-12:
        return np.ones_like(scores)
    return np.asarray((scores - low) / (high - low), dtype=np.float32)


def blend(cue: Cue, hits: Hits, ctx: Ctx, stages: Sequence[ReadStage]) -> Hits:
    """Weighted mean of the stages' normalised scores over the union of their rows."""
    inner, weights = zip(*(stage.weighed() for stage in stages), strict=True)
    found = [stage(cue, hits, ctx) for stage in inner]
    merged = union(found)
    total = np.zeros(len(merged), np.float32)
    place = {int(row): position for position, row in enumerate(merged.rows)}
    for weight, one in zip(weights, found, strict=True):
        positions = [place[int(row)] for row in one.rows]
        total[positions] += np.float32(weight) * normalised(one.scores)
    return merged.ranked(total / np.float32(sum(weights) or 1.0))


def union(found: Sequence[Hits]) -> Hits:
    """All rows of all hits, each with its best score, every channel and every path; confidence is the highest set."""
    view = next((one.view for one in found if one.view is not None), None)
    rows = distinct(np.concatenate([one.rows for one in found])) if found else np.zeros(0, np.int64)
    scores = np.zeros(len(rows), np.float32)
    channels: dict[str, Floats] = {}
    paths: dict[int, tuple[str, ...]] = {}
    for one in found:
        positions = np.searchsorted(rows, one.rows)
        np.maximum.at(scores, positions, one.scores)
        for name, column in one.channels.items():
            whole = channels.get(name)
            if whole is None:
                whole = channels[name] = np.full(len(rows), np.nan, np.float32)
                whole[positions] = column
            else:
                whole[positions] = np.where(np.isnan(column), whole[positions], column)
        for row, path in one.paths.items():
            paths.setdefault(row, path)
    sure = [one.sure for one in found if one.sure is not None]
    most = max(sure, key=float) if len(sure) > 1 else next(iter(sure), None)
    return Hits.best_first(view, rows, scores, channels=channels, paths=paths, confidence=most)
