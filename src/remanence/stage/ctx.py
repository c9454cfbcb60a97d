"""What a stage may use besides its input: a store to read, models, the clock, chance, and a memo for one verb."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import field, replace
from typing import Any, TypeVar

import numpy as np

from remanence.records import dataclass
from remanence.types import Chat, Clock, Embedder, Floats, Item, Reader, StoreView

T = TypeVar("T")


@dataclass(slots=True)
class Ctx:
    """What a stage may use: a read-only store, an embedder, an optional llm and reader, the clock, a seeded rng.

    `rng` depends on `seed` alone, `new_id()` and `new_ids(count)` give ids that are unique in the space, `embed` and
    `once` remember during one verb.
    `degraded` collects what had to be skipped; the verb's answer shows it.
    """

    store: StoreView
    embedder: Embedder
    clock: Clock
    seed: Sequence[int]
    new_ids: Callable[[int], list[str]]
    llm: Chat | None = None
    reader: Reader | None = None
    degraded: list[str] = field(default_factory=list)
    memo: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def rng(self) -> np.random.Generator:
        """The one source of chance, made at its first use."""
        return self.once("rng", lambda: np.random.default_rng(self.seed))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, computed once during this verb."""
        if key not in self.memo:
            self.memo[key] = make()
        value: T = self.memo[key]
        return value

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows [N, dim]; a text that this verb has embedded before costs nothing."""
        known: dict[str, Floats] = self.memo.setdefault("vectors", {})
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self.embedder.embed(missing), strict=True))
        if not texts:
            return np.zeros((0, self.embedder.dim), np.float32)
        return np.stack([known[text] for text in texts])

    def put(self, item: Item) -> Item:
        """`item` with an id, if it has none."""
        return self.put_each([item])[0]

    def put_each(self, items: Sequence[Item]) -> list[Item]:
        """`put` each."""
        ids = iter(self.new_ids(sum(not item.id for item in items)))
        return [item if item.id else replace(item, id=next(ids)) for item in items]

    def new_id(self) -> str:
        """An id that is unique in the space."""
        return self.new_ids(1)[0]
