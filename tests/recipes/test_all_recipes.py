"""Every recipe, without a language model, on a tiny dialogue."""

from __future__ import annotations

import ast
import inspect

import pytest

from remanence import recipes
from remanence.memory.memory import Memory
from remanence.store import upkeep

TALK = [
    {"who": "Ann", "text": "I am vegetarian and I live in Rome.", "at": "2023-05-08", "session": "1", "source": "s1"},
    {"who": "Bob", "text": "I went hiking with my dog Max last Saturday!", "at": "2023-05-08", "session": "1"},
    {"who": "Ann", "text": "I moved to Oslo. I work at the Munch Museum.", "at": "2023-09-09", "session": "2"},
    {"who": "Bob", "text": "Nice! Max and I will visit you in Oslo in October.", "at": "2023-09-09", "session": "2"},
    {"who": "Ann", "text": "Bring warm clothes, Oslo is cold.", "at": "2023-09-10", "session": "3"},
]
LOGIC = (ast.For, ast.While, ast.If, ast.Lambda, ast.ClassDef, ast.Try, ast.comprehension)
CUES = ("Where does Ann live?", "Who is Max?", "When did Bob go hiking?", "vegetarian")


def life(composed, name):
    memory = composed(name)
    for part in (TALK[:2], TALK[2:4], TALK[4:]):
        memory.remember(part)
        memory.sleep()
    told = [[(hit.id, hit.item.kind, round(hit.score, 6)) for hit in memory.recall(cue, k=5)] for cue in CUES]
    contexts = [str(memory.context(cue, budget_tokens=200)) for cue in CUES]
    return memory, told, contexts


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_runs_without_a_model_and_the_same_each_time(composed, name):
    """It answers, scores lie in [0, 1], nothing is degraded, verbatim turns are kept, and a second life is equal."""
    memory, told, contexts = life(composed, name)
    _, again, other = life(composed, name)

    assert all(told)
    assert all(0 <= score <= 1 for hits in told for *_, score in hits)
    assert [row["text"] for row in TALK] == [item.text for item in memory.list(kinds="turn", tiers=(), ended=True)]
    assert told == again
    assert contexts == other


@pytest.mark.parametrize("name", recipes.names())
def test_a_derived_item_always_names_its_sources(composed, name):
    """Nothing is derived from nothing."""
    memory, _, _ = life(composed, name)
    items = {item.id: item for item in memory.list(tiers=(), ended=True, limit=0)}

    for item in items.values():
        if item.kind != "turn":
            assert item.evidence, item
            assert item.trust <= min(items[one.id].trust for one in item.evidence)


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_is_at_most_forty_lines_of_composition(name):
    """What is longer is a primitive that moves to its room."""
    (function,) = ast.parse(inspect.getsource(recipes.RECIPES.get(name))).body
    start = function.body[1].lineno  # behind its card

    assert function.end_lineno - start <= 40
    assert not [node for node in ast.walk(function) if isinstance(node, LOGIC)]


@pytest.mark.parametrize("name", recipes.names())
def test_replaying_the_journal_gives_the_same_answers(composed, static, clock, tmp_path, name):
    """What a recipe derived is in the journal: a space rebuilt from it recalls the same, and learns the same."""
    memory, _, _ = life(composed, name)
    upkeep.replay(memory.store, tmp_path / "again.db", static)

    with Memory(tmp_path / "again.db", recipe=name, embedder=static, clock=clock, seed=1) as again:
        told, found = (
            [[(hit.id, hit.item.kind, round(hit.score, 6)) for hit in one.recall(cue, k=5)] for cue in CUES]
            for one in (memory, again)
        )

    assert told == found
