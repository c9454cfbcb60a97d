"""Pages of a list while others keep, change and erase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from remanence.compose.page import page
from remanence.errors import InvalidInput
from remanence.memory import Memory
from remanence.types import Where


def _pages(memory: Memory, between: Callable[[list[str]], object], *, newest_first: bool) -> list[str]:
    """Ids of all pages of four; `between` is told the ids of the first page, after it."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        found = memory.look(
            lambda view, at=cursor: page(view, Where(), limit=4, cursor=at, newest_first=newest_first)  # type: ignore[misc]
        )
        seen += [one.id for one in found.items]
        if cursor is None:
            between(list(seen))
        cursor = found.next
        if cursor is None:
            return seen


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_are_whole_whatever_happens_between_two(newest_first: bool) -> None:
    """One of the first page is erased, the last of it too, one that is still to come is changed, and one is kept."""
    with Memory(":memory:", embedder="hashing") as memory:
        ids = list(memory.remember([f"line number {number}" for number in range(10)]).ids)
        order = ids[::-1] if newest_first else ids

        def between(first: list[str]) -> None:
            memory.erase([first[0], first[-1]], force=True)
            memory.update(order[6], "another text")
            ids.extend(memory.remember("one more").ids)

        seen = _pages(memory, between, newest_first=newest_first)

        assert seen == (order if newest_first else ids)


def test_a_cursor_counts_in_another_process_too(tmp_path: Path) -> None:
    """Opened anew after an erasure, the numbers of rows are others and those of places are not."""
    path = tmp_path / "my.db"
    with Memory(path, embedder="hashing") as memory:
        ids = memory.remember([f"line number {number}" for number in range(6)]).ids
        first = memory.look(lambda view: page(view, Where(), limit=3))
        memory.erase([ids[0], ids[1]], force=True)
    with Memory(path, embedder="hashing") as memory:
        rest = memory.look(lambda view: page(view, Where(), limit=3, cursor=first.next))

    assert [one.id for one in rest.items] == list(ids[3:])
    assert rest.next is None


@pytest.mark.parametrize("cursor", ["", "!!", "cDE_", "bzEw", "é"])
def test_what_is_no_cursor_is_told(cursor: str) -> None:
    with Memory(":memory:", embedder="hashing") as memory, pytest.raises(InvalidInput, match="cursor"):
        memory.look(lambda view: page(view, Where(), limit=3, cursor=cursor))
