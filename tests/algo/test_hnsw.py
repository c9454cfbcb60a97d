"""Vector indexes: one contract for exact, sign-bit and graph search, and what the graph promises besides."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from remanence.algo.hnsw import HNSW, diverse
from remanence.algo.nearest import Exact, VectorIndex, chosen, recall, trial
from remanence.errors import BadKnob
from remanence.store.vectors import Vectors
from remanence.testing import VectorIndexContract


class TestExact(VectorIndexContract):
    def index(self) -> VectorIndex:
        return Exact(self.dim)


class TestEightBits(VectorIndexContract):
    def index(self) -> VectorIndex:
        return Vectors(self.dim)


class TestSignBits(VectorIndexContract):
    def index(self) -> VectorIndex:
        return Vectors(self.dim, exact_below=0, shortlist=200)


class TestHNSW(VectorIndexContract):
    def index(self) -> VectorIndex:
        return HNSW(self.dim, m=8, ef_build=40, ef=40)


def cloud(count: int, dim: int = 48, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, 12)) @ rng.standard_normal((12, dim)) + 0.5 * rng.standard_normal((count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def large() -> tuple[HNSW, Exact, Any]:
    rows = cloud(860)
    graph, exact = HNSW(48, m=6, ef_build=30), Exact(48)
    for index in (graph, exact):
        index.add(np.arange(800), rows[:800])
    return graph, exact, rows[800:]


def test_recall_grows_with_ef_and_is_whole_at_the_number_of_vectors(large: tuple[HNSW, Exact, Any]) -> None:
    """`ef` buys recall with time; at ef = N nothing is missed."""
    graph, flat, queries = large
    exact = [set(flat.nearest(query, 10)[0].tolist()) for query in queries]

    found = [
        float(
            np.mean(
                [
                    len(set(graph.nearest(q, 10, ef=ef)[0].tolist()) & t) / 10
                    for q, t in zip(queries, exact, strict=True)
                ]
            )
        )
        for ef in (10, 20, 40, 80, 160, 800)
    ]

    assert all(low <= high for low, high in pairwise(found))
    assert found[0] < 0.9
    assert 1.0 == found[-1]


def test_deleted_vectors_are_never_returned_and_do_not_cut_the_graph() -> None:
    """Tombstones still lead on, so that recall of the rest stays whole at ef = N."""
    rows = cloud(600, seed=1)
    graph = HNSW(48, m=6, ef_build=30, compact=1.0)
    graph.add(np.arange(600), rows)
    gone = np.arange(0, 600, 2)
    graph.delete(gone)

    keys, _ = graph.nearest(rows[0], 300, ef=600)

    assert (300, 600) == (len(graph), graph.levels[0])
    assert set(range(1, 600, 2)) == set(keys.tolist())


def test_a_fifth_of_deleted_vectors_rebuilds_the_graph() -> None:
    """What was deleted does not stay in memory for ever."""
    graph = HNSW(48, m=6, ef_build=30, compact=0.2)
    graph.add(np.arange(100), cloud(100))

    graph.delete(np.arange(20))
    marked = graph.levels[0]
    graph.delete([20])

    assert (100, 79, 79) == (marked, graph.levels[0], len(graph))


def test_deleting_and_adding_again_keeps_recall(large: tuple[HNSW, Exact, Any]) -> None:
    """Wear does not show: half of the vectors go and come back, and as much is found."""
    rows = cloud(860)
    graph, exact = HNSW(48, m=6, ef_build=30, compact=1.0), large[1]
    graph.add(np.arange(800), rows[:800])
    before = recall(graph, exact, large[2])

    graph.delete(np.arange(400))
    graph.add(np.arange(400), rows[:400])

    assert recall(graph, exact, large[2]) >= before - 0.02


def test_levels_thin_out_by_m() -> None:
    """About one node in m also stands on the next level."""
    graph = HNSW(4, m=4, ef_build=4)
    graph.add(np.arange(2_000), cloud(2_000, dim=4))

    assert 0.20 <= graph.levels[1] / graph.levels[0] <= 0.30
    assert 0.18 <= graph.levels[2] / graph.levels[1] <= 0.32


def test_a_diverse_choice_keeps_a_link_to_another_cluster() -> None:
    """The nearest two lie in one direction; the choice takes one of them and the one that leads elsewhere."""
    node = np.array([1.0, 0.0, 0.0])
    near = np.array([[0.9, 0.436, 0.0], [0.88, 0.475, 0.0], [0.6, -0.8, 0.0]])
    scores = (near @ node).astype(np.float32)

    assert [0, 2] == diverse(near.astype(np.float32), scores, 2).tolist()


def test_every_vector_can_be_reached_though_clusters_lie_apart() -> None:
    """Each node has a parent whose link is never pruned, so the graph is one piece."""
    rng = np.random.default_rng(3)
    centres = 10 * np.eye(16)[:10]
    rows = np.repeat(centres, 60, axis=0) + 0.01 * rng.standard_normal((600, 16))
    graph = HNSW(16, m=4, ef_build=8)
    graph.add(np.arange(600), rows)

    keys, _ = graph.nearest(rows[0], 600, ef=600)

    assert 600 == len(keys)


def test_an_index_is_switched_on_only_when_it_finds_enough_and_is_fast_enough() -> None:
    """Both bounds count: recall@10 of .95 and three times the speed of exact search."""
    rows = cloud(400, seed=2)
    exact, good, poor = Exact(48), HNSW(48, m=8, ef_build=30, ef=300), HNSW(48, m=2, ef_build=2, ef=1)
    for index in (exact, good, poor):
        index.add(np.arange(300), rows[:300])

    class Watch:
        """Tells that the exact search took `exact` seconds and the other one 1."""

        def __init__(self, exact: float) -> None:
            self.times = iter([0.0, exact, exact, exact + 1.0])

        def __call__(self) -> float:
            return next(self.times)

    assert chosen(good, exact, rows[300:315], timer=Watch(3.5)) is good
    assert chosen(good, exact, rows[300:315], timer=Watch(2.5)) is exact
    assert chosen(poor, exact, rows[300:315], timer=Watch(9.0)) is exact
    assert (3.5, True) == ((told := trial(good, exact, rows[300:315], timer=Watch(3.5))).faster, told.on)
    assert (3.5, False) == ((told := trial(poor, exact, rows[300:315], timer=Watch(3.5))).faster, told.on)


def test_knobs_that_make_no_graph_are_refused() -> None:
    """One link a node, or fewer candidates than links."""
    for knobs in ({"m": 1}, {"m": 16, "ef_build": 8}, {"ef": 0}, {"compact": 0.0}):
        with pytest.raises(BadKnob):
            HNSW(8, **knobs)
