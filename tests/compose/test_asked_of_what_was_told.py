"""`ask` over what was told: measured again, corrected, cancelled, named later, repeated by nobody."""

from __future__ import annotations

import pytest

from remanence.compose.cited import Answer
from remanence.compose.meant import whole
from remanence.errors import InvalidInput
from remanence.memory.memory import Memory
from remanence.testing import HandClock

NOW = "2024-06-20T12:00:00Z"


def told(question: str, *talk: tuple[str, str, str], threshold: float | None = None) -> str:
    with Memory(":memory:", clock=HandClock()) as memory:
        for day, who, text in talk:
            memory.remember({"who": who, "text": text, "at": f"{day}T12:00:00Z", "session": day})
        memory.sleep()
        return memory.ask(question, now=NOW, threshold=threshold).short


@pytest.mark.parametrize(
    ("question", "talk", "expected"),
    [
        (
            "How much does Otto weigh?",
            (("2024-05-01", "Nora", "Otto weighs 9 kilos."), ("2024-06-01", "Nora", "Otto weighs 11 kilos now.")),
            "11 kilos",
        ),
        (
            "When is Wilma visiting?",
            (
                ("2024-05-01", "Nora", "Wilma is visiting on the 9th."),
                ("2024-05-02", "Nora", "no wait, the 10th, I mixed it up"),
            ),
            "10 May 2024",
        ),
        (
            "What is Nora's goat called?",
            (("2024-05-01", "Nora", "We got a goat!"), ("2024-05-02", "Nora", "Her name is Juno.")),
            "Juno",
        ),
        (
            "Did Nora go to Skye?",
            (("2024-05-01", "Nora", "We planned to go to Skye on Sunday but it's off, gales."),),
            "no",
        ),
        (
            "Is swimming allowed?",
            (("2024-05-01", "Nora", "Swimming is allowed."), ("2024-06-01", "Nora", "Swimming is not allowed.")),
            "no",
        ),
        (
            "Does Nora still have the Fiesta?",
            (("2024-05-01", "Nora", "I drive a blue Fiesta."), ("2024-06-01", "Nora", "I sold the Fiesta.")),
            "no",
        ),
        ("What colour is Nora's canoe?", (("2024-05-01", "Nora", "I bought a canoe."),), "not in memory"),
        (
            "Where is the handbook?",
            (("2024-05-01", "Nora", "The handbook is at https://wiki.dunes.example/hand/book."),),
            "https://wiki.dunes.example/hand/book",
        ),
        ("Who is Wilma?", (("2024-05-01", "Nora", "My sister Wilma works at the zoo."),), "Nora's sister"),
        ("Who is Wilma to Nora?", (("2024-05-01", "Nora", "My sister Wilma works at the zoo."),), "Nora's sister"),
        (
            "How is Wilma related to Nora?",
            (("2024-05-01", "Nora", "My sister Wilma works at the zoo."),),
            "Nora's sister",
        ),
        (
            "Did Bertil move to Malmö?",
            (
                ("2024-05-01", "Nora", "My brother Bertil is moving to Malmö in June."),
                ("2024-05-20", "Nora", "Bertil's permit got refused, so Bertil is not moving to Malmö after all."),
            ),
            "no",
        ),
        (
            "Where did Nora work before Stellan Foods?",
            (
                ("2024-05-01", "Nora", "I work at Brandt Paper."),
                ("2024-06-01", "Nora", "Joining Stellan Foods as a payroll lead today, quit Brandt Paper."),
            ),
            "Brandt Paper",
        ),
        ("What is Nora's job?", (("2024-06-01", "Nora", "Joining Stellan Foods as a payroll lead."),), "payroll lead"),
        ("How much is Nora's plot?", (("2024-05-01", "Nora", "My plot costs 45 quid a year."),), "45 quid"),
        (
            "When is the recital?",
            (
                ("2024-05-01", "Nora", "The recital is on 12 October at Mill Hall."),
                ("2024-06-01", "Nora", "Mill Hall double booked us!! so we moved it to the 19th"),
            ),
            "19 October 2024",
        ),
        ("Is Nora allergic to wheat?", (("2024-05-01", "Nora", "Otto is allergic to wheat."),), "not in memory"),
        ("Wo wohne ich?", (("2024-05-01", "user", "Ich bin nach Bremen gezogen."),), "Bremen"),
    ],
)
def test_what_was_told_last_is_the_answer(question: str, talk: tuple[tuple[str, str, str], ...], expected: str) -> None:
    assert told(question, *talk) == expected


def test_a_correction_by_the_other_side_takes_the_place_of_the_answer() -> None:
    """The question two turns before is read with it, and what it corrects counts little."""
    short = told(
        "What is the longest river in my region?",
        ("2024-05-01", "user", "What's the longest river in my region?"),
        ("2024-05-01", "assistant", "It's the Orla."),
        ("2024-05-01", "user", "No, it's the Weide."),
    )

    assert short.removeprefix("the ") == "Weide"


def test_a_cancelled_plan_gives_way_to_what_is_planned_instead() -> None:
    short = told(
        "Where are we going in August?",
        ("2024-05-01", "user", "I booked a hut in Norway for August."),
        ("2024-06-01", "user", "I cancelled the hut in Norway, we go camping in Wales instead."),
    )

    assert "Wales" in short


@pytest.mark.parametrize(("now", "expected"), [("2024-05-01T20:00:00Z", "tonight"), (NOW, "1 May 2024")])
def test_words_for_a_day_stay_words_on_that_day(now: str, expected: str) -> None:
    """Asked on the same day, "tonight" says enough; seven weeks later only the day does."""
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember({"who": "Nora", "text": "The choir sings tonight.", "at": "2024-05-01T12:00:00Z"})
        memory.sleep()

        assert memory.ask("When does the choir sing?", now=now).short == expected


@pytest.mark.parametrize(
    ("told", "question", "answer"),
    [
        ("I bought a new fridge last week, it's huge.", "Which brand is my fridge?", "not in memory"),
        ("Kurt bought a motorbike.", "What colour is Kurt's motorbike?", "not in memory"),
        ("Kurt bought a red motorbike.", "What colour is Kurt's motorbike?", "red"),
        ("We adopted a kitten.", "What breed is our kitten?", "not in memory"),
        ("Our car is a Skoda.", "Which brand is our car?", "Skoda"),
    ],
)
def test_a_sentence_that_only_repeats_the_question_is_not_quoted_for_an_answer(told, question, answer):
    """Where the reader finds no word that the question has not, memory does not know; where it does, it is told."""
    with Memory(":memory:") as memory:
        memory.remember({"text": told, "role": "user", "at": "2025-05-05"})
        memory.sleep()

        assert answer in memory.ask(question, now="2025-06-01").short


DIARY = [
    ("2024-07-08T18:00:00Z", "Painted the shed door."),
    ("2024-07-09T18:00:00Z", "Fixed the leaking tap in the bathroom."),
    ("2024-07-09T21:00:00Z", "Called Edda about the boat."),
    ("2024-07-10T18:00:00Z", "Met Olga for tea."),
]


def test_what_was_done_on_a_day_is_what_was_told_on_it():
    with Memory(":memory:") as memory:
        memory.remember([{"at": at, "text": text} for at, text in DIARY])
        told = memory.ask("What did I do on 9 July?", now="2024-07-20T12:00:00Z")
        none = memory.ask("What did I do on 3 July?", now="2024-07-20T12:00:00Z")
        bought = memory.ask("What did I buy on 9 July?", now="2024-07-20T12:00:00Z")

    assert told.in_memory
    assert [hit.text for hit in told.evidence] == [DIARY[1][1], DIARY[2][1]]
    assert not none.in_memory
    assert not bought.in_memory


def test_what_the_assistant_told_is_no_statement_of_the_user():
    """The twin: the same words asked of the user are answered by what the user stated."""
    talk = (
        ("2024-05-01", "user", "My salary is 33,000 now."),
        ("2024-05-02", "assistant", "If they ask for a salary, name 36,000."),
    )

    assert "33,000" in told("What is my salary?", *talk)
    assert "33,000" not in told("What salary did you tell me to name?", *talk)


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [("Well I'm not done yet", 7, "I'm not done yet"), ("he said 'mornings' twice", 9, "mornings' twice")],
    ids=["short form", "quotation"],
)
def test_a_span_that_begins_within_a_short_form_begins_with_its_word(text, start, found):
    begins, ends = whole(text, start, len(text))

    assert text[begins:ends] == found


def test_the_day_on_which_it_was_spoken_of_is_not_when_something_is_due():
    """The twin: asked when it was done, it is."""
    talk = (("2024-05-01", "Nora", "paid the allotment, ouch"), ("2024-05-09", "Nora", "rain all week"))

    assert "1 May" not in told("When does Nora have to pay the allotment?", *talk)
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember([{"who": who, "text": text, "at": f"{day}T12:00:00Z"} for day, who, text in talk])
        assert "1 May" in memory.ask("When did Nora pay the allotment?", now=NOW, threshold=0.0).short


def test_who_asks_is_whom_i_means():
    """Where several speak, "I" is nobody until it is said; then only what that one is like answers."""
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember({"who": "Nora", "text": "I'm allergic to celery.", "at": "2024-05-01T12:00:00Z"})
        memory.remember({"who": "Ines", "text": "I adopted a greyhound called Fitz.", "at": "2024-05-02T12:00:00Z"})
        memory.sleep()
        hers = memory.ask("What am I allergic to?", asker="Nora", now=NOW)
        theirs = memory.ask("What am I allergic to?", asker="ines", now=NOW)
        strange = memory.ask("What am I allergic to?", asker="Nobody", now=NOW)
        plain = memory.ask("What am I allergic to?", now=NOW)

        assert memory.recall("my dog", asker="Ines", now=NOW)[0].item.who == "Ines"
        with pytest.raises(InvalidInput, match="asker is a text"):
            memory.ask("What am I allergic to?", asker=3)

    assert ("celery", True) == (hers.short, hers.in_memory)
    assert not theirs.in_memory
    assert (strange.short, strange.confidence) == (plain.short, plain.confidence)


def test_a_correction_of_another_day_is_known_by_the_name_that_it_shares():
    """The same speaker says it; days are told from the first to the last."""
    talk = (
        ("2024-03-01", "Nora", "I booked Crete! 3 to 10 june with mum"),
        ("2024-04-05", "Nora", "sorry, Crete is the 4th to the 11th, I can't read my own tickets"),
    )

    assert told("When is Nora's holiday in Crete?", *talk, threshold=0.0) == "4 to 11 June 2024"


def test_what_somebody_is_to_another_is_not_told_of_a_third():
    talk = (("2024-05-01", "Nora", "My sister Wilma works at the zoo."), ("2024-05-02", "Ines", "I like the zoo."))

    assert "sister" not in told("Who is Wilma to Ines?", *talk)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is Nora's nephew's name?", "Tymek"),
        ("What is Nora's sister's name?", "Halina"),
        ("What is Nora's brother's name?", None),
        ("What is Nora's cousin's name?", None),
        ("Who are Nora's siblings?", "Halina (sister)"),
    ],
)
def test_a_relative_s_name_is_not_told_for_another_one(question: str, name: str | None) -> None:
    """No nephew for a cousin, no sister for a brother; all of them where any is asked for."""
    short = told(
        question,
        ("2024-05-01", "Nora", "the Polo goes to my nephew Tymek for parts"),
        ("2024-05-02", "Nora", "my sister Halina comes in June"),
    )

    assert short == name if name is not None else not {"Tymek", "Halina"} & set(short.replace("(", " ").split())


def test_what_is_stated_of_another_beside_the_answer_does_not_count_against_it():
    """The twin: where the answer itself is what the other one has, it is doubted."""
    talk = (
        (
            "2024-05-01",
            "Nora",
            "me, 6 bottles, 4 white 2 red, and one alcohol free for Ines since she's on antibiotics",
        ),
    )

    def asked(question: str) -> Answer:
        with Memory(":memory:", clock=HandClock()) as memory:
            memory.remember([{"who": who, "text": text, "at": f"{day}T12:00:00Z"} for day, who, text in talk])
            memory.sleep()
            return memory.ask(question, asker="Nora", now=NOW, threshold=0.0)

    assert "6" == asked("How many bottles did I take charge of?").short
    assert (
        asked("How many bottles did I take charge of?").confidence > 2 * asked("Which medicine do I take?").confidence
    )


def test_a_plan_of_which_no_sentence_says_a_word_is_no_error():
    """Asked whether somebody comes, of talk that names the one and not the coming."""
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember({"who": "Tom", "text": "my brother Jonas gets married in Bruges", "at": "2024-05-01T12:00:00Z"})
        memory.remember(
            {"who": "Lena", "text": "yes!! Rob can't, he's in Oslo that week", "at": "2024-05-02T12:00:00Z"}
        )
        for question in ("Is Rob coming to the wedding?", "Will Rob be flying a kite?", "Is Jonas going to sail?"):
            assert memory.ask(question, now=NOW, threshold=0.0).short


def test_the_day_of_the_talk_is_not_when_something_is():
    talk = (
        ("2024-06-03", "Tom", "my brother Jonas gets married on 12 september in Bruges, want to come?"),
        ("2024-06-04", "Lena", "yes!! Rob can't, he's in Oslo that week for the museum"),
        ("2024-07-01", "Tom", "they moved the wedding, it's the 19th now"),
    )
    with Memory(":memory:", clock=HandClock()) as memory:
        memory.remember([{"who": who, "text": text, "at": f"{day}T12:00:00Z"} for day, who, text in talk])

        assert "1 July 2024" != memory.ask("When is the wedding?", now="2024-07-02T12:00:00Z").short
