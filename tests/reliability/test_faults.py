"""A disk that fails anywhere, in any verb: only our own errors come out, and the handle works again afterwards."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from disk import Disk

from remanence.errors import RemanenceError
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store import connection
from remanence.store.connection import Access
from remanence.store.store import Store
from remanence.store.upkeep import doctor, export, import_, reembed
from remanence.testing import HashingEmbedder

EMBEDDER = HashingEmbedder(32)
ANY = frozenset({"write", "sync", "cut", "read", "open"})
HEADER = '{"remanence":1}\n'
ROW = '{"item":{"id":"x1","kind":"turn","text":"imported","seen":"2025-01-01","scope":{"user":"default"}}}\n'

Verb = Callable[[Memory, list[str]], object]
VERBS: dict[str, Verb] = {
    "remember": lambda m, ids: m.remember({"text": "a new heron", "source": "s/9"}),
    "remember with a key": lambda m, ids: m.remember("a keyed heron", key="k9"),
    "recall": lambda m, ids: m.recall("heron").items,
    "context": lambda m, ids: m.context("heron"),
    "ask": lambda m, ids: m.ask("Where is the heron?"),
    "get": lambda m, ids: m.get(ids[0]),
    "list": lambda m, ids: m.list(),
    "history": lambda m, ids: m.history(ids[0]),
    "stats": lambda m, ids: m.stats(),
    "update": lambda m, ids: m.update(ids[1], "another text"),
    "forget": lambda m, ids: m.forget(ids[2]),
    "erase": lambda m, ids: m.erase(ids[3]),
    "sleep": lambda m, ids: m.sleep(),
    "doctor": lambda m, ids: doctor(m.store, deep=True),
    "export": lambda m, ids: export(m.store, io.StringIO()),
    "import": lambda m, ids: import_(m.store, iter([HEADER, ROW]), EMBEDDER, scope=m.scope),
    "reembed": lambda m, ids: reembed(m.store, EMBEDDER),
    "journal": lambda m, ids: list(m.store.journal()),
    "links": lambda m, ids: m.store.view(m.scope).edges(),
}


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Memory, list[str], Disk]]:
    """A slept-on memory on a disk that can fail, with a small page cache so that verbs really read."""
    disk = Disk()
    real = Store.__init__

    def opened(self: Store, path: Path, **knobs: object) -> None:
        real(self, path, **knobs | {"access": Access(connect=disk.connect)})  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "__init__", opened)
    memory = Memory(tmp_path / "a.db", get("default"), EMBEDDER)
    said = [{"who": "Ann", "text": f"I saw heron {i} at the lake in Rome.", "session": f"s{i % 3}"} for i in range(30)]
    ids = list(memory.remember(said).ids)
    memory.sleep()
    yield memory, ids, disk
    disk.log.fail_at = None
    memory.close()


@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError, apsw.CantOpenError], ids=["EIO", "ENOSPC", "EMFILE"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_fault_anywhere_in_a_verb_is_ours_and_passes(
    failing: tuple[Memory, list[str], Disk], verb: str, error: type[apsw.Error]
) -> None:
    """Each read, write, sync and open of the verb fails once; the next call on the same handle answers."""
    memory, ids, disk = failing
    log = disk.log
    log.kinds, log.error = ANY, error
    raw: list[str] = []
    for fail_at in (1, 2, 3, 5, 8, 13, 21):
        memory.store._suspect = True  # read everything anew, so that there is something to fail
        log.calls, log.fail_at = 0, fail_at
        try:
            VERBS[verb](memory, ids)
        except RemanenceError:
            pass
        except Exception as other:
            raw.append(f"{fail_at}: {type(other).__module__}.{type(other).__name__}: {other}")
        log.fail_at = None
        if len(memory.list(limit=0, kinds=["turn"], tiers=())) < 29:
            raw.append(f"{fail_at}: turns are missing afterwards")

    assert [] == raw


def test_the_fault_sweep_can_see_a_raw_error(
    failing: tuple[Memory, list[str], Disk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the defence off (failures are not translated) the same sweep finds the database library's errors."""
    monkeypatch.setattr(connection.Connection, "ours", lambda self, error: error)

    with pytest.raises(AssertionError, match="apsw"):
        test_a_fault_anywhere_in_a_verb_is_ours_and_passes(failing, "remember", apsw.IOError)


@pytest.mark.parametrize("error", [apsw.IOError, apsw.CantOpenError, apsw.CorruptError, apsw.BusyError])
def test_a_reopening_that_fails_leaves_a_handle_that_recovers(tmp_path: Path, error: type[apsw.Error]) -> None:
    """Three failures in a row, each told as ours; then the handle answers."""
    memory = Memory(tmp_path / "a.db", get("plain"), EMBEDDER)
    memory.remember("one heron")
    real, left = memory.store._open, [3]

    def once(path: str) -> apsw.Connection:
        if left[0]:
            left[0] -= 1
            raise error("on purpose")
        return real(path)

    memory.store._open = once
    memory.store._suspect = True
    told: list[object] = []
    for _ in range(5):
        try:
            told.append(len(memory.recall("heron")))
        except RemanenceError:
            told.append("ours")
    memory.close()

    assert ["ours", "ours", "ours", 1, 1] == told
