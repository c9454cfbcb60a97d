"""A question is read once: who asks, about whom, what kind of answer, which time, which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from remanence.language.question import Question, read

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def asked(text: str, asker: str | None = None, people: tuple[str, ...] = ("Ada Lovelace", "Ben")) -> Question:
    return read(text, at=NOW, asker=asker, people=people)


def test_a_known_name_is_whom_it_is_about_and_no_keyword() -> None:
    """ "Ada" chooses a person; the words that are searched are the others."""
    question = asked("When is Ada's kitten's vaccination?")

    assert ("Ada Lovelace",) == question.people == question.subjects
    assert ("kitten's", "vaccination") == question.keywords
    assert ("ada's", "kitten's", "vaccination") == question.topic


def test_a_name_alone_stays_a_keyword() -> None:
    """With nothing else to ask for, the name is the subject."""
    assert ("ada",) == asked("Who is Ada?").keywords


def test_a_short_form_names_a_person_only_where_it_is_capitalised_and_no_small_word() -> None:
    """ "Mel" is Melanie and "and" is not Andrew, for recall and for confidence alike."""
    people = ("Andrew", "Melanie", "Janet")

    assert ("Melanie",) == asked("What did Mel and the children cook last Jan?", people=people).people
    assert () == asked("What did the melon and the children cost?", people=people).people


def test_a_first_name_that_is_a_small_word_needs_its_capital() -> None:
    """ "Will" the person against "will" the verb."""
    assert () == asked("Will it rain when they will come?", people=("Will",)).people
    assert ("Will",) == asked("Where does Will live?", people=("Will",)).people


def test_i_is_the_one_who_asks() -> None:
    """Where the asker is known; "you" asks for what the assistant said."""
    assert ("user",) == asked("Where do I live?", asker="user").subjects
    assert () == asked("Where do I live?").subjects
    assert asked("What did you recommend?").to_you
    assert not asked("Can you list the books?").to_you


@pytest.mark.parametrize(
    ("text", "form", "many", "attribute"),
    [
        ("Where does Ben live?", "place", False, "home"),
        ("What am I allergic to?", "thing", False, "allergy"),
        ("Who is my boss?", "person", False, "boss"),
        ("Which pets does Ben have?", "thing", True, "pets"),
        ("How much rent do I pay?", "number", False, "rent"),
    ],
)
def test_the_attribute_and_the_form_of_the_answer_are_read(text: str, form: str, many: bool, attribute: str) -> None:
    """From the words of the question alone."""
    question = asked(text)

    assert (form, many) == (question.expected.form, question.many)
    assert attribute in question.attributes[:4]


def test_whose_is_no_part_of_what_is_asked_for() -> None:
    assert asked("What is my sister's name?").attributes[0] == "siblings"


def test_the_essence_says_what_and_not_when_or_how_much() -> None:
    """Of "How much do I earn a year at the moment?" only the earning is left."""
    assert ("earn",) == asked("How much do I earn a year at the moment?").essence
    assert ("manager",) == asked("Who was my manager in July 2023?").essence


def test_a_word_that_asks_for_one_attribute_says_more_than_one_that_asks_for_many() -> None:
    """ "do" is in many questions, "report" asks for a boss."""
    assert "boss" == asked("Who do I report to?").attributes[0]
    assert "employer" in asked("Where do I work?").attributes[:2]


def test_only_a_certain_time_becomes_an_interval_and_its_end_is_the_moment_asked_about() -> None:
    """ "in May 2024" is one; "the other day" is none; a time that is not over gives no moment in the past."""
    may = asked("Where did Ben live in May 2024?")

    assert (datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)) == may.interval
    assert datetime(2024, 6, 1, tzinfo=UTC) == may.as_of
    assert asked("What did we plan the other day?").interval is None
    assert asked("What is planned this year?").as_of is None


def test_today_is_the_day_of_the_one_who_asks() -> None:
    """At 23:30 in UTC it is tomorrow in Tokyo."""
    tokyo = timezone(timedelta(hours=9))
    question = read("What is on today?", at=datetime(2024, 6, 2, 8, 30, tzinfo=tokyo))

    assert question.interval is not None
    assert datetime(2024, 6, 2, tzinfo=tokyo) == question.interval[0]


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("Where does Ben live now?", "now"),
        ("Where did Ben live before he moved?", "before"),
        ("Where did Ben work?", "past"),
        ("Where does Ben live?", ""),
        ("How old is Ben?", ""),
        ("What was the timeout before?", "before"),
        ("What is Ben's old code?", "before"),
        ("Which date had been planned at first?", "before"),
        ("What was the first price for it?", "before"),
        ("When was the oven supposed to come?", "before"),
        ("What had the church asked?", "before"),
        ("Which day had I in mind?", "before"),
        ("Which hall did they have booked first?", "before"),
        ("When did I first swim?", "past"),
        ("Which dog was the first?", "past"),
    ],
)
def test_the_time_of_holding_is_read_from_its_words(text: str, tense: str) -> None:
    """What holds, what held before, what once was."""
    assert tense == asked(text).tense


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which books has she read?", "which"),
        ("How many cats does Ada have?", "how many"),
        ("Where did they meet?", "where"),
        ("Has Ben bought cedar?", "whether"),
        ("In what year did she move?", "when"),
        ("cedar", ""),
    ],
)
def test_the_word_of_asking_is_read(text: str, asks: str) -> None:
    """By rules that go from the particular to the general."""
    assert asks == asked(text).asks


@pytest.mark.parametrize(
    ("text", "sums_up"),
    [
        ("Can you give me a comprehensive summary of my weather app?", True),
        ("Please summarise what we said about Rome", True),
        ("A short overview of the trip, please", True),
        ("What did I say about summer?", False),
        ("How many people were in the picture?", False),
    ],
)
def test_a_summary_is_told_from_a_question(text: str, sums_up: bool) -> None:
    """By the words that ask for one."""
    assert asked(text).sums_up is sums_up


@pytest.mark.parametrize(
    ("text", "ever"),
    [
        ("List every city I have lived in", True),
        ("Which cars did I own so far?", True),
        ("Has Ada ever lived in Rome?", True),
        ("Did I ever own a car?", True),
        ("Has Ada moved?", False),
        ("Which car do I own?", False),
        ("Where do I live?", False),
    ],
)
def test_what_held_at_any_time_is_told_from_what_holds_now(text: str, ever: bool) -> None:
    """ "every ... have" and "so far" ask for the past too."""
    assert asked(text).ever is ever


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("weight of the dog at the vet", "What is the weight of the dog at the vet?"),
        ("my start time before the change", "What is my start time before the change?"),
        ("Omar's vote in the poll", "What is Omar's vote in the poll?"),
        ("What is the weight of the dog?", "What is the weight of the dog?"),
        ("until what date did Omar rest", "until what date did Omar rest"),
        ("I need a present for Omar", "I need a present for Omar"),
        ("list my appointments in May", "list my appointments in May"),
        ("thanks. the dog is fine", "thanks. the dog is fine"),
        ("mi dirección actual", "mi dirección actual"),
        ("deadline", "deadline"),
    ],
)
def test_a_noun_phrase_is_a_question_for_what_it_names(text: str, whole: str) -> None:
    """What already asks, tells or orders stays as it is, and so does what is not in English."""
    assert read(text, at=NOW).whole == whole


@pytest.mark.parametrize(("text", "many"), [("blue cups", False), ("names of the teacher's dogs", True)])
def test_a_noun_phrase_wants_a_list_only_where_it_says_so(text: str, many: bool) -> None:
    assert read(text, at=NOW).many is many


def test_the_form_of_the_answer_is_that_of_the_whole_question() -> None:
    assert (
        read("price of the tent", at=NOW).expected.value
        == read("What is the price of the tent?", at=NOW).expected.value
    )
