"""MemGAS: links at the gap, weights by certainty, and chats that are found through their associates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asking import found

from remanence import recipes
from remanence.algo.agglomerate import two_modes
from remanence.evolve import associate
from remanence.recall import find, route, walk
from remanence.recall.route import certainty
from remanence.stage import at_sleep, writes
from remanence.types import Link

CATS = "My cat {} sleeps on the warm stove and eats fish."
TAXES = "The tax office wants form {} before the end of the quarter."


@writes
def tied(change, ctx, *, rel, to):
    """Links from the given items to one."""
    return change.plus(links=[Link(item.id, rel, to) for item in change.given])


@pytest.mark.parametrize("upper", [3, 8, 14])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_upper_mode_is_taken_whatever_its_size(upper, seed):
    """Exactly its members; the best five, a cut that does not look, are wrong for all three."""
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.normal(0.8, 0.03, upper), rng.normal(0.2, 0.03, 20)])

    chosen = np.flatnonzero(two_modes(scores))

    assert list(range(upper)) == chosen.tolist()
    assert set(np.argsort(-scores)[:5].tolist()) != set(range(upper))


def test_without_a_gap_nothing_is_told_apart():
    """One component explains the scores as well."""
    assert two_modes(np.random.default_rng(1).normal(0.5, 0.1, 40)).all()


def test_links_go_to_the_chats_of_the_same_topic(composed):
    """Cats with cats, taxes with taxes, nothing across."""
    memory = composed(replace(recipes.get("memgas"), evolve=at_sleep(associate.upper_mode(first=3))))
    names = ("Mia", "Tom", "Kit", "Zoe", "Max", "Leo", "Ida", "Pip")
    memory.remember(
        [{"who": "Ann", "text": (CATS if n % 2 else TAXES).format(names[n // 2]), "session": str(n)} for n in range(16)]
    )
    memory.sleep()

    episodes = {item.id: "cat" in item.text for item in memory.list(kinds="episode", limit=0)}
    links = memory._view().links(list(episodes), rels=("associated",))

    assert links
    assert all(episodes[link.src] == episodes[link.dst] for link in links)


def test_a_sharp_list_gets_the_weight():
    """Fifty equal scores against fifty with one that stands out; without log n, as published, the flat one wins."""
    flat, sharp = np.full(50, 0.5), np.r_[1.0, np.zeros(49)]

    assert certainty(sharp, 0.1) > 0.9 > 0.1 > certainty(flat, 0.1)

    def raw(scores):
        odds = np.exp(scores / 0.1)
        odds /= odds.sum()
        return 1 + float(np.sum(odds * np.log(odds)))

    flat_share = raw(flat) / (raw(flat) + raw(np.r_[0.35, np.zeros(49)]))
    assert flat_share > 0.5


def test_a_question_in_key_words_shifts_weight_to_key_words(composed):
    """The third stage is words here: a rare word points sharply at one, a topic of all points at none."""
    memory = composed()
    memory.remember([CATS.format(n) for n in range(30)] + ["Quasar telescope calibration."])
    stage = route.by_certainty(find.vectors(k=30), find.words(k=30), temperature=0.1)

    rare = found(memory, stage, "quasar calibration of the cat stove fish").channels
    broad = found(memory, stage, "cat").channels

    assert rare["weight 2"][0] > broad["weight 2"][0]


def test_a_linked_chat_outranks_an_equal_one_that_is_not(composed):
    """Two seeds point at it; without links, the twin, the two are level."""
    memory = composed(recall=find.vectors())
    memory.remember(
        [
            {"who": "Ann", "text": "The seed of the first pear.", "session": "1"},
            {"who": "Ann", "text": "The seed of another pear.", "session": "2"},
            {"who": "Ann", "text": "Alpha notes on boats.", "session": "3"},
            {"who": "Ann", "text": "Omega notes on boats.", "session": "4"},
        ]
    )
    first, second, alpha, omega = memory.list(kinds="turn", limit=0)
    memory.change(tied(rel="associated", to=alpha.id), [first.id, second.id])
    base = find.words()

    hits = found(memory, base >> walk.ranked(rels=("associated",)), "seed of a pear")
    off = found(memory, base >> walk.ranked(rels=("none",)), "seed of a pear")

    assert alpha.id in {hit.id for hit in hits}
    assert omega.id not in {hit.id for hit in hits}
    assert alpha.id not in {hit.id for hit in off}
