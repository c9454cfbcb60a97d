"""Derived work that waits: which of it is a handle's own, and which items a piece of it is about.

Work belongs to the scope that wrote the items and to the recipe that wants them looked at: a handle does the work
of its own scope and recipe and leaves all other work where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from remanence.memory.handle import Handle
from remanence.stage import Recipe, WriteStage
from remanence.stage.recipe import AT_SLEEP, EVERY
from remanence.stage.write import in_order
from remanence.store.door import Job, Later
from remanence.types import EVERYTHING, Rows, StoreView

EMBED = "embed"
"""Vectors that an embedder owed: any recipe's work."""
AGAIN = "again "
"""Items whose company was hidden, changed or erased: what is formed of them is formed anew. The name of such a job
lists their numbers, as in "again 3-5,9"."""
_UNLISTED = f"{AGAIN}new"
"""All items between the job's numbers: what earlier versions left waiting."""


def periodic(recipe: Recipe) -> list[WriteStage]:
    """The stages that run every so many items."""
    chain = recipe.at.get("every")
    return list(chain.flat()) if chain is not None else []


def stage_of(recipe: Recipe, job: Job) -> WriteStage | None:
    """The stage that does a job; None when this recipe has none for it."""
    name = job.stage
    if job.recipe not in ("", recipe.label):
        return None
    if name == AT_SLEEP:
        return recipe.at.get("at_sleep")
    if name.startswith(AGAIN):
        stages = [recipe.at[when] for when in ("on_write", "at_sleep") if when in recipe.at]
        return in_order(tuple(part for stage in stages for part in stage.flat())) if stages else None
    place = name.removeprefix(EVERY)
    stages = periodic(recipe)
    return stages[int(place)] if place.isdigit() and int(place) < len(stages) else None


def waiting(handle: Handle, state: str | None = "waiting") -> list[Job]:
    """The handle's own work, oldest first."""
    return [
        job
        for job in handle.store.jobs(state=state, scope=handle.scope, recipe=handle.recipe.label)
        if job.stage == EMBED or stage_of(handle.recipe, job) is not None
    ]


def rows_of(handle: Handle, job: Job, view: StoreView | None = None) -> Rows:
    """The rows that a job is about and that its scope sees, in the order in which they were written."""
    rows = (view or handle.view(job.scope)).rows(EVERYTHING)
    numbers = numbers_of(handle, job, rows)
    inside = (numbers >= job.low) & (numbers <= job.high)
    if job.stage.startswith(AGAIN) and job.stage != _UNLISTED:
        inside &= np.isin(numbers, _listed(job.stage))
    rows, numbers = rows[inside], numbers[inside]
    return rows[np.argsort(numbers, kind="stable")]


def numbers_of(handle: Handle, job: Job, rows: Rows) -> NDArray[np.int64]:
    """What a job counts rows by: their own numbers, or those of the items, which a new version does not change."""
    index = handle.store.index
    return index.n.now[index.first.now[rows]] if job.stage.startswith(AGAIN) else index.n.now[rows]


def again(handle: Handle, ids: Mapping[str, int], view: StoreView) -> list[Later]:
    """Work at sleep on these items and no others: id -> its turn, those of one turn together."""
    index = handle.store.index
    work = []
    for turn in sorted(set(ids.values())):
        rows = view.rows_of([id for id, own in ids.items() if own == turn], EVERYTHING)
        numbers = sorted(index.n.now[index.first.now[rows[rows >= 0]]].tolist())
        if numbers:
            work.append(Later(AGAIN + _runs(numbers), numbers[0], numbers[-1]))
    return work


def _runs(numbers: Iterable[int]) -> str:
    """[3, 4, 5, 9] -> "3-5,9"."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n <= runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ",".join(f"{low}-{high}" if high > low else str(low) for low, high in runs)


def _listed(stage: str) -> NDArray[np.int64]:
    """The numbers that the name of a job lists."""
    runs = [run.partition("-") for run in stage.removeprefix(AGAIN).split(",")]
    return np.concatenate([np.arange(int(low), int(high or low) + 1) for low, _, high in runs])
