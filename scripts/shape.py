"""Prints how the code is shaped: long files, long functions, wide signatures, repeated blocks, hidden errors, mocks.

    python scripts/shape.py                # the table
    python scripts/shape.py --list pairs   # the places behind one row
    python scripts/shape.py --rooms        # repeated blocks by room

Two blocks have the same shape when six or more lines in a row agree but for names, numbers and strings. A block that
stands in more than eight places is an idiom of the language and not counted; imports, docstrings and lone brackets
are passed over. `tests/test_shape.py` holds every number at or below what has been reached.
"""

from __future__ import annotations

import argparse
import ast
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "remanence"
LONG_FILE, LONG_FUNCTION, MANY_PARAMETERS = 600, 60, 8
RUN = 6
"""Lines of one shape in a row that make a repeated block."""
COMMON = 8
"""A block in more places than this is an idiom."""
ALIKE = 0.8
"""Share of equal lines from which two functions of different files count as one function written twice."""

_THIN = {"", "n", "s", "0", "(", ")", "[", "]", "{", "}", ") :", "else :", "try :", "return"}
"""Lines that say nothing: a name in a list, a bracket, a keyword alone."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Code:
    """One file: its text and what was parsed from it."""

    path: Path

    @cached_property
    def text(self) -> str:
        """The whole file."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree."""
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        """The path from the repository's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """The folder (or file) of the package that it belongs to."""
        inside = self.path.relative_to(SOURCE).parts if self.path.is_relative_to(SOURCE) else self.path.parts
        return inside[0].removesuffix(".py")

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        return (node for node in self.nodes if isinstance(node, Function))

    @cached_property
    def shapes(self) -> list[tuple[int, str]]:
        """(line number, shape) of each line of code: names, numbers and strings count as their sort."""
        passed = _passed_over(self.tree)
        words: dict[int, list[str]] = defaultdict(list)
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            line = token.start[0]
            if token.type == tokenize.NAME:
                words[line].append(token.string if keyword.iskeyword(token.string) else "n")
            elif token.type in (tokenize.NUMBER, tokenize.STRING):
                words[line].append("0" if token.type == tokenize.NUMBER else "s")
            elif token.type == tokenize.OP:
                words[line].append(token.string)
        told = ((line, " ".join(shape)) for line, shape in sorted(words.items()) if line not in passed)
        return [(line, shape) for line, shape in told if shape.rstrip(" ,") not in _THIN]


def _passed_over(tree: ast.Module) -> set[int]:
    """Lines of imports and of strings that stand alone (docstrings)."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        alone = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
        if alone or isinstance(node, ast.Import | ast.ImportFrom):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def files(folder: Path) -> list[Code]:
    """Every Python file below a folder."""
    return [Code(path) for path in sorted(folder.rglob("*.py"))]


# --- what is counted: each gives the places ------------------------------------------------------


def long_files(code: list[Code]) -> list[str]:
    """Files over 600 lines."""
    return [f"{one.name}: {n}" for one in code if (n := one.text.count("\n")) > LONG_FILE]


def long_functions(code: list[Code]) -> list[str]:
    """Functions over 60 lines, decorators left out."""
    return [
        f"{one.name}:{node.lineno} {node.name}: {length}"
        for one in code
        for node in one.functions()
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONG_FUNCTION
    ]


def wide_functions(code: list[Code]) -> list[str]:
    """Functions with more than 8 parameters, `self` counted; one that registers a preset is data and not counted."""
    found = []
    for one in code:
        for node in one.functions():
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            count = len(names)
            preset = any("preset" in ast.unparse(d) or "register" in ast.unparse(d) for d in node.decorator_list)
            if count > MANY_PARAMETERS and not preset:
                found.append(f"{one.name}:{node.lineno} {node.name}: {count}")
    return found


def repeated(code: list[Code]) -> list[str]:
    """Pairs of places that share a block of one shape; two files count once, however many blocks they share."""
    places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for number, one in enumerate(code):
        shapes = [shape for _, shape in one.shapes]
        for at in range(len(shapes) - RUN + 1):
            places[tuple(shapes[at : at + RUN])].append((number, at))
    pairs: dict[tuple[str, str], str] = {}
    for found in places.values():
        if not 1 < len(found) <= COMMON:
            continue
        for number, (left, at) in enumerate(found):
            for right, to in found[number + 1 :]:
                if left == right and to - at < RUN:
                    continue
                one, two = code[left], code[right]
                first, second = one.shapes[at][0], two.shapes[to][0]
                pairs.setdefault((one.name, two.name), f"{one.name}:{first} ~ {two.name}:{second}")
    return sorted(pairs.values())


def environment_reads(code: list[Code]) -> list[str]:
    """Places that read the environment."""
    return [
        f"{one.name}:{node.lineno}"
        for one in code
        for node in one.nodes
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]


def config_fields(code: list[Code]) -> list[str]:
    """Fields on classes called Config or Settings."""
    return [
        f"{one.name}:{part.lineno} {node.name}"
        for one in code
        for node in one.nodes
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Config", "Settings"))
        for part in node.body
        if isinstance(part, ast.AnnAssign)
    ]


def broad_handlers(code: list[Code]) -> list[str]:
    """`except:` and `except Exception` (or BaseException)."""
    return [
        f"{one.name}:{node.lineno}"
        for one in code
        for node in one.nodes
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]


def managers(code: list[Code]) -> list[str]:
    """Classes called Manager, Factory, Handler or Service."""
    return [
        f"{one.name}:{node.lineno} {node.name}"
        for one in code
        for node in one.nodes
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Factory", "Handler", "Service"))
    ]


def written_twice(code: list[Code]) -> list[str]:
    """Pairs of functions of at least ten lines, in different files, of which more than 0.8 of the lines are equal."""
    bodies: list[tuple[str, str, list[str]]] = []
    for one in code:
        lines = one.text.split("\n")
        for node in one.functions():
            body = [line.strip() for line in lines[node.lineno - 1 : node.end_lineno] if line.strip()]
            if len(body) >= 10:
                bodies.append((one.name, f"{one.name}:{node.lineno} {node.name}", body))
    counts = [Counter(body) for *_, body in bodies]
    found = []
    for at, (file, place, body) in enumerate(bodies):
        for other in range(at + 1, len(bodies)):
            away, there, text = bodies[other]
            total = len(body) + len(text)
            if file == away or 2 * min(len(body), len(text)) <= ALIKE * total:
                continue
            if 2 * (counts[at] & counts[other]).total() <= ALIKE * total:
                continue
            if SequenceMatcher(None, body, text, autojunk=False).ratio() > ALIKE:
                found.append(f"{place} ~ {there}")
    return found


def late_imports(code: list[Code]) -> list[str]:
    """Imports of our own modules inside a function: a way round the map of levels."""
    return [
        f"{one.name}:{part.lineno}"
        for one in code
        for node in one.functions()
        for part in ast.walk(node)
        if (isinstance(part, ast.ImportFrom) and (part.module or "").startswith("remanence"))
        or (isinstance(part, ast.Import) and any(a.name.startswith("remanence") for a in part.names))
    ]


def mocks(tests: list[Code]) -> list[str]:
    """Uses of a mock, or of something of ours replaced while a test runs."""
    return [
        f"{one.name}:{number}"
        for one in tests
        if one.path.name != "test_shape.py"
        for number, line in enumerate(one.text.split("\n"), 1)
        if any(word in line for word in ("MagicMock(", "Mock(", "mock.patch", "@patch", "monkeypatch.setattr("))
    ]


ROWS: dict[str, tuple[str, Callable[[list[Code]], list[str]]]] = {
    "files": ("files over 600 lines", long_files),
    "functions": ("functions over 60 lines", long_functions),
    "parameters": ("functions with more than 8 parameters", wide_functions),
    "pairs": ("pairs of places with a repeated block", repeated),
    "environment": ("reads of the environment", environment_reads),
    "settings": ("fields on Config and Settings classes", config_fields),
    "handlers": ("broad exception handlers", broad_handlers),
    "managers": ("Manager, Factory, Handler and Service classes", managers),
    "twins": ("functions written twice", written_twice),
    "late": ("imports of our own inside a function", late_imports),
}


def measured() -> dict[str, list[str]]:
    """Row -> the places behind its number; `mocks` looks at the tests."""
    code = files(SOURCE)
    found = {name: count(code) for name, (_, count) in ROWS.items()}
    return found | {"mocks": mocks(files(ROOT / "tests"))}


def tests_count() -> int:
    """How many test functions there are."""
    return sum(node.name.startswith("test_") for one in files(ROOT / "tests") for node in one.functions())


def main() -> None:
    """Print the table, or the places behind one row."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--list", dest="row", choices=[*ROWS, "mocks"], help="the places behind one row")
    options.add_argument("--rooms", action="store_true", help="repeated blocks by room")
    asked = options.parse_args()
    found = measured()
    if asked.row:
        print("\n".join(found[asked.row]))
        return
    if asked.rooms:
        rooms = Counter(
            part.split("/")[2].split(":")[0] for pair in found["pairs"] for part in pair.split(" ~ ") if "/" in part
        )
        print("\n".join(f"{count:5} {room}" for room, count in rooms.most_common()))
        return
    lines = sum(one.text.count("\n") for one in files(SOURCE))
    for name, (says, _) in ROWS.items():
        print(f"{len(found[name]):6} {says}")
    print(f"{1000 * len(found['handlers']) / lines:6.2f} broad handlers per 1,000 of {lines:,} lines")
    print(f"{len(found['mocks']) / tests_count():6.2f} mocks per test, {tests_count():,} tests")


if __name__ == "__main__":
    main()
