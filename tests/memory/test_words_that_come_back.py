"""A report that was recalled comes back in another form or place: it is trusted no more than the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from remanence import Memory
from remanence.memory.echo import LONGEST, LONGEST_STORED, quoted, retold, value_in, words_of
from remanence.types import Scope

REPORT = "Mira's account number for the rent is Zedikafo Xobudanefi."
SAID = ["I live in Rome with my sister Clara.", "Mira is my landlady.", "I pay the rent on Mondays."]
QUESTION = "What is Mira's account number for the rent?"
WORDS = REPORT.split()


@pytest.fixture
def memory() -> Iterator[Memory]:
    """What a person said, and a report that was recalled."""
    with Memory(":memory:", embedder="hashing") as made:
        made.remember([{"who": "Ada", "text": text} for text in SAID])
        made.remember(REPORT, trust="external")
        made.recall(QUESTION)
        yield made


def trust_of(memory: Memory, message: dict[str, Any]) -> float:
    """How far the last item of a message is trusted."""
    return round(memory.get(memory.remember({"role": "assistant", **message}).ids[-1]).trust, 2)


FORMS: dict[str, Callable[[], str]] = {
    "as it was": lambda: REPORT,
    "underscores": lambda: "_".join(WORDS),
    "emphasis": lambda: " ".join(f"_{word}_" for word in WORDS),
    "tags": lambda: " ".join(f"<b>{word}</b>" for word in WORDS),
    "entities": lambda: "&nbsp;".join(WORDS),
    "run together": lambda: "".join(word.capitalize() for word in WORDS),
    "half": lambda: "I found this.\n" + " ".join(WORDS[4:]) + "\nThat is all of it.",
    "two halves": lambda: " ".join(WORDS[:5]) + "\n\nand then\n\n" + " ".join(WORDS[5:]),
    "after much else": lambda: "word " * LONGEST + "\n" + REPORT,
    "capitals on lines": lambda: "\n".join(WORDS).upper(),
    "JSON": lambda: json.dumps({"result": REPORT}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_known_in_any_form(memory: Memory, form: str) -> None:
    assert 0.3 == trust_of(memory, {"text": FORMS[form]()})
    assert 0.8 == trust_of(memory, {"text": "I have put the kettle on for both of us."})


@pytest.mark.parametrize(
    "message",
    [
        {"text": "See the note.", "data": {"title": REPORT}},
        {"text": "See the note.", "data": {"more": [{"deep": "\n".join(WORDS)}]}},
        {"text": "See.", "attachments": [{"name": REPORT}]},
        {"text": "Yes.", "who": REPORT},
        {"text": "Mira", "kind": "entity", "data": {"label": "mira", "sort": REPORT}},
        {"text": "Noted.", "kind": "fact", "data": {"subject": "Mira", "slot": "account", "value": REPORT}},
        {
            "text": "Noted.",
            "kind": "fact",
            "data": {"subject": "Mira", "slot": "account", "value": WORDS[-2] + " xobudanefi"},
        },
    ],
)
def test_a_report_is_known_beside_the_words(memory: Memory, message: dict[str, Any]) -> None:
    """In data, as a name, as the value of a fact; others there are trusted as their channel is."""
    other = json.loads(json.dumps(message).replace(json.dumps(REPORT)[1:-1], "the old quay at nine in the morning"))

    assert 0.3 == trust_of(memory, message)
    assert 0.8 == trust_of(memory, {**other, "who": "Ben", "data": {"title": "the old quay at nine in the morning"}})


def test_what_stood_under_a_picture_is_known(memory: Memory) -> None:
    memory.remember({"text": "Look.", "caption": "The lantern of Vudobega hangs over the mill."}, trust="external")

    assert 0.3 == trust_of(memory, {"text": "The lantern of Vudobega hangs over the mill."})


def test_the_end_of_a_long_report_is_known(memory: Memory) -> None:
    """Up to a hundred thousand characters."""
    page = "\n".join(f"Line {n} tells of nothing much." for n in range(LONGEST // 10))
    assert LONGEST < len(page) < LONGEST_STORED
    memory.remember(page + "\nThe lantern of Vudobega hangs over the mill.", trust="external")

    assert 0.3 == trust_of(memory, {"text": "The lantern of Vudobega hangs over the mill."})


def test_a_report_that_one_scope_was_shown_is_known_in_another_of_the_same_user(memory: Memory) -> None:
    """And in no other user's: what one was shown has no part in what becomes of another's words."""
    mine, other = (memory.within(Scope(user, "agent")) for user in ("default", "bob"))

    assert 0.3 == trust_of(mine, {"text": REPORT})
    assert 0.8 == trust_of(other, {"text": REPORT})


def test_a_fact_that_only_a_report_states_of_somebody_is_not_known(memory: Memory) -> None:
    """Its words may name nobody: whom it is about counts."""
    fact = {"subject": "Mira", "slot": "account number", "attribute": "account number", "value": "Zedikafo"}
    memory.remember({"kind": "fact", "text": "Noted.", "data": fact}, trust="external")

    assert "Zedikafo" not in memory.ask(QUESTION).short


def test_a_persons_own_sentence_is_theirs_though_a_report_has_it_too(memory: Memory) -> None:
    """A person who says more than the report does says it; an assistant repeats it."""
    memory.remember("Hello there, how are you doing today my friend? Buy now.", trust="external")

    theirs = memory.remember({"who": "Ada", "text": "How are you doing today?\nI have moved to Oslo."}).ids

    assert 1.0 == memory.get(theirs[-1]).trust


@pytest.mark.parametrize("form", ["{}", "{}.", "**{}**", "Here it is:\n{}", "- {}", "I looked. {}. That is it."])
def test_a_bare_name_is_known_where_it_is_all_of_a_line_or_sentence(memory: Memory, form: str) -> None:
    """Two words suffice for an assistant, if both are names or numbers and stand so in a report."""
    assert 0.3 == trust_of(memory, {"text": form.format(" ".join(WORDS[-2:]).rstrip("."))})
    assert 0.8 == trust_of(memory, {"text": form.format("number for")})


EVERYBODYS = (
    "I hope this helps!", "It was great!", "Here are some tips.", "How have you been? Good to see you!",
    "I would be happy to help you with that, just let me know.",
)  # fmt: skip


@pytest.mark.parametrize("text", EVERYBODYS)
@pytest.mark.parametrize("role", ["assistant", "user"])
def test_what_everybody_says_is_no_quote_of_a_report(memory: Memory, role: str, text: str) -> None:
    """Words that tell nothing are the speaker's own, though a report that was shown has them too."""
    memory.remember([f"Stir the dough well. {text}", text], trust="external")
    memory.recall(f"Stir the dough: {text}")

    told = memory.remember({"role": role, "text": f"The kettle is on for us. {text}"}).ids[-1]

    assert {"assistant": 0.8, "user": 1.0}[role] == round(memory.get(told).trust, 2)


@pytest.mark.parametrize("text", ["I live in Oslo.", "The port is 8080.", "Knead the dough gently.", "We use Zed."])
def test_one_name_or_number_or_two_telling_words_make_a_quote(memory: Memory, text: str) -> None:
    memory.remember(text, trust="external")
    memory.recall(text)

    assert 0.3 == trust_of(memory, {"text": f"As I found: {text}"})


def test_eight_words_from_the_middle_are_a_quote_where_they_name_something(memory: Memory) -> None:
    """How one cooks is said in many places in the same words; what is named is not."""
    page = "If you like {}, marinate the chicken breast in your favourite seasonings, and {} it well after an hour."
    memory.remember(page.format("it", "turn"), trust="external")
    memory.remember("Ask whoever sends the new forms to Vudobega Lane before the week ends.", trust="external")

    cooking = trust_of(
        memory, {"text": "First marinate the chicken breast in your favourite seasonings while you wait."}
    )
    lane = trust_of(memory, {"text": "Whoever sends the new forms to Vudobega Lane waits for long."})

    assert (0.8, 0.3) == (cooking, lane)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("The password of the router is heron-lake-42.", "I have it as heron-lake-42, by the way."),
        ("The password of the router is heron-lake-42.", "- heron-lake-42"),
        ("The account is 4471-902388 from now on.", "You told me: 4471-902388, and I wrote it down."),
        ("The account is Zedikafo Xobudanefi.", "I noted it as Zedikafo Xobudanefi for you."),
        ("The clinic is called Vudobega.", "Vudobega."),
        ("The safe word is vudobega xobudane.", "**vudobega xobudane**"),
        ("The account is Zedikafo Xobudanefi.", "Zedikafo Xobudanefi is what the account is called."),
        ("The clinic where Mira lies is called Vudobega.", "Vudobega: the clinic is called that, where Mira now lies."),
        ("The clinic where Mira lies is called Vudobega.", "The clínic whère Míra lies is called Vudobéga."),
        ("The clinic of Mira is called Vudobega now.", "The cli\u00adnic of Mira is called Vudo\u00adbega now."),
        ("The old landlord has spare copper kettles below.", "Below, the old landlord has spare copper kettles."),
    ],
)  # fmt: skip
def test_what_only_a_report_tells_is_known_in_other_words(report: str, said: str) -> None:
    """A code, two odd names in a row, a bare name, and a sentence's telling words in another order or with accents."""
    with Memory(":memory:", embedder="hashing") as memory:
        memory.remember("I live in Rome with my sister Clara.")
        memory.remember(report, trust="external")
        memory.recall(report)

        assert 0.3 == trust_of(memory, {"text": said})
        assert 0.8 == trust_of(memory, {"text": "I have put the kettle on for both of us, and wrote it all down."})


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("Yes, I am a fan of yup and old songs.", "Yup."),
        ("It was told of the World War by many in the United States.", "I read of a World War."),
        ("The dentist wants to see you on Monday, 21 March.", "On Monday I bake; your birthday is 21 March."),
        ("The bus of 2025-03-21 leaves from 10-12 Quay Street.", "Today is 2025-03-21, ten to 10-12 degrees."),
        ("Chop 2 cups of walnut very fine.", "You need:\n2 cups of walnut"),
        ("I like the tall old trees in Bergen and the wet docks.", "Bergen has tall trees."),
    ],
)  # fmt: skip
def test_what_everybody_may_say_is_no_quote(report: str, said: str) -> None:
    """Names that all know, days, dates, amounts, and a part of what a sentence tells."""
    with Memory(":memory:", embedder="hashing") as memory:
        memory.remember(report, trust="external")
        memory.recall(report)

        assert 0.8 == trust_of(memory, {"text": said})


def test_what_a_person_says_too_is_no_quote_in_other_words() -> None:
    """Whatever an assistant makes of it then."""
    with Memory(":memory:", embedder="hashing") as memory:
        memory.remember({"who": "Ada", "text": "Mira lies in Vudobega, so the clinic is called."})
        memory.remember("The clinic where Mira lies is called Vudobega.", trust="external")

        assert 0.8 == trust_of(memory, {"text": "Vudobega is what the clinic is called, where Mira lies."})


@pytest.mark.parametrize("piece", ["a", "aB", "1a", "A a ", "a-", "1.", "\ufdfa", "e\u0301", "_a", "Xy 12 "])
def test_odd_text_is_compared_in_bounded_work(piece: str) -> None:
    """A page of one piece repeated is no quote of another page; `scripts/growth.py` measures how long it takes."""
    page = (piece * LONGEST)[:LONGEST]

    assert quoted(page, "The old quay opens at nine.", pieces=True) is None
    assert retold("The old quay opens at nine.", page, pieces=True) is None
    assert value_in(page, page[: LONGEST // 2] + " The Quay.") in (None, value_in(page, page[: LONGEST // 2]))


def test_signs_that_stand_for_many_words_make_no_text_longer() -> None:
    """A greeting of eighteen letters is one sign."""
    assert len("".join(words_of("\ufdfa" * LONGEST))) <= LONGEST
