"""How sure it is that memory holds an answer: it falls where the right words are in the wrong mouth, or nowhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from remanence.models.reader.reading import Reading
from remanence.recall import answerability
from remanence.recipes import get
from remanence.stage.passages import Passages
from remanence.types import Cue

TALK = (
    {"who": "Ann", "text": "I adopted a black kitten named Ink from the shelter.", "at": "2024-05-01"},
    {"who": "Bob", "text": "That is lovely! My garden is full of tomatoes.", "at": "2024-05-01"},
    {"who": "Ann", "text": "The shelter was crowded.", "at": "2024-05-02"},
)


def sure(space: Any, question: str) -> float:
    confidence = space.run(get("default").recall, question).confidence
    assert 0 <= confidence <= 1
    return float(confidence)


def test_the_right_person_is_surer_than_the_wrong_one(space: Callable[..., Any]) -> None:
    """Bob has no kitten, whoever else has."""
    held = space(*TALK)

    assert sure(held, "What kitten did Ann adopt?") > sure(held, "What kitten did Bob adopt?") + 0.1


def test_what_was_never_said_is_unsure(space: Callable[..., Any]) -> None:
    """No shared word, no near sentence."""
    held = space(*TALK)

    assert sure(held, "Which airline flew the president to Tokyo?") < 0.3 < sure(held, "What kitten did Ann adopt?")


def test_the_sign_of_the_wrong_mouth_is_there(space: Callable[..., Any]) -> None:
    """A sentence about somebody else that fits better counts against."""
    held = space(*TALK)
    ctx = held.ctx()
    told = {}
    for name in ("Ann", "Bob"):
        hits = held.run(get("default").recall, f"What kitten did {name} adopt?")
        told[name] = answerability.features(Cue(f"What kitten did {name} adopt?", ctx.clock()), hits, ctx)

    assert told["Ann"]["told of another"] == 0 < told["Bob"]["told of another"]


def test_with_the_sign_of_the_wrong_mouth_off_both_people_are_nearly_as_sure(space: Callable[..., Any]) -> None:
    """What the defence is worth: without it the wrong person's kitten passes."""
    held, blind = space(*TALK), answerability.READ.with_(**{"told of another": 0.0})
    told = {}
    for name in ("Ann", "Bob"):
        question = f"What kitten did {name} adopt?"
        hits, ctx = held.run(get("default").recall, question), held.ctx()
        told[name] = float(answerability.answerability(Cue(question, ctx.clock()), hits, ctx, read=blind))

    gap = sure(held, "What kitten did Ann adopt?") - sure(held, "What kitten did Bob adopt?")
    assert gap > told["Ann"] - told["Bob"]


def test_nothing_recalled_is_no_confidence(space: Callable[..., Any]) -> None:
    """An empty memory is sure that it holds nothing."""
    assert 0.0 == sure(space(), "What kitten did Ann adopt?")


@pytest.mark.parametrize(
    ("sure", "odds"),
    [((), 0.01 / 1.01), ((0.0, 0.0), 0.01 / 1.01), ((0.5, 0.5), 0.76 / 0.26), ((0.2, 1.0), 1.01 / 0.01)],
)
def test_readings_of_several_hits_count_as_if_each_went_by_itself(sure: tuple[float, ...], odds: float) -> None:
    """All of them miss with the product of their doubts; never and always are a hundred to one, and no error."""
    readings = [Reading(0, 0, 0.0, 0.0, 0.0, one, 0.0, 0.0) for one in sure]
    given = Passages("Where?", ("",) * len(sure), ("text",) * len(sure), (0,) * len(sure))

    assert pytest.approx(math.log(odds)) == answerability.found_by(readings, given, [])
