"""What a store refuses in a change, and what a rollback of a commit brings back."""

from __future__ import annotations

import pytest

from remanence.errors import Conflict, StoreFull
from remanence.evolve import govern
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.connection import Access, Connection
from remanence.store.plan import Known, Lookups, planned
from remanence.store.rows import pack
from remanence.testing import HashingEmbedder
from remanence.types import Change, Item, Receipt, Retire, Scope, Update

EMBEDDER = HashingEmbedder(32)
ANN = Scope("ann")


def lookups() -> Lookups:
    """Look-ups of a space that holds one item, `a`."""
    item = Item("turn", "one", id="a", scope=ANN)
    known = {"a": Known(1, 1, pack(item, seen=50), item)}
    return Lookups(
        at=100,
        next_row=2,
        new_ids=lambda count: ["new"] * count,
        taken=lambda ids: known.keys() & set(ids),
        current=lambda ids: {id: known[id] for id in ids if id in known},
        same_links=lambda ends: {},
    )


def test_a_plan_is_made_from_look_ups_alone() -> None:
    """No database: an update closes the old row and adds the next one."""
    plan = planned(Change(updates=(Update("a", {"text": "two"}),)), ANN, lookups())

    assert [(2, 1, "two", 2)] == [(n, first, row[3], row[1]) for n, first, row in plan.rows]
    assert [(1, 100)] == [(n, row[8]) for n, _, row in plan.closes]
    assert [["close", 1, 100], ["version", 2, 1, "", "", None]] == list(plan.ops)


@pytest.mark.parametrize("ids", [("a",), ("b", "b")], ids=["of the space", "twice in one change"])
def test_an_id_is_stored_once(ids: tuple[str, ...]) -> None:
    """A second item of the same id is refused, whoever has the first."""
    with pytest.raises(Conflict, match="already"):
        planned(Change(puts=tuple(Item("turn", "x", id=id) for id in ids)), ANN, lookups())


def _undone(memory: Memory, receipt: Receipt) -> None:
    row = next(row for row in memory.store.journal() if row.commit == receipt.commit)
    memory.store.apply(govern.rollback(memory.store.view(memory.scope), row), scope=memory.scope, embed=EMBEDDER.embed)


def test_a_rollback_brings_back_what_a_commit_retired() -> None:
    """Under a new id, with the same text and speaker; the old one stays in history."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        (id,) = memory.remember({"who": "Ann", "text": "the heron at the lake"}).ids
        retired = memory.store.apply(Change(retires=(Retire(id),)), scope=memory.scope)
        gone = memory.list()
        _undone(memory, retired)

        assert [] == gone
        assert [("Ann", "the heron at the lake")] == [(item.who, item.text) for item in memory.list()]
        assert 1 == len(memory.history(id))


def test_a_rollback_brings_back_data() -> None:
    """A key that was changed, one that was added and one that was taken away."""
    with Memory(":memory:", get("plain"), EMBEDDER) as memory:
        (id,) = memory.remember({"text": "a bill", "data": {"sum": 4, "paid": False}}).ids
        changed = memory.update(id, data={"sum": 5, "paid": None, "by": "Bo"})
        between = dict(memory.get(id).data)
        _undone(memory, changed)

        assert {"sum": 5, "by": "Bo"} == between
        assert {"sum": 4, "paid": False} == dict(memory.get(id).data)


def test_a_file_size_limit_is_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system says `EFBIG`, SQLite an I/O error; a person reads that there is no space."""
    import errno

    import apsw

    connection = Connection(":memory:", Access(), on_fault=lambda: None)
    monkeypatch.setattr(Connection, "_errno", lambda self: errno.EFBIG)
    with pytest.raises(StoreFull), connection.told():
        raise apsw.IOError("disk I/O error")
    connection.close()
