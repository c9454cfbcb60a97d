"""What was acknowledged survives: killed processes, power cuts, failing and full disks."""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import apsw
import pytest
from disk import Disk, PowerCut

from remanence.errors import StoreError, StoreFull
from remanence.memory.memory import Memory
from remanence.recipes import get
from remanence.store.connection import Access
from remanence.store.store import Store
from remanence.store.tables import Tables
from remanence.store.upkeep import doctor
from remanence.testing import HashingEmbedder
from remanence.types import Change, Item, Scope, Update

ALICE = Scope("alice")
EMBEDDER = HashingEmbedder(32)


def opened(path: Path, **knobs: Any) -> Store:
    return Store(path, **{"model": EMBEDDER.model, "dim": 32} | knobs)


def put(store: Store, text: str, **fields: Any) -> str:
    receipt = store.apply(Change(puts=(Item("turn", text, **fields),)), scope=ALICE, embed=EMBEDDER.embed)
    return receipt.ids[0]


def texts(store: Store) -> list[str]:
    view = store.view(ALICE)
    return [item.text for item in view.items(view.rows())]


# --- killed processes ----------------------------------------------------------------------------


def _writer(path: Path, pipe: int, seed: int) -> None:
    """Write until killed: each acknowledgement is one line on the pipe, sent after the verb returned."""
    chance = random.Random(seed)
    store = opened(path)
    ids: list[str] = []
    for number in range(10_000):
        word = f"w{seed}x{number}"
        if ids and chance.random() < 0.2:
            chosen = chance.choice(ids)
            store.apply(Change(updates=(Update(chosen, {"text": f"{word} again"}),)), scope=ALICE, embed=EMBEDDER.embed)
            os.write(pipe, f"update {chosen} {word}\n".encode())
        elif ids and chance.random() < 0.1:
            chosen = ids.pop(chance.randrange(len(ids)))
            os.write(pipe, f"trying {chosen} -\n".encode())
            store.erase([chosen], scope=ALICE)
            os.write(pipe, f"erase {chosen} -\n".encode())
        else:
            ids.append(put(store, f"{word} first", source=word))
            os.write(pipe, f"put {ids[-1]} {word}\n".encode())


def _kill_round(path: Path, seed: int, truth: dict[str, str]) -> int:
    """One writer, killed at a random moment after its first acknowledgement; returns how many it gave.

    `truth` learns what was acknowledged (id -> word).
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 0
        try:
            os.close(reading)
            _writer(path, writing, seed)
        except BaseException:
            code = 1
        finally:
            os._exit(code)
    os.close(writing)
    told = b""
    while b"\n" not in told and (piece := os.read(reading, 4096)):  # however busy the machine is
        told += piece
    time.sleep(random.Random(seed).uniform(0.0, 0.08))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as lines:
        told += lines.read()
    acknowledged = [line for line in told.decode().splitlines(keepends=True) if line.endswith("\n")]
    for line in acknowledged:
        verb, id, word = line.split()
        if verb in ("erase", "trying"):  # what was being erased may be gone or not
            truth.pop(id, None)
        else:
            truth[id] = word
    return len(acknowledged)


def _survivors(path: Path, truth: dict[str, str]) -> tuple[list[str], Store]:
    """What is wrong after a round: acknowledged items that are lost, old or half there."""
    store = opened(path)
    view = store.view(ALICE)
    wrong = []
    rows = view.rows()
    now = {item.id: item for item in view.items(rows)}
    for id, word in truth.items():
        if id not in now:
            wrong.append(f"{id} is lost")
        elif not now[id].text.startswith(word) and not _newer(now[id].text, word):
            wrong.append(f"{id} is {now[id].text!r}, acknowledged was {word!r}")
    for item in list(now.values())[-5:]:
        found, _ = view.matching(view.terms(item.text.split()[0]), 5)
        if item.id not in [one.id for one in view.items(found)]:
            wrong.append(f"{item.id} has no words")
        if not view.vectors(view.rows_of([item.id])).any():
            wrong.append(f"{item.id} has no vector")
    return wrong, store


def _newer(text: str, word: str) -> bool:
    """The last, unacknowledged verb may have happened: the text is of a later number of the same writer."""
    seed, number = word[1:].split("x")
    other, later = text.split()[0][1:].split("x")
    return seed != other or int(later) > int(number)


def _kill_rounds(path: Path, rounds: int) -> list[str]:
    truth: dict[str, str] = {}
    wrong: list[str] = []
    for seed in range(rounds):
        if not _kill_round(path, seed, truth):
            wrong.append(f"the writer of round {seed} died before it acknowledged anything")
        found, store = _survivors(path, truth)
        wrong += found
        if seed % 40 == 39:
            wrong += doctor(store, deep=True).problems
        truth = {item.id: item.text.split()[0] for item in store.view(ALICE).items(store.view(ALICE).rows())}
        store.close()
    return wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_acknowledged_writes_survive_kill_9(tmp_path: Path) -> None:
    """Fifty writers die at random moments: nothing acknowledged is lost, nothing is half there."""
    assert [] == _kill_rounds(tmp_path / "a.db", 50)


@pytest.mark.campaign
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_acknowledged_writes_survive_a_thousand_kills(tmp_path: Path) -> None:
    """The same, a thousand times: below 0.3 % at 95 % confidence."""
    assert [] == _kill_rounds(tmp_path / "a.db", 1_000)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_kill_test_can_see_a_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (answering before the commit) the same rounds find losses."""
    real = Store.apply
    waiting: list[tuple[Any, ...]] = []

    def early(self: Store, change: Change, **knobs: Any) -> Any:
        with self.lock:
            view = self.view(ALICE)
            change = Change(
                puts=tuple(Item(i.kind, i.text, id=f"early{time.monotonic_ns()}", source=i.source) for i in change.puts)
            )
            waiting.append((change, knobs))
            assert view is not None
            if len(waiting) >= 40:
                for late, late_knobs in waiting:
                    real(self, late, **late_knobs)
                waiting.clear()

            class Told:
                ids = tuple(item.id for item in change.puts)

            return Told()

    monkeypatch.setattr(Store, "apply", early)
    monkeypatch.setattr(Store, "erase", lambda self, ids, scope: None)
    truth: dict[str, str] = {}
    for seed in range(12):
        _kill_round(tmp_path / "a.db", seed, truth)
    monkeypatch.undo()
    wrong, store = _survivors(tmp_path / "a.db", truth)
    store.close()

    assert any("lost" in line for line in wrong)


# --- power cuts ----------------------------------------------------------------------------------


def _power_session(path: Path, durability: str) -> PowerCut:
    disk = Disk()
    store = opened(path, access=Access(durability, connect=disk.connect))
    marks: list[tuple[int, Any]] = [(len(disk.log.ops), ())]
    ids: list[str] = []
    gone: set[str] = set()
    for number in range(60):
        if number % 9 == 8 and ids[number // 2] not in gone:
            gone.add(ids[number // 2])
            marks.append((len(disk.log.ops), tuple(id for id in ids if id not in gone)))  # no longer promised
            store.erase([ids[number // 2]], scope=ALICE)
        if number % 20 == 19:
            store.door.checkpoint()
        ids.append(put(store, f"power {number} " + "x" * 300))
        marks.append((len(disk.log.ops), tuple(id for id in ids if id not in gone)))
    store.close()
    return PowerCut(disk.log.ops, marks)


def _losses(cut: PowerCut, folder: Path, count: int) -> tuple[int, int]:
    """(states in which an acknowledged item is lost, states that cannot be opened or are damaged)."""
    lost = damaged = 0
    for number, (files, acknowledged) in enumerate(cut.states(count, seed=7)):
        place = folder / f"s{number}"
        place.mkdir()
        for name, content in files.items():
            (place / name).write_bytes(content)
        if not files.get("a.db") and acknowledged:
            lost += 1
            continue
        try:
            store = opened(place / "a.db")
            there = {item.id for item in store.view(ALICE).items(store.view(ALICE).rows())}
            damaged += bool(doctor(store).problems)
            store.close()
        except StoreError:
            damaged += 1
            continue
        lost += bool(set(acknowledged or ()) - there)
    return lost, damaged


def test_acknowledged_writes_survive_a_power_cut(tmp_path: Path) -> None:
    """Three hundred disk states after a cut: unsynced writes dropped, reordered and torn; nothing is lost."""
    cut = _power_session(tmp_path / "a.db", "full")

    assert (0, 0) == _losses(cut, tmp_path, 300)


def test_the_power_test_can_see_a_loss(tmp_path: Path) -> None:
    """With the defence off (`relaxed`) the same states lose acknowledged rows, but never the file."""
    cut = _power_session(tmp_path / "a.db", "relaxed")

    lost, damaged = _losses(cut, tmp_path, 200)

    assert lost > 20
    assert 0 == damaged


_JOURNAL = bytes.fromhex("d9d505f920a163d7") + bytes(4) + b"once" + bytes(4) + bytes.fromhex("0000020000001000")
"""The head of a rollback journal of a file that had no pages."""


def test_a_power_cut_while_a_space_is_made_leaves_its_place_free(tmp_path: Path) -> None:
    """Its first page was not written yet, and its journal says that there was none before."""
    path = tmp_path / "a.db"
    path.write_bytes(bytes(4096))
    path.with_name("a.db-journal").write_bytes(_JOURNAL.ljust(512, b"\0"))

    store = opened(path)
    put(store, "made again")

    assert ["made again"] == texts(store)
    store.close()


@pytest.mark.parametrize(
    "journal", [b"", _JOURNAL[:16] + b"\0\0\0\x09", b"x" * 512], ids=["none", "nine pages", "other"]
)
def test_a_foreign_file_is_refused_whatever_lies_beside_it(journal: bytes, tmp_path: Path) -> None:
    """Only the journal of a file that was just being made frees its place."""
    path = tmp_path / "a.db"
    path.write_bytes(b"a diary\n" * 512)
    if journal:
        path.with_name("a.db-journal").write_bytes(journal)

    with pytest.raises(StoreError, match="no Remanence space"):
        opened(path)
    assert b"a diary\n" * 512 == path.read_bytes()


# --- failing disks -------------------------------------------------------------------------------


def _faulty_session(path: Path, fail_at: int, error: type[apsw.Error], sticky: bool) -> tuple[set[str], set[str], int]:
    """(acknowledged, maybe, errors) of a session in which one write or sync fails."""
    disk = Disk()
    store = opened(path, access=Access(connect=disk.connect))
    disk.log.calls, disk.log.fail_at, disk.log.error, disk.log.sticky = 0, fail_at, error, sticky
    sure: set[str] = set()
    maybe: set[str] = set()
    errors = 0
    for number in range(12):
        try:
            put(store, f"fault {number}")
            sure.add(f"fault {number}")
        except StoreError:
            errors += 1
            maybe.add(f"fault {number}")
    disk.log.fail_at = None
    store.close()
    return sure, maybe, errors


@pytest.mark.parametrize("sticky", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError], ids=["EIO", "ENOSPC"])
def test_a_failing_disk_is_reported_and_loses_nothing(tmp_path: Path, error: type[apsw.Error], sticky: bool) -> None:
    """Each write and sync fails in turn: acknowledged is a subset of present, present of acknowledged and maybe."""
    wrong = []
    met = 0
    for fail_at in range(1, 60, 3):
        path = tmp_path / f"{fail_at}.db"
        sure, maybe, errors = _faulty_session(path, fail_at, error, sticky)
        met += errors
        store = opened(path)
        there = set(texts(store))
        if not sure <= there <= sure | maybe or doctor(store).problems:
            wrong.append((fail_at, sorted(sure - there), sorted(there - sure - maybe)))
        store.close()

    assert met > 0
    assert [] == wrong


def test_the_fault_test_can_see_a_swallowed_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (a failed commit is answered all the same) acknowledged rows are missing."""
    from contextlib import contextmanager

    @contextmanager
    def careless(self: Tables) -> Any:
        db = self.source()
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except apsw.Error:
            if db.in_transaction:
                db.execute("ROLLBACK")

    monkeypatch.setattr(Tables, "transaction", careless)
    sure, _, _ = _faulty_session(tmp_path / "a.db", 3, apsw.IOError, True)
    monkeypatch.undo()
    store = opened(tmp_path / "a.db")

    assert sure - set(texts(store))
    store.close()


def test_a_full_disk_refuses_writes_and_goes_on_reading(tmp_path: Path) -> None:
    """The error is `StoreFull`; after space is freed the same handle works again."""
    disk = Disk()
    store = opened(tmp_path / "a.db", access=Access(connect=disk.connect))
    put(store, "before")
    disk.log.calls, disk.log.fail_at, disk.log.error, disk.log.sticky = 0, 1, apsw.FullError, True

    with pytest.raises(StoreFull, match="free some"):
        put(store, "no room")
    disk.log.fail_at = None
    seen = texts(store)
    put(store, "after")

    assert ["before"] == seen
    assert ["before", "after"] == texts(store)
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE as on Linux")
def test_a_file_size_limit_is_a_clear_error(tmp_path: Path) -> None:
    """The limit of the operating system surfaces as our error, and what was kept stays."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            store = opened(tmp_path / "a.db")
            put(store, "small")
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
            try:
                for _ in range(50):
                    put(store, os.urandom(20_000).hex())
            except StoreError:
                code = 0 if "small" in texts(store) else 2
        finally:
            os._exit(code)

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# --- failing models ------------------------------------------------------------------------------


class Sulking:
    """An embedder that fails until it is told not to."""

    model, dim = EMBEDDER.model, EMBEDDER.dim
    sulks = True

    def embed(self, texts: list[str]) -> Any:
        from remanence.errors import ModelError

        if self.sulks:
            raise ModelError("out of order")
        return EMBEDDER.embed(texts)

    def embed_query(self, text: str) -> Any:
        return EMBEDDER.embed_query(text)


def test_a_failing_embedder_never_loses_input(tmp_path: Path) -> None:
    """The turn is kept, the answer says degraded, and sleep makes up for it."""
    embedder = Sulking()
    with Memory(tmp_path / "a.db", get("plain"), embedder) as memory:  # type: ignore[arg-type]
        receipt = memory.remember("the heron stands in the lake")
        kept = memory.recall("heron")[0].text
        embedder.sulks = False
        memory.sleep()
        view = memory.store.view(memory.scope)

        assert receipt.degraded
        assert "the heron stands in the lake" == kept
        assert view.vectors(view.rows()).any()
        assert 0 == memory.stats()["waiting"]
