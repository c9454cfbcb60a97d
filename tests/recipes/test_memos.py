"""MemOS: fused parents stay within reach, tiers have quotas, groups a parent, and history is a way back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.evolve import fuse, link
from remanence.form import points
from remanence.stage import nothing

TWICE = ("The harbour museum opens at ten on weekdays.", "The harbour museum opens at ten on weekdays, says Rita.")


def notes(memory, *tiers):
    return memory.list(kinds="note", tiers=tiers or ("hot",), limit=0)


@pytest.fixture
def fused(composed):
    """Two near statements, the first of which is linked to a third; then they are fused."""
    memory = composed(replace(recipes.get("memos"), evolve=nothing()))
    memory.remember(["Rita sells tickets on Sundays.", TWICE[0]])
    third, first = notes(memory)
    memory.change(link.similar(k=3, floor=-1.0), [first.id])
    memory.remember(TWICE[1])
    second = notes(memory)[-1]
    memory.change(fuse.similar(floor=0.8), [second.id])
    return memory, first, second, third


def test_merged_parents_stay_fetchable_and_the_child_inherits_their_links(fused):
    """Archived, not deleted; each points to the child, and what the first was linked to the child is linked to."""
    memory, first, second, third = fused
    child = notes(memory)[-1]

    links = memory._view().links([child.id], direction="both")

    assert {first.id, second.id} == {item.id for item in notes(memory, "archived")}
    assert memory.get(first.id).text == TWICE[0]
    assert {first.id, second.id} == {one.src for one in links if one.rel == fuse.REL}
    assert third.id in {end for one in links if one.rel == "similar" for end in (one.src, one.dst)}
    assert child.text == TWICE[1]


def test_a_merged_parent_is_not_recalled(fused):
    """The child answers alone; without fusing, the twin, both do."""
    memory, first, second, _ = fused
    ids = {hit.id for hit in memory.recall("When does the harbour museum open?")}

    assert not {first.id, second.id} & ids
    assert notes(memory)[-1].id in ids


@pytest.mark.parametrize(("quota", "left"), [(20, 20), (40, 25)])
def test_twenty_five_turns_leave_twenty_at_work_and_every_statement(composed, quota, left):
    """The newest twenty; with a larger quota, the twin, all."""
    memory = composed(recipes.get("memos", working=quota, near=0.999))
    names = [f"animal{letter}" for letter in "abcdefghijklmnopqrstuvwxy"]
    for name in names:
        memory.remember(f"The {name} sleeps in barn {len(name)} beside a bale of hay.")

    turns = memory.list(kinds="turn", limit=0)

    assert left == len(turns)
    assert names[-1] in turns[-1].text
    assert (
        25
        == len(notes(memory, "hot", "cold", "archived"))
        - len(memory._view().links([x.id for x in notes(memory, "archived")], rels=(fuse.REL,))) // 2
    )


def test_rollback_restores_text_and_place(composed):
    """To version 1, after three edits; history keeps all four."""
    memory = composed("memos")
    id = memory.remember("The rent is 780.").ids[0]
    for text in ("The rent is 800.", "The rent is 820.", "The rent is 840."):
        memory.update(id, text=text)
    assert "840" in memory.get(id).text

    memory.change(fuse.rollback(version=1), [id])

    assert "The rent is 780." == memory.get(id).text
    assert "hot" == memory.get(id).tier
    assert ["780", "800", "820", "840", "780"] == [x.text[12:15] for x in memory.history(id)]


def test_more_than_twenty_like_statements_get_a_parent(composed):
    """Its children link to it, and its gist finds it; without reorganising, the twin, there is none."""
    for evolve, there in ((recipes.get("memos", near=0.9999).evolve, True), (nothing(), False)):
        memory = composed(replace(recipes.get("memos"), evolve=evolve, form=points.key_points()))
        memory.remember([f"The garden bed number {n} grows tomatoes and beans." for n in range(24)])
        memory.sleep()
        parents = memory.list(kinds="summary", limit=0)

        assert there == bool(parents)
        if there:
            children = memory._view().links([parents[0].id], rels=("part_of",), direction="in")
            assert {one.src for one in children} == {one.id for one in parents[0].evidence}
            assert "summary" in {hit.item.kind for hit in memory.recall("garden tomatoes and beans", k=30)}
