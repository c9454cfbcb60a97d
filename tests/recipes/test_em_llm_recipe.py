"""EM-LLM as text: cuts move to the change of topic, and a hit brings its neighbours within a quota."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asking import found

from remanence import recipes
from remanence.algo.modularity import modularity, refined
from remanence.form import events
from remanence.recall import dated, find, walk
from remanence.stage import at_sleep

GARDEN = (
    "The tomatoes in the garden need water.",
    "I planted beans beside the garden fence.",
    "The garden soil is dry, the beans are thirsty.",
    "Water the garden tomatoes in the evening.",
    "The garden beans flower already.",
    "Garden tomatoes like warm soil.",
)
OPERA = (
    "The opera singer was ill on Friday.",
    "They gave our opera tickets back.",
    "The tenor of the opera sings again on Sunday.",
    "We bought new opera tickets for the tenor.",
    "The opera house was sold out.",
    "A great tenor, a great opera.",
)


def planted(rng: np.random.Generator) -> np.ndarray:
    """Twelve unit vectors of one topic, then twelve of another."""
    centres = rng.standard_normal((2, 32))
    rows = np.repeat(centres, 12, axis=0) + 0.8 * rng.standard_normal((24, 32))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("late", [14, 16, 18])
def test_a_late_cut_moves_back_to_the_change(seed, late):
    """Within one step of it; the cut as it was, the twin, stays away."""
    vectors = planted(np.random.default_rng(seed))

    (_, moved) = refined([0, late], vectors)

    assert abs(moved - 12) <= 1
    assert abs(late - 12) > 1


def test_modularity_is_highest_at_the_change():
    """Q of a matrix of two blocks."""
    near = np.kron(np.eye(2), np.ones((3, 3)))
    np.fill_diagonal(near, 0)

    assert 3 == max(range(1, 6), key=lambda split: modularity(near, split))
    assert modularity(near, 3) == pytest.approx(0.5)


def test_the_talk_is_cut_where_its_topic_changes(composed):
    """Garden and opera are in no episode together."""
    memory = composed(recipes.get("em_llm", most=8))
    memory.remember([{"who": "Ann", "text": text, "session": "1"} for text in (*GARDEN, *OPERA)])
    memory.sleep()

    texts = {item.id: item.text for item in memory.list(kinds="turn", limit=0)}
    told = [[texts[one.id] for one in item.evidence] for item in memory.list(kinds="episode", limit=0)]

    assert 12 == sum(map(len, told))
    assert all(len(some) <= 8 for some in told)
    assert not [some for some in told if set(some) & set(GARDEN[:5]) and set(some) & set(OPERA[1:])]


def test_a_hit_brings_its_neighbours_within_the_quota(composed):
    """Ten episodes that match and neighbours, at most 30 % of all; with no share, the twin, none."""
    memory = composed(replace(recipes.get("em_llm"), form=at_sleep(events.surprises(most=2, least=1))))
    memory.remember([{"who": "Ann", "text": f"{GARDEN[n % 6]} {n}", "session": "1"} for n in range(60)])
    memory.sleep()
    base = find.vectors(k=7, kinds=("episode",))

    near = found(memory, base >> walk.contiguous(share=0.3), "garden")
    alone = found(memory, base >> walk.contiguous(share=0.0), "garden")

    added = len(near) - len(alone)
    assert 7 == len(alone)
    assert 0 < added
    assert added / len(near) <= 0.3
    assert "turn" in {
        hit.item.kind for hit in found(memory, base >> dated.expand_to_turns(kinds=("episode",)), "garden")
    }
