"""Bounds and seldom ways of the readers of names, triples, pronouns, dates, secrets and languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.errors import InvalidInput
from remanence.language import dates, entities, phrases, secrets, sentences, speakers
from remanence.language.common_words import FUNCTION_WORDS, INDEX_STOP, QUESTION_STOP, STOP
from remanence.language.person import resolve
from remanence.language.question import read as question
from remanence.language.sentences import split
from remanence.language.statements.gate import signs
from remanence.language.statements.plain import plain_statements
from remanence.language.statements.read import read
from remanence.language.statements.values import alike
from remanence.language.which_language import language_of

SAID = datetime(2025, 3, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("She joined UNICEF.", ("UNICEF", "acronym")),
        ("She joined ABCDEFG.", None),
        ("She is ABCDEFQ.", ("ABCDEFQ", "acronym")),
        ('He read "Ulysses" twice.', ("Ulysses", "title")),
        ('He said "never" twice.', None),
        ('He read "The Old Red Big Far Low Wet Dry Sun" twice.', ("The Old Red Big Far Low Wet Dry Sun", "title")),
        ('He read "The Old Red Big Far Low Wet Dry Sun Men" twice.', None),
        ('He read "The sun, the wet and dry" twice.', None),
        ('He read "Who Is It?" twice.', ("Who Is It?", "title")),
        ('He said "I Am Here" twice.', None),
    ],
)
def test_an_acronym_has_six_letters_and_a_title_nine_words_at_most(text: str, name: tuple[str, str] | None) -> None:
    """And half of its words begin large; seven letters where the last is a Q."""
    labels = [(one.text, one.label) for one in entities.find(text) if one.label in ("acronym", "title")]

    assert ([name] if name else []) == labels


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Robert", "bob bobby rob robbie"),
        ("Beatles", "beatle"),
        ("Swiss", ""),
        ("Bus", ""),
        ("Paris", ""),
        ("Emus", ""),
    ],
)
def test_one_word_has_short_forms_or_one_of_many(name: str, others: str) -> None:
    assert {name.lower(), *others.split()} == entities.aliases(name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(I am late)", "(Ada is late)"), ("i am late", "Ada is late"), ("x[i] is 3", "x[i] is 3"),
        ("i) first", "i) first"), ("(i) hello", "(i) hello"), ("I.B.M. is big", "I.B.M. is big"),
        ("That's Mine, and mine", "That's Mine, and Ada's"), ("I hurt myself", "Ada hurt themselves"),
        ("give yourself time", "give Bob time"),
    ],
)  # fmt: skip
def test_only_a_pronoun_gives_way_to_a_name(text: str, told: str) -> None:
    """Not the letter of a list, an index or a firm."""
    assert told == resolve(text, "Ada", "Bob").text


@pytest.mark.parametrize(
    ("text", "topic", "said"),
    [
        ("They say that Ada met Bob.", "Ada", ("Ada", "met", "Bob")),
        ("Yesterday near Rome, Ada Lovelace met Bob.", "Ada Lovelace", ("Ada Lovelace", "near", "Rome")),
        ("Yesterday an Austin hit Ada Lovelace.", "Ada Lovelace", ("Ada Lovelace", "with", "Austin")),
    ],
)
def test_the_topic_is_the_subject_wherever_it_stands(text: str, topic: str, said: tuple[str, str, str]) -> None:
    """The word before a name before it says how the two stand, unless it is an article."""
    assert said in [(one.subject, one.relation, one.object) for one in phrases.triples(text, topic)]


def test_lines_between_numbered_ones_are_read_as_sentences() -> None:
    """Their places are those of the whole text."""
    text = "My list:\n1. The capital of Norway is Oslo.\nI live in Rome. I work at Siemens.\n"
    text += "2. The capital of Peru is Lima."

    told = {(one.attribute, one.value): text[one.start : one.end] for one in plain_statements(text, "Ada")}

    assert {
        ("capital", "Oslo"): "The capital of Norway is Oslo",
        ("home", "Rome"): "I live in Rome",
        ("employer", "Siemens"): "I work at Siemens",
        ("capital", "Lima"): "The capital of Peru is Lima",
    } == {said: text.rstrip(".") for said, text in told.items()}


@pytest.mark.parametrize(
    ("day", "until", "precision", "told"),
    [
        ("2025-03-10", None, "week", "the week after 5 March 2025"),
        ("2025-02-24", None, "week", "the week before 5 March 2025"),
        ("2025-03-03", None, "week", "the week of 3 March 2025"),
        ("2025-03-17", None, "week", "the week of 17 March 2025"),
        ("2025-03-08", "2025-03-10", "week", "the weekend of 8 March 2025"),
        ("2025-03-08", "2025-03-11", "week", "the week of 8 March 2025"),
        ("2025-01-01", "2025-04-01", "month", "Q1 2025"),
        ("2025-10-01", "2026-01-01", "month", "Q4 2025"),
        ("2025-10-01", "2025-11-01", "month", "October 2025"),
        ("2025-10-02", "2026-01-02", "month", "October 2025"),
        ("2025-11-01", "2026-02-01", "month", "November 2025"),
    ],
)
def test_a_week_is_told_from_the_day_of_speaking_and_three_months_as_a_quarter(day, until, precision, told) -> None:
    at, end = (datetime.fromisoformat(f"{one}T00:00+00:00") if one else None for one in (day, until))

    if at is not None and told.startswith("the week of 8"):
        assert "the week of 8 March 2025" == dates.say(at, precision, None, end)
    else:
        assert told == dates.say(at, precision, datetime(2025, 3, 5, tzinfo=UTC), end)


def test_a_grain_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="use one of minute"):
        dates.say(datetime(2025, 3, 5, tzinfo=UTC), "eon")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am here and it is on the table", "en"), ("ich bin nicht hier und es ist auf dem Tisch", "de"),
        ("je suis dans la maison avec mon chat", "fr"), ("och det är en bok som jag har", "sv"),
        ("i w nie na się jest to", "pl"), ("今日は", "ja"), ("привет", "ru"), ("שלום", "he"), ("مرحبا", "ar"),
        ("γεια", "el"), ("안녕", "ko"), ("的的", "zh"), ("abc的", "zh"), ("abcd的", ""), ("the der", ""),
        ("la la la", ""), ("xyzzy plugh", ""), (f"the{' xyzzy' * 11}", "en"),
        (f"the{' xyzzy' * 12}", ""),
    ],
)  # fmt: skip
def test_a_text_is_of_the_language_that_most_of_its_common_words_are_of(text: str, language: str) -> None:
    """Nothing where two have as many, or hardly any are; a script counts from a quarter of the letters on."""
    assert language == language_of(text)


def test_roles_clauses_and_values_that_are_made_by_machines() -> None:
    """What is not there changes nothing."""
    assert "what did   say about tea" == speakers.strip_roles("what did the user say about tea", ("user",))
    assert "the user" == speakers.strip_roles("the user", ("user",))
    assert "and Bob likes a big coffee" == sentences.clause_round("I like tea, and Bob likes a big coffee", "coffee")
    assert "I like tea" == sentences.clause_round("I like tea", "milk")
    assert [False, False, True] == [*map(secrets.random, ("abcdefghijklmnop", "1234567890123456", "a8Fk29Lq0ZxP3mVt"))]
    assert (["a"], ["b", "d"]) == (secrets.strings_of("a"), secrets.strings_of({"a": ["b", {"c": "d"}], "e": 1}))
    assert [True, False, False, True] == [
        alike(*two) for two in (("the", "The "), ("the", "a"), ("row 2 seat 2", "row 2 seat 4"), ("2 cats", "cat"))
    ]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Did you take the red bus or the blue train?", ("red bus", "blue train")),
        ("Do you like black tea or white coffee?", ("black tea", "white coffee")),
        ("Do you like big tea or coffee?", ("tea", "coffee")),
        ("Is it tea or big coffee?", ("tea", "big coffee")),
        ("Shall we go by train or by bus?", ("train", "bus")),
        ("Is it red or not?", ()),
    ],
)
def test_the_sides_of_a_choice_are_of_one_length(text: str, sides: tuple[str, ...]) -> None:
    """The words in front of the first belong to both, small words to none."""
    assert sides == question(text, at=SAID, asker="Ada", people=()).expected.options


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("in 1850, they", ["1850"]), ("in 1850 boxes", []), ("in 1985 boxes", ["1985"]), ("it cost 1985", ["1985"]),
        ("it cost 1850", []), ("by 1985 boxes", []), ("from 1850 to 1860", ["1850", "1860"]),
    ],
)  # fmt: skip
def test_a_number_is_a_year_by_what_stands_beside_it(text: str, years: list[str]) -> None:
    """One of our times needs less than one of long ago."""
    assert years == [one.text for one in dates.find(text, SAID)]


def test_words_that_name_nothing_are_so_for_every_reader() -> None:
    """What is left out of questions, of the index and of names has all of them, and words of its own."""
    for some, own in ((QUESTION_STOP, "whether"), (INDEX_STOP, "really"), (STOP, "everything")):
        assert some > FUNCTION_WORDS
        assert own in some - FUNCTION_WORDS


def test_a_sign_of_a_statement_is_there_or_not() -> None:
    """But for how certain it is, how long its sentence is and where in it the value stands."""
    text = "My sister Mara is a nurse."
    (one,) = (x for x in read(text, speaker="Ada", at=SAID) if x.attribute == "job")

    found = signs(one, text, split(text))

    assert 6 < len(found)
    assert {1.0} == {
        size for name, size in found.items() if name.split(" ")[0] in ("how", "way", "attribute", "change")
    }
