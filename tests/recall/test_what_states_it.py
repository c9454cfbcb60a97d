"""What was stated is found by what a question asks for, also in other words."""

from __future__ import annotations

import math

import pytest

from remanence.recall import find, score
from remanence.types import Change, Evidence, Item

BOTH = find.vectors() | find.words()
STATING = (BOTH | find.stated()) >> score.evidence()
ALONE = BOTH >> score.evidence()
ASKED = "Who do I report to these days?"


def facts(memory, *stated):
    """Facts (subject, attribute, value) that rest on the items of these texts, in order."""
    ids = {item.text: item.id for item in memory.memory.list()}
    puts = tuple(
        Item(
            "fact",
            f"{subject} {slot} {value}",
            f"f-{place}",
            evidence=(Evidence(ids[text]),),
            data={"subject": subject, "slot": slot, "value": value},
        )
        for place, (text, subject, slot, value) in enumerate(stated)
    )
    memory.memory.store.apply(Change(puts=puts, reason="test"), scope=memory.memory.scope, embed=memory.ctx().embed)
    return memory


@pytest.fixture
def office(space):
    texts = (
        "News from the office, Ingrid it is since Monday, very brisk.",
        "The report is on my desk these days.",
        "I report on the weather for the paper.",
        "Long days at the office, and who knows why.",
    )
    return facts(
        space(*({"who": "user", "text": text} for text in texts)),
        (texts[0], "user", "boss", "Ingrid"),
        (texts[1], "user", "owns", "report"),
        (texts[2], "Rashid", "boss", "Omar"),
    )


def test_the_turn_that_states_what_is_asked_gains_and_no_other(office):
    """It shares no word with the question; its logit grows by the weight of what was stated."""

    def logits(stage):
        return {hit.text.split()[0]: math.log(hit.score / (1 - hit.score)) for hit in office.run(stage, ASKED)}

    without, seen = logits(ALONE), logits(STATING)

    gained = {first: round(seen[first] - value, 3) for first, value in without.items()}
    assert score.TALK.weights["stated"] == gained.pop("News")
    assert [0.0] * 5 == list(gained.values())


def test_only_the_subject_and_attributes_of_one_value_count(office):
    """Somebody else's boss and what is owned are not what was asked."""
    assert ["News"] == [hit.text.split()[0] for hit in office.run(find.stated(), ASKED)]
    assert [] == list(office.run(find.stated(), "What do I own?"))


@pytest.fixture
def family(space):
    texts = (
        "Ida is measured on the door frame.",
        "Jonas has lost another tooth.",
        "The neighbours have three children.",
        *(f"A new lamp, number {number}." for number in range(9)),
    )
    owned = ((text, "user", "owns", "lamp") for text in texts[3:])
    return facts(
        space(*({"who": "user", "text": text} for text in texts)),
        (texts[0], "user", "children", "Ida"),
        (texts[1], "user", "children", "Jonas"),
        *owned,
    )


def test_a_few_values_count_where_a_key_word_names_their_attribute(family):
    """ "Children" names them; "has" in the same question names what is owned, and is no key word."""
    found = family.run(find.stated(), "What has happened to my children?")

    assert {"Ida", "Jonas"} == {hit.text.split()[0] for hit in found}


def test_an_attribute_of_many_turns_tells_nothing(family):
    """Nine lamps are owned, so that one is owned does not say which turn is asked for; of ten at most it does."""
    asked = "Which lamps have I bought?"

    assert [] == list(family.run(find.stated(), asked))
    assert 9 == len(family.run(find.stated(k=10), asked))


def test_the_likeliest_attribute_counts_in_full_and_the_next_by_half(office):
    """ "Report to" asks for the boss first."""
    assert [1.0] == office.run(find.stated(), ASKED).scores.tolist()
    assert [] == list(office.run(find.stated(attributes=0), ASKED))


def test_a_store_that_has_never_slept_states_nothing(space):
    """No facts, nothing found, and the scores are those of the others."""
    memory = space("Ingrid is my boss.", "The report is late.")

    assert [] == list(memory.run(find.stated(), ASKED))
    assert memory.run(ALONE, ASKED).scores.tolist() == memory.run(STATING, ASKED).scores.tolist()
