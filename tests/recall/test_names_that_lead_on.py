"""Where the names in the best passages lead: a question in two hops over documents."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.recall import bridge, find, score
from remanence.weights import Table

BOTH = find.vectors() | find.words()
ALONE = BOTH >> score.evidence(names=Table({}))
ASKED = "In which city did the director of Low Tide begin?"
FILM = "Low Tide\nLow Tide is a film of 1987, shot in Portugal and directed by Marta Quillfeather."
WOMAN = "Marta Quillfeather\nShe was the third daughter of a notary in Bremen and began as a cutter."
OTHERS = (
    "Parents\nThe parents met in the school hall.",
    "Lighthouses\nA lighthouse needs a keeper and a lamp.",
    "Harbours\nThe harbour was empty on Monday.",
    "Ferries\nNo ferry sails in a storm.",
)


def documents(space, *texts):
    return space(*({"text": text, "kind": "chunk"} for text in texts))


def headings(hits):
    return [hit.text.partition("\n")[0] for hit in hits]


def test_the_passage_on_whom_the_best_one_names_comes_next(space):
    """She shares no name with the question but stands where the film's passage says who directed it."""
    memory = documents(space, FILM, WOMAN, *OTHERS)

    found = headings(memory.run(BOTH >> score.evidence(), ASKED))
    without = headings(memory.run(ALONE, ASKED))

    assert {"Low Tide", "Marta Quillfeather"} == set(found[:2])
    assert without.index("Marta Quillfeather") > 1


def test_names_of_the_question_lead_nowhere(space):
    """What the question names itself is found by its words already: nothing is added."""
    memory = documents(space, "Low Tide\nA film.", "Tide\nLow Tide was shown in Lyme.", *OTHERS)
    total = np.array([5.0, *[0.0] * 5], np.float32)

    named = bridge.named_by_the_best(memory.cue("Low Tide and Lyme"), np.arange(6), total, memory.ctx())

    assert [0.0] * 6 == named["name held"].tolist()


def test_a_name_weighs_by_its_rarity_and_by_who_names_it(space):
    """Held by three of four passages, and named by the best one: at most 1; its own passage gets nothing."""
    memory = documents(space, FILM, WOMAN, "Bremen\nMarta Quillfeather was seen there.", *OTHERS)
    total = np.array([5.0, *[-20.0] * 6], np.float32)

    named = bridge.named_by_the_best(memory.cue("the film Low Tide"), np.arange(7), total, memory.ctx())

    held, topic = named["name held"], named["name is topic"]
    assert max(held[0], topic[0]) < 0.01
    assert 0.01 < held[1] == held[2] <= 1
    assert topic[1] > 0.99 > 0.01 > topic[2]


@pytest.mark.parametrize("text", ["", "low tide and no name in it"])
def test_passages_without_names_stay_as_they_are(space, text):
    """No name, no other hop."""
    memory = documents(space, text or "a", "b c", "d")

    assert (
        memory.run(ALONE, "low tide").scores.tolist()
        == memory.run(BOTH >> score.evidence(), "low tide").scores.tolist()
    )


def test_talk_is_weighed_without_names_of_passages(talk):
    """What somebody said has its own measures."""
    cue = "Which yard sells cedar offcuts?"

    assert talk.run(ALONE, cue).scores.tolist() == talk.run(BOTH >> score.evidence(), cue).scores.tolist()
