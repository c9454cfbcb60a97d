"""What was so earlier and is told later ends as it would have in order: by one statement, with what holds instead."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.models.static import StaticEmbedder

EMBEDDER = StaticEmbedder()
MOVES = (("I moved from Porto to Crete.", "2025-02-25"), ("I moved from Crete to Lund.", "2025-04-23"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "told late"])
def test_a_home_that_is_told_late_is_over_since_the_next_one(order: tuple[int, int]) -> None:
    """The statement that Crete is home no more does not end it a second time, and hide that it is Lund now."""
    with Memory(":memory:", embedder=EMBEDDER, seed=1) as memory:
        for place in order:
            text, at = MOVES[place]
            memory.remember({"who": "Bo", "text": text, "at": at})
            memory.sleep()
        facts = {item.id: item for item in memory.list(kinds=("fact",), limit=50, ended=True)}
        links = memory.look(lambda view: view.links(list(facts), rels=("supersedes",)))
        marks = [mark for hit in memory.recall("Where did Bo live?") for mark in hit.marks]

    assert [(facts[one.src].text, facts[one.dst].text) for one in links] == [("Bo: home Lund", "Bo: home Crete")]
    assert [(mark.value, mark.now) for mark in marks] == [("Crete", "Lund")]


COLOURS = (
    ("My favourite colour is green.", "2025-01-02"),
    ("I bought a kettle on Monday.", "2025-01-02"),
    ("My favourite colour is blue now.", "2025-02-03"),
    ("My favourite colour is green again.", "2025-03-04"),
)


@pytest.mark.parametrize("erased", [False, True], ids=["never said", "erased"])
def test_what_was_so_before_is_another_matter_than_what_is_so_again(erased: bool) -> None:
    """The first of the two is read again when what was said beside it is erased: it stays, and ends where it ended."""
    with Memory(":memory:", embedder=EMBEDDER, seed=1) as memory:
        ids = {}
        for text, at in COLOURS:
            if erased or "kettle" not in text:
                ids[text] = memory.remember({"who": "Ada", "text": text, "at": at, "session": "s"}).ids[0]
            if "green." not in text:
                memory.sleep()
        if erased:
            memory.erase(ids[COLOURS[1][0]])
            memory.sleep()
        facts = memory.list(kinds=("fact",), limit=50, ended=True)

    told = sorted((str(one.at)[:10], str(one.until)[:10], one.data["value"], len(one.evidence)) for one in facts)
    assert [
        ("2025-01-02", "2025-02-03", "green", 1),
        ("2025-02-03", "2025-03-04", "blue", 1),
        ("2025-03-04", "None", "green", 1),
    ] == told
