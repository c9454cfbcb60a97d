"""Changes one small thing in the code and looks whether a test notices: the share that is noticed, room by room.

    python scripts/mutate.py store evolve --number 70 --seed 1 --out mutants.json
    python scripts/mutate.py --show mutants.json          # the rates, and every change that nobody noticed

A comparison is turned, a sum made a difference, a number moved by one, a condition negated, a result dropped. Each
change is made in a copy of the repository, one at a time, and the tests that run its line run against it. A test that
fails, or does not end, has noticed. The tests are run once to learn which lines each of them runs; then a process that
has read code and tests forks for every change (`warm_tests.py`); what runs as the code is read is judged in a fresh
process. Changes are drawn by a seed, the same number from every room in turn. A change that cannot be told from
the original stands with the reason in `mutants_alike.toml` and is taken out of the rate.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ROOMS = ("store", "evolve", "recall", "compose", "language", "memory")
TESTS = {
    "recall": ("recall", "recipes", "stage"),
    "evolve": ("evolve", "recipes"),
    "memory": ("memory", "stage", "store"),
    "language": ("language", "form"),
}
"""Folders of a room's own tests, where it is not the folder of its name alone."""
TALKS = "records"
"""Recorded talks run through all rooms, so they judge every one of them."""
TABLES = "tests/test_docs.py::test_generated_tables_are_fresh"
"""Holds the defaults of stages and commands, as they are printed in the documents."""
SLOW = 20.0
"""A test that takes longer than this, its lines written down, is left out, seconds of processor time."""
SERVER = Path(__file__).parent / "warm_tests.py"
ALIKE = Path(__file__).parent / "mutants_alike.toml"
TURNED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SWAPPED: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.BitAnd: "|",
    ast.BitOr: "&",
}  # fmt: skip
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Mutant:
    """One change: the file and line, what stood there and what stands there now, and what became of it."""

    room: str
    path: str
    line: int
    before: str
    after: str
    name: str = ""
    last: int = 0
    function: tuple[int, int] = (0, 0)
    start: int = 0
    end: int = 0
    noticed: bool = False
    by: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What a change is known by when lines have moved: the file and function, what stood and what stands there."""
        before, after = (" ".join(text.split()) for text in (self.before, self.after[:100]))
        return f"{self.path.removeprefix('src/remanence/')}::{self.name}", before, after


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change that could be made in one file."""
    text = path.read_text("utf-8")
    starts = [0]
    for row in text.encode().split(b"\n"):
        starts.append(starts[-1] + len(row) + 1)
    place = path.relative_to(ROOT).as_posix()
    room = path.relative_to(ROOT / "src" / "remanence").parts[0]
    for node, inside in _code(ast.parse(text)):
        after = _changed(node)
        if after is not None and isinstance(node, ast.expr | ast.stmt):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            before = text.encode()[start:end].decode()
            name = ".".join(one.name for one in inside)
            around = [one for one in inside if not isinstance(one, ast.ClassDef)]
            function = (around[-1].body[0].lineno, around[-1].end_lineno or 0) if around else (0, 0)
            yield Mutant(
                room, place, node.lineno, before[:100], after, name, node.end_lineno or 0, function, start, end
            )


def _code(node: ast.AST, inside: tuple[Named, ...] = ()) -> Iterator[tuple[ast.AST, tuple[Named, ...]]]:
    """Nodes that do something when the program runs, with the functions and classes that they stand in.

    No docstring, annotation, decorator, message of an error or `strict` of a zip, which checks what always holds.
    """
    yield node, inside
    if isinstance(node, Named):
        inside = (*inside, node)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child, inside)


def _changed(node: ast.AST) -> str | None:
    """What stands in the place of a node in the changed program; None when nothing is to be changed there."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return f"({ast.unparse(node.left)} {TURNED[type(node.ops[0])]} {ast.unparse(node.comparators[0])})"
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPPED and not _textual(node):
        return f"({ast.unparse(node.left)} {SWAPPED[type(node.op)]} {ast.unparse(node.right)})"
    if isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        return f"({word.join(f'({ast.unparse(value)})' for value in node.values)})"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return f"({ast.unparse(node.operand)})"
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return str(not node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return repr(node.value + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max", "any", "all"):
        other = {"min": "max", "max": "min", "any": "all", "all": "any"}[node.func.id]
        return ast.unparse(ast.Call(ast.Name(other), node.args, node.keywords))
    if isinstance(node, ast.Continue | ast.Break):
        return "break" if isinstance(node, ast.Continue) else "continue"
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        return "return None"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return "pass"
    return None


def _textual(node: ast.BinOp) -> bool:
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in (node.left, node.right))


def drawn(rooms: tuple[str, ...], seed: int) -> Iterator[Mutant]:
    """Changes in random order, one of each room in turn; files of a room by how much can be changed in them."""
    rng = random.Random(seed)
    queues = []
    for room in rooms:
        found = [one for path in sorted((ROOT / "src" / "remanence" / room).rglob("*.py")) for one in mutants(path)]
        rng.shuffle(found)
        queues.append(found)
    while any(queues):
        yield from (queue.pop() for queue in queues if queue)


class Tests:
    """The tests of a room in a copy of the repository: which of them run a line, and whether a change fails one."""

    def __init__(self, room: str, folder: Path) -> None:
        self.folder = folder
        self._run(["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src"])
        folders = [f"tests/{name}" for name in (*TESTS.get(room, (room,)), TALKS)]
        folders = [name for name in folders if (folder / name).is_dir()]
        found = folder / f"reached-{room}.json"
        made = self._run(["-B", str(SERVER), "map", str(found), *folders])
        if not found.exists():
            raise SystemExit(f"the tests of {room} cannot be run:\n{made.stdout[-2000:]}{made.stderr[-2000:]}")
        self.reached: dict[str, Any] = json.loads(found.read_text("utf-8"))
        for name in [name for name, one in self.reached.items() if one["failed"] or one["seconds"] > SLOW]:
            print(f"left out: {name} ({'fails' if self.reached[name]['failed'] else 'slow'})", flush=True)
            del self.reached[name]
        self.common = (
            [TABLES] if (folder / "tests" / "test_docs.py").exists() and not self._fresh([TABLES], 600) else []
        )
        self.warm = subprocess.Popen(
            [sys.executable, "-B", str(SERVER), "serve", *folders],
            cwd=folder, env=_quiet(folder), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.warm.stdout is not None
        self.warm.stdout.readline()  # before a file is changed it has read them all

    def close(self) -> None:
        """End the process that waits."""
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        self.warm.stdin.close()
        self.warm.stdout.close()
        self.warm.wait()

    def failing(self, mutant: Mutant) -> str:
        """The first test that a change fails, "time" when they did not end in time, or nothing."""
        tests, read_only = self.chosen(mutant)
        if not tests:
            return ""
        limit = 10 + 4 * sum(self.reached[name]["seconds"] for name in tests)
        path = self.folder / mutant.path
        original = path.read_bytes()
        changed = original[: mutant.start] + mutant.after.encode() + original[mutant.end :]
        if not read_only:
            failed = self._asked({"tests": tests, "path": str(path), "text": changed.decode(), "limit": limit})
            if failed != "cold" and (failed or not self._runs("", mutant.path, mutant.line, mutant.last)):
                return failed
        path.write_bytes(changed)
        try:
            return self._fresh([*tests, *(self.common if read_only else ())], 10 * limit + 60)
        finally:
            path.write_bytes(original)

    def chosen(self, mutant: Mutant) -> tuple[list[str], bool]:
        """Tests that run the changed lines, quick ones first, and whether the lines run only as the code is read.

        So do all that stand in no function's body, also of a file that is read in the midst of a test. Such lines are
        judged by the tests of their function, or else of their file.
        """
        names = self._running(mutant.path, mutant.line, mutant.last)
        first, last = mutant.function
        read_only = names == [""] or not first <= mutant.line <= last
        if read_only:
            names = self._running(mutant.path, *mutant.function) if any(mutant.function) else []
            names = names if set(names) - {""} else self._running(mutant.path, 0, 10**9)
        return sorted(filter(None, names), key=lambda name: float(self.reached[name]["seconds"])), read_only

    def _running(self, path: str, first: int, last: int) -> list[str]:
        return [name for name in self.reached if self._runs(name, path, first, last)]

    def _runs(self, name: str, path: str, first: int, last: int) -> bool:
        """Whether a test, or "" the reading of the code, runs one of these lines."""
        return any(first <= line <= last for line in self.reached[name]["lines"].get(path, ()))

    def _asked(self, request: dict[str, Any]) -> str:
        """What the process that has read everything says."""
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        self.warm.stdin.write(json.dumps(request) + "\n")
        self.warm.stdin.flush()
        answer: dict[str, str] = json.loads(self.warm.stdout.readline())
        return answer["failed"]

    def _fresh(self, tests: list[str], limit: float) -> str:
        """What a process of its own says."""
        words = ["-B", "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header", *tests]
        try:
            done = self._run(words, timeout=limit)
        except subprocess.TimeoutExpired:
            return "time"
        failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return (failed[0] if failed else f"exit {done.returncode}") if done.returncode not in (0, 5) else ""

    def _run(self, words: list[str], timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=_quiet(self.folder),
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip


def _quiet(folder: Path) -> dict[str, str]:
    """Surroundings in which only the copy is read, one core is used and nothing is left behind."""
    place = folder / "scratch"
    place.mkdir(exist_ok=True)
    return {**os.environ, "PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1", "TMPDIR": str(place)}


def campaign(rooms: tuple[str, ...], number: int, minutes: float, seed: int, out: Path) -> None:
    """Judge changes until there are enough or the time is up; the file is written after each."""
    done: list[Mutant] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place)
        for name in ("src", "tests", "docs", "scripts"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
            shutil.copy(ROOT / name, folder)
        tests = {room: Tests(room, folder) for room in rooms}
        started = time.monotonic()
        for mutant in islice(drawn(rooms, seed), number * len(rooms)):
            if time.monotonic() - started > 60 * minutes:
                break
            by = tests[mutant.room].failing(mutant)
            done.append(replace(mutant, noticed=bool(by), by=by))
            out.write_text(json.dumps([asdict(one) for one in done], indent=1), "utf-8")
        for one in tests.values():
            one.close()
    show(done)


def alike() -> dict[tuple[str, str, str], str]:
    """Changes that were looked at and found to change nothing: place, before and after, with the reason."""
    rows = tomllib.loads(ALIKE.read_text("utf-8")).get("change", [])
    return {(row["place"], row["before"], row["after"]): row["why"] for row in rows}


def show(done: list[Mutant]) -> None:
    """The rate of each room, and every change that nobody noticed, for cutting and pasting into the list."""
    known = alike()
    for room in dict.fromkeys(one.room for one in done):
        mine = [one for one in done if one.room == room]
        noticed = sum(one.noticed for one in mine)
        same = sum(not one.noticed and one.key in known for one in mine)
        rate = noticed / max(1, len(mine) - same)
        print(f"{room:10} {noticed:4} of {len(mine) - same:4}  {rate:.0%}  ({same} more change nothing)")
    for one in sorted(done, key=lambda one: (one.path, one.line)):
        if not one.noticed:
            reason = known.get(one.key)
            print(f"{one.path}:{one.line}: {one.key[1]}  ->  {one.key[2]}" + (f"  [{reason}]" if reason else ""))


def main() -> None:
    """Run a campaign, or show one."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("rooms", nargs="*", default=list(ROOMS))
    options.add_argument("--number", type=int, default=70, help="changes of each room")
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, default=Path("mutants.json"))
    options.add_argument("--show", type=Path, help="a finished campaign")
    asked = options.parse_args()
    if asked.show:
        rows = json.loads(asked.show.read_text("utf-8"))
        show([Mutant(**{**row, "function": tuple(row["function"])}) for row in rows])
        return
    campaign(tuple(asked.rooms), asked.number, asked.minutes, asked.seed, asked.out)


if __name__ == "__main__":
    main()
