"""The algebra: one shape of stage, made from functions by a decorator, and the operators that compose them.

    write stage   (Change, Ctx) -> Change           form and evolve      @writes
    read stage    (Cue, Hits, Ctx) -> Hits          recall               @reads, and @wraps round other stages
    composer      (Cue, Hits, Ctx, budget) -> Context                    @composes

Stages are data: they print, compare and hash by name, knobs and parts. `Ctx` is all that a stage may use.
"""

from __future__ import annotations

from remanence.stage.compose import ComposeStage, composes
from remanence.stage.ctx import Ctx
from remanence.stage.read import ReadStage, blend, normalised, reads, union, wraps
from remanence.stage.recipe import SLOTS, Recipe
from remanence.stage.shape import Stage
from remanence.stage.write import WriteStage, at_sleep, every, nothing, on_recall, on_write, writes

__all__ = [
    "SLOTS",
    "ComposeStage",
    "Ctx",
    "ReadStage",
    "Recipe",
    "Stage",
    "WriteStage",
    "at_sleep",
    "blend",
    "composes",
    "every",
    "normalised",
    "nothing",
    "on_recall",
    "on_write",
    "reads",
    "union",
    "wraps",
    "writes",
]
