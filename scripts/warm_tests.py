"""A process that has read the tests and the code once, and runs tests in forks of itself with one file changed.

    python scripts/warm_tests.py serve tests/recall tests/recipes      # "ready"; a request a line in, an answer out
    python scripts/warm_tests.py map reached.json tests/recall         # which test runs which lines

A request is a JSON object: `tests` (node ids, in order), `path` and `text` (the file that is changed and what it
holds), `limit` (seconds of processor time). The answer is one too: `failed`, the first test that failed, "time" when
none ended in time, "cold" when the change cannot be made in a process that has read the code, or nothing. Functions
that exist are given the changed code; what a module makes as it is read stays as it was, so such a change is to be
tried in a fresh process.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

OPTIONS = ["-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header"]
ENOUGH = 15.0
"""Lines of a test are written down for so long, seconds of processor time."""

PATIENCE = 20
"""A fork may last so many times as long as its processor time, on a machine with other work."""


class Warm:
    """Takes requests once all tests are collected; each runs in a fork that goes on with the tests it asks for."""

    def __init__(self, asked: Any, told: Any) -> None:
        self.asked, self.told = asked, told
        self.answer: Path | None = None
        self.failed = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Answer requests until there are no more; only a fork returns."""
        items = {item.nodeid: item for item in session.items}
        place = Path(os.environ["TMPDIR"])
        print("ready", file=self.told, flush=True)
        for number, line in enumerate(self.asked):
            request = json.loads(line)
            answer = place / f"answer-{number}"
            child = os.fork()
            if not child:
                os.setpgrp()
                most = int(request["limit"]) + 1
                resource.setrlimit(resource.RLIMIT_CPU, (most, most))
                self.answer = answer
                if not replaced(request["path"], request["text"]):
                    self._end("cold")
                session.items[:] = [items[name] for name in request["tests"] if name in items]
                return
            failed = _awaited(child, answer, PATIENCE * request["limit"])
            self.told.write(json.dumps({"failed": failed}) + "\n")
            self.told.flush()
        os._exit(0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self.answer is not None:
            self._end(self.failed or ("" if int(exitstatus) in (0, 5) else f"exit {int(exitstatus)}"))

    def _end(self, failed: str) -> None:
        assert self.answer is not None
        self.answer.write_text(failed, "utf-8")
        os._exit(0)


def _awaited(child: int, answer: Path, limit: float) -> str:
    """What a fork left; it and what it started are ended when it takes too long."""
    last = time.monotonic() + limit
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > last:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "time"
        time.sleep(0.01)
    if not answer.exists():
        return "time"
    failed = answer.read_text("utf-8")
    answer.unlink()
    return failed


def replaced(path: str, text: str) -> bool:
    """Give every function of a file the code it has in the changed text; False when one of them cannot take it.

    A file that is loaded at its first use only is loaded now, or a test would load it as it was.
    """
    _load(Path(path))
    old, new = (
        dict(_codes(compile(one, path, "exec", dont_inherit=True))) for one in (Path(path).read_text("utf-8"), text)
    )
    changed = {code: new[key] for key, code in old.items() if key in new and new[key] != code}
    for function in gc.get_objects():
        if type(function) is FunctionType and function.__code__.co_filename == path:
            code = changed.get(function.__code__)
            if code is not None:
                if len(code.co_freevars) != len(function.__code__.co_freevars):
                    return False
                function.__code__ = code
    return True


def _load(path: Path) -> None:
    parts = path.with_suffix("").parts
    inside = parts[len(parts) - parts[::-1].index("remanence") - 1 :]
    import_module(".".join(inside[:-1] if inside[-1] == "__init__" else inside))


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int, int], CodeType]]:
    """All code within a file, each with its name, line and place among those of the same name and line."""
    seen: dict[tuple[str, int], int] = defaultdict(int)
    waiting = [code]
    while waiting:
        for one in waiting.pop().co_consts:
            if isinstance(one, CodeType):
                mark = (one.co_qualname, one.co_firstlineno)
                yield (*mark, seen[mark]), one
                seen[mark] += 1
                waiting.append(one)


class Reached:
    """Writes down which lines of the package each test runs, and how long it takes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.unseen: dict[int, tuple[CodeType, set[int]]] = {}
        self.stopped = False
        self.tests: dict[str, Any] = {}
        self.failed: set[str] = set()

    def trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Follow frames of the package until all their lines have been seen."""
        code = frame.f_code
        if self.stopped or not code.co_filename.startswith(self.source):
            return None
        known = self.unseen.get(id(code))
        if known is None:
            known = self.unseen[id(code)] = code, _lines(code)
        unseen = known[1]
        unseen.discard(frame.f_lineno)

        def local(frame: FrameType, event: str, arg: Any) -> Any:
            unseen.discard(frame.f_lineno)
            return local if unseen and not self.stopped else None

        return local if unseen else None

    def stop(self, *signal: object) -> None:
        """Write down no more: what a long test repeats has been seen."""
        self.stopped = True
        sys.settrace(None)

    def pytest_collection_finish(self) -> None:
        self._kept("", 0.0)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """The lines of one test with its fixtures."""
        self.unseen.clear()
        self.stopped = False
        signal.signal(signal.SIGVTALRM, self.stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, ENOUGH)
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        started = time.process_time()
        yield
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        self._kept(item.nodeid, time.process_time() - started)

    def _kept(self, name: str, seconds: float) -> None:
        where: dict[str, set[int]] = defaultdict(set)
        for code, unseen in self.unseen.values():
            where[os.path.relpath(code.co_filename)] |= _lines(code) - unseen
        self.tests[name] = {
            "seconds": round(seconds, 3),
            "lines": {path: sorted(lines) for path, lines in where.items()},
            "failed": name in self.failed,
        }
        self.unseen.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)


def _lines(code: CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line is not None}


def mapped(out: Path, folders: list[str]) -> int:
    """Run all tests once; the test "" stands for what runs as the code is read."""
    reached = Reached(str(Path("src/remanence").resolve()))
    sys.settrace(reached.trace)
    pytest.main([*OPTIONS, "--timeout", "120", *folders], plugins=[reached])
    out.write_text(json.dumps(reached.tests), "utf-8")
    return 0


def served(folders: list[str]) -> int:
    """Answer requests from standard input; what the tests print goes nowhere."""
    asked, told = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return int(pytest.main([*OPTIONS, "-x", *folders], plugins=[Warm(asked, told)]))


def main() -> int:
    """Serve, or map."""
    verb, *rest = sys.argv[1:]
    return served(rest) if verb == "serve" else mapped(Path(rest[0]), rest[1:])


if __name__ == "__main__":
    sys.exit(main())
