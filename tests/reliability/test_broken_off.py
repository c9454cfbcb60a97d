"""A change that is broken off in the middle (Ctrl-C), at whatever line: the handle tells the truth afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from remanence.store.store import Store
from remanence.store.upkeep import doctor
from remanence.testing import HashingEmbedder
from remanence.types import Change, Item, Scope

ALICE = Scope("alice")
EMBEDDER = HashingEmbedder(32)
FILES = ("store.py", "index.py", "arrays.py", "catch_up.py", "lacking.py", "erasing.py")


def opened(path: Path | str) -> Store:
    return Store(path, model=EMBEDDER.model, dim=32)


def put(store: Store, text: str) -> str:
    item = Item("turn", text, who="alice")
    return store.apply(Change(puts=(item,)), scope=ALICE, embed=EMBEDDER.embed).ids[0]


class Interrupter:
    """Raises `KeyboardInterrupt` at the `at`-th line that the store's own code runs; counts lines when it is None."""

    def __init__(self, at: int | None) -> None:
        self.at, self.lines = at, 0

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        path = Path(frame.f_code.co_filename)
        inside = path.parent.name == "store" and path.name in FILES
        return self._line if inside and frame.f_code.co_name not in ("writing", "_unbroken") else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise KeyboardInterrupt
        return self._line

    def run(self, call: Callable[[], Any]) -> bool:
        """True when the call was broken off."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            call()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False


def told(store: Store) -> list[tuple[str, str]]:
    """What the store says, and that its index holds a row, words and a vector for each of it."""
    view = store.view(ALICE)
    found = [(item.id, item.text) for item in view.items(view.rows())]
    assert {column.size for column in store.index.columns().values()} == {store.index.size}
    assert store.index.embedded.now[view.rows()].all()
    assert (store.index.length.now[view.rows()] > 0).all()
    return found


CALLS: dict[str, Callable[[Store, int], Any]] = {
    "put": lambda store, n: put(store, f"heron number {n}"),
    "erase": lambda store, n: store.erase([put(store, f"bittern {n}")], scope=ALICE),
}


@pytest.mark.parametrize("name", list(CALLS))
@pytest.mark.parametrize("kind", ["file", "memory"])
def test_a_change_that_was_broken_off_is_there_whole_or_not_at_all(name: str, kind: str, tmp_path: Path) -> None:
    """At every seventh line: the handle, and a new one, tell the same; the next write is kept."""
    path = ":memory:" if kind == "memory" else tmp_path / "a.db"
    store, call = opened(path), CALLS[name]
    counted = Interrupter(None)
    counted.run(lambda: call(store, 0))
    broken = 0
    for at in range(1, counted.lines, 7):
        before = told(store)
        broken += Interrupter(at).run(lambda at=at: call(store, at))  # type: ignore[misc]
        after = told(store)
        assert len(after) - len(before) in (0, 1)
        assert put(store, f"after {at}") == told(store)[-1][0]
    if kind == "file":
        with_it = told(store)
        store.close()
        again = opened(path)
        assert with_it == told(again)
        assert not doctor(again).problems
        again.close()
    else:
        store.close()

    assert broken > 20


def test_a_handle_that_was_broken_off_writes_no_cache(tmp_path: Path) -> None:
    """An index that is half changed is never kept for the next opening."""
    store = opened(tmp_path / "a.db")
    put(store, "first")
    counted = Interrupter(None)
    counted.run(lambda: put(store, "second"))
    met = 0
    for at in range(1, counted.lines, 5):
        if Interrupter(at).run(lambda: put(store, "third")) and store._torn:
            met += 1
            assert store.stand() is None
        store.refresh()
    store.close()

    assert met > 0
