"""Second Me and AI-native memory: themes that grow alone, conclusions, and pairs that follow their sources."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from remanence import recipes
from remanence.algo.agglomerate import ward
from remanence.compose.pairs import training_pairs
from remanence.stage import nothing

GARDEN = ("The garden beans need water.", "Garden tomatoes need much water.", "Water the garden beans at night.")
OPERA = ("The opera tenor sings tonight.", "Opera tickets for the tenor are dear.", "A tenor at the opera was ill.")


def talk(memory, texts, session):
    memory.remember([{"who": "Ann", "text": text, "session": session} for text in texts])
    memory.sleep()


def themes(memory):
    return {item.id: (item.version, item.text) for item in memory.list(kinds="scene", limit=0)}


def test_a_near_note_changes_only_its_theme(composed):
    """The other theme keeps its version and its words."""
    memory = composed(recipes.get("second_me", join=0.6))
    talk(memory, (*GARDEN, *OPERA), "1")
    before = themes(memory)
    assert 2 <= len(before)

    talk(memory, ["The garden beans and tomatoes need water today."], "2")

    changed = [id for id, told in themes(memory).items() if before.get(id) != told]
    assert 1 == len(changed)
    assert "garden" in themes(memory)[changed[0]][1].lower()


def test_a_far_note_changes_no_theme(composed):
    """It waits for company; the twin of the above."""
    memory = composed(recipes.get("second_me", join=0.3))
    talk(memory, (*GARDEN, *OPERA), "1")
    before = themes(memory)

    talk(memory, ["Quasars emit radio waves."], "2")

    assert before == themes(memory)


def test_every_pair_names_its_sources_and_goes_with_them(composed):
    """What holds is taught, what it replaced is rejected; erasing the turn removes the pair."""
    memory = composed("second_me")
    memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-01"})
    memory.remember({"who": "Ann", "text": "I work as a nurse.", "at": "2023-02-01"})
    memory.sleep()
    pairs = {pair.prompt: pair for pair in training_pairs(memory._view())}
    (nurse,) = (pair for pair in pairs.values() if pair.chosen == "nurse")
    turn = next(item for item in memory.list(kinds="turn", limit=0) if "nurse" in item.text)

    assert all(pair.sources for pair in pairs.values())
    assert turn.id in nurse.sources
    assert "sft" == nurse.form

    memory.erase(turn.id, force=True)

    assert "nurse" not in {pair.chosen for pair in training_pairs(memory._view())}


def test_what_was_replaced_is_the_rejected_half(composed):
    """A preference pair."""
    memory = composed("default")
    memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-01"})
    memory.sleep()
    memory.remember({"who": "Ann", "text": "I moved to Oslo.", "at": "2023-05-01"})
    memory.sleep()

    (home,) = (pair for pair in training_pairs(memory._view()) if pair.chosen == "Oslo")

    assert ("dpo", "Rome") == (home.form, home.rejected)


NOTES = ("The blue bus leaves at seven.", "The blue bus stops in Vis.", "The blue bus costs four euros.")


def test_three_notes_are_answered_by_one_conclusion_that_names_all_three(composed):
    """The cascade stops there; without conclusions, the twin, turns are read."""
    whole = recipes.get("ai_native", cut=1.4, enough=0.5)
    levels = {}
    for name, recipe in (("on", whole), ("off", replace(whole, form=nothing()))):
        memory = composed(recipe)
        talk(memory, NOTES, "1")
        hits = memory.recall("When does the blue bus leave, where does it stop and what does it cost?")
        levels[name] = hits

    best = levels["on"][0]
    assert "scene" == best.item.kind
    assert 3 == len(best.item.evidence)
    assert {1.0} == set(levels["on"].channels["level"].tolist())
    assert {"turn"} == {hit.item.kind for hit in levels["off"]}


@pytest.mark.parametrize("cut", [0.8, 9.0])
def test_ward_joins_what_is_near_first(cut):
    """Two tight groups far apart: two labels under a small cut, one under a large one."""
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(0, 0.05, (5, 3)), rng.normal(2, 0.05, (4, 3))])

    label = ward(points, cut)

    assert ([0] * 5 + ([1] if cut < 1 else [0]) * 4) == label.tolist()
