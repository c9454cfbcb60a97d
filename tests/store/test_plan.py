"""How changes are looked up before they are written."""

from __future__ import annotations

import pytest

from remanence.memory.memory import Memory
from remanence.store.tables import SAME_LINK


@pytest.mark.parametrize(
    ("sql", "index"), [(SAME_LINK, "links_by_src"), (SAME_LINK.replace("+dst", "dst"), "links_by_dst")]
)
def test_a_link_is_looked_up_by_where_it_starts(sql: str, index: str) -> None:
    """Many links lead to one entity and few leave one item; without the sign SQLite takes the long way."""
    with Memory(":memory:") as memory:
        plan = " ".join(
            str(row[3]) for row in memory.store.door.source().execute(f"EXPLAIN QUERY PLAN {sql}", (1, "mentions", 2))
        )

    assert index in plan
