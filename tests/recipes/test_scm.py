"""SCM: memory only when needed, raw while there is room, summaries before anything is cut, in order of time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.compose.ladder import ladder
from remanence.compose.listing import listing
from remanence.recall import find

LONG = (
    "We talked for a long while about the greenhouse and its many shelves. "
    "The heater in the greenhouse is set to nine degrees. "
    "Then the rain came, and everybody ran inside to drink tea with honey and lemon by the stove."
)


@pytest.fixture
def memory(composed):
    memory = composed("scm")
    memory.remember(
        [
            {"who": "Ann", "text": LONG, "at": f"2024-0{month}-01", "session": str(month)}
            if month % 2
            else {"who": "Bob", "text": f"The greenhouse shelf number {month} is green.", "at": f"2024-0{month}-01"}
            for month in range(1, 7)
        ]
    )
    return memory


def test_small_talk_reads_no_archive(memory, composed):
    """ "Thanks!" finds nothing; without the gate, the twin, it does."""
    assert not memory.recall("Thanks!")
    assert memory.recall("What about the greenhouse?")
    ungated = composed(replace(recipes.get("scm"), recall=find.vectors(kinds=("turn",))))
    ungated.remember("The greenhouse is green.")
    assert ungated.recall("Thanks!")


def test_under_the_budget_everything_stands_whole(memory):
    """Raw, in order of time."""
    told = memory.context("What is in the greenhouse?", budget_tokens=2_000)

    assert {"raw"} == {hit.why["form"] for hit in told.hits}
    assert sorted(hit.item.at for hit in told.hits) == [hit.item.at for hit in told.hits]


@pytest.mark.parametrize("budget", [150, 200, 260, 330])
def test_over_the_budget_hits_become_summaries_before_any_is_dropped(memory, budget):
    """What is told fits; nothing is dropped while another hit stands whole that could be shorter, but the best."""
    best = memory.recall("What is in the greenhouse?").top(1)[0]
    told = memory.context("What is in the greenhouse?", budget_tokens=budget)
    forms = {hit.id: hit.why["form"] for hit in told.hits}
    dropped = 6 - len(told.hits)

    assert told.tokens <= budget
    if dropped:
        assert not [id for id, form in forms.items() if form == "raw" and id != best.id and LONG in told.text]
    assert sorted(hit.item.at for hit in told.hits) == [hit.item.at for hit in told.hits]


def test_a_plain_list_drops_what_the_ladder_keeps_short(memory, composed):
    """The twin: with the same budget a list tells fewer of the hits."""
    plain = composed(replace(recipes.get("scm"), compose=listing()))
    plain.remember([{"who": x.who, "text": x.text, "at": x.at.isoformat()} for x in memory.list(kinds="turn", limit=0)])

    kept = len(memory.context("What is in the greenhouse?", budget_tokens=190).hits)

    assert kept > len(plain.context("What is in the greenhouse?", budget_tokens=190).hits)
    assert ladder(top=2) != ladder(top=3)
