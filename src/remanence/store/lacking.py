"""Rows that still lack a vector of the space's embedder, and how they get one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from remanence.errors import ModelMismatch
from remanence.store.catch_up import show_vectors
from remanence.store.door import Writing
from remanence.store.vectors import packed
from remanence.store.view import fetch, of_scope
from remanence.types import Floats, Rows, Scope

if TYPE_CHECKING:
    from remanence.store.store import Store


def rows(store: Store, scope: Scope | None) -> Rows:
    """`Store.lacking_vectors` of a store that is caught up."""
    index = store.index
    lacking = ~index.embedded.now & ~index.gone.now
    if scope is not None:
        lacking &= of_scope(index, scope)
    for job in store.jobs(state="waiting"):
        if job.stage == "embed":
            lacking &= ~((job.low <= index.n.now) & (index.n.now <= job.high) & of_scope(index, job.scope))
    return np.flatnonzero(lacking)


def fill(
    store: Store, some: Rows, embed: Callable[[Sequence[str]], Floats], done: tuple[int, int | None] | None
) -> int:
    """`Store.fill_vectors` of a store that is caught up, with the writer's lock held."""
    if store.stale:
        raise ModelMismatch(store.stale)
    index = store.index
    missing = some[~index.embedded.now[some] & ~index.gone.now[some]]
    items = fetch(store, missing) if len(missing) else []
    numbers = [int(n) for n in index.n.now[missing]]
    vectors = packed(numbers, embed([item.key for item in items]), store.dim).stored if items else []
    with store.committing("vectors", [["vectors", len(vectors)]]):
        store.door.write(Writing(model=store.current_model[0], vectors=vectors))
        if done is not None:
            store.door.advance(*done)
    show_vectors(index, vectors)
    mended = {f"vector of row {n}" for n in numbers}
    store.damaged[:] = [line for line in store.damaged if line not in mended]
    return len(vectors)
