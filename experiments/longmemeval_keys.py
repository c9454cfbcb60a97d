"""Do facts help to find exchanges, and how: merged into its key, in an index of their own, or not at all?

    REMANENCE_DATA=... python experiments/longmemeval_keys.py

On all LongMemEval instances of the folder that have an answer, whole haystacks, static embedder, nothing tuned here.
Printed per variant: all@10, fraction@10 and fraction@20 over turns, session fraction@10, evidence in 1,000 tokens.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from remanence import recipes
from remanence.arena.catalogue import find_task
from remanence.arena.core import metrics
from remanence.arena.core.shared import Shared
from remanence.arena.core.system import Setting
from remanence.arena.core.task import Pool
from remanence.arena.systems.recipes import RecipeMaker
from remanence.form.exchanges import exchanges
from remanence.models import by_name
from remanence.recall import dated, expand, find, fuse
from remanence.stage import Recipe, at_sleep

VALUES = find.vectors(k=50, kinds=("chunk",))
FACTS = find.vectors(k=50, kinds=("fact",)) >> expand.sources()
BASE = recipes.get("longmemeval")
VARIANTS: dict[str, Recipe] = {
    "merged, dates": BASE,
    "merged": replace(BASE, recall=VALUES >> dated.expand_to_turns()),
    "ranks joined": replace(
        BASE,
        form=at_sleep(exchanges(keys="apart")),
        recall=fuse.rrf(VALUES, FACTS) >> dated.expand_to_turns(),
    ),
    "no facts": replace(BASE, form=at_sleep(exchanges(keys="none")), recall=VALUES >> dated.expand_to_turns()),
}


def measured(pool: Pool, recipe: Recipe, embedder: Shared) -> list[float]:
    """The five numbers of one instance."""
    (question,) = pool.questions
    with TemporaryDirectory() as folder:
        system = RecipeMaker(recipe.name, recipe)(Setting(embedder, "static", Path(folder)))
        system.add(pool.records)
        found = [one.source for one in system.search(question, 50)]
        packed = set(system.context(question, 1000).sources)
        system.close()
    of = pool.sessions()
    return [
        metrics.recall_all(found, question.evidence, 10),
        metrics.fraction(found, question.evidence, 10),
        metrics.fraction(found, question.evidence, 20),
        metrics.fraction([of[one] for one in found], question.sessions, 10),
        len(packed & set(question.evidence)) / len(question.evidence),
    ]


def main() -> None:
    embedder = Shared(by_name("static"))
    rows: dict[str, list[list[float]]] = {name: [] for name in VARIANTS}
    for pool in find_task("longmemeval").pools(os.environ["REMANENCE_DATA"]):
        if pool.questions[0].evidence:
            for name, recipe in VARIANTS.items():
                rows[name].append(measured(pool, recipe, embedder))
        embedder.forget()
    for name, got in rows.items():
        print(f"{name:16s}", *(f"{100 * value:6.1f}" for value in np.mean(got, axis=0)), f"  n={len(got)}")


if __name__ == "__main__":
    main()
