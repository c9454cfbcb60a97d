"""What a person looks at: the time line, the graph, what was derived, and what does not agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence.compose.contradictions import contradictions
from remanence.compose.derivations import derivations
from remanence.compose.graph import RESTS_ON, graph
from remanence.compose.profile import names
from remanence.compose.timeline import timeline
from remanence.errors import InvalidInput, NotFound
from remanence.memory import Memory
from remanence.memory.settling import settle
from remanence.testing import HandClock
from remanence.types import Scope, Where

ALL = Where(tiers=(), ended=True)


@pytest.fixture
def memory(composed: Callable[..., Memory]) -> Memory:
    return composed("default")


def said(*dates: str) -> list[dict[str, Any]]:
    return [{"who": "Ada", "text": f"On {at} it rained.", "at": at} for at in dates]


@pytest.mark.parametrize(
    ("dates", "unit", "starts"),
    [
        (("2025-03-04T10:00Z", "2025-03-04T10:59Z", "2025-03-04T12:00Z"), "hour", ["2025-03-04T10", "2025-03-04T12"]),
        (("2025-03-04", "2025-03-04", "2025-04-20"), "day", ["2025-03-04T00", "2025-04-20T00"]),
        (("2025-03-04", "2025-03-10", "2026-03-01"), "week", ["2025-03-03T00", "2025-03-10T00", "2026-02-23T00"]),
        (("2022-01-31", "2022-02-01", "2026-12-31"), "month", ["2022-01-01T00", "2022-02-01T00", "2026-12-01T00"]),
        (("1066-10-14", "1969-07-20", "2025-01-01"), "year", ["1066-01-01T00", "1969-01-01T00", "2025-01-01T00"]),
        (("0001-01-01", "9999-12-31"), "year", ["0001-01-01T00", "9999-01-01T00"]),
        (("9999-12-31T23:30Z",), "hour", ["9999-12-31T23"]),
    ],
)
def test_a_time_line_has_the_narrowest_bars_that_fit(
    memory: Memory, dates: tuple[str, ...], unit: str, starts: list[str]
) -> None:
    """Bars begin on the hour, the day, Monday, the first of the month or of January."""
    memory.remember(said(*dates))

    told = memory.look(lambda view: timeline(view, Where(kinds=("turn",))))

    assert (unit, starts) == (told.unit, [bar.since.isoformat()[:13] for bar in told.bars])
    assert len(dates) == sum(bar.count for bar in told.bars)
    assert all(bar.since < bar.before for bar in told.bars)


def test_a_time_line_counts_by_kind_and_leaves_out_what_is_not_asked_for(memory: Memory) -> None:
    """An empty store has no bar; a filter filters."""
    assert memory.look(lambda view: timeline(view, ALL)).bars == ()
    memory.remember([{"who": "Ada", "text": "I live in Rome.", "at": "2025-03-04"}])
    memory.sleep()

    every = memory.look(lambda view: timeline(view, ALL))
    turns = memory.look(lambda view: timeline(view, Where(kinds=("turn",))))

    assert every.bars[0].kinds["fact"] == every.bars[0].kinds["turn"] == 1
    assert turns.bars[0].kinds == {"turn": 1}


def test_a_graph_goes_as_many_steps_as_it_is_told_to(memory: Memory) -> None:
    """One step from a place are the turns that mention it; two steps are the other things that those mention."""
    memory.remember([{"who": "Ada", "text": "I met Clara in Rome."}, {"who": "Ada", "text": "I met Paul in Oslo."}])
    memory.sleep()
    place = next(item for item in memory.list(kinds=("entity",)) if item.text == "Rome")

    near = memory.look(lambda view: graph(view, [place.id]))
    far = memory.look(lambda view: graph(view, [place.id], depth=2))
    hubs = memory.look(graph)

    assert "Clara" not in {item.text for item in near.items}
    assert "Clara" in {item.text for item in far.items}
    assert {"Oslo", "Paul"}.isdisjoint(item.text for item in far.items)
    assert {RESTS_ON, "mentions"} <= {edge.rel for edge in near.edges}
    assert {item.id for item in far.items} <= {item.id for item in hubs.items}
    with pytest.raises(NotFound):
        memory.look(lambda view: graph(view, ["nothing"]))


def test_a_graph_says_how_many_neighbours_did_not_fit(memory: Memory) -> None:
    """It never grows beyond its bound."""
    memory.remember([{"who": "Ada", "text": f"Rome, day {day}."} for day in range(12)])
    memory.sleep()
    place = next(item for item in memory.list(kinds=("entity",)) if item.text == "Rome")

    found = memory.look(lambda view: graph(view, [place.id], most=5))

    assert len(found.items) == 5
    assert found.more >= 8


def test_what_was_derived_is_told_by_moment_and_by_scope(memory: Memory, clock: HandClock) -> None:
    """A later value ends an earlier fact in the later night; nobody else's nights are seen."""
    memory.remember([{"who": "Ada", "text": "I live in Rome.", "at": "2024-01-01"}])
    memory.sleep()
    clock.tick(days=30)
    memory.remember([{"who": "Ada", "text": "I moved to Oslo.", "at": "2024-01-30"}])
    memory.sleep()

    last, first = memory.look(derivations)

    assert [item.text for item in last.changed if item.kind == "fact"] == ["Ada lives in Rome"]
    assert {"episode", "entity"} <= {item.kind for item in first.formed}
    assert first.at < last.at
    assert memory.within(Scope("somebody else")).look(derivations) == []


def _disputed(memory: Memory) -> tuple[str, str]:
    [old] = memory.remember({"who": "Ada", "text": "It opens at nine.", "source": "s", "at": "2024-01-01"}).ids
    [new] = memory.remember({"who": "Bob", "text": "It opens at ten.", "source": "s", "at": "2024-02-01"}).ids
    return new, old


def test_what_does_not_agree_is_listed_until_somebody_settles_it(memory: Memory) -> None:
    """Both are right: they stay, and are not disputed any more."""
    new, old = _disputed(memory)
    [pair] = memory.look(contradictions)

    settle(memory, new, old, "both")

    assert (pair.new.id, pair.old.id, pair.reason) == (new, old, "the same source")
    assert memory.look(contradictions) == []
    assert {item.id for item in memory.list(kinds=("turn",))} == {new, old}


def test_keeping_the_old_hides_the_new(memory: Memory) -> None:
    """It can be restored."""
    new, old = _disputed(memory)

    settle(memory, new, old, "keep")

    assert [item.id for item in memory.list(kinds=("turn",))] == [old]
    assert memory.get(new).tier == "archived"
    assert memory.look(contradictions) == []


def test_replacing_ends_the_old_where_the_new_begins(memory: Memory) -> None:
    """What was true before stays answerable."""
    new, old = _disputed(memory)

    settle(memory, new, old, "replace")

    assert memory.get(old).until == datetime(2024, 2, 1, tzinfo=UTC)
    assert [link.rel for link in memory.look(lambda view: view.links([old]))] == ["supersedes"]
    assert [item.id for item in memory.list(kinds=("turn",), as_of="2024-01-15")] == [old]


def test_only_two_that_are_there_can_be_settled_and_only_in_three_ways(memory: Memory) -> None:
    """Refused before anything is written."""
    new, old = _disputed(memory)

    with pytest.raises(InvalidInput):
        settle(memory, new, old, "ignore")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        settle(memory, new, "nothing", "both")

    assert len(memory.look(contradictions)) == 1


def test_names_are_the_speakers_and_what_is_spoken_of(memory: Memory) -> None:
    """Speakers stand first."""
    memory.remember([{"who": "Ada", "text": "Clara lives in Rome."}])
    memory.sleep()

    found = memory.look(names)

    assert found[0] == "Ada"
    assert {"Clara", "Rome"} <= set(found)


def test_a_profile_can_be_read_as_it_was_known_then(memory: Memory, clock: HandClock) -> None:
    """Before the news came, the old home was believed to be the home of today."""
    memory.remember([{"who": "Ada", "text": "I live in Rome.", "at": "2024-01-01"}])
    memory.sleep()
    then = clock()
    clock.tick(days=30)
    memory.remember([{"who": "Ada", "text": "I moved to Oslo.", "at": "2024-01-20"}])
    memory.sleep()

    now, before = memory.profile("Ada"), memory.profile("Ada", known_as_of=then)

    assert [one.value for one in now.current["home"]] == ["Oslo"]
    assert [(one.value, one.until) for one in before.current["home"]] == [("Rome", None)]


def test_a_graph_of_one_item_and_no_room_is_that_item(memory: Memory) -> None:
    """What it was asked for counts to its bound, and the neighbours that stay out are told."""
    memory.remember([{"who": "Ada", "text": f"Rome, day {day}."} for day in range(3)])
    memory.sleep()
    place = next(item for item in memory.list(kinds=("entity",)) if item.text == "Rome")

    every = len(memory.look(lambda view: graph(view, [place.id])).items)

    for most in (1, 2, every):
        found = memory.look(lambda view, most=most: graph(view, [place.id], most=most))
        assert (most, every - most) == (len(found.items), found.more)


def test_the_items_that_hold_most_together_are_shown_alone(memory: Memory) -> None:
    """Nobody asked for their neighbours, so none is told to be left out."""
    memory.remember([{"who": "Ada", "text": f"Rome, day {day}."} for day in range(3)])
    memory.sleep()

    found = memory.look(lambda view: graph(view, most=1))

    assert (1, 0) == (len(found.items), found.more)


@pytest.mark.parametrize("name", ["Route 66", "Ida Lund"])
def test_a_name_with_a_figure_or_a_known_first_word_is_a_name(memory: Memory, name: str) -> None:
    """A figure behind somebody known is none: "Ida 134"."""
    memory.remember(
        [
            {"who": "Ida", "text": f"We met at {name} again."},
            {"who": "Bo", "text": f"Yes, {name} was fun. We saw {name} twice."},
        ]
    )
    memory.sleep()

    assert name in memory.look(names)
