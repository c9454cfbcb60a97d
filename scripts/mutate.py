"""Changes one small thing in the code and looks whether a test notices: the share that is noticed, room by room.

    python scripts/mutate.py store evolve --minutes 60 --seed 1 --out mutants.json
    python scripts/mutate.py --show mutants.json          # the rates, and every change that nobody noticed

A comparison is turned, a sum made a difference, a number moved by one, a condition negated, a result dropped. Each
change is made in a copy of the repository, one at a time, and the tests of its room run against it, those that name
the changed module first. A test that fails, or does not end, has noticed. Changes are drawn by a seed, the same
number from every room in turn, until the time is up; what cannot be told from the original (an equivalent change)
counts as unnoticed, so a rate is a lower bound.
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
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("store", "evolve", "recall", "compose", "language", "memory")
TESTS = {"memory": ("store", "stage", "memory"), "language": ("language", "form")}
"""Folders of tests that cover a room, where it is not the folder of its name alone."""
TURNED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SWAPPED: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.BitAnd: "|",
    ast.BitOr: "&",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the file and line, what stood there and what stands there now, and what became of it."""

    room: str
    path: str
    line: int
    before: str
    after: str
    start: int = 0
    end: int = 0
    noticed: bool = False
    by: str = ""


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change that could be made in one file."""
    text = path.read_text("utf-8")
    starts = [0]
    for row in text.encode().split(b"\n"):
        starts.append(starts[-1] + len(row) + 1)
    place = path.relative_to(ROOT).as_posix()
    room = path.relative_to(ROOT / "src" / "remanence").parts[0]
    for node in _code(ast.parse(text)):
        after = _changed(node)
        if after is not None and isinstance(node, ast.expr | ast.stmt):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            before = text.encode()[start:end].decode()
            yield Mutant(room, place, node.lineno, before[:100], after, start, end)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that do something when the program runs: no docstring, annotation, decorator, message of an error."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child)


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


def covering(mutant: Mutant, folder: Path) -> tuple[list[str], list[str]]:
    """Test files that name the changed module, and the others of the room."""
    files = [
        path
        for name in TESTS.get(mutant.room, (mutant.room,))
        for path in sorted((folder / "tests" / name).glob("test_*.py"))
    ]
    module = Path(mutant.path).stem
    near = [path for path in files if module in path.name or f"{module} " in path.read_text("utf-8")[:4000]]
    names = [path.relative_to(folder).as_posix() for path in near]
    return names, [path.relative_to(folder).as_posix() for path in files if path not in near]


def judged(mutant: Mutant, folder: Path, limit: float) -> Mutant:
    """The change, with the test that noticed it if one did."""
    path = folder / mutant.path
    original = path.read_bytes()
    path.write_bytes(original[: mutant.start] + mutant.after.encode() + original[mutant.end :])
    try:
        for files in covering(mutant, folder):
            by = _failing(files, folder, limit) if files else ""
            if by:
                return Mutant(**{**asdict(mutant), "noticed": True, "by": by})
    finally:
        path.write_bytes(original)
    return mutant


def _failing(files: list[str], folder: Path, limit: float) -> str:
    """The first failing test, "time" for none that ended in time, or nothing."""
    words = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header", *files]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            words, cwd=folder, env=kept | {"PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1"},
            capture_output=True, text=True, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "time"
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (failed[0] if failed else f"exit {done.returncode}") if done.returncode not in (0, 5) else ""


def campaign(rooms: tuple[str, ...], minutes: float, seed: int, out: Path) -> None:
    """Judge changes until the time is up; the file is written after each, so that nothing is lost."""
    done: list[Mutant] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place)
        for name in ("src", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        limits: dict[str, float] = {}
        started = time.monotonic()
        for mutant in drawn(rooms, seed):
            if time.monotonic() - started > 60 * minutes:
                break
            if mutant.room not in limits:
                begun = time.monotonic()
                near, others = covering(mutant, folder)
                broken = _failing([*near, *others], folder, 1800)
                if broken:
                    print(f"{mutant.room} is left out: its tests fail unchanged ({broken})", flush=True)
                limits[mutant.room] = 0.0 if broken else 60 + 4 * (time.monotonic() - begun)
            if not limits[mutant.room]:
                continue
            done.append(judged(mutant, folder, limits[mutant.room]))
            out.write_text(json.dumps([asdict(one) for one in done], indent=1), "utf-8")
    show(done)


def show(done: list[Mutant]) -> None:
    """The rate of each room, and every change that nobody noticed."""
    for room in dict.fromkeys(one.room for one in done):
        mine = [one for one in done if one.room == room]
        noticed = sum(one.noticed for one in mine)
        print(f"{room:10} {noticed:4} of {len(mine):4}  {noticed / len(mine):.0%}")
    for one in done:
        if not one.noticed:
            print(f"{one.path}:{one.line}: {' '.join(one.before.split())}  ->  {one.after[:80]}")


def main() -> None:
    """Run a campaign, or show one."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("rooms", nargs="*", default=list(ROOMS))
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, default=Path("mutants.json"))
    options.add_argument("--show", type=Path, help="a finished campaign")
    asked = options.parse_args()
    if asked.show:
        show([Mutant(**row) for row in json.loads(asked.show.read_text("utf-8"))])
        return
    campaign(tuple(asked.rooms), asked.minutes, asked.seed, asked.out)


if __name__ == "__main__":
    main()
