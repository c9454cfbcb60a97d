"""What form of answer a question wants, what could be one in a sentence, and whom a sentence speaks of."""

from __future__ import annotations

import pytest

from remanence.language.answer_type import expected
from remanence.language.spans import bare, candidate_spans
from remanence.language.speakers import match_speakers, resolve_subjects, strip_speakers


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("When did Caroline go to the group?", "date"),
        ("Which year did they move?", "date"),
        ("How long have they been married?", "duration"),
        ("How long ago was the party?", "duration"),
        ("How often does John run?", "frequency"),
        ("How many children does Melanie have?", "number"),
        ("Who gave her the ring?", "person"),
        ("Where has Melanie camped?", "place"),
        ("Which city do they live in?", "place"),
        ("Why did Maria join a church?", "reason"),
        ("How did the talk go?", "manner"),
        ("Did Mara sell her kiln?", "whether"),
        ("Is Rex a dog or a cat?", "choice"),
        ("What breed is the dog?", "thing"),
    ],
)
def test_a_question_has_a_form(question: str, form: str) -> None:
    """The question word decides, the noun after it where it says more."""
    assert form == expected(question).form


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Wann beginnt mein Kurs?", "date"),
        ("¿Dónde trabaja Inés?", "place"),
        ("Qui est Margot ?", "person"),
        ("Quanto pago di affitto?", "number"),
        ("Waarom is Joris boos?", "reason"),
        ("我的猫叫什么？", "thing"),
        ("いつ引っ越すの？", "date"),
        ("Was Ines at the market?", "whether"),
        ("Who was chi in the play?", "person"),
    ],
)
def test_question_words_of_other_languages_ask_too(question: str, form: str) -> None:
    """ "was" is German only before a German word."""
    assert expected(question).form == form


def test_the_noun_and_the_number_of_answers_are_read() -> None:
    """ "Which books" wants several books; "kind of dog" wants a dog."""
    assert ("books", True) == (
        expected("Which books has Melanie read?").noun,
        expected("Which books has she read?").many,
    )
    assert ("dog", False) == (expected("What kind of dog is it?").noun, expected("What kind of dog is it?").many)


def test_the_sides_of_a_choice_are_read() -> None:
    """Both sides come without their articles."""
    assert ("park", "beach") == expected("Did they go to the park or the beach?").options


def test_pieces_hold_phrases_and_typed_values() -> None:
    """A duration, a name and the phrase round them are all candidates, and slice the sentence."""
    sentence = "I have lived in New York with my aunt for three years."
    found = {(sentence[p.start : p.end], p.sort) for p in candidate_spans(sentence)}

    assert {("three years", "duration"), ("New York", "name"), ("my aunt", "kin")} <= found
    assert "aunt" == bare("my aunt,")


def test_pieces_of_odd_text_stay_inside_it() -> None:
    """Nothing breaks on marks alone, other scripts or one endless word."""
    for text in ("", "...", "日本語の文。", "a" * 5_000, "1 " * 3_000):
        assert all(0 <= p.start < p.end <= len(text) for p in candidate_spans(text))


@pytest.mark.parametrize(
    ("sentence", "speaker", "about"),
    [
        ("I love my dog.", "Ann", {"Ann"}),
        ("How is your new job?", "Ann", {"Bob"}),
        ("Bob moved to Rome.", "Ann", {"Bob"}),
        ("It was wonderful.", "Ann", {"Ann"}),
    ],
)
def test_a_sentence_speaks_of_somebody(sentence: str, speaker: str, about: set[str]) -> None:
    """ "I" is the speaker, "you" the other of two, a name itself, and silence the speaker."""
    assert about == resolve_subjects(sentence, speaker, ("Ann", "Bob"))


def test_short_names_count() -> None:
    """ "Mel" is Melanie."""
    assert ("Melanie",) == match_speakers("Thanks, Mel!", ("Caroline", "Melanie"))


def test_people_are_called_by_first_name_or_by_all_parts_and_roles_are_no_names():
    """A family name alone is somebody else's too; "user" is a word like others."""
    people = ("Ada Lovelace", "Ben", "user", "assistant")

    assert ("Ada Lovelace",) == match_speakers("What did ada's sister say?", people)
    assert ("Ada Lovelace", "Ben") == match_speakers("Did Lovelace, Ada, ever meet Ben?", people)
    assert () == match_speakers("Which Lovelace did the user and the assistant mean?", people)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("What is Ada's plan for Ada?", "What is plan for ?"),
        ("what did ada lovelace write", "what did write"),
        ("Adamant Bens", "Adamant Bens"),
        ("Ada?", "Ada?"),
        ("What about Ada?", "What about Ada?"),
    ],
)
def test_names_are_left_out_unless_nothing_else_is_asked(text, bare):
    """Whole words only, with their possessive."""
    assert bare == " ".join(strip_speakers(text, ("Ada Lovelace", "Ben")).split())


def test_nobody_named_changes_nothing():
    """Not even the spaces."""
    assert "Where  is it?" == strip_speakers("Where  is it?", ())
