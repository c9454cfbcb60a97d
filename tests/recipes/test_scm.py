"""SCM: memory only when needed, raw while there is room, summaries before anything is cut, in order of time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
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


@pytest.mark.parametrize(("budget", "dropped"), [(150, True), (330, False)])
def test_over_the_budget_hits_become_summaries_before_any_is_dropped(memory, budget, dropped):
    """What is told fits, in order of time; once one is dropped, no long text but the best hit stands whole."""
    best = memory.recall("What is in the greenhouse?").top(1)[0]

    told = memory.context("What is in the greenhouse?", budget_tokens=budget)

    forms = [hit.why["form"] for hit in told.hits if hit.text == LONG and hit.id != best.id]
    assert told.tokens <= budget
    assert dropped == (len(told.hits) < 6)
    assert "raw" not in forms or not dropped
    assert told.hits
    assert sorted(hit.item.at for hit in told.hits) == [hit.item.at for hit in told.hits]


def test_a_plain_list_drops_what_the_ladder_keeps_short(memory, composed):
    """The twin: with the same budget a list tells fewer of the hits."""
    plain = composed(replace(recipes.get("scm"), compose=listing()))
    plain.remember([{"who": x.who, "text": x.text, "at": x.at.isoformat()} for x in memory.list(kinds="turn", limit=0)])

    kept = len(memory.context("What is in the greenhouse?", budget_tokens=190).hits)

    assert kept > len(plain.context("What is in the greenhouse?", budget_tokens=190).hits)


def test_short_texts_fall_away_too_when_none_can_be_shorter(composed):
    """One sentence each: those that fit are told, the best one among them."""
    memory = composed("scm")
    memory.remember([f"The greenhouse shelf number {n} is green." for n in range(12)])

    told = memory.context("greenhouse shelf number 7", budget_tokens=110)

    assert 0 < len(told.hits) < 6
    assert told.tokens <= 110
    assert any("number 7" in hit.text for hit in told.hits)
