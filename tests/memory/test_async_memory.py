"""`AsyncMemory` has the verbs and the types of `Memory`, one at a time, and leaves the event loop alone."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import threading
from pathlib import Path

import pytest
from mypy import api

from remanence import AsyncMemory, Memory, Scope
from remanence.memory.async_ import SLICE_S

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
from datetime import datetime
from typing import assert_type

from remanence import AsyncMemory, Context, Hits, Item, Receipt, Scope


async def right() -> None:
    async with AsyncMemory("my.db", user="ada", secrets="refuse") as memory:
        assert_type(await memory.remember("x", key="k"), Receipt)
        assert_type(await memory.recall("x", 3, kinds=("turn",)), Hits)
        assert_type(await memory.context("x", budget_tokens=100), Context)
        assert_type(await memory.list(limit=3), list[Item])
        assert_type(await memory.count(who="Ada"), int)
        assert_type(await memory.look(lambda view: view.commit), int)
        assert_type(await memory.update("x", "y", if_version=1), Receipt)
        assert_type((await memory.ask("x")).short, str)
        assert_type(memory.within(Scope("bo")), AsyncMemory)
        assert_type(await memory.get("x", known_as_of=datetime.now()), Item)


async def wrong(memory: AsyncMemory) -> None:
    await memory.recall()  # type: ignore[call-arg]
    await memory.recall(5)  # type: ignore[arg-type]
    await memory.recall("x", budget=3)  # type: ignore[call-arg]
    await memory.recall("x", kinds=7)  # type: ignore[arg-type]
    await memory.remembr("x")  # type: ignore[attr-defined]
    await memory.context("x", budget_tokens="100")  # type: ignore[arg-type]
    (await memory.recall("x")).nonsense  # type: ignore[attr-defined]
    memory.recall("x").top(3)  # type: ignore[attr-defined]
    AsyncMemory("my.db", usr="ada")  # type: ignore[call-arg]
"""


def test_a_type_checker_knows_every_call(tmp_path: Path) -> None:
    """Right uses have `Memory`'s types, and each wrong one is an error: an ignore that is not needed is one too."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]

    said, wrong, code = api.run([*config, "--strict", str(program)])

    assert (0, "") == (code, wrong), said


def test_it_has_every_verb_of_memory_with_its_parameters_and_words() -> None:
    """What Memory offers is there, and shows the same help."""
    own = {"store", "scope", "recipe", "embedder", "llm", "clock", "secrets"}
    verbs = {name for name in dir(Memory) if not name.startswith("_")} - own

    assert verbs <= {name for name in dir(AsyncMemory) if not name.startswith("_")}
    held = AsyncMemory(":memory:")
    for name in verbs - {"within", "close", "look", "update"}:
        verb, plain = getattr(held, name), getattr(Memory, name)
        assert inspect.iscoroutinefunction(verb)
        assert inspect.signature(plain) == inspect.signature(verb)
        assert plain.__doc__ == verb.__doc__


def test_what_is_remembered_is_recalled(tmp_path: Path) -> None:
    """In one scope and not in another, and it is in the file."""

    async def main() -> tuple[str, int, int]:
        async with AsyncMemory(tmp_path / "a.db", embedder="hashing", user="ada") as memory:
            receipt = await memory.remember("I moved to Rome last week.")
            await memory.update(receipt.ids[0], "I moved to Rome last month.")
            other = memory.within(Scope("bo"))
            hits = await memory.recall("Rome")
            return hits[0].item.text, await memory.count(), await other.count()

    told = asyncio.run(main())

    assert ("I moved to Rome last month.", 1, 0) == told
    with Memory(tmp_path / "a.db", embedder="hashing", user="ada") as memory:
        assert 1 == memory.count()


def test_a_memory_that_is_open_can_be_wrapped() -> None:
    """The same space; the first call opens one that is only named."""
    plain = Memory(":memory:", embedder="hashing")
    plain.remember("I moved to Rome.")

    assert 1 == asyncio.run(AsyncMemory(plain).count())


def test_a_file_that_cannot_be_opened_is_told_at_the_first_call(tmp_path: Path) -> None:
    """Making the handle touches nothing."""
    (tmp_path / "a.db").write_bytes(b"not a space" * 1000)
    held = AsyncMemory(tmp_path / "a.db")

    with pytest.raises(Exception, match=r"a\.db"):
        asyncio.run(held.count())


def test_calls_are_done_in_their_order_on_one_thread() -> None:
    """However many wait, and none of the program's own worker threads is taken."""

    async def main() -> tuple[set[str], list[int]]:
        done: list[int] = []
        names: set[str] = set()
        async with AsyncMemory(":memory:", embedder="hashing") as memory:

            def work(number: int) -> None:
                names.add(threading.current_thread().name)
                done.append(number)

            await asyncio.gather(*(memory.run(lambda _, number=n: work(number)) for n in range(50)))
        return names, done

    names, done = asyncio.run(main())

    assert {"remanence_0"} == names
    assert list(range(50)) == done


def test_a_call_that_is_cancelled_before_its_turn_does_nothing() -> None:
    """The one before it holds the thread until the other has been cancelled."""

    async def main() -> list[str]:
        hold = threading.Event()
        async with AsyncMemory(":memory:", embedder="hashing") as memory:
            first = asyncio.create_task(memory.run(lambda _: hold.wait()))
            second = asyncio.create_task(memory.remember("never"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            hold.set()
            await first
            return [item.text for item in await memory.list()]

    assert [] == asyncio.run(main())


def test_while_a_call_runs_threads_change_sooner() -> None:
    """Which is what the loop waits for; afterwards it is as it was."""
    usual = sys.getswitchinterval()

    async def main() -> float:
        async with AsyncMemory(":memory:", embedder="hashing") as memory:
            return await memory.run(lambda _: sys.getswitchinterval())

    inside = asyncio.run(main())

    assert inside == pytest.approx(SLICE_S)
    assert inside < usual
    assert usual == sys.getswitchinterval()


def waited_s() -> float:
    """Seconds that this thread could have run and got no processor."""
    return int(Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text().split()[1]) / 1e9


def blocked_ms(calls: int, worker: bool) -> list[float]:
    """How long a loop was held up, in ms, tick by tick, while a memory of 10,000 turns is asked and told.

    Of each delay as much counts as this process computed meanwhile, without what the loop's own thread waited for a
    processor: what else runs on the machine does not count. Nor does reading that, which is done outside of a tick and
    lets the other thread have the interpreter some five times.
    """
    words = "rome oslo bees museum flat sister garden boiler train violin recipe letter harbour winter".split()

    async def main() -> list[float]:
        import time

        memory = Memory(":memory:")
        memory.remember([f"The {words[n % 14]} and the {words[n % 11]} were number {n}." for n in range(10_000)])
        held = AsyncMemory(memory)
        late: list[float] = []
        over = asyncio.Event()

        async def tick() -> None:
            while not over.is_set():
                queued, used, due = waited_s(), time.process_time(), time.perf_counter() + 0.001
                await asyncio.sleep(0.001)
                delay = time.perf_counter() - due - (waited_s() - queued)
                late.append(1e3 * min(delay, time.process_time() - used))

        async def done(name: str, *given: object) -> None:
            await (getattr(held, name)(*given) if worker else asyncio.to_thread(getattr(memory, name), *given))

        await held.ask("Where was the garden?")
        gc.collect()
        gc.freeze()  # a walk through all that the test runner has loaded stops every thread, whoever calls whom
        ticking = asyncio.create_task(tick())
        for n in range(calls):
            await done("recall", f"the {words[n % 14]} and number {n}")
            await done("context", f"the {words[n % 13]}")
            await done("ask", f"Which number was the {words[n % 12]}?")
            await done("remember", f"The {words[n % 9]} was seen {n} times.")
        over.set()
        await ticking
        await held.close()
        gc.unfreeze()
        return late

    return asyncio.run(main())


@pytest.mark.campaign
def test_the_event_loop_is_never_held_up_for_more_than_5_ms() -> None:
    """Beside recalls, contexts, answers and writes; in plain worker threads it is, over and over."""
    ours, plain = blocked_ms(40, True), blocked_ms(40, False)

    print(f"most {max(ours):.1f} ms, in plain threads {max(plain):.1f}, over 5 ms {sum(ms > 5 for ms in plain)} times")
    assert max(ours) <= 5
    assert sum(ms > 5 for ms in plain) > 10
