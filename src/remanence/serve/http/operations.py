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

    def shown(self) -> dict[str, Any]:
        """What a client sees."""
        shown = ("id", "kind", "state", "done", "total", "started", "result", "problem")
        return {name: getattr(self, name) for name in shown}

    def _set(self, *, state: str = "running", **fields: Any) -> None:
        """The state comes last: who sees that it has ended sees the result too."""
        for name, value in {**fields, "state": state}.items():
            setattr(self, name, value)

    @property
    def step(self) -> tuple[str, int]:
        """How far it is."""
        return self.state, self.done


class Operations:
    """The operations of one server. Each belongs to the space and scope that started it; no other sees it."""

    def __init__(self, *, workers: int = 2, waiting: int = 64) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="remanence-operation")
        self._waiting = waiting
        self._all: OrderedDict[str, Operation] = OrderedDict()
        self._guard = threading.Lock()

    def start(
        self, kind: str, owner: tuple[str, Scope], work: Work, *, after: Callable[[], None] = lambda: None
    ) -> Operation:
        """Queue some work; `BudgetExceeded` when too much is waiting. `after`: done when it ended, however it did."""
        operation = Operation(kind, owner)
        with self._guard:
            if sum(one.state not in ENDED for one in self._all.values()) >= self._waiting:
                raise BudgetExceeded(f"{self._waiting} operations are waiting; poll them, or cancel some")
            self._all[operation.id] = operation
            for id in [one.id for one in self._all.values() if one.state in ENDED][: max(0, len(self._all) - KEPT)]:
                del self._all[id]
        self._pool.submit(self._run, operation, work).add_done_callback(lambda _: after())
        return operation

    def _run(self, operation: Operation, work: Work) -> None:
        def progress(done: int, total: int | None) -> None:
            operation._set(done=done, total=total)
            if operation.cancel:
                raise _Cancelled

        try:
            progress(0, None)
            result = work(progress)
            operation._set(state="done", result=dict(result))
        except _Cancelled:
            operation._set(state="cancelled")
        except RemanenceError as error:
            operation._set(state="failed", problem=problems.told(error))
        except OSError as error:
            log.error("operation %s: %s", operation.kind, error)
            operation._set(state="failed", problem=problems.of_system(error))
        except Exception:
            log.exception("operation %s failed", operation.kind)
            operation._set(state="failed", problem=problems.UNFORESEEN)

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
        if operation.state == "waiting":
            operation._set(state="cancelled")
        return operation

    @property
    def running(self) -> int:
        """Operations that have not ended."""
        return sum(one.state not in ENDED for one in self._all.values())

    def leave(self) -> None:
        """Ask everything that runs to end."""
        for operation in list(self._all.values()):
            operation.cancel = True

    def close(self) -> None:
        """Cancel what runs and wait for its transaction to end."""
        self.leave()
        self._pool.shutdown(wait=True, cancel_futures=True)
