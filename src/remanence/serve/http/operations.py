"""Long work behind a request: started, polled, followed and cancelled."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from remanence.errors import BudgetExceeded, NotFound, RemanenceError
from remanence.serve.http import problems
from remanence.types import Scope

log = logging.getLogger("remanence.serve")
Progress = Callable[[int, int | None], None]
Work = Callable[[Progress], Mapping[str, Any]]
ENDED = ("done", "failed", "cancelled")
KEPT = 1_000
"""Ended operations that can still be looked up."""


class _Cancelled(Exception):
    """Raised inside the work at its next report of progress."""


@dataclass(slots=True, eq=False)
class Operation:
    """One piece of long work. `state` is waiting, running, done, failed or cancelled; `done` of `total` steps."""

    kind: str
    owner: tuple[str, Scope]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: str = "waiting"
    done: int = 0
    total: int | None = None
    result: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    cancel: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def shown(self) -> dict[str, Any]:
        """What a client sees."""
        shown = ("id", "kind", "state", "done", "total", "started", "result", "problem")
        return {name: getattr(self, name) for name in shown}

    def _set(self, **fields: Any) -> None:
        with self.changed:
            for name, value in fields.items():
                setattr(self, name, value)
            self.changed.notify_all()

    def wait(self, seen: tuple[str, int], seconds: float) -> tuple[str, int]:
        """Sleep until (state, done) is another than `seen`, or for some seconds; returns what it is."""
        with self.changed:
            self.changed.wait_for(lambda: (self.state, self.done) != seen, seconds)
            return self.state, self.done


class Operations:
    """The operations of one server. Each belongs to the space and scope that started it; no other sees it."""

    def __init__(self, *, workers: int = 2, waiting: int = 64) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="remanence-operation")
        self._waiting = waiting
        self._all: OrderedDict[str, Operation] = OrderedDict()
        self._guard = threading.Lock()

    def start(self, kind: str, owner: tuple[str, Scope], work: Work) -> Operation:
        """Queue some work; `BudgetExceeded` when too much is waiting."""
        operation = Operation(kind, owner)
        with self._guard:
            if sum(one.state not in ENDED for one in self._all.values()) >= self._waiting:
                raise BudgetExceeded(f"{self._waiting} operations are waiting; poll them, or cancel some")
            self._all[operation.id] = operation
            for id in [one.id for one in self._all.values() if one.state in ENDED][: max(0, len(self._all) - KEPT)]:
                del self._all[id]
        self._pool.submit(self._run, operation, work)
        return operation

    def _run(self, operation: Operation, work: Work) -> None:
        def progress(done: int, total: int | None) -> None:
            if operation.cancel:
                raise _Cancelled
            operation._set(done=done, total=total)

        try:
            progress(0, None)
            operation._set(state="running")
            result = work(progress)
            operation._set(state="done", result=dict(result))
        except _Cancelled:
            operation._set(state="cancelled")
        except RemanenceError as error:
            operation._set(state="failed", problem=problems.told(error))
        except Exception:
            log.exception("operation %s failed", operation.kind)
            told = problems.problem(500, "an error", "the server's log has it")
            operation._set(state="failed", problem=told)

    def get(self, id: str, owner: tuple[str, Scope]) -> Operation:
        """One operation of this owner; `NotFound` alike for another's and for none."""
        operation = self._all.get(id)
        if operation is None or operation.owner != owner:
            raise NotFound(f"no operation {id!r}")
        return operation

    def of(self, owner: tuple[str, Scope]) -> list[Operation]:
        """The owner's operations, newest first."""
        return [one for one in reversed(list(self._all.values())) if one.owner == owner]

    def stop(self, id: str, owner: tuple[str, Scope]) -> Operation:
        """Ask an operation to end; what it has committed stays."""
        operation = self.get(id, owner)
        operation.cancel = True
        return operation

    @property
    def running(self) -> int:
        """Operations that have not ended."""
        return sum(one.state not in ENDED for one in self._all.values())

    def close(self) -> None:
        """Cancel what runs and wait for its transaction to end."""
        for operation in list(self._all.values()):
            operation.cancel = True
        self._pool.shutdown(wait=True, cancel_futures=True)
