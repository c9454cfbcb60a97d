"""Two-level recall of stored turns: chunks first, then turns inside; its dense limits and its weak spot."""

from __future__ import annotations

import numpy as np

from remanence.algo.chunked import chunked_recall


def unit(*shape: int) -> np.ndarray:
    drawn = np.random.default_rng(0).normal(size=shape)
    return drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)


def test_chunks_of_one_turn_and_all_picks_are_plain_softmax() -> None:
    """With C = 1 and k = N the weights are one softmax over all turns."""
    turns, query = unit(20, 16), unit(1, 16)[0]
    ids, weights = chunked_recall(query, turns, chunk=1, picks=20)
    mass = np.exp(8 * turns @ query)

    np.testing.assert_allclose(weights, (mass / mass.sum())[ids])
    assert (np.diff(weights) <= 0).all()


def test_only_turns_of_the_picked_chunks_come_back() -> None:
    """Two chunks of five: ten turns at most, weights sum to one."""
    ids, weights = chunked_recall(unit(1, 16)[0], unit(43, 16), chunk=5, picks=2)

    assert len({i // 5 for i in ids.tolist()}) == 2
    assert np.isclose(weights.sum(), 1)


def test_a_detail_is_found_in_an_old_chunk_of_its_topic() -> None:
    """Turns of an episode share a direction: the asked turn is first, 64 other episodes later."""
    topics, details = unit(65, 1, 64), unit(65, 8, 64)
    turns = (topics + 0.7 * np.random.default_rng(1).permuted(details, axis=0)).reshape(-1, 64)
    query = turns[5]
    ids, _ = chunked_recall(query, turns, chunk=8, picks=2)

    assert ids[0] == 5


def test_means_wash_out_a_lone_needle_that_maxima_keep() -> None:
    """One matching turn among unlike ones: keys of maxima find it every time, means miss it now and then."""
    draws, hit = np.random.default_rng(0), {"mean": 0, "max": 0}
    for _ in range(60):
        turns = draws.normal(size=(512, 32))
        turns /= np.linalg.norm(turns, axis=1, keepdims=True)
        needle = int(draws.integers(512))
        for kind in hit:
            ids, _ = chunked_recall(turns[needle], turns, chunk=16, picks=2, kind=kind)
            hit[kind] += int(needle in ids)

    assert hit["max"] == 60
    assert hit["mean"] < 60


def test_no_turns_give_nothing() -> None:
    """An empty memory answers with empty lists."""
    ids, weights = chunked_recall(np.zeros(4), np.zeros((0, 4)))

    assert len(ids) == len(weights) == 0
