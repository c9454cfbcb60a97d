"""An answer is told as its evidence means it: the day behind the words, and no yes for a plan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.compose.meant import (
    PLANNED,
    Bearing,
    day_meant,
    echoes,
    place_meant,
    set_right,
    whether,
    whole,
)
from remanence.language.question import Question, read
from remanence.language.statements.happened import Happened, happened, share
from remanence.types import Hit, Item


def said(text: str, day: int = 1, offset: int | None = None) -> Item:
    data = {} if offset is None else {"utc_offset": offset}
    return Item("turn", text, id=f"t{day}", who="Nora", at=datetime(2024, 5, day, 12, tzinfo=UTC), data=data)


def verdict(question: str, short: str, *texts: str) -> str | None:
    asked = read(question, at=datetime(2024, 6, 1, tzinfo=UTC), people=("Nora",))
    every = []
    for day, text in enumerate(texts, 1):
        how: Happened = happened(text, asked.essence)
        every.append(Bearing(Hit(said(text, day), 1.0, {}), text, share(text, asked.essence), how))
    found = whether(short, every[0].hit.item, every, asked)
    return found[0] if found is not None else None


@pytest.mark.parametrize(
    ("question", "short", "texts", "expected"),
    [
        ("Did Nora climb the tower?", "yes", ("We planned to climb the tower on Sunday.",), PLANNED),
        ("Did Nora climb the tower?", "yes", ("We climbed the tower on Sunday.",), None),
        ("Did Nora climb the tower?", "yes", ("We'll climb the tower.", "Tower is off, rain."), "no"),
        ("Did Nora climb the tower?", "yes", ("I want to climb the tower.", "Climbed the tower at last!"), None),
        ("Does Nora keep bees?", "yes", ("I keep bees.", "I no longer keep bees."), "no"),
        ("Did Nora mend the fence?", "I mended the fence.", ("I mended the fence, don't ask.",), "yes"),
        ("Does Nora plan to climb the tower?", "yes", ("I want to climb the tower.",), None),
    ],
)
def test_yes_needs_a_sentence_that_says_it_is_so(
    question: str, short: str, texts: tuple[str, ...], expected: str | None
) -> None:
    assert verdict(question, short, *texts) == expected


def test_words_for_a_day_are_answered_with_the_day() -> None:
    item = said("A week tomorrow I start at the bakery.", day=6)

    assert day_meant("A week tomorrow", item, asks("When does she start?")) == "14 May 2024"


def test_today_is_the_day_of_who_speaks() -> None:
    """Half past midnight in Helsinki is yesterday by UTC."""
    item = Item(
        "turn", "Today I passed.", id="t", at=datetime(2024, 5, 5, 21, 30, tzinfo=UTC), data={"utc_offset": 180}
    )

    assert day_meant("Today", item, asks("When did she pass?")) == "6 May 2024"
    assert day_meant("Today", item.with_(data={}), asks("When did she pass?")) == "5 May 2024"


@pytest.mark.parametrize(
    ("text", "short", "day"),
    [
        ("28 june, Ostuni. it was going to be the 21st but the priest has a regatta", "the 21st", "21 June 2024"),
        ("the choir is on 30 may, it was going to be the 3rd but the priest has a regatta", "the 3rd", None),
        ("the choir is on 30 may, the paint took 14 reeds", "14 reeds", None),
    ],
)
def test_a_bare_day_is_of_the_month_that_its_text_names_beside_it(text: str, short: str, day: str | None) -> None:
    """And no other day is told for it."""
    assert day_meant(short, said(text, day=6), asks("When was the wedding planned?")) == day


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("swimming moved: now thursdays 17:45, the monday group got full", "thursdays 17:45"),
        ("supper on 8 may, the speeches were at eight before", "at eight"),
        ("supper on 8 may, the kitchen is closed mondays", "mondays"),
    ],
)
def test_a_time_of_day_or_a_weekday_is_no_other_day_of_its_text(text: str, short: str) -> None:
    assert day_meant(short, said(text, day=6), asks("When was it?")) is None


def test_an_answer_without_a_time_has_no_day() -> None:
    assert day_meant("the bakery", said("I start at the bakery."), asks("When does she start?")) is None


def asks(question: str) -> Question:
    return read(question, at=datetime(2024, 6, 1, tzinfo=UTC), people=("Nora",))


def test_a_number_is_set_right_by_the_next_turn_of_the_same_speaker() -> None:
    """Another speaker's "sorry, 14" is about something else."""
    asked = asks("How many tomatoes did Nora plant?")
    told, right = said("planted 12 tomatoes", 1), said("sorry 14, I forgot two", 2)

    assert set_right("12", told, [right], asked) == ("14", right)
    assert set_right("12", told, [right.with_(who="Emil")], asked) is None


@pytest.mark.parametrize(
    ("question", "span", "expected"),
    [
        ("Which brand is Nora's oven?", "a new oven", True),
        ("Which brand is Nora's oven?", "a Brannet", False),
        ("What colour is Nora's oven?", "a big oven", True),
        ("What colour is Nora's oven?", "a red oven", False),
    ],
)
def test_words_of_the_question_are_no_answer(question: str, span: str, expected: bool) -> None:
    assert echoes(span, asks(question)) is expected


def test_an_address_is_not_cut() -> None:
    text = "It is at https://a.example/b/c. Or ask."

    assert text[slice(*whole(text, 9, 16))] == "https://a.example/b/c"


def test_a_place_is_told_without_its_date() -> None:
    assert place_meant("12 October at Mill Hall", said("set for 12 October at Mill Hall")) == "Mill Hall"
    assert place_meant("Mill Hall", said("at Mill Hall")) is None


def test_this_year_is_when_only_for_what_is_past() -> None:
    item = said("Paid the allotment, 71 this year.")

    assert day_meant("this year", item, asks("When did Nora pay the allotment?")) == "2024"
    assert day_meant("this year", item, asks("When does Nora have to pay the allotment?")) is None


@pytest.mark.parametrize(
    ("text", "cut", "address"),
    [
        ("mail ann.b+c@x-y.co.uk now", "b+c", "ann.b+c@x-y.co.uk"),
        ("file ~/notes/kiln.txt and more", "kiln", "~/notes/kiln.txt"),
        ("it is ../up/there.", "there", "../up/there"),
        ("read git+https://a.example/" + "b/" * 200 + " first", "a.example", "git+https://a.example/" + "b/" * 200),
        ("plain words only", "words", "words"),
    ],
)
def test_an_address_is_told_whole_where_a_span_cuts_it(text: str, cut: str, address: str) -> None:
    """Of mail, of a file, of the web, however long; other words stay as they are."""
    place = text.index(cut)

    assert address == text[slice(*whole(text, place, place + len(cut)))]


def test_a_word_that_a_span_cuts_is_told_whole():
    text = "a border terrier called Moss"

    assert text[slice(*whole(text, 2, 14))] == "border terrier"
    assert text[slice(*whole(text, 4, 16))] == "border terrier"
    assert "東京に住む"[slice(*whole("東京に住む", 0, 2))] == "東京"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("I no longer keep bees.", "I keep bees again."), None),
        (("I keep bees.", "I no longer keep bees."), "no"),
        (("I keep bees.", "I no longer keep bees.", "I keep bees again."), None),
    ],
)
def test_a_yes_stands_where_it_is_so_again(texts: tuple[str, ...], expected: str | None) -> None:
    """What is told last of it counts."""
    assert expected == verdict("Does Nora keep bees?", "yes", *texts)


@pytest.mark.parametrize(
    ("short", "day"),
    [
        ("A week tomorrow I start", "14 May 2024"),
        ("at the bakery", "14 May 2024"),
        ("the cake", "Friday 3 May 2024"),
    ],
)
def test_words_without_a_time_are_of_the_day_that_their_sentence_names(short: str, day: str) -> None:
    """And where it names none, of the one that stands nearest."""
    item = said("A week tomorrow I start at the bakery. They gave me the cake. Last Friday it rained.", day=6)

    assert day == day_meant(short, item, asks("When does she start?"))
