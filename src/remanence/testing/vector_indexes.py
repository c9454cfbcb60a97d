"""What a vector index promises, exact or not; subclass it to hold yours to that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from remanence.algo.nearest import VectorIndex
from remanence.errors import InvalidInput


class VectorIndexContract:
    """Promises of a vector index, exact or not: what it answers is there, is scored truly, and can be taken away."""

    dim = 32

    def index(self) -> VectorIndex:
        """An empty index of width `dim`."""
        raise NotImplementedError

    # --- helpers ---

    def vectors(self, count: int, seed: int = 0) -> Any:
        """Unit vectors around eight directions, float32 [count, dim]."""
        rng = np.random.default_rng(seed)
        rows = rng.standard_normal((8, self.dim))[rng.integers(0, 8, count)] + rng.standard_normal((count, self.dim))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def filled(self, count: int = 400) -> tuple[VectorIndex, Any]:
        """(index, vectors) under the keys 1000, 1001, ..."""
        index, rows = self.index(), self.vectors(count)
        index.add(np.arange(1000, 1000 + count), rows)
        return index, rows

    # --- promises ---

    def test_every_vector_finds_itself(self) -> None:
        """The best answer to a stored vector is its own key, at cosine 1."""
        index, rows = self.filled()

        answers = [index.nearest(row, 1) for row in rows]

        assert list(range(1000, 1400)) == [int(keys[0]) for keys, _ in answers]
        assert np.allclose(1.0, [float(scores[0]) for _, scores in answers], atol=0.02)

    def test_answers_are_ordered_and_scored_by_cosine(self) -> None:
        """Best first, each with its true cosine."""
        index, rows = self.filled()
        query = self.vectors(1, seed=5)[0]

        keys, scores = index.nearest(query, 10)

        assert sorted(scores.tolist(), reverse=True) == scores.tolist()
        assert np.allclose(rows[keys - 1000] @ query, scores, atol=0.02)

    def test_most_of_the_truly_nearest_are_found(self) -> None:
        """Recall@10 of at least .9 as the index comes."""
        index, rows = self.filled()
        shares = []

        for query in self.vectors(50, seed=6):
            true = np.argsort(-(rows @ query), kind="stable")[:10] + 1000
            shares.append(float(np.isin(true, index.nearest(query, 10)[0]).mean()))

        assert float(np.mean(shares)) >= 0.9

    def test_a_deleted_key_is_never_answered(self) -> None:
        """Not even to its own vector, and whatever is asked for."""
        index, rows = self.filled(60)
        index.delete([1000, 1007, 1059, 77])

        found = {key for row in rows for key in index.nearest(row, 60)[0].tolist()}

        assert (57, set(range(1000, 1060)) - {1000, 1007, 1059}) == (len(index), found)

    def test_a_deleted_key_can_come_back(self) -> None:
        """With another vector, which is then the one that counts."""
        index, rows = self.filled(60)
        index.delete([1003])
        index.add([1003], rows[:1])

        keys, _ = index.nearest(rows[0], 2)

        assert (60, [1000, 1003]) == (len(index), sorted(keys.tolist()))

    def test_a_key_holds_one_vector(self) -> None:
        """Adding it again replaces; of two in one call the later counts."""
        index, rows = self.filled(60)
        index.add([1003, 1003], rows[[20, 0]])

        keys, _ = index.nearest(rows[0], 2)

        assert (60, [1000, 1003]) == (len(index), sorted(keys.tolist()))
        assert 1003 != int(index.nearest(rows[20], 1)[0][0])

    def test_rebuilding_loses_nothing(self) -> None:
        """What is there stays, what was deleted stays away."""
        index, rows = self.filled(200)
        index.delete(np.arange(1000, 1090))
        index.rebuild()

        found = [int(index.nearest(row, 1)[0][0]) for row in rows[90:]]

        assert (110, list(range(1090, 1200))) == (len(index), found)

    def test_the_same_additions_give_the_same_answers(self) -> None:
        """No hidden chance."""
        query = self.vectors(1, seed=7)[0]

        first, second = (self.filled()[0].nearest(query, 20) for _ in range(2))

        assert (first[0].tolist(), first[1].tolist()) == (second[0].tolist(), second[1].tolist())

    def test_fewer_than_asked_for_are_all_given(self) -> None:
        """And an empty index, or a cue without a direction, gives none."""
        index, rows = self.filled(7)

        assert (7, 0, 0) == (
            len(index.nearest(rows[0], 50)[0]),
            len(index.nearest(np.zeros(self.dim), 5)[0]),
            len(self.index().nearest(rows[0], 5)[0]),
        )

    def test_a_vector_without_direction_is_not_kept(self) -> None:
        """It is like nothing; it takes its key out."""
        index, rows = self.filled(7)
        index.add([1003, 2000], np.zeros((2, self.dim)))

        assert (6, False) == (len(index), 1003 in index.nearest(rows[3], 7)[0].tolist())

    def test_a_vector_of_another_width_or_not_finite_is_refused(self) -> None:
        """Before anything changes."""
        index, rows = self.filled(7)
        refused = 0
        asks: tuple[Callable[[], object], ...] = (
            lambda: index.add([1], np.ones((1, self.dim + 1))),
            lambda: index.add([1], np.full((1, self.dim), np.nan)),
            lambda: index.add([1, 2], rows[:1]),
            lambda: index.nearest(np.ones(self.dim - 1), 3),
            lambda: index.nearest(rows[0], 0),
        )
        for ask in asks:
            try:
                ask()
            except InvalidInput:
                refused += 1

        assert (5, 7) == (refused, len(index))
