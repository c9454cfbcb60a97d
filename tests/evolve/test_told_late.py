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
