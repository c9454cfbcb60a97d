"""Whom "my brother" is: his name answers who he is, and what is stated of him answers everything else."""

from __future__ import annotations

import pytest

from remanence import Memory

TURNS = (
    "my son Brett is in the fire service, he sleeps at the station twice a week",
    "my brother Lukas is a dentist",
    "my sister Runa moved to Bergen. she works at Equinor",
    "Runa drives a Yaris now",
    "our daughter Liv is 9, our son Per is 12",
)


@pytest.fixture(scope="module")
def memory():
    with Memory(":memory:") as memory:
        for number, text in enumerate(TURNS, 1):
            memory.remember({"who": "user", "text": text, "at": f"2025-03-{number:02d}T10:00Z", "session": str(number)})
        memory.sleep()
        yield memory


def short(memory, question):
    return memory.ask(question, now="2025-06-01T10:00:00Z").short


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What does my brother do?", "dentist"),
        ("What car does my sister drive?", "Yaris"),
        ("Where does my sister live?", "Bergen"),
        ("What is my brother called?", "Lukas"),
        ("What is my daughter's name?", "Liv"),
    ],
)
def test_what_is_asked_of_kin_is_told_of_the_one_who_is_meant(memory, question, told):
    assert short(memory, question) == told


@pytest.mark.parametrize(
    "question", ["What does my son do?", "Where does my brother live?", "What car does my son drive?"]
)
def test_a_name_does_not_answer_what_somebody_does_or_where_he_lives(memory, question):
    assert short(memory, question) not in ("Brett", "Per", "Lukas", "Brett, Per")


def test_somebody_elses_brother_is_not_the_askers():
    with Memory(":memory:") as memory:
        memory.remember({"who": "Ada", "text": "my brother Lukas is a dentist", "at": "2025-03-01T10:00:00Z"})
        memory.remember({"who": "Ben", "text": "my brother Tom is a plumber", "at": "2025-03-02T10:00:00Z"})
        memory.sleep()
        told = {
            who: memory.ask(f"What does {who}'s brother do?", now="2025-06-01T10:00:00Z").short
            for who in ("Ada", "Ben")
        }

    assert told == {"Ada": "dentist", "Ben": "plumber"}


def test_the_names_of_somebodys_sons_are_hers_who_never_spoke():
    with Memory(":memory:") as memory:
        text = "my sister Amira is coming over easter with her boys Sami and Noor"
        memory.remember({"who": "Nadia", "text": text, "at": "2025-03-16T21:00Z"})
        memory.sleep()

        assert short(memory, "What are the names of Amira's sons?") == "Sami, Noor"


@pytest.mark.parametrize(
    ("asker", "talk", "short"),
    [
        ("Kit", (("Lena", "my sister is marrying Danica"),), "Lena's sister"),
        ("Kit", (("Lena", "my sister Petra works at the bakery"), ("Lena", "my sister is marrying Danica")), "Petra"),
        ("Lena", (("Lena", "my sister is marrying Danica"),), "my sister"),
    ],
)
def test_my_sister_is_the_sister_of_who_says_it(asker, talk, short):
    """By her name where that is stated, else as whose sister she is; "my sister" stays the asker's own."""
    with Memory(":memory:") as memory:
        memory.remember({"who": "Kit", "text": "hello Lena", "at": "2025-01-02T10:00Z", "session": "0"})
        for day, (who, text) in enumerate(talk, 3):
            memory.remember({"who": who, "text": text, "at": f"2025-01-0{day}T10:00Z", "session": str(day)})
        memory.sleep()

        assert short == memory.ask("Who is Danica marrying?", now="2025-02-01T10:00Z", asker=asker).short


def test_who_the_named_one_is_is_not_her_name():
    with Memory(":memory:") as memory:
        memory.remember({"who": "Lena", "text": "my sister Petra works at the bakery", "at": "2025-01-03T10:00Z"})
        memory.sleep()

        said = memory.ask("How is Petra related to Lena?", now="2025-02-01T10:00Z", asker="Kit", threshold=0).short
        assert "Petra" not in said
        assert "sister" in said
