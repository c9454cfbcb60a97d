"""Does a graph index pay beside exact and sign-bit search? Recall@10 and speed, on real and synthetic vectors.

    [REMANENCE_DATA=...] python experiments/hnsw.py [--sizes 10000,30000,100000] [--queries 200] [--ef-build 64]

LoCoMo: the static vectors of all turns, asked by its questions. Synthetic: unit vectors of 128 dimensions around a
16-dimensional core, which is about as hard as sentence vectors. Times are processor time on one thread, so that other
work on the machine does not count. `on`: recall@10 of at least .95, against float32 search, at three times the speed
of what the store itself does at that size (8-bit exact up to 20,000, sign bits beyond).
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np

from remanence.algo.hnsw import HNSW
from remanence.algo.nearest import FASTER, RECALL, Exact, VectorIndex, recall, trial
from remanence.arena.catalogue import find_task
from remanence.models import by_name
from remanence.store.vectors import Vectors
from remanence.types import Floats

EFS = (16, 32, 64, 128, 256, 512)


def talk(queries: int) -> tuple[Floats, Floats]:
    """(vectors, queries) of LoCoMo."""
    model = by_name("static")
    pools = list(find_task("locomo").pools(os.environ["REMANENCE_DATA"]))
    asked = [question.text for pool in pools for question in pool.questions]
    chosen = np.random.default_rng(0).permutation(len(asked))[:queries]
    turns = model.embed([record.key for pool in pools for record in pool.records])
    return turns[turns.any(axis=1)], model.embed([asked[i] for i in chosen])


def synthetic(count: int, queries: int, dim: int = 128) -> tuple[Floats, Floats]:
    """(vectors, queries) drawn from one seeded cloud."""
    rng = np.random.default_rng(count)
    core = rng.standard_normal((16, dim))
    rows = rng.standard_normal((count + queries, 16)) @ core + 0.5 * rng.standard_normal((count + queries, dim))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return rows[:count], rows[count:]


def compare(name: str, vectors: Floats, queries: Floats, *, m: int, ef_build: int) -> None:
    """Print one table: what the store does, then the graph at each ef."""
    count, dim = vectors.shape
    exact, store = Exact(dim), Vectors(dim)
    for index in (exact, store):
        index.add(np.arange(count), vectors)
    graph = HNSW(dim, m=m, ef_build=ef_build)
    started = time.process_time()
    graph.add(np.arange(count), vectors)
    built = time.process_time() - started
    print(
        f"{name}: {count:,} vectors, built in {built:.0f} s ({1e3 * built / count:.1f} ms each), levels {graph.levels}"
    )
    print(f"  store's own search  recall@10 {recall(store, exact, queries):.3f}  {each(store, queries):7.2f} ms")
    for ef in EFS:
        graph.ef = ef
        found = recall(graph, exact, queries)
        faster = trial(graph, store, queries).faster
        verdict = "on" if found >= RECALL and faster >= FASTER else "off"
        print(
            f"  graph, ef {ef:<4}      recall@10 {found:.3f}  {each(graph, queries):7.2f} ms"
            f"  {faster:5.2f} x store  {verdict}",
            flush=True,
        )


def each(index: VectorIndex, queries: Floats) -> float:
    """Milliseconds of one search."""
    started = time.process_time()
    for query in queries:
        index.nearest(query, 10)
    return 1e3 * (time.process_time() - started) / len(queries)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-build", type=int, default=64)
    args = parser.parse_args()
    knobs = {"m": args.m, "ef_build": args.ef_build}
    if os.environ.get("REMANENCE_DATA"):
        compare("LoCoMo", *talk(args.queries), **knobs)
    for size in args.sizes.split(","):
        if size:
            compare("synthetic", *synthetic(int(size), args.queries), **knobs)


if __name__ == "__main__":
    main()
