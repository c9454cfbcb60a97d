"""Nemori: only news becomes a statement, a change of topic an episode, and an episode comes with its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.form import points, segment
from remanence.stage import at_sleep, nothing

KNOWN = "My sister Rita works at the harbour museum in Leeds."


def chats(memory, count):
    for n in range(count):
        memory.remember({"who": "Ann", "text": KNOWN, "session": str(n), "at": f"2023-05-{n + 1:02d}"})
        memory.sleep()


def test_five_chats_that_repeat_a_fact_add_nothing_after_the_first(composed):
    """One statement; direct extraction, the twin, keeps five."""
    whole = recipes.get("nemori")
    twin = replace(whole, form=at_sleep(segment.episodes() >> points.key_points()))
    for recipe, count in ((whole, 1), (twin, 5)):
        memory = composed(recipe)
        chats(memory, 5)

        assert count == len(memory.list(kinds="note", limit=0))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("The rent is 780 pounds a month.", "The rent is 820 pounds a month."),
        ("I eat meat with my dinner.", "I do not eat meat with my dinner."),
    ],
)
def test_what_contradicts_a_known_statement_is_news_however_near(composed, first, then):
    """Another number, or a denial."""
    memory = composed("nemori")
    for day, text in enumerate((first, then)):
        memory.remember({"who": "Ann", "text": text, "session": str(day)})
        memory.sleep()

    assert 2 == len(memory.list(kinds="note", limit=0))


GARDEN = (
    "The garden beans flower.",
    "Garden tomatoes need water.",
    "The garden soil is dry.",
    "Beans climb the garden fence.",
)
OPERA = (
    "The opera singer was ill.",
    "Opera tickets were returned.",
    "The tenor sings at the opera.",
    "A great opera evening.",
)


def test_a_topic_switch_makes_two_episodes_that_share_no_turn(composed):
    """Within one session."""
    memory = composed("nemori")
    memory.remember([{"who": "Ann", "text": text, "session": "1"} for text in (*GARDEN, *OPERA)])
    memory.sleep()
    turns = [{one.id for one in item.evidence} for item in memory.list(kinds="episode", limit=0)]

    assert 2 <= len(turns)
    assert 8 == len(set().union(*turns)) == sum(map(len, turns))


def test_twenty_five_turns_without_a_boundary_are_cut(composed):
    """A forced end."""
    memory = composed(replace(recipes.get("nemori"), evolve=nothing()))
    memory.remember([{"who": "Ann", "text": "The garden beans flower again.", "session": "1"} for _ in range(60)])
    memory.sleep()

    assert max(len(item.evidence) for item in memory.list(kinds="episode", limit=0)) <= 25


def test_an_episode_is_recalled_with_its_own_words(composed):
    """Verbatim; without `attached`, the twin, no turn is among the hits."""
    whole = recipes.get("nemori")
    twin = replace(whole, recall=whole.recall.parts[0])
    for recipe, there in ((whole, True), (twin, False)):
        memory = composed(recipe)
        memory.remember([{"who": "Ann", "text": text, "session": "1"} for text in GARDEN])
        memory.sleep()
        kinds = {hit.item.kind: hit.text for hit in memory.recall("garden tomatoes", k=20)}

        assert there == ("turn" in kinds)
        assert not there or kinds["turn"] in GARDEN


def test_episodes_of_one_hour_become_one(composed):
    """Alike and within the hour; a day later they stay apart."""
    for later, count in (("2023-05-01T10:40:00", 1), ("2023-05-02T10:40:00", 2)):
        memory = composed("nemori")
        for session, at in (("1", "2023-05-01T10:00:00"), ("2", later)):
            memory.remember([{"who": "Ann", "text": text, "session": session, "at": at} for text in GARDEN[:2]])
            memory.sleep()

        assert count == len(memory.list(kinds="episode", limit=0))
        assert (2 if count == 1 else 0) == len(memory.list(kinds="episode", tiers=("archived",), limit=0))
