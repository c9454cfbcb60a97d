"""The cue as a question, read against a store."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.names import names_in
from remanence.language.small_talk import small_talk
from remanence.recall import find
from remanence.stage.question import cue_terms, cue_vector, question
from remanence.types import Cue

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def reading(space, text):
    return question(Cue(text, NOW), space.ctx())


def terms(space, text):
    return cue_terms(Cue(text, NOW), space.ctx())


def test_a_speaker_is_named_and_does_not_count_as_a_search_word(talk):
    """ "Ada" chooses a speaker; the word index is asked for the vaccination only."""
    found = reading(talk, "When is Ada's kitten's vaccination?")

    searched = terms(talk, "When is Ada's kitten's vaccination?")

    assert ("Ada",) == found.people
    assert "ada" not in searched
    assert "when" == found.asks
    assert talk.ctx().store.terms("vaccination")[0] in searched


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("What rent does the user pay?", "user"),
        ("What rent does the customer pay?", "custom"),
        ("Welche Miete zahlt die Nutzerin?", "nutzerin"),
        ("¿Qué alquiler paga la usuaria?", "usuaria"),
    ],
)
def test_the_user_is_who_asks_and_no_search_word(space, text, term):
    """An agent asks of its user in the third person; where nobody is the user, it is a word like others."""
    chat, diary = space({"who": "user", "text": "710 a month."}), space({"who": "Ben", "text": "710 a month."})

    assert ("user",) == reading(chat, text).subjects
    assert term not in terms(chat, text)
    assert () == reading(diary, text).subjects
    assert term in terms(diary, text)


def test_the_vector_of_a_question_is_made_without_the_user_too(space):
    """The same as of the question without these words."""
    chat = space({"who": "user", "text": "710 a month."})

    said, bare = (
        cue_vector(Cue(text, NOW), chat.ctx()) for text in ("What rent does the user pay?", "What rent does pay?")
    )

    assert bare.tolist() == said.tolist()
    assert ("user",) == terms(chat, "Who is the user?")


def test_the_customer_is_somebody_else_where_customers_are_spoken_of(space):
    """A user who talks of a customer asks about that one."""
    chat = space({"who": "user", "text": "My customer wants it green."})

    assert () == reading(chat, "What does the customer want?").subjects
    assert "custom" in terms(chat, "What does the customer want?")


def test_a_slip_of_the_fingers_finds_the_word_that_was_meant(space):
    """Only a word that nobody uses is taken for a slip, and only of a word that somebody uses."""
    memory = space("The fundraiser was on Sunday.", "Nothing else happened.")

    assert memory.ctx().store.terms("fundraiser")[0] in terms(memory, "When was the funraiser?")
    assert "The fundraiser was on Sunday." == memory.run(find.words(), "When was the funraiser?")[0].text
    both = space("The fundraiser was on Sunday.", "A funraiser is a toy.")
    assert both.ctx().store.terms("funraiser") == list(terms(both, "When was the funraiser?"))
    assert ("fundrais",) == terms(space("Nothing else happened."), "When was the fundraiser?")


def test_a_name_alone_stays_a_search_word(talk):
    """With nothing else to ask for, the name is the subject."""
    assert ("ada",) == terms(talk, "Who is Ada?")


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which books has she read?", "which"),
        ("How many cats does Ada have?", "how many"),
        ("Where did they meet?", "where"),
        ("What does Ben want?", "what"),
        ("Has Ben bought cedar?", "whether"),
        ("cedar", ""),
        ("In what year did she move?", "when"),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(talk, text, asks):
    """By its question word."""
    assert asks == reading(talk, text).asks


def test_only_a_certain_time_becomes_an_interval(talk):
    """ "in May 2024" is one; "the other day" is none."""
    may = reading(talk, "What did we plan in May 2024?").interval

    assert (datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)) == may
    assert reading(talk, "What did we plan the other day?").interval is None


def test_you_is_noticed_when_it_is_asked_what_was_said(talk):
    """It tells an assistant's own words from a user's; a request in "you" does not."""
    assert reading(talk, "What did you recommend?").to_you
    assert not reading(talk, "Can you list the books?").to_you


def test_capitalised_names_are_found_behind_ordinary_first_words():
    """The question word is no name; "of" may stand inside one."""
    assert ("Bank of England", "Ashford") == names_in("Did the Bank of England move to Ashford?")
    assert () == names_in("What happened?")


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("Hi there!", True),
        ("thanks so much", True),
        ("Good morning, how are you today?", True),
        ("Hi, where is my key?", False),
    ],
)
def test_small_talk_asks_nothing_of_memory(text, idle):
    """Greetings and thanks need no recall; a question behind a greeting does."""
    assert idle == small_talk(text)


@pytest.mark.parametrize(
    ("speakers", "text", "said", "who"),
    [
        (("Nora", "Ines"), "What do I owe Ines?", None, "Nora"),
        (("Nora", "Ines"), "What do I owe?", None, None),
        (("Nora", "Ines"), "What do I owe Ines?", "Bo", None),
        (("Nora", "Ines", "Pau"), "What do I owe Ines?", None, None),
        (("Nora", "Ines", "Pau"), "What do Ines and I owe Pau?", None, "Nora"),
        (("Nora", "assistant"), "What is my rent?", None, "Nora"),
        (("Nora", "Ines"), "What does Nora owe Ines?", None, None),
    ],
)
def test_who_is_not_named_says_i_where_only_one_is_left(space, speakers, text, said, who):
    """Where nobody is said to ask; two who are left, or somebody else who asks, leave it open."""
    made = space(*({"who": one, "text": "It rained all day."} for one in speakers))

    assert who == question(Cue(text, NOW, asker=said), made.ctx()).asker
