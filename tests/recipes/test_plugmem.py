"""PlugMem: three votes bring a chat back, a tag is enough to be a candidate, a merged fact remains within reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.evolve import fuse
from remanence.recall import find, tags

BOAT = (
    "The boat Petar needs a new sail.",
    "The boat Petar lies in Split harbour.",
    "The boat Petar was built by Luka.",
    "Breakfast was at nine that day.",
)


def talk(memory, texts, session="boat"):
    memory.remember([{"who": "Ann", "text": text, "session": session} for text in texts])
    memory.sleep()


@pytest.mark.parametrize(("said", "whole"), [(3, True), (2, False)])
def test_three_facts_of_a_chat_bring_it_back_raw_and_two_do_not(composed, said, whole):
    """The breakfast, which no fact of the question is about, comes with the third vote alone."""
    memory = composed(recipes.get("plugmem", k=said))
    talk(memory, (*BOAT[:said], BOAT[3]))

    kinds = {hit.item.kind for hit in memory.recall("the boat Petar", k=30)}
    texts = {hit.text for hit in memory.recall("the boat Petar", k=30) if hit.item.kind == "turn"}

    assert whole == ("turn" in kinds)
    assert whole == (BOAT[3] in texts)


def test_without_votes_no_chat_comes_back(composed):
    """The twin."""
    whole = recipes.get("plugmem", k=3)
    memory = composed(replace(whole, recall=whole.recall.parts[0]))
    talk(memory, BOAT)

    assert "turn" not in {hit.item.kind for hit in memory.recall("the boat Petar", k=30)}


def test_a_fact_that_shares_only_a_tag_is_a_candidate(composed):
    """Five nearer facts fill the list by meaning; the tag lets it in all the same."""
    memory = composed("plugmem")
    talk(memory, [f"Petar sails to Vis on day {n} with the boat." for n in range(6)], "a")
    talk(memory, ["The mooring fee is eleven euros."], "b")
    cue = "What about the boat Petar that sails to Vis, and the mooring fee?"
    by_vectors = composed(replace(recipes.get("plugmem"), recall=find.vectors(k=5, kinds=("note",))))
    by_tags = composed(replace(recipes.get("plugmem"), recall=tags.under()))
    for other in (by_vectors, by_tags):
        talk(other, [f"Petar sails to Vis on day {n} with the boat." for n in range(6)], "a")
        talk(other, ["The mooring fee is eleven euros."], "b")

    assert not any("eleven" in hit.text for hit in by_vectors.recall(cue, k=20))
    assert any("eleven" in hit.text for hit in by_tags.recall(cue, k=20))
    assert any("eleven" in hit.text for hit in memory.recall(cue, k=20))


def test_a_merged_parent_never_surfaces_and_is_reachable(composed):
    """Across chats only: the same statement twice in one chat is left alone."""
    memory = composed(recipes.get("plugmem", near=0.8))
    talk(memory, ["The museum opens at ten on weekdays."], "a")
    talk(memory, ["The museum opens at ten on weekdays, says Rita."], "b")
    child = memory.list(kinds="note", limit=0)[-1]
    parents = memory.list(kinds="note", tiers=("archived",), limit=0)

    assert 2 == len(parents)
    assert not {item.id for item in parents} & {hit.id for hit in memory.recall("museum opens", k=20)}
    assert {item.id for item in parents} == {
        one.src for one in memory._view().links([child.id], rels=(fuse.REL,), direction="in")
    }

    alone = composed(recipes.get("plugmem", near=0.8))
    talk(alone, ["The museum opens at ten on weekdays.", "The museum opens at ten on weekdays, says Rita."], "a")
    assert not alone.list(kinds="note", tiers=("archived",), limit=0)


def test_a_skill_is_found_by_its_sub_goal(composed):
    """Not by what its steps say; a change of sub-goal ends one skill and begins the next."""
    memory = composed("plugmem")
    steps = [
        ("click the blue arrow", "open the shopping basket"),
        ("press enter twice", "open the shopping basket"),
        ("scroll to the end", "read the weather report"),
    ]
    memory.remember(
        [
            {"who": "agent", "text": text, "session": "1", "data": {"subgoal": goal, "action": text, "reward": 1}}
            for text, goal in steps
        ]
    )
    memory.sleep()
    skills = memory.list(kinds="skill", limit=0)

    found = [hit.item for hit in memory.recall("How do I open the shopping basket?", k=10) if hit.item.kind == "skill"]

    assert [["click the blue arrow", "press enter twice"], ["scroll to the end"]] == [x.data["steps"] for x in skills]
    assert "open the shopping basket" == found[0].data["when"]
    assert 2 == found[0].data["return"]


def test_a_long_chat_that_comes_back_does_not_crowd_out_what_answers(composed):
    """Of sixty turns those that speak of the boat stand first, and another chat's answer stands among the first ten."""
    memory = composed(recipes.get("plugmem"))
    aside = [f"The quarterly report number {n} is late again." for n in range(56)]
    boat = [f"The boat Petar sails to Vis on day {n}." for n in range(4)]
    for session, texts in (("a", [*aside, *boat]), ("b", ["The boat Petar was painted green."])):
        memory.remember([{"who": "Ann", "text": text, "session": session} for text in texts])
    memory.sleep()

    found = [hit.item for hit in memory.recall("Which colour has the boat Petar that sails to Vis?", k=50)]
    turns = [item.text for item in found if item.kind == "turn"]

    assert set(boat) == set(turns[:4])
    assert any("green" in item.text for item in found[:10])
