"""A short sentence with every word of the question and one time answers it, and nothing less does."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.compose.in_so_many_words import in_so_many_words
from remanence.language.question import read

NOW = "2026-08-20T12:00:00+03:00"


def told(question: str, *turns: tuple[str, str, str]) -> str:
    """What is answered after (who, when, text) turns; each stands in a session of its own."""
    with Memory(":memory:") as memory:
        for who, at, text in turns:
            memory.remember({"who": who, "at": at, "text": text, "session": at})
        memory.sleep()
        found = memory.ask(question, now=NOW)
        return found.short if found.in_memory else ""


SLIDES = ("user", "2026-08-01T00:30:00+03:00", "Today I finished the slides.")


@pytest.mark.parametrize(
    ("question", "turn", "value"),
    [
        ("When did I finish the slides?", SLIDES, "1 August 2026"),
        (
            "When does the plaster come off?",
            ("user", "2026-08-06", "After 15 days the plaster comes off."),
            "21 August",
        ),
        (
            "Wann wird der Kühlschrank gebracht?",
            ("user", "2026-08-06", "Übermorgen wird der Kühlschrank gebracht"),
            "8 A",
        ),
    ],
)
def test_the_words_of_the_question_and_a_time_are_told(question: str, turn: tuple[str, str, str], value: str) -> None:
    assert value in told(question, turn)


@pytest.mark.parametrize(
    ("question", "turn"),
    [
        ("When did I print the slides?", SLIDES),
        ("When did I finish the slides for Ana?", SLIDES),
        ("When did Ruth finish the slides?", SLIDES),
        ("When did I finish the slides?", ("user", "2026-08-01", "Today I did not finish the slides.")),
        ("When did I finish the slides?", ("user", "2026-08-01", "Did I finish the slides today?")),
        ("When did I finish the slides?", ("Ruth", "2026-08-01", "Today I finished the slides.")),
    ],
)
def test_what_another_did_or_nobody_is_not_told(question: str, turn: tuple[str, str, str]) -> None:
    other = ("user", "2026-08-02", "The soup was too salty.")
    assert "1 August" not in told(question, turn, other)


def test_of_two_that_speak_of_it_the_later_stands() -> None:
    moved = ("user", "2026-08-05", "The viewing of the loft is on 19 August now.")
    first = ("user", "2026-08-01", "The viewing of the loft is on 12 August.")
    assert "12 August" not in told("When is the viewing of the loft?", first, moved)


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (("Today I finished the slides.",), True),
        (("Today I finished early. The slides are due on 3 August.",), False),
        (("Today I finished the slides.", "I never finish slides."), False),
        (("Today I finished the slides on 3 August or so.",), False),
        (("Today I finished, after weeks of work and much trouble with the printer, the big slides.",), False),
    ],
    ids=["plain", "two sentences", "two turns", "two times", "long"],
)
def test_one_short_sentence_of_one_turn_with_one_time_is_plain(texts: tuple[str, ...], right: bool) -> None:
    question = "When did I finish the slides?"
    with Memory(":memory:") as memory:
        memory.remember([{"who": "user", "text": text, "at": "2026-08-01T10:00:00Z"} for text in texts])
        asked = read(question, at=memory.clock(), asker="user")

        assert right is (in_so_many_words(memory.recall(question), asked) is not None)


def test_what_the_assistant_said_is_read_behind_what_it_was_told_to_do() -> None:
    """Nobody asked with a question mark, and the answer names no game."""
    asked = ("user", "2026-08-01T10:00:00+03:00", "Suggest a board game.")
    with Memory(":memory:") as memory:
        memory.remember(
            [
                {"who": asked[0], "at": asked[1], "text": asked[2], "session": "a"},
                {"who": "assistant", "at": "2026-08-01T10:01:00+03:00", "text": "Try Patchwork.", "session": "a"},
            ]
        )
        found = memory.ask("Which board game did you suggest?", now=NOW)
        assert found.in_memory
        assert "Patchwork" in found.short


@pytest.mark.parametrize(("trust", "least", "most"), [("tool", 0.71, 0.73), (None, 0.89, 0.91)])
def test_a_report_that_disputes_it_makes_it_less_sure_and_does_not_silence_it(trust, least, most):
    """The twin: what speaks of something else leaves it as sure as it was."""
    with Memory(":memory:") as memory:
        memory.remember({"who": "Farid", "text": "I paid 840 euros for the sofa.", "at": "2025-02-01"})
        later = "1,250 it is then, not 840" if trust else "the train was late again"
        memory.remember({"role": "tool", "text": later, "at": "2025-05-01"}, trust="tool")
        memory.sleep()
        told = memory.ask("How much did I pay for the sofa?", now="2025-06-01")

    assert "840 euros" == told.short
    assert least < told.confidence < most


def test_what_is_asked_of_two_people_is_not_told_by_one_of_them() -> None:
    """Of her alone it is."""
    turn = {"who": "Ana", "text": "Bo and I finished the slides today.", "at": "2026-08-01T10:00:00Z"}
    with Memory(":memory:") as memory:
        memory.remember([turn, {**turn, "who": "Bo", "text": "Soup again."}])
        both, one = (
            read(text, at=memory.clock(), people=("Ana", "Bo"))
            for text in ("When did Ana and Bo finish the slides?", "When did Ana finish the slides?")
        )

        assert in_so_many_words(memory.recall(both.text), both) is None
        assert in_so_many_words(memory.recall(one.text), one) is not None
