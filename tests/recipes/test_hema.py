"""HEMA: a gist that keeps the thread, pruning that spares what is used, and a prompt that never grows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from remanence import recipes
from remanence.evolve import salience
from remanence.form import gist
from remanence.stage import nothing

THREAD = "The boat trip to the island of Vis was planned again."


def talk(count: int, start: int = 0) -> list[dict[str, str]]:
    """Turns of which two in three go back to one thread."""
    asides = ("The kettle is broken.", "It rained a little.", "My shoes are wet.", "The bus was late.", "I like tea.")
    return [
        {"who": "Ann", "text": THREAD if n % 3 else f"{asides[n % 5]} That was number {n}.", "session": "1"}
        for n in range(start, start + count)
    ]


def test_a_context_stays_within_the_budget_however_long_the_talk(composed):
    """At turn 1,000: the gist, some chunks, the last two turns."""
    memory = composed(replace(recipes.get("hema"), evolve=nothing()))
    memory.remember(talk(1_000))
    memory.sleep()

    told = memory.context("What is planned?", budget_tokens=180)

    assert told.tokens <= 180
    assert {"summary", "turn"} == {hit.item.kind for hit in told.hits}
    assert memory.list(kinds="turn", limit=0)[-1].id in {hit.id for hit in told.hits}


@pytest.mark.parametrize(("turns", "gone"), [(100, 1), (250, 2), (400, 2)])
def test_the_least_salient_half_percent_is_archived_and_what_was_recalled_is_spared(composed, turns, gone):
    """Exactly ceil(0.5 %) a hundred turns, oldest first, but for the oldest one, which was recalled lately."""
    memory = composed(replace(recipes.get("hema"), form=nothing(), evolve=nothing()))
    memory.remember(talk(turns))
    first, second = memory.list(kinds="turn", limit=0)[:2]
    memory.change(recipes.get("hema").evolve.parts[-1], [first.id])
    memory.change(salience.prune())

    left = {item.id for item in memory.list(kinds="turn", limit=0)}

    assert math.ceil(0.005 * turns) == turns - len(left) == gone
    assert first.id in left
    assert second.id not in left


def test_without_the_bonus_what_was_recalled_goes_first(composed):
    """The twin: the oldest is pruned when a recall counts for nothing."""
    memory = composed(replace(recipes.get("hema"), form=nothing(), evolve=nothing()))
    memory.remember(talk(100))
    first = memory.list(kinds="turn", limit=0)[0]
    memory.change(recipes.get("hema").evolve.parts[-1], [first.id])
    memory.change(salience.prune(bonus=0.0))

    assert first.id not in {item.id for item in memory.list(kinds="turn", limit=0)}


def test_every_hundred_turns_something_is_pruned(composed):
    """The recipe's own clock: of 100, 199 and 298 turns at hand."""
    memory = composed(replace(recipes.get("hema"), form=nothing()))
    for start in range(0, 300, 50):
        memory.remember(talk(50, start))
    memory.sleep()

    assert 1 + 1 + 2 == len(memory.list(kinds="turn", tiers=("archived",), limit=0))


def test_a_rest_of_fewer_turns_prunes_nothing(composed):
    """Sleeping after two turns archives neither."""
    memory = composed("hema")
    memory.remember(talk(2))
    memory.sleep()

    assert 2 == len(memory.list(kinds="turn", limit=0))


def test_the_gist_names_the_main_thread_to_the_end(composed):
    """A newest-first summary, the twin, has lost it as soon as the talk ends on something else."""
    memory = composed(replace(recipes.get("hema"), evolve=nothing()))
    memory.remember(talk(120))
    memory.remember(
        [{"who": "Ann", "text": f"The kettle whistles for the {n}th time.", "session": "1"} for n in range(9)]
    )

    memory.sleep()

    (told,) = (item for item in memory.list(kinds="summary", limit=0) if item.data["of"] == gist.GIST)
    newest = " ".join(item.text for item in memory.list(kinds="turn", limit=0)[-6:])

    assert "island of Vis" in told.text
    assert "island of Vis" not in newest
    assert told.evidence


def test_a_gist_of_gists_is_made_every_hundred_turns(composed):
    """A second level, from the first."""
    memory = composed(replace(recipes.get("hema", period=50), evolve=nothing()))
    for start in range(0, 100, 25):
        memory.remember(talk(25, start))
    memory.sleep()

    assert {1, 2} == {item.data["level"] for item in memory.list(kinds="summary", limit=0)}
