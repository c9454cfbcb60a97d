"""What speaks for a value, worked out by hand: log odds that never run away, and which sign belongs to what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import log

import pytest

from remanence.compose.bands import chance, logit, of_quote, of_rules, of_span, of_verdict
from remanence.compose.reading import Read
from remanence.types import Hit, Item

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def reading(number: int, said: str, weight: float, **more: float | bool) -> Read:
    hit = Hit(Item("turn", said, f"i{number}", who="Ada", at=NOW), 0.5)
    return replace(Read(number, hit, 0, 1, said, 0.8, 0.6, 0.1, weight, False, found=0.3), **more)


RED, BLUE = reading(0, "red", 0.7), reading(1, "blue", 0.4, answerable=0.5, found=0.1)
OF_RED = {"read": log(0.82 / 0.22), "found": log(0.32 / 0.72), "ahead": log(0.72 / 0.32) - log(0.42 / 0.62)}
OF_BLUE = {"read": log(0.52 / 0.52), "found": log(0.12 / 0.92), "ahead": log(0.42 / 0.62) - log(0.72 / 0.32)}


def test_log_odds_are_bounded() -> None:
    """Nothing is surer than about 2 in 100 that it is otherwise."""
    assert [pytest.approx(x) for x in (log(0.02 / 1.02), 0.0, log(1.02 / 0.02))] == [logit(p) for p in (0.0, 0.5, 1.0)]


def test_of_words_that_the_reader_reads_speak_its_hit_and_whether_they_are_its_own() -> None:
    """How far they are ahead is counted from the likeliest other words, and from nothing where there are none."""
    alone = {**OF_RED, "ahead": log(0.72 / 0.32) - log(0.02 / 1.02)}

    assert {"span": 1.0, "agrees": 1.0, "thing": 1.0, **OF_RED} == pytest.approx(of_span(RED, [RED, BLUE], "thing"))
    assert {"span": 1.0, "agrees": 0.0, "thing": 1.0, **alone} == pytest.approx(
        of_span(replace(RED, same=False), [RED], "thing")
    )


@pytest.mark.parametrize(("yes", "no"), [(0.6, 0.1), (0.1, 0.6)])
def test_of_a_verdict_speaks_the_surer_of_yes_and_no(yes: float, no: float) -> None:
    """A no is a verdict as a yes is."""
    one = replace(RED, yes=yes, no=no)

    assert {"verdict": 1.0, "says": log(0.62 / 0.42), **OF_RED} == pytest.approx(of_verdict(one, [one, BLUE]))


@pytest.mark.parametrize(
    ("form", "sign"),
    [("number", "number"), ("duration", "number"), ("frequency", "number"), ("manner", "reason"), ("place", "place")],
)
def test_forms_that_are_read_alike_have_one_sign(form: str, sign: str) -> None:
    """Spans of time and how often are numbers, how is as why."""
    assert 1.0 == of_span(RED, [RED], form)[sign]  # type: ignore[arg-type]


def test_of_what_rules_find_speak_the_hit_it_stands_in_and_how_far_a_reader_says_the_same() -> None:
    """ "red" and "dark red" share two thirds (F1); of several values a sign says that they are several."""
    reads = [RED, BLUE]

    assert {"agrees": 2 / 3, "thing": 1.0, **OF_RED} == pytest.approx(of_rules(["dark red"], 0, reads, "thing"))
    assert {"agrees": 1.0, "list": 1.0, "thing": 1.0, **OF_BLUE} == pytest.approx(
        of_rules(["blue", "green"], 1, reads, "thing")
    )


def test_of_what_rules_find_in_several_hits_only_the_best_two_readings_speak() -> None:
    """It stands in no hit of its own, so it is evidence as any hit usually is; the third reading is not asked."""
    usual = {"found": log(0.1 / 0.94), "choice": 1.0}
    third = reading(2, "green", 0.2)

    assert {"agrees": 0.0, **usual} == pytest.approx(of_rules(["green"], None, [RED, BLUE, third], "choice"))
    assert {"agrees": 1.0, **usual} == pytest.approx(of_rules(["blue"], None, [RED, BLUE, third], "choice"))


def test_of_a_quote_speaks_whether_it_is_of_the_best_hit_and_has_words_that_answer() -> None:
    silent = replace(BLUE, said="")

    assert {"read": log(0.82 / 0.22), "found": log(0.32 / 0.72), "best": 1.0, "says": 1.0} == pytest.approx(
        of_quote(RED)
    )
    assert {"read": 0.0, "found": log(0.12 / 0.92), "best": 0.0, "says": 0.0} == pytest.approx(of_quote(silent))


def test_no_value_is_surer_than_that_memory_holds_an_answer() -> None:
    signs = of_span(replace(RED, answerable=1.0, found=1.0), [RED], "thing")

    assert [0.0, 0.4] == [chance(known, signs) for known in (0.0, 0.4)]
    assert 0.4 < chance(1.0, signs) <= 1.0
