"""Other people's memories, run if they are installed: mem0, LangGraph, Chroma, LanceDB, txtai.

Each gets the run's own embedder, the same records and the same questions, without a language model.
One that is not installed, or that cannot run without a key, is SKIPPED with the reason.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from remanence.arena.core.system import Found, Held, Maker, Packed, Setting, System
from remanence.arena.core.task import Question, Record, Skipped
from remanence.arena.systems.lines import Lines
from remanence.errors import RemanenceError
from remanence.types import Embedder

_BATCH = 500


def _need(module: str, package: str) -> Any:
    if find_spec(module) is None:
        raise Skipped(f"{package} is not installed", f"pip install {package}")
    return importlib.import_module(module)


class Peer:
    """What all adapters share: a number for every record, hits packed in rank order like a baseline's."""

    def __init__(self, name: str, engine: Engine, folder: Path) -> None:
        self.name = name
        self.engine = engine
        self.folder = folder
        self.lines = Lines()

    def add(self, records: Sequence[Record]) -> None:
        for start in range(0, len(records), _BATCH):
            part = records[start : start + _BATCH]
            first = len(self.lines.records)
            self.lines.add(part)
            with _edge(self.name):
                self.engine.add([str(first + at) for at in range(len(part))], [record.spoken for record in part])

    def search(self, question: Question, k: int) -> list[Found]:
        held = self.lines.records
        with _edge(self.name):
            hits = self.engine.search(question.text, min(k, len(held))) if question.text.strip() else []
        return [
            Found(held[number].source, min(1.0, max(0.0, value)), held[number].key, held[number].at)
            for number, value in ((int(key), value) for key, value in hits)
        ]

    def context(self, question: Question, budget: int) -> Packed:
        with _edge(self.name):
            hits = self.engine.search(question.text, min(len(self.lines.records), max(50, budget // 10)))
        return self.lines.pack([int(key) for key, _ in hits], budget)

    def confidence(self, question: Question) -> float | None:
        found = self.search(question, 1)
        return found[0].score if found else 0.0

    def answer(self, question: Question) -> str | None:
        return None

    def held(self) -> list[Held]:
        return [Held(record.text, sources=(record.source,)) for record in self.lines.records]

    def cost(self) -> Mapping[str, float]:
        kept = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        return {"bytes": float(kept), "llm_calls": 0.0, "llm_tokens": 0.0}

    def close(self) -> None:
        with _edge(self.name):
            self.engine.close()


@contextmanager
def _edge(name: str) -> Iterator[None]:
    """Whatever a peer's own code raises ends that peer's row, with the reason, and nothing else."""
    try:
        yield
    except RemanenceError:
        raise
    except Exception as error:
        raise Skipped(f"{name} failed: {type(error).__name__}: {str(error)[:200]}") from error


class Engine(Protocol):
    """A peer's own store: texts in under keys, (key, score) out."""

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None: ...
    def search(self, text: str, k: int) -> list[tuple[str, float]]: ...
    def close(self) -> None: ...


class _Chroma:
    def __init__(self, embedder: Embedder, folder: Path) -> None:
        chromadb = _need("chromadb", "chromadb")
        self.embedder = embedder
        settings = chromadb.config.Settings(anonymized_telemetry=False)
        self.client = chromadb.PersistentClient(path=str(folder), settings=settings)
        self.texts = self.client.create_collection("arena", metadata={"hnsw:space": "cosine"})

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        vectors = self.embedder.embed(list(texts)).tolist()
        self.texts.add(ids=list(keys), documents=list(texts), embeddings=vectors)

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        found = self.texts.query(query_embeddings=[self.embedder.embed_query(text).tolist()], n_results=k)
        return [(key, 1 - far) for key, far in zip(found["ids"][0], found["distances"][0], strict=True)]

    def close(self) -> None:
        self.client.delete_collection("arena")


class _Lance:
    """Hybrid search: full text and vectors, fused by LanceDB's own reciprocal rank fusion."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        lancedb = _need("lancedb", "lancedb")
        self.embedder = embedder
        self.base = lancedb.connect(str(folder))
        self.table: Any = None
        self.indexed = False

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        vectors = self.embedder.embed(list(texts)).tolist()
        rows = [
            {"key": key, "text": text, "vector": vector} for key, text, vector in zip(keys, texts, vectors, strict=True)
        ]
        if self.table is None:
            self.table = self.base.create_table("arena", rows)
        else:
            self.table.add(rows)
        self.indexed = False

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        if not self.indexed:
            self.table.create_fts_index("text", replace=True)
            self.indexed = True
        plain = "".join(letter if letter.isalnum() else " " for letter in text)
        asked = self.table.search(query_type="hybrid").vector(self.embedder.embed_query(text).tolist())
        rows = asked.text(plain).limit(k).to_list()
        return [(row["key"], float(row["_relevance_score"])) for row in rows][:k]

    def close(self) -> None:
        """Nothing to let go of."""


class _LangGraph:
    def __init__(self, embedder: Embedder, folder: Path) -> None:
        memory = _need("langgraph.store.memory", "langgraph") if find_spec("langgraph") else None
        if memory is None:
            raise Skipped("langgraph is not installed", "pip install langgraph")
        index = {
            "dims": embedder.dim,
            "embed": lambda texts: embedder.embed(list(texts)).tolist(),
            "fields": ["text"],
        }
        self.store = memory.InMemoryStore(index=index)

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        base = importlib.import_module("langgraph.store.base")
        left = list(zip(keys, texts, strict=True))
        while left:  # its batch cannot take the same text twice
            round_: list[tuple[str, str]] = []
            later: list[tuple[str, str]] = []
            seen: set[str] = set()
            for key, text in left:
                (later if text in seen else round_).append((key, text))
                seen.add(text)
            self.store.batch([base.PutOp(("arena",), key, {"text": text}) for key, text in round_])
            left = later

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        return [(item.key, float(item.score or 0.0)) for item in self.store.search(("arena",), query=text, limit=k)]

    def close(self) -> None:
        """Nothing to let go of."""


class _Txtai:
    """Hybrid search: BM25 and vectors, as `Embeddings(hybrid=True)` blends them."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        txtai = _need("txtai", "txtai")
        self.index = txtai.Embeddings(
            method="external",
            transform=lambda texts: embedder.embed([str(text) for text in texts]),
            hybrid=True,
            backend="numpy",
        )
        self.empty = True

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        rows = [(key, text, None) for key, text in zip(keys, texts, strict=True)]
        (self.index.index if self.empty else self.index.upsert)(rows)
        self.empty = False

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        return [(str(key), float(value)) for key, value in self.index.search(text, k)]

    def close(self) -> None:
        self.index.close()


class _Mem0:
    """mem0 without a model: `add(..., infer=False)` keeps the text as it is; search as the package does it."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        os.environ.setdefault("MEM0_TELEMETRY", "False")  # before it is imported: nothing is sent from a run
        mem0 = _need("mem0", "mem0ai")
        config = {
            "vector_store": {
                "provider": "qdrant",
                "config": {
                    "collection_name": "arena",
                    "path": str(folder / "qdrant"),
                    "on_disk": True,
                    "embedding_model_dims": embedder.dim,
                },
            },
            "llm": {"provider": "openai", "config": {"api_key": "none"}},
            "embedder": {"provider": "openai", "config": {"api_key": "none"}},
            "history_db_path": str(folder / "history.db"),
        }
        self.memory = mem0.Memory.from_config(config)
        self.memory.embedding_model = _Mem0Embedder(embedder)

    def add(self, keys: Sequence[str], texts: Sequence[str]) -> None:
        for key, text in zip(keys, texts, strict=True):
            self.memory.add(text, user_id="arena", metadata={"key": key}, infer=False)

    def search(self, text: str, k: int) -> list[tuple[str, float]]:
        found = self.memory.search(text, top_k=k, filters={"user_id": "arena"}, threshold=0.0)
        return [(row["metadata"]["key"], float(row["score"])) for row in found["results"]]

    def close(self) -> None:
        """Nothing to let go of."""


class _Mem0Embedder:
    """The run's embedder behind the method that mem0 calls."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.config = None

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        """One vector; `memory_action` says what mem0 wants it for."""
        vector: list[float] = self.embedder.embed([text])[0].tolist()
        return vector

    def embed_batch(self, texts: Sequence[str], memory_action: str | None = None) -> list[list[float]]:
        """Many vectors."""
        vectors: list[list[float]] = self.embedder.embed(list(texts)).tolist()
        return vectors


def _peer(name: str, make: Callable[[Embedder, Path], Engine], setting: Setting) -> System:
    folder = setting.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    with _edge(name):
        return Peer(name, make(setting.embedder, folder), folder)


_ENGINES: dict[str, Callable[[Embedder, Path], Engine]] = {
    "mem0ai": _Mem0,
    "langgraph": _LangGraph,
    "chroma": _Chroma,
    "lancedb": _Lance,
    "txtai": _Txtai,
}
PEERS: dict[str, Maker] = {name: partial(_peer, name, make) for name, make in _ENGINES.items()}
"""The adapters, in table order; `mem0ai` is the package (the recipe `mem0` is our own telling of the paper)."""
