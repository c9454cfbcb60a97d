"""The SQLite store keeps the store contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remanence.models.embedder import by_name
from remanence.store.store import Store
from remanence.testing import EmbedderContract, StoreContract
from remanence.types import Embedder


class TestSqlite(StoreContract):
    """One file, apsw."""

    def make(self, path: Path, **knobs: Any) -> Store:
        return Store(path, **knobs)


class TestStaticEmbedder(EmbedderContract):
    """The bundled one."""

    def embedder(self) -> Embedder:
        return by_name("static")


class TestHashingEmbedder(EmbedderContract):
    """The one for tests."""

    def embedder(self) -> Embedder:
        return by_name("hashing")
