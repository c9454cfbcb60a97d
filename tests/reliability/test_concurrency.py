"""Many processes and threads on one space: nothing is lost, nobody is told "locked", nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from remanence.errors import Locked, StoreError
from remanence.memory.async_ import AsyncMemory
from remanence.memory.memory import Memory
from remanence.recipes import get
from remanence.store import connection
from remanence.store.connection import Access
from remanence.store.lock import WriterLock
from remanence.store.store import Store
from remanence.store.upkeep import doctor
from remanence.testing import HashingEmbedder
from remanence.types import Change, Item, Scope

ALICE = Scope("alice")
EMBEDDER = HashingEmbedder(32)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def opened(path: Path, **knobs: Any) -> Store:
    return Store(path, **{"model": EMBEDDER.model, "dim": 32} | knobs)


def put(store: Store, text: str) -> str:
    receipt = store.apply(Change(puts=(Item("turn", text),)), scope=ALICE, embed=EMBEDDER.embed)
    return receipt.ids[0]


def _in_children(count: int, work: Any) -> list[int]:
    """Run `work(number)` in forked children; their exit codes."""
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(number)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@needs_fork
@pytest.mark.parametrize("writers", [2, 6])
def test_concurrent_writers_lose_nothing(tmp_path: Path, writers: int) -> None:
    """Each commit of each process is there once, no caller sees an error, and the journal is one chain."""
    path = tmp_path / "a.db"
    opened(path).close()
    each = 40

    def work(number: int) -> None:
        store = opened(path)
        for step in range(each):
            put(store, f"writer {number} step {step}")
        store.close()

    codes = _in_children(writers, work)
    store = opened(path)
    view = store.view(ALICE)
    texts = [item.text for item in view.items(view.rows())]

    assert [0] * writers == codes
    assert sorted(f"writer {n} step {s}" for n in range(writers) for s in range(each)) == sorted(texts)
    assert writers * each == store.commit
    assert () == doctor(store, deep=True).problems
    store.close()


@needs_fork
def test_without_the_lock_two_writers_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off the same session fails: commits collide or go missing."""
    path = tmp_path / "a.db"
    opened(path).close()
    monkeypatch.setattr(WriterLock, "_wait", lambda self, fd: None)

    def work(number: int) -> None:
        store = opened(path)
        for step in range(150):
            put(store, f"writer {number} step {step}")
        store.close()

    codes = _in_children(4, work)

    assert any(codes)


def test_threads_share_one_memory(tmp_path: Path) -> None:
    """Six threads write and read through one handle."""
    errors: list[BaseException] = []
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:

        def work(number: int) -> None:
            try:
                for step in range(25):
                    memory.remember(f"thread {number} step {step}")
                    memory.recall(f"thread {number}")
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [] == errors
        assert 150 == memory.stats()["items"]


def test_a_writer_that_hogs_the_lock_gives_a_clear_error(tmp_path: Path) -> None:
    """After the time-out the caller is told who to wait for, and nothing is written."""
    one, two = opened(tmp_path / "a.db"), opened(tmp_path / "a.db", access=Access(timeout=0.2))
    one.lock.__enter__()

    try:
        with pytest.raises(Locked, match="another process has been writing"):
            put(two, "late")
    finally:
        one.lock.__exit__(None, None, None)
    put(two, "in time")

    assert 1 == two.view(ALICE).count()


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """A reader answers while another handle holds the writer's place."""
    one, two = opened(tmp_path / "a.db"), opened(tmp_path / "a.db", access=Access(timeout=0.2))
    put(one, "there")
    with one.lock:
        texts = [item.text for item in two.view(ALICE).items(two.view(ALICE).rows())]

    assert ["there"] == texts


@needs_fork
def test_a_handle_refuses_to_work_after_a_fork(tmp_path: Path) -> None:
    """SQLite handles do not survive a fork; the child is told to open the space again."""
    store = opened(tmp_path / "a.db")
    put(store, "before")

    def work(number: int) -> None:
        for act in (lambda: put(store, "in the child"), lambda: store.view(ALICE)):
            with pytest.raises(StoreError, match="fork"):
                act()
        fresh = opened(tmp_path / "a.db")
        put(fresh, "from the child")
        fresh.close()

    assert [0] == _in_children(1, work)
    assert 2 == store.view(ALICE).count()


@needs_fork
def test_a_fork_while_another_thread_is_in_a_verb_leaves_a_handle_that_refuses(tmp_path: Path) -> None:
    """The thread that holds the handle is not in the child: whoever waited for it there would wait for ever."""
    memory = Memory(tmp_path / "a.db", "plain", "hashing")
    inside, leave = threading.Event(), threading.Event()

    def look(_: object) -> None:
        inside.set()
        leave.wait()

    other = threading.Thread(target=memory.look, args=(look,))
    other.start()
    inside.wait()

    def work(number: int) -> None:
        signal.alarm(60)
        for act in (lambda: memory.remember("x"), lambda: memory.recall("x"), memory.list, memory.sleep, memory.close):
            with pytest.raises(StoreError, match="fork"):
                act()

    left = _in_children(1, work)
    leave.set()
    other.join()

    assert [0] == left
    assert 1 == memory.remember("after it").put


@needs_fork
@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="reads the system's table of locks")
def test_a_child_that_opens_the_space_again_holds_locks_of_its_own(tmp_path: Path) -> None:
    """SQLite remembers its parent's locks as the process's, and would take none: a checkpoint could pass it by."""
    memory = Memory(tmp_path / "a.db", "plain", "hashing")
    memory.remember("before")

    def held() -> list[str]:
        file = f":{(tmp_path / 'a.db-shm').stat().st_ino}"
        lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        return [line[3] for line in lines if str(os.getpid()) in line and line[5].endswith(file)]

    def work(number: int) -> None:
        assert not held()
        with Memory(tmp_path / "a.db", "plain", "hashing") as fresh:
            assert held() == ["READ"]
            fresh.remember("from the child")

    assert [0] == _in_children(1, work)
    assert ["READ"] == held()
    assert ["before", "from the child"] == [item.text for item in memory.list()]


@needs_fork
def test_an_async_handle_refuses_after_a_fork_and_one_that_was_not_used_works(tmp_path: Path) -> None:
    """Its thread is not in the child; one that has none yet gets its own there."""
    used, fresh = (AsyncMemory(tmp_path / name, "plain", embedder="hashing") for name in ("a.db", "b.db"))
    asyncio.run(used.remember("before"))

    def work(number: int) -> None:
        signal.alarm(60)
        with pytest.raises(StoreError, match="fork"):
            asyncio.run(used.remember("in the child"))
        assert 1 == asyncio.run(fresh.remember("in the child")).put

    assert [0] == _in_children(1, work)
    assert ["before"] == [one.text for one in asyncio.run(used.list())]


def test_our_own_tools_keep_the_locks(tmp_path: Path) -> None:
    """No verb opens the space file beside SQLite: a plain close would drop the process's locks on it."""
    code = f"""
import sys, io
seen = []
def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and str(args[0]).split("-")[0].endswith("watched.db"):
        seen.append(str(args[0]))
sys.addaudithook(hook)
from remanence.memory.memory import Memory
from remanence.recipes import get
from remanence.store import upkeep
with Memory({str(tmp_path / "watched.db")!r}, get("plain"), "hashing") as m:
    r = m.remember(["one", "two", "three"])
    m.recall("one"); m.context("two"); m.list(); m.stats(); m.update(r.ids[0], "uno"); m.history(r.ids[0])
    m.forget(r.ids[1]); m.erase(r.ids[2]); m.sleep()
    upkeep.doctor(m.store, deep=True); upkeep.export(m.store, io.StringIO())
    upkeep.backup(m.store, {str(tmp_path / "copy.bak")!r})
    upkeep.replay(m.store, {str(tmp_path / "again.bak")!r}, m.embedder)
print(sorted(set(name.rsplit("watched.db", 1)[1] for name in seen)))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "" == told.stderr
    assert told.stdout.strip() in ("[]", "['-lock']")


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="needs /proc/locks")
def test_a_live_handle_still_holds_its_locks_after_every_tool(tmp_path: Path) -> None:
    """`/proc/locks` lists this process on the space's files before and after a check and a backup."""
    from remanence.store.upkeep import backup

    store = opened(tmp_path / "a.db")
    put(store, "one")

    def held() -> int:
        inodes = {str(os.stat(tmp_path / name).st_ino) for name in ("a.db", "a.db-shm") if (tmp_path / name).exists()}
        return sum(
            str(os.getpid()) in line.split() and any(f":{inode} " in line for inode in inodes)
            for line in Path("/proc/locks").read_text().splitlines()
        )

    before = held()
    doctor(store, deep=True)
    backup(store, tmp_path / "copy.db")
    after = held()
    store.close()

    assert before == after


def test_the_version_gate_refuses_an_old_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite that can lose committed pages is not used."""
    monkeypatch.setattr(connection.apsw, "sqlite_lib_version", lambda: "3.50.4")

    with pytest.raises(StoreError, match="upgrade"):
        opened(tmp_path / "a.db")


@pytest.mark.filterwarnings("error")
def test_the_async_wrapper_does_not_block_the_loop(tmp_path: Path) -> None:
    """A heartbeat goes on while a long import runs."""
    import asyncio

    async def main() -> tuple[int, int]:
        beats = 0
        async with AsyncMemory(Memory(tmp_path / "a.db", get("plain"), EMBEDDER)) as memory:
            work = asyncio.create_task(memory.remember([f"turn number {i} about herons" for i in range(3_000)]))
            while not work.done():
                await asyncio.sleep(0.005)
                beats += 1
            return beats, (await work).put

    beats, kept = asyncio.run(main())

    assert 3_000 == kept
    assert beats > 5


def test_ctrl_c_keeps_what_was_committed_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """Batches are commits; the same import again adds only what is missing."""
    messages = [{"text": f"turn {i}", "source": f"x/{i}", "who": "Ann"} for i in range(2_500)]

    def interrupted(done: int, total: int | None) -> None:
        if done >= 2_000:
            raise KeyboardInterrupt

    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory, pytest.raises(KeyboardInterrupt):
        memory.remember(messages, on_progress=interrupted)
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        kept = memory.stats()["items"]
        receipt = memory.remember(messages)

        assert (2_000, 500, 2_000) == (kept, receipt.put, receipt.duplicates)
