"""The algebra: two small stage classes made from functions, and five operators that compose them.

    write stage   (Change, Ctx) -> Change           form and evolve
    read stage    (Cue, Hits, Ctx) -> Hits          recall; a composer ends the chain with a Context

    a >> b    then        a + b    blend (normalised scores)      a * 0.5   weigh
    a | b     union       a % 10   keep the best ten

Python binds `*` and `%` before `+` before `>>` before `|`, so `a | b >> c` is `a | (b >> c)`.
Stages are data: they print, compare and hash by name and knobs.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, ParamSpec

import numpy as np

from remanence.errors import BadKnob
from remanence.language.names import names_in
from remanence.language.speakers import match_speakers, strip_speakers
from remanence.types import Change, Chat, Clock, Context, Cue, Embedder, Floats, Hits, Item, StoreView

P = ParamSpec("P")

WriteFunction = Callable[[Change, "Ctx"], Change]
ReadFunction = Callable[[Cue, Hits, "Ctx"], Hits]
ComposeFunction = Callable[[Cue, Hits, "Ctx"], Context]

MOST_SPEAKERS = 500
"""So many speakers are looked for by any part of their names; of more, only by the whole name in capitals."""


@dataclass(slots=True)
class Ctx:
    """What a stage may use: a read-only store, an embedder, an optional llm, the clock, a seeded rng.

    `new_id()` gives ids that are unique in the space. `embed` remembers vectors during one verb.
    `degraded` collects what had to be skipped; the verb's answer shows it.
    """

    store: StoreView
    embedder: Embedder
    clock: Clock
    rng: np.random.Generator
    new_id: Callable[[], str]
    llm: Chat | None = None
    degraded: list[str] = field(default_factory=list)
    memo: dict[Any, Any] = field(default_factory=dict)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows [N, dim]; a text that this verb has embedded before costs nothing."""
        known: dict[str, Floats] = self.memo.setdefault("vectors", {})
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self.embedder.embed(missing), strict=True))
        if not texts:
            return np.zeros((0, self.embedder.dim), np.float32)
        return np.stack([known[text] for text in texts])

    def cue_vector(self, cue: Cue) -> Floats:
        """The cue's unit vector [dim], without its speakers' names: people seldom say their own."""
        key = ("cue", cue.text)
        if key not in self.memo:
            self.memo[key] = self.embedder.embed_query(strip_speakers(cue.text, self.called(cue.text)))
        vector: Floats = self.memo[key]
        return vector

    def called(self, text: str) -> tuple[str, ...]:
        """The store's speakers whom the text calls by name, sorted."""
        key = ("called", text)
        if key not in self.memo:
            people = self.store.speakers()
            if len(people) > MOST_SPEAKERS:
                people = [name for name in names_in(text) if self.store.code("who", name) >= 0]
            self.memo[key] = match_speakers(text, people)
        found: tuple[str, ...] = self.memo[key]
        return found

    def put(self, item: Item) -> Item:
        """`item` with an id, if it has none."""
        return item if item.id else replace(item, id=self.new_id())


# --- what all stages share -----------------------------------------------------------------------


def _shown(name: str, knobs: tuple[tuple[str, Any], ...]) -> str:
    return f"{name}({', '.join(f'{knob}={value!r}' for knob, value in knobs)})"


def _frozen(value: Any) -> Any:
    """A hashable form of a knob's value."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(inner)) for key, inner in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(inner) for inner in value)
    if isinstance(value, set):
        return tuple(sorted(_frozen(inner) for inner in value))
    return value


def _bind(
    function: Callable[..., Any], name: str, given: int, args: tuple[Any, ...], knobs: dict[str, Any]
) -> dict[str, Any]:
    """The knobs of one use, checked against the function's signature; only those that were given."""
    if args:
        raise BadKnob(f"{name}: knobs are given by name, as in {name}({_example(function, given)})")
    parameters = list(inspect.signature(function).parameters.values())[given:]
    allowed = [parameter.name for parameter in parameters]
    for knob in knobs:
        if knob not in allowed:
            near = difflib.get_close_matches(knob, allowed, n=3)
            hint = f"; near: {', '.join(near)}" if near else f"; it has: {', '.join(allowed) or 'none'}"
            raise BadKnob(f"{name} has no knob {knob!r}{hint}")
    defaults = {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}
    missing = [p.name for p in parameters if p.default is inspect.Parameter.empty and p.name not in knobs]
    if missing:
        raise BadKnob(f"{name} needs {', '.join(missing)}")
    return {knob: value for knob, value in knobs.items() if knob not in defaults or not _same(defaults[knob], value)}


def _same(left: Any, right: Any) -> bool:
    return bool(_frozen(left) == _frozen(right)) and type(left) is type(right)


def _example(function: Callable[..., Any], given: int) -> str:
    names = [p.name for p in list(inspect.signature(function).parameters.values())[given:]]
    return f"{names[0]}=..." if names else ""


def _name(function: Callable[..., Any], name: str | None) -> str:
    return name or f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__.rstrip('_')}"


# --- write stages --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WriteStage:
    """`(Change, Ctx) -> Change`: proposes; never writes. `when` is on_write, every, on_recall or at_sleep."""

    name: str
    run: WriteFunction = field(compare=False)
    knobs: tuple[tuple[str, Any], ...] = ()
    parts: tuple[WriteStage, ...] = ()
    when: str = "on_write"
    period: int = 1

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        return self.run(change, ctx)

    def __rshift__(self, other: WriteStage) -> WriteStage:
        if not isinstance(other, WriteStage):
            return NotImplemented
        return _then_write((*self.flat(), *other.flat()))

    def flat(self) -> tuple[WriteStage, ...]:
        """The stages of a chain, in order."""
        return self.parts if self.name == "then" else (self,)

    def at(self, when: str) -> WriteStage | None:
        """The part of a chain that runs at this time, or None."""
        chosen = tuple(stage for stage in self.flat() if stage.when == when)
        return _then_write(chosen) if chosen else None

    def __repr__(self) -> str:
        if self.name == "then":
            return " >> ".join(map(repr, self.parts)) or "nothing()"
        told = _shown(self.name, self.knobs)
        if self.when == "every":
            return f"every({self.period}, {told})"
        return told if self.when == "on_write" else f"{self.when}({told})"

    def __hash__(self) -> int:
        return hash((self.name, _frozen(self.knobs), self.parts, self.when, self.period))


def _then_write(stages: tuple[WriteStage, ...]) -> WriteStage:
    if len(stages) == 1:
        return stages[0]

    def run(change: Change, ctx: Ctx) -> Change:
        for stage in stages:
            change = stage(change, ctx)
        return change

    return WriteStage("then", run, parts=stages)


def writes(function: Callable[Concatenate[Change, Ctx, P], Change]) -> Callable[P, WriteStage]:
    """Make a write stage from a function: `@writes def similar(change, ctx, *, k=5)`, used as `similar(k=5)`."""
    name = _name(function, None)
    plain: Callable[..., Any] = function

    @functools.wraps(function)
    def make(*args: P.args, **knobs: P.kwargs) -> WriteStage:
        given = _bind(function, name, 2, args, dict(knobs))
        return WriteStage(name, lambda change, ctx: plain(change, ctx, **knobs), tuple(sorted(given.items())))

    make.__stage__ = "write"  # type: ignore[attr-defined]
    return make


def _timed(when: str, stage: WriteStage, period: int = 1) -> WriteStage:
    return _then_write(tuple(replace(part, when=when, period=period) for part in stage.flat()))


def on_write(stage: WriteStage) -> WriteStage:
    """Run in the transaction of every remember (the default)."""
    return _timed("on_write", stage)


def every(period: int, stage: WriteStage) -> WriteStage:
    """Run once whenever `period` more items have been remembered; the stage gets those items."""
    if period < 1:
        raise BadKnob(f"every({period}, ...): the period is at least 1")
    return _timed("every", stage, period)


def on_recall(stage: WriteStage) -> WriteStage:
    """Run after a recall; `change.given` holds the recalled items."""
    return _timed("on_recall", stage)


def at_sleep(stage: WriteStage) -> WriteStage:
    """Run in `sleep()`, over what was remembered since the last sleep."""
    return _timed("at_sleep", stage)


@writes
def nothing(change: Change, ctx: Ctx) -> Change:
    """The identity of `>>` for write stages."""
    return change


# --- read stages ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadStage:
    """`(Cue, Hits, Ctx) -> Hits`: finds, scores or orders; never writes."""

    name: str
    run: ReadFunction = field(compare=False)
    knobs: tuple[tuple[str, Any], ...] = ()
    parts: tuple[ReadStage, ...] = ()

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
        return self.run(cue, hits, ctx)

    def __rshift__(self, other: ReadStage) -> ReadStage:
        """Then: the right stage gets what the left one found."""
        if not isinstance(other, ReadStage):
            return NotImplemented
        stages = (*self._flat("then"), *other._flat("then"))

        def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
            for stage in stages:
                hits = stage(cue, hits, ctx)
            return hits

        return ReadStage("then", run, parts=stages)

    def __add__(self, other: ReadStage) -> ReadStage:
        """Blend: weighted mean of the normalised scores; a row that one side misses scores 0 there."""
        if not isinstance(other, ReadStage):
            return NotImplemented
        stages = (*self._flat("blend"), *other._flat("blend"))
        return ReadStage("blend", lambda cue, hits, ctx: blend(cue, hits, ctx, stages), parts=stages)

    def __or__(self, other: ReadStage) -> ReadStage:
        """Union: all rows of both, each with its best score."""
        if not isinstance(other, ReadStage):
            return NotImplemented
        stages = (*self._flat("union"), *other._flat("union"))
        return ReadStage("union", lambda cue, hits, ctx: union([s(cue, hits, ctx) for s in stages]), parts=stages)

    def __mul__(self, weight: float) -> ReadStage:
        """Weigh: the share of this stage in a blend; alone, it multiplies the scores."""
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight < float("inf"):
            raise BadKnob(f"a weight is a number from 0, not {weight!r}")
        inner = self

        def run(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
            found = inner(cue, hits, ctx)
            return found.scored(np.clip(found.scores * np.float32(weight), 0, 1))

        return ReadStage("weigh", run, (("by", float(weight)),), (self,))

    __rmul__ = __mul__

    def __mod__(self, k: int) -> ReadStage:
        """Keep the best k."""
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise BadKnob(f"keep a whole number from 1, not {k!r}")
        inner = self
        return ReadStage("keep", lambda cue, hits, ctx: inner(cue, hits, ctx).top(k), (("k", k),), (self,))

    def _flat(self, name: str) -> tuple[ReadStage, ...]:
        return self.parts if self.name == name else (self,)

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
        return _shown(self.name, self.knobs)

    def __hash__(self) -> int:
        return hash((self.name, _frozen(self.knobs), self.parts))


def _bracketed(stage: ReadStage, *names: str) -> str:
    return f"({stage!r})" if stage.name in names else repr(stage)


def reads(function: Callable[Concatenate[Cue, Hits, Ctx, P], Hits]) -> Callable[P, ReadStage]:
    """Make a read stage from a function: `@reads def words(cue, hits, ctx, *, k=100)`, used as `words(k=50)`."""
    name = _name(function, None)
    plain: Callable[..., Any] = function

    @functools.wraps(function)
    def make(*args: P.args, **knobs: P.kwargs) -> ReadStage:
        given = _bind(function, name, 3, args, dict(knobs))
        return ReadStage(name, lambda cue, hits, ctx: plain(cue, hits, ctx, **knobs), tuple(sorted(given.items())))

    make.__stage__ = "read"  # type: ignore[attr-defined]
    return make


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
    weights = [float(s.knobs[0][1]) if s.name == "weigh" else 1.0 for s in stages]
    found = [(s.parts[0] if s.name == "weigh" else s)(cue, hits, ctx) for s in stages]
    merged = union(found)
    total = np.zeros(len(merged), np.float32)
    place = {int(row): position for position, row in enumerate(merged.rows)}
    for weight, one in zip(weights, found, strict=True):
        positions = [place[int(row)] for row in one.rows]
        total[positions] += np.float32(weight) * normalised(one.scores)
    return merged.scored(total / np.float32(sum(weights) or 1.0)).top(len(merged))


def union(found: Sequence[Hits]) -> Hits:
    """All rows of all hits, each with its best score, every channel and every path."""
    view = next((one.view for one in found if one.view is not None), None)
    rows = np.unique(np.concatenate([one.rows for one in found])) if found else np.zeros(0, np.int64)
    scores = np.zeros(len(rows), np.float32)
    channels: dict[str, Floats] = {}
    paths: dict[int, tuple[str, ...]] = {}
    for one in found:
        positions = np.searchsorted(rows, one.rows)
        np.maximum.at(scores, positions, one.scores)
        for name, column in one.channels.items():
            whole = channels.setdefault(name, np.full(len(rows), np.nan, np.float32))
            whole[positions] = np.where(np.isnan(column), whole[positions], column)
        for row, path in one.paths.items():
            paths.setdefault(row, path)
    confidence = [one.confidence for one in found if one.confidence is not None]
    return Hits(view, rows, scores, channels, paths, max(confidence) if confidence else None).top(len(rows))


# --- composers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComposeStage:
    """`(Cue, Hits, Ctx) -> Context`: ends a recall chain. `budget` tokens are passed at the call."""

    name: str
    run: Callable[[Cue, Hits, Ctx, int], Context] = field(compare=False)
    knobs: tuple[tuple[str, Any], ...] = ()

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int) -> Context:
        return self.run(cue, hits, ctx, budget_tokens)

    def __repr__(self) -> str:
        return _shown(self.name, self.knobs)

    def __hash__(self) -> int:
        return hash((self.name, _frozen(self.knobs)))


def composes(function: Callable[Concatenate[Cue, Hits, Ctx, int, P], Context]) -> Callable[P, ComposeStage]:
    """Make a composer from `def listing(cue, hits, ctx, budget_tokens, *, ...)`."""
    name = _name(function, None)
    plain: Callable[..., Any] = function

    @functools.wraps(function)
    def make(*args: P.args, **knobs: P.kwargs) -> ComposeStage:
        given = _bind(function, name, 4, args, dict(knobs))
        return ComposeStage(
            name,
            lambda cue, hits, ctx, budget: plain(cue, hits, ctx, budget, **knobs),
            tuple(sorted(given.items())),
        )

    make.__stage__ = "compose"  # type: ignore[attr-defined]
    return make


# --- recipes -------------------------------------------------------------------------------------

SLOTS = ("form", "evolve", "recall", "compose")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A memory system as a composition: how it forms, evolves, recalls and composes."""

    recall: ReadStage
    compose: ComposeStage
    form: WriteStage = field(default_factory=nothing)
    evolve: WriteStage = field(default_factory=nothing)
    name: str = ""

    def slots(self) -> Iterator[tuple[str, WriteStage | ReadStage | ComposeStage]]:
        """(slot, stage) pairs, for printing and comparing."""
        for slot in SLOTS:
            yield slot, getattr(self, slot)

    def write(self, when: str) -> WriteStage | None:
        """Everything of form and evolve that runs at this time, in order."""
        parts = tuple(s for chain in (self.form, self.evolve) for s in chain.flat() if s.when == when)
        parts = tuple(s for s in parts if s.name != "stage.nothing")
        return _then_write(parts) if parts else None
