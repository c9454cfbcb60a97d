"""Recall by association."""

from __future__ import annotations

import numpy as np

from remanence.recall import find, hopfield

KITES = (
    "We flew a red kite on the windy beach.",
    "The red kite was torn by the wind on the beach.",
    "Sand, waves and seagulls all afternoon on the shore.",
)
OTHER = ("The tax office wants form nine.", "Her violin lesson is on Monday.", "The red wine stained the carpet.")


def test_without_a_share_of_the_completion_it_is_vector_search(space):
    """share=0 leaves the cue as it is."""
    memory = space(*KITES, *OTHER)

    plain, whole = (memory.run(stage, "red kite") for stage in (find.vectors(), hopfield.retrieval(share=0.0)))

    assert plain.rows.tolist() == whole.rows.tolist()
    assert np.allclose(plain.scores, whole.scores, atol=1e-6)


def test_what_the_cue_brings_to_mind_calls_up_what_is_like_it(space):
    """The beach comes up from "kite": it is like the memories that the cue finds, not like the cue."""
    memory = space(*KITES, *OTHER)

    alone, helped = (memory.run(stage, "kite") for stage in (find.vectors(), hopfield.retrieval(share=1.0, beta=32.0)))
    scores = [{hit.text: float(hit.score) for hit in hits} for hits in (alone, helped)]

    assert scores[1][KITES[2]] > scores[0][KITES[2]] + 0.1
    assert scores[1][KITES[2]] - scores[1][OTHER[0]] > scores[0][KITES[2]] - scores[0][OTHER[0]]


def test_a_large_beta_recalls_one_memory_and_none_the_middle(space):
    """Identity against gist: the best hit scores 1 with one memory recalled, and less with the mean of all."""
    memory = space(*KITES, *OTHER)

    identity = memory.run(hopfield.retrieval(share=1.0, beta=1e4), "a torn red kite in the wind")
    gist = memory.run(hopfield.retrieval(share=1.0, beta=0.0), "a torn red kite in the wind")

    assert KITES[1] == identity[0].text
    assert float(identity.scores[0]) > 0.999
    assert float(gist.scores[0]) < 0.9


def test_nothing_remembered_calls_up_nothing(space):
    """No candidates, no error; a cue without a direction neither."""
    assert 0 == len(space().run(hopfield.retrieval(), "kite"))
    assert np.isfinite(space(*KITES).run(hopfield.retrieval(), "?!").scores).all()
