"""Composers, `(Cue, Hits, Ctx, budget) -> Context`: they end a recall chain with the text that a model reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, overload

from remanence.records import dataclass
from remanence.stage.ctx import Ctx
from remanence.stage.shape import Stage, maker
from remanence.types import Context, Cue, Hits

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class ComposeStage(Stage):
    """Ends a recall chain. The budget, in tokens, is passed at the call."""

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int) -> Context:
        context: Context = self.run(cue, hits, ctx, budget_tokens)
        return context

    def __repr__(self) -> str:
        return self.shown()

    def __hash__(self) -> int:
        return hash(self.key())


@overload
def composes(function: Callable[P, Callable[[Cue, Hits, Ctx, int], Context]]) -> Callable[P, ComposeStage]: ...
@overload
def composes(function: Callable[Concatenate[Cue, Hits, Ctx, int, P], Context]) -> Callable[P, ComposeStage]: ...
def composes(function: Callable[..., Any]) -> Callable[..., ComposeStage]:
    """Make a composer from `def listing(cue, hits, ctx, budget_tokens, *, ...)`, or from a dataclass called so.

    A composer raises BadKnob for a knob that it does not have or cannot use.
    """
    return maker(ComposeStage, "compose", function, given=4)
