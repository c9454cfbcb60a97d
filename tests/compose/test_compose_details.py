"""Small promises of answers and contexts: what amounts mean, whose no counts, how a text is cut, what stands first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.compose.as_meant import _form_meant
from remanence.compose.corrections import _of_form, as_corrected
from remanence.compose.meant import amount_meant
from remanence.compose.opening import LINES, what_is_so
from remanence.compose.pack import GAP, _clip
from remanence.compose.reading import Read, _gave_way
from remanence.language.question import read
from remanence.language.value_forms import values
from remanence.models.scripted import Script
from remanence.testing import HandClock
from remanence.types import Cue, Hit, Item, Where

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def turn(text: str, number: int = 1) -> Item:
    return Item("turn", text, f"t{number}", who="Nora", at=datetime(2024, 5, number, 12, tzinfo=UTC))


def reading(text: str, told: str, number: int = 1) -> Read:
    start = text.index(told)
    return Read(number, Hit(turn(text, number), 0.8, {}), start, start + len(told), told, 0.8, 0.0, 0.0, 0.8, False)


def test_a_number_that_is_no_amount_is_told_as_the_amount_beside_it() -> None:
    """The one with its sign where the number is in it, else the only amount of the sentence, else nothing."""
    asked = read("How much did the sofa cost?", at=NOW)
    cue = Cue("How much did the sofa cost?", NOW)

    def meant(short: str, text: str) -> tuple[str | None, str | None]:
        return amount_meant(short, turn(text), asked), _form_meant(short, turn(text), asked, cue)

    assert ("840 euros",) * 2 == meant("840", "The sofa was 840 euros.")
    assert ("840 euros",) * 2 == meant("3", "The sofa with 3 seats was 840 euros.")
    assert (None, None) == meant("3", "The sofa with 3 seats was 840 euros, the chair 90 euros.")


def test_readings_of_a_question_for_yes_or_no_stay_as_they_are() -> None:
    """Nothing is taken back there; the question decides."""
    reads = [reading("The barbecue is on the 8th of June.", "8th of June")]

    assert reads == as_corrected(reads, read("Is the barbecue on the 8th of June?", at=NOW))


def test_a_correcting_value_need_not_be_exact_where_the_old_text_names_none() -> None:
    """The twin: beside an amount with its unit a bare number does not count."""
    asked = read("How many tomato plants did I plant?", at=NOW)
    text = "no wait, it was 84"
    bare = reading("I planted a lot in the garden.", "a lot")
    exact = reading("I planted 48 tomato plants.", "48 tomato plants")

    told = _of_form(text, bare, 0, asked)

    assert told is not None
    assert "84" == text[told[0] : told[1]]
    assert None is _of_form(text, exact, 0, asked)


@pytest.mark.parametrize(
    ("text", "gone"), [("12 euros→14 euros", True), ("12 euros -> 14 euros", True), ("12 euros and 14 euros", False)]
)
def test_the_first_of_two_values_with_an_arrow_between_gave_way(text: str, gone: bool) -> None:
    """Also where nothing but the arrow stands between them."""
    every = values(text, "money")

    assert gone is _gave_way(text, every[0], every)


def test_a_text_of_two_words_is_cut_between_them_and_one_word_within() -> None:
    """A budget that holds neither gets the first word."""
    assert f"heron{GAP.rstrip()}" == _clip("heron " + "x" * 200, 4)
    assert "x" * 16 + GAP.rstrip() == _clip("x" * 200, 4)


def test_a_context_opens_with_four_lines_at_most() -> None:
    """However many stored statements are asked for."""
    with Memory(":memory:", clock=HandClock(), seed=1) as memory:
        towns = ("Oslo", "Rome", "Bern", "Kiel", "Lund", "Graz")
        memory.remember([{"who": f"P{n}", "text": f"I live in {town}."} for n, town in enumerate(towns)])
        memory.sleep()
        asked = "Where do P0, P1, P2, P3, P4 and P5 live?"
        hits = memory.recall(asked, 20)
        ctx = memory._handle.ctx()

        lines = what_is_so(Cue(asked, NOW, Where(), 20), hits, ctx, 1_000).lines

    assert 4 == LINES == len(lines)


def test_a_model_that_says_no_is_shown_with_three_hits() -> None:
    """What it read first; its no lowers the confidence."""
    reply = '{"answer": "", "citations": [], "in_memory": false}'
    with Memory(":memory:", clock=HandClock(), seed=1, llm=Script([reply] * 9)) as memory:
        memory.remember([f"The heron number {n} stood by the lake." for n in range(8)])

        answer = memory.ask("What does the heron eat?", threshold=0.0)

    assert (False, 3) == (answer.in_memory, len(answer.evidence))
    assert answer.confidence <= 0.25


def test_a_profile_goes_on_behind_a_fact_that_states_nothing() -> None:
    """A newer observation without an attribute, as a graph has them, hides none of the statements."""
    observed = {"kind": "fact", "text": "Ada: was at the fair", "data": {"subject": "Ada", "value": "was at the fair"}}
    with Memory(":memory:", clock=HandClock(), seed=1) as memory:
        memory.remember({"who": "Ada", "text": "I live in Oslo. I work at Volvo.", "at": "2024-01-01"})
        memory.sleep()
        memory.remember({**observed, "at": "2024-06-01"})

        told = repr(memory.profile("Ada"))

    assert "Oslo" in told
    assert "Volvo" in told
