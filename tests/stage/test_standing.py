"""What was said and no longer holds is marked wherever it is shown, with what took its place."""

from __future__ import annotations

import pytest

from remanence.recall import find, rerank
from remanence.types import Where

MOVED = (
    {"who": "Ann", "text": "I live in Rome.", "at": "2024-02-01", "session": "1", "source": "old"},
    {"who": "Bob", "text": "Rome must be lovely in spring.", "at": "2024-02-01", "session": "1", "source": "other"},
    {"who": "Ann", "text": "I moved to Oslo.", "at": "2024-04-02", "session": "2", "source": "new"},
)


@pytest.fixture
def moved(space):
    held = space(*MOVED, recipe="default")
    held.memory.sleep()
    return held


def test_a_hit_that_is_over_says_so_and_by_what(moved):
    """Rome ended when Oslo began; Oslo and what Bob said carry no mark."""
    hits = {hit.item.source: hit for hit in moved.memory.recall("Where does Ann live?")}

    (mark,) = hits["old"].marks
    assert ("Rome", "ended", "Oslo") == (mark.value, mark.state, mark.now)
    assert mark.until is not None
    assert "now Oslo" in hits["old"].why["standing"][0]
    assert not hits["new"].marks
    assert not hits["other"].marks


def test_before_the_change_nothing_is_over(moved):
    """As of March Rome held, so its turn is not marked."""
    hits = moved.memory.recall("Where does Ann live?", as_of="2024-03-01")

    assert ["Rome" in hit.text for hit in hits if hit.item.source == "old"] == [True]
    assert not any(hit.marks for hit in hits)


def test_what_ended_it_stands_first_unless_the_past_is_asked_for(moved):
    """By words alone Rome and Oslo are equal; what is so now comes first, and for "before" it is left alone."""
    words = find.words() >> rerank.prefer_current()

    now = [hit.item.source for hit in moved.run(words, "home of Ann, who lives or moved where?")]
    past = [hit.item.source for hit in moved.run(words, "Where did Ann live before Oslo?")]
    plain = [hit.item.source for hit in moved.run(find.words(), "Where did Ann live before Oslo?")]

    assert now.index("new") < now.index("old")
    assert plain == past


def test_without_sleep_nothing_is_stated_and_nothing_marked(space):
    """Marks come from stored statements; a store without any is read as it is."""
    held = space(*MOVED, recipe="default")

    assert not any(hit.marks for hit in held.memory.recall("Where does Ann live?"))


def test_derived_rows_are_found_by_what_they_rest_on(moved):
    """The turn about Rome has a fact that rests on it, also though it has ended."""
    store = moved.ctx().store
    turn = store.rows_of([hit.id for hit in moved.memory.recall("Rome") if hit.item.source == "old"])

    facts = store.items([fact for _, fact in store.derived(turn, Where(kinds=("fact",), ended=True))])

    assert {"Rome"} == {fact.data["value"] for fact in facts}
