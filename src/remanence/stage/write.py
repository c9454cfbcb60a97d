"""Write stages, `(Change, Ctx) -> Change`: they propose and never write; and when each of them runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec, overload

from remanence.errors import BadKnob
from remanence.records import dataclass
from remanence.stage.ctx import Ctx
from remanence.stage.shape import Stage, maker
from remanence.types import Change

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class WriteStage(Stage):
    """`(Change, Ctx) -> Change`: proposes; never writes. `when` is on_write, every, on_recall or at_sleep.

    period: of a stage that runs `every` so many items.
    """

    parts: tuple[WriteStage, ...] = ()
    when: str = "on_write"
    period: int = 1

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        changed: Change = self.run(change, ctx)
        return changed

    def __rshift__(self, other: WriteStage) -> WriteStage:
        """Then: the right stage gets what the left one proposed."""
        if not isinstance(other, WriteStage):
            return NotImplemented
        return in_order((*self.flat(), *other.flat()))

    def at(self, when: str) -> WriteStage | None:
        """The part of a chain that runs at this time, or None."""
        chosen = tuple(stage for stage in self.flat() if stage.when == when)
        return in_order(chosen) if chosen else None

    def __repr__(self) -> str:
        if self.name == "then":
            return " >> ".join(map(repr, self.parts)) or "nothing()"
        if self.when == "every":
            return f"every({self.period}, {self.shown()})"
        return self.shown() if self.when == "on_write" else f"{self.when}({self.shown()})"

    def __hash__(self) -> int:
        return hash((self.key(), self.when, self.period))


def in_order(stages: tuple[WriteStage, ...]) -> WriteStage:
    """One stage that runs several, each on what the one before proposed."""
    if len(stages) == 1:
        return stages[0]

    def run(change: Change, ctx: Ctx) -> Change:
        for stage in stages:
            change = stage(change, ctx)
        return change

    return WriteStage("then", run, parts=stages)


@overload
def writes(function: Callable[P, Callable[[Change, Ctx], Change]]) -> Callable[P, WriteStage]: ...
@overload
def writes(function: Callable[Concatenate[Change, Ctx, P], Change]) -> Callable[P, WriteStage]: ...
def writes(function: Callable[..., Any]) -> Callable[..., WriteStage]:
    """Make a write stage from a function: `@writes def similar(change, ctx, *, k=5)`, used as `similar(k=5)`.

    A stage of many knobs is a dataclass that is called with `(change, ctx)`: `episodes = writes(Episodes)`.
    A stage raises BadKnob for a knob that it does not have or cannot use.
    """
    return maker(WriteStage, "write", function, given=2)


# --- when ----------------------------------------------------------------------------------------


def on_write(stage: WriteStage) -> WriteStage:
    """Run in the transaction of every remember (the default)."""
    return _timed("on_write", stage)


def every(period: int, stage: WriteStage) -> WriteStage:
    """Run once whenever `period` more items have been remembered; the stage gets those items. `BadKnob` below 1."""
    if period < 1:
        raise BadKnob(f"every({period}, ...): the period is at least 1")
    return _timed("every", stage, period)


def on_recall(stage: WriteStage) -> WriteStage:
    """Run after a recall; `change.given` holds the recalled items."""
    return _timed("on_recall", stage)


def at_sleep(stage: WriteStage) -> WriteStage:
    """Run in `sleep()`, over what was remembered since the last sleep."""
    return _timed("at_sleep", stage)


def _timed(when: str, stage: WriteStage, period: int = 1) -> WriteStage:
    return in_order(tuple(replace(part, when=when, period=period) for part in stage.flat()))


@writes
def nothing(change: Change, ctx: Ctx) -> Change:
    """The identity of `>>` for write stages."""
    return change
