"""Who died, ran away or was sold is neither counted nor told as being there; nor are those that nobody lost."""

from __future__ import annotations

import pytest

from remanence import Memory

NOW = "2024-09-02"


def memory_of(*texts: str) -> Memory:
    memory = Memory(":memory:")
    for month, text in enumerate(texts, 1):
        memory.remember({"who": "user", "text": text, "at": f"2024-0{month}-03T10:00Z", "session": str(month)})
    memory.sleep()
    return memory


@pytest.mark.parametrize(
    ("talk", "question", "short"),
    [
        (("I have three cats: Miso, Tofu and Bean.", "Tofu died."), "How many cats do I have?", "2"),
        (("I have three cats: Miso, Tofu and Bean.", "Tofu died."), "Which cats do I have?", "Miso, Bean"),
        (("I have two horses, Dapple and Storm.", "sold Storm to a girl"), "How many horses do I have?", "1"),
        (("we have two rabbits called Pip and Nutmeg", "Pip ran away"), "Which rabbits do we have?", "Nutmeg"),
        (("our dog Rex is the best", "we had Rex put down on friday"), "Do we have a dog?", "no"),
        (
            ("my grandma Edith lives in Whitby", "grandma Edith passed away"),
            "Where does my grandma live?",
            "Edith died",
        ),
        (("I have a Skoda Octavia and a motorbike", "sold the Skoda"), "What car do I have?", "not in memory"),
        (("I have a Skoda Octavia and a motorbike", "sold the Skoda to Ben"), "Who has the Skoda?", "Ben"),
        (("our dog Rex is the best", "we had Rex put down on friday"), "What is my dog called?", "not in memory"),
        (("my friend Ben lives in Oslo", "Ben nearly died on the mountain"), "Where does Ben live?", "Oslo"),
        (("I have two horses, Dapple and Storm.", "Fern died"), "How many horses do I have?", "2"),
    ],
)
def test_who_is_gone_is_not_told_as_being_there(talk, question, short):
    with memory_of(*talk) as memory:
        assert short == memory.ask(question, now=NOW).short


def test_what_was_said_of_the_dead_is_history():
    """With a death ends where somebody lived and whose they were; their birthday stays."""
    with memory_of("my uncle Fred lives in Hull. Fred's birthday is 3 March", "Uncle Fred died in February") as memory:
        fred, mine = memory.profile("Fred", now=NOW), memory.profile("user", now=NOW)

    assert {"died", "birthday"} == set(fred.current)
    assert ["Hull"] == [one.value for one in fred.history["home"]]
    assert "relatives" not in mine.current


def test_our_dog_is_the_one_dog_and_of_two_none():
    """Where no name is told, one of several is not guessed."""
    with memory_of("our dog Rex is the best", "the dog died this morning") as memory:
        one = memory.profile("user", now=NOW)
    with memory_of("we have two dogs, Rex and Bo", "the dog died this morning") as memory:
        two = memory.profile("user", now=NOW)

    assert "pets" not in one.current
    assert {"Rex (dog)", "Bo (dog)"} == {each.value for each in two.current["pets"]}


def test_of_two_of_one_name_none_is_guessed():
    """A dog and a brother may both be called Rex."""
    with memory_of("our dog Rex is the best", "my brother Rex lives in Hull", "Rex died yesterday") as memory:
        mine = memory.profile("user", now=NOW)

    assert {"pets", "siblings"} <= set(mine.current)


@pytest.mark.parametrize(
    ("talk", "question", "short"),
    [
        (("our cat Ivy is 6", "Ivy ran away", "Ivy is back!"), "What is my cat called?", "Ivy"),
        (("our cat Ivy is 6", "Ivy ran away", "Ivy is back!"), "How many cats do I have?", "1"),
        (("our dog Rex is the best", "our dog ran off", "found Rex in the shed"), "What is my dog called?", "Rex"),
        (("our cat Ivy is 6", "Ivy ran away", "Bo is back!"), "What is my cat called?", "not in memory"),
    ],
)
def test_who_is_back_is_there_again(talk, question, short):
    with memory_of(*talk) as memory:
        assert short in memory.ask(question, now=NOW).short


def test_what_was_lost_and_found_is_no_longer_over():
    """The loss is over, and nothing is told of somebody who never was away."""
    with memory_of("our cat Ivy is 6", "Ivy ran away", "Ivy is back!", "Anna is back!") as memory:
        mine, anna = memory.profile("user", now=NOW), memory.profile("Anna", now=NOW)

    assert ["Ivy (cat)"] == [one.value for one in mine.current["pets"]]
    assert "over" not in mine.history
    assert not anna
