"""Lets a recipe take part in the arena: a `Memory` with that recipe, seen as a `System`."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

from remanence import recipes
from remanence.arena.core.system import Found, Held, Packed, Setting, System
from remanence.arena.core.task import Question, Record
from remanence.errors import NotFound
from remanence.memory.memory import Memory
from remanence.recipes.without import without
from remanence.stage import Recipe
from remanence.types import Hits, Item

__all__ = ["RecipeMaker", "RecipeSystem", "recipe_maker", "recipe_names"]

VERBATIM = ("turn", "chunk", "file")
"""Kinds that are somebody's own words; every other kind was derived."""


def recipe_names() -> list[str]:
    """Every installed recipe."""
    return recipes.names()


def recipe_maker(name: str) -> RecipeMaker:
    """The maker of a recipe with its published settings; `adamem~walk.hops` is `adamem` without that stage."""
    base, _, off = name.partition("~")
    made = recipes.get(base)
    return RecipeMaker(name, without(made, off) if off else made)


class RecipeMaker:
    """Makes memories of one recipe; recipes that form and evolve alike share the filled space."""

    def __init__(self, name: str, recipe: Recipe) -> None:
        self.name = name
        self.recipe = recipe

    def __call__(self, setting: Setting) -> System:
        return self._open(setting, setting.folder / "memory.db")

    def prefix(self) -> Hashable | None:
        """The form and evolve chains; None when recalling writes, so that no run disturbs another."""
        if "on_recall" in self.recipe.at:
            return None
        return (self.recipe.form, self.recipe.evolve)

    def build(self, setting: Setting, records: Sequence[Record], path: Path) -> Mapping[str, float]:
        """Fill a space and close it; what that cost."""
        filled = self._open(setting, path)
        filled.add(records)
        spent = dict(filled.cost())
        filled.close()
        return spent

    def open(self, setting: Setting, path: Path) -> System:
        """The filled space, read with this recipe."""
        return self._open(setting, path)

    def _open(self, setting: Setting, path: Path) -> RecipeSystem:
        memory = Memory(path, self.recipe, setting.embedder, seed=setting.seed)
        return RecipeSystem(self.name, memory, sleeps="at_sleep" in self.recipe.at)


class RecipeSystem:
    """One memory under test. The question's own time is passed on as `now`."""

    def __init__(self, name: str, memory: Memory, *, sleeps: bool = False) -> None:
        self.name = name
        self.memory = memory
        self.sleeps = sleeps
        self.slept = 0.0
        """Seconds of the processor that sleeping took."""
        self._last: tuple[Question, int, Hits] | None = None

    def add(self, records: Sequence[Record]) -> None:
        self.memory.remember([record.message() for record in records])
        if self.sleeps:
            started = time.process_time()
            self.memory.sleep()
            self.slept += time.process_time() - started
        self._last = None

    def search(self, question: Question, k: int) -> list[Found]:
        found: list[Found] = []
        hits = self._recall(question, k)
        for row, hit in zip(hits.rows, hits, strict=True):
            sources = (hit.item.source,) if hit.item.source else self._origins(hit.item)
            found += [Found(source, hit.score, hit.item.key, hit.item.at, int(row)) for source in sources]
        return found[:k]

    def context(self, question: Question, budget: int) -> Packed:
        if not question.text.strip():
            return Packed("", ())
        packed = self.memory.context(question.text, budget, now=question.at, as_of=question.as_of)
        return Packed(str(packed), packed.sources)

    def confidence(self, question: Question) -> float | None:
        return self._recall(question, 10).confidence

    def answer(self, question: Question) -> str | None:
        if not question.text.strip():
            return "not in memory"
        return self.memory.ask(question.text, now=question.at, as_of=question.as_of).short

    def held(self) -> list[Held]:
        now = self.memory.clock()
        return [
            Held(
                item.text,
                derived=item.kind not in VERBATIM,
                current=item.until is None or item.until > now,
                sources=(item.source,) if item.source else (),
            )
            for item in self.memory.list(limit=0, ended=True)
        ]

    def cost(self) -> Mapping[str, float]:
        size = _size(self.memory.store.path)
        return {"bytes": size, "sleep_cpu_seconds": self.slept, "llm_calls": 0.0, "llm_tokens": 0.0}

    def close(self) -> None:
        self.memory.close()

    def _recall(self, question: Question, k: int) -> Hits:
        if not question.text.strip():
            return Hits(confidence=0.0)
        if self._last is not None and self._last[0] is question and self._last[1] >= k:
            return self._last[2]
        hits = self.memory.recall(question.text, k, now=question.at, as_of=question.as_of)
        self._last = (question, k, hits)
        return hits

    def _origins(self, item: Item) -> tuple[str, ...]:
        """A derived hit stands for the records that it was derived from; its own id when it names none."""
        found = []
        for part in item.evidence:
            try:
                found.append(self.memory.get(part.id).source)
            except NotFound:
                continue
        return tuple(dict.fromkeys(source for source in found if source)) or (item.id,)


def _size(path: str | Path) -> float:
    """Bytes of a space with its log, from the directory entry (the file itself is never opened here)."""
    found = Path(path)
    return float(sum(p.stat().st_size for p in (found, found.with_name(found.name + "-wal")) if p.exists()))
