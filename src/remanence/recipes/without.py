"""A recipe without one of its stages: the off-switch of a mechanism, for proofs and for the arena (`adamem~walk.hops`).

A stage of a chain, a blend or a union is left out; a stage round others gives way to the first of them; a composer
gives way to a plain list. What is left works as before.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from remanence.compose.listing import listing
from remanence.errors import BadKnob
from remanence.registry import near
from remanence.stage import ReadStage, Recipe, Stage, WriteStage, nothing
from remanence.stage.write import in_order

_JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "then": operator.rshift,
    "blend": operator.add,
    "union": operator.or_,
}


def without(recipe: Recipe, name: str) -> Recipe:
    """The recipe with every stage of this name switched off; `BadKnob` names those that it has.

    name: `walk.hops`, or a whole stage as it prints, `distil.summaries(level='all')`, where there are several.
    """
    known = stage_names(recipe)
    if name.partition("(")[0] not in known:
        raise BadKnob(f"recipe {recipe.name or 'here'!r} has no stage {name!r}; {near(name, known)}")
    found = _read(recipe.recall, name)
    if found is None:
        raise BadKnob(f"without {name!r} nothing would be found at all")
    return replace(
        recipe,
        form=_written(recipe.form, name),
        evolve=_written(recipe.evolve, name),
        recall=found,
        compose=listing() if _is(recipe.compose, name) else recipe.compose,
        name=f"{recipe.name}~{name}" if recipe.name else "",
    )


def stage_names(recipe: Recipe) -> list[str]:
    """The stages of a recipe that can be switched off, each name once, in order: no operator, no plain list."""
    found: list[str] = []
    waiting = [stage for _, stage in recipe.slots()]
    while waiting:
        stage = waiting.pop(0)
        waiting[:0] = stage.parts
        if "." in stage.name and stage.name not in (nothing().name, listing().name):
            found.append(stage.name)
    return list(dict.fromkeys(found))


def _is(stage: Stage, name: str) -> bool:
    return name in (stage.name, stage.shown())


def _written(chain: WriteStage, name: str) -> WriteStage:
    kept = tuple(stage for stage in chain.flat() if not _is(stage, name))
    return in_order(kept) if kept else nothing()


def _read(stage: ReadStage, name: str) -> ReadStage | None:
    """The stage without the named one; None when nothing of it is left."""
    inner = [_read(part, name) for part in stage.parts]
    left = [part for part in inner if part is not None]
    if _is(stage, name):
        return left[0] if left else None
    if len(left) == len(stage.parts) and all(a is b for a, b in zip(left, stage.parts, strict=True)):
        return stage
    if stage.name in _JOINED:
        return functools.reduce(_JOINED[stage.name], left) if left else None
    if not left:
        return None
    if stage.name == "weigh":
        return left[0] * float(stage.knobs[0][1])
    if stage.name == "keep":
        return left[0] % int(stage.knobs[0][1])
    return stage.round(*left)
