"""A question for a time, an amount or an address is answered by one, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence import Memory, recipes
from remanence.compose.meant import unlike
from remanence.language.question import read as read_question
from remanence.language.value_forms import counting
from remanence.recipes.without import without

NOW = "2024-09-30T12:00:00+00:00"
TALK = [
    ("Ida", "2024-05-02T09:00", "Nils gets the train on Friday, platform 3 I think, he has the big bag"),
    ("Nils", "2024-05-02T09:05", "my ticket says arriving in Lund 19:42 on the friday, 18 euros"),
    ("Ida", "2024-05-06T09:00", "choir is moving from Mondays to Wednesdays, the hall is cold"),
    ("Ole", "2024-05-07T10:00", "the boiler man came, the boiler is loud and takes the whole cellar, what a boiler"),
    ("Ole", "2024-05-07T10:02", "48 kg it weighs. I carried it down with Nils"),
    ("Ole", "2024-05-09T10:00", "we bought 6 chairs for the yard, 165 euros together"),
    ("Ole", "2024-05-12T10:00", "no wait, I misread the receipt: it was 156 euros for the chairs"),
    ("Ida", "2024-05-15T10:00", "the shop answers mails within a day, nice people"),
]


@pytest.fixture
def memory():
    with Memory(":memory:") as memory:
        memory.remember([{"who": who, "at": f"{at}+00:00", "text": text} for who, at, text in TALK])
        memory.sleep()
        yield memory


def short(memory, question):
    return memory.ask(question, now=NOW, threshold=0.0).short


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("At what time does Nils's train get in?", "19:42"),
        ("How heavy is Ole's boiler?", "48 kg"),
        ("On which weekday was Ida's choir before the move?", "Mondays"),
        ("What is the weekday of Ida's choir now?", "Wednesdays"),
        ("How much did the chairs cost?", "156 euros"),
        ("How many chairs did Ole buy?", "6"),
    ],
)
def test_the_answer_has_the_form_that_was_asked_for(memory, question, value):
    assert short(memory, question) == value


@pytest.mark.parametrize("question", ["What is the e-mail address of the shop?", "What is Ole's phone number?"])
def test_what_holds_no_value_of_the_form_is_no_answer(memory, question):
    told = memory.ask(question, now=NOW)

    assert not told.in_memory


def test_a_turn_that_holds_the_value_stands_before_those_that_only_speak_of_it():
    turns = ["It was Ole who pays for the tent, 2 doors", "It was 189 euros, Ole pays for the tent"]
    first = []
    for recipe in (recipes.get("default"), without(recipes.get("default"), "rerank.prefer_values")):
        with Memory(":memory:", recipe=recipe) as memory:
            memory.remember([{"who": "Ida", "text": text} for text in turns])
            first.append(memory.recall("How much did Ole pay for the tent?", now=NOW)[0].text)

    assert first == [turns[1], turns[0]]


def test_a_sum_or_a_difference_is_not_one_of_its_amounts():
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ida", "text": "Nils weighed 21 kg in May."}])
        memory.remember([{"who": "Ida", "text": "Nils weighs 23 kg now."}])

        assert memory.ask("How many kilos did Nils put on?", threshold=0.0).short not in ("21 kg", "23 kg")
        assert memory.ask("How many kilos does Nils weigh?", threshold=0.0).short == "23 kg"


def test_a_sum_that_is_told_is_the_answer():
    with Memory(":memory:") as memory:
        memory.remember([{"who": "Ida", "text": "The roof and the stove cost us 4,150 euros in total."}])

        told = memory.ask("How much did the roof and the stove cost Ida in total?", threshold=0.0)

    assert told.short == "4,150 euros"


def test_a_number_is_nobody():
    asked = read_question("Who handles Ida's case?", at=datetime(2024, 9, 30, tzinfo=UTC))

    assert unlike("88-4106", asked)
    assert not unlike("Tobias", asked)


@pytest.mark.parametrize(
    ("said", "fits"), [("every second thursday", True), ("twice", True), ("jeden Montag", True), ("the 25th", False)]
)
def test_how_often_is_answered_with_times_and_not_with_a_day(said, fits):
    asked = read_question("How often do we release?", at=datetime(2024, 9, 30, tzinfo=UTC))

    assert unlike(said, asked) is not fits


def test_behind_the_likeliest_sentence_the_best_hits_are_quoted_in_their_order():
    question = "How many kilos did Nils put on?"
    with Memory(":memory:") as memory:
        for text in (
            "Nils weighed 21 kg in May.",
            "Nils weighs 23 kg now.",
            "Nils was 20 kg at first.",
            "Ida is 60 kg.",
        ):
            memory.remember([{"who": "Ida", "text": text}])
        told = memory.ask(question, threshold=0.0)
        best = [hit.id for hit in memory.recall(question, k=3)]
    quoted = [hit.id for hit in told.evidence]

    assert len(quoted) == 3
    assert quoted[1:] == [one for one in best if one != quoted[0]][:2]


RENT = [
    ("Jo", "2025-02-10T09:00", "the landlord wrote, the rent goes from 980 to 1,040 in april, sigh"),
    ("Jo", "2025-02-20T20:00", "physio twice a week now, tuesdays and fridays, 38 a go"),
    ("Mo", "2025-03-01T09:00", "the flat in Dunmore has 62 square metres and a damp bathroom, 940"),
    ("Mo", "2025-03-20T21:00", "the dentist fits the brace on 2 june"),
    ("Mo", "2025-03-21T08:00", "argh no, 12 june. the 2nd is a bank holiday"),
    ("Mo", "2025-05-02T19:00", "booked the cabin at Lough Carra, 9 to 16 august, 620"),
]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How much is the rent now?", "1,040"),
        ("On which days does Jo have physio?", "tuesdays and fridays"),
        ("How big is the flat in Dunmore?", "62 square metres"),
        ("When does the dentist fit the brace?", "12 June 2025"),
    ],
)
def test_a_number_of_another_matter_is_no_answer_however_late_it_was_told(question, value):
    with Memory(":memory:") as memory:
        memory.remember([{"who": who, "at": f"{at}+00:00", "session": at[:10], "text": text} for who, at, text in RENT])
        memory.sleep()

        assert memory.ask(question, now="2025-05-10T12:00:00+00:00", threshold=0.0).short == value


def test_a_number_that_the_reader_reads_counts_what_is_named_before_it():
    with Memory(":memory:") as memory:
        memory.remember(
            "The defence features Ida Berg, the league's active career save leader with 136, and Ole, who had five "
            "saves in four games."
        )

        assert memory.ask("How many career saves did Ida Berg have?", threshold=0.0).short == "136"


@pytest.mark.parametrize("text", ["They run Postgres 16 now", "165 a month", "16 kg of it", "since 2024"])
def test_a_number_of_a_name_a_rate_or_a_unit_counts_nothing(text):
    assert counting(text) == []


def test_whoever_did_it_is_not_what_was_done():
    with Memory(":memory:") as memory:
        memory.remember({"who": "Jo", "text": "The bike is finally fixed, new chain and both tyres."})
        memory.sleep()

        assert memory.ask("Who fixed Jo's bike?", threshold=0.0).short != "fixed"


BAKERY = [
    ("user", "2025-09-01T09:00", "Hi, I run a bakery called Kruimel. We open at 6:30 every day except Mondays."),
    ("user", "2025-09-18T07:00", "the flour is from Bloemhof since yesterday, 0.92 per kilo instead of 1.05"),
    ("user", "2025-11-20T19:00", "ordered a new oven, 14,800 with the hood"),
]


@pytest.mark.parametrize(
    ("question", "value"),
    [("Which day are we closed?", "Mondays"), ("What do we pay per kilo of flour?", "0.92")],
)
def test_days_of_the_week_and_small_prices_are_values(question, value):
    with Memory(":memory:") as memory:
        memory.remember([{"who": who, "at": f"{at}+00:00", "text": text} for who, at, text in BAKERY])

        assert memory.ask(question, now="2025-11-25T12:00:00+00:00", threshold=0.0).short == value


@pytest.mark.parametrize("question", ["What is my husband's name?", "Who supplies the flour?", "How old is the oven?"])
def test_nobody_a_role_or_a_price_is_not_told_for_a_name_or_an_age(question):
    with Memory(":memory:") as memory:
        memory.remember([{"who": who, "at": f"{at}+00:00", "text": text} for who, at, text in BAKERY])
        told = memory.ask(question, now="2025-11-25T12:00:00+00:00")

    assert not told.in_memory or told.short not in ("Kruimel", "user", "14,800")


def test_a_stated_day_does_not_answer_a_question_for_the_time_of_day():
    """The turn that states the day says the time too."""
    with Memory(":memory:") as memory:
        memory.remember({"who": "user", "text": "dentist is on the 24th at 8:15, dr Moe", "at": "2026-03-09T18:00Z"})
        memory.sleep()
        answers = [
            memory.ask(f"{asked} is the dentist?", now="2026-03-12T10:00Z").short for asked in ("What time", "When")
        ]
    assert answers[0] == "8:15"
    assert "24" in answers[1]
