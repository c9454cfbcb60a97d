"""At the bounds of finding: the first and the last minutes of a day that a question names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remanence.recall import cascade, find


def test_the_day_of_a_question_begins_and_ends_at_midnight(space: Callable[..., Any]) -> None:
    """What was said in it is evidence without a word in common; what was said minutes before or after is not."""
    times = {"heron": "05-02T23:50", "swan": "05-03T00:10", "goose": "05-03T23:50", "duck": "05-04T00:10"}
    talk = space(*({"text": f"The {bird} ate.", "at": f"2024-{at}"} for bird, at in times.items()))

    told = talk.told(find.recent() >> cascade.evidence_floor(cosine=0.99), "What happened on 3 May 2024?")

    assert {"The swan ate.", "The goose ate."} == set(told)
