"""The map holds: a file imports from its own room or from a lower level, and `import remanence` is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "remanence"
LEVELS = {
    "nouns": ("types", "errors", "registry", "weights"),
    "algorithms": ("algo",),
    "language": ("language",),
    "stages": ("stage",),
    "rooms": (
        "models", "store", "ingest", "form", "evolve", "recall", "compose", "work", "space",
        "neural", "attach", "bio",
    ),
    "recipes": ("recipes",),
    "memory": ("memory", "hooks", "testing"),
    "doors": ("serve", "adapters", "arena"),
    "program": ("__main__",),
}  # fmt: skip
"""The map, lowest level first. A file imports from its own room or from a lower level.

Language may use the algorithms. Stages stand above language because `Ctx` matches the speakers that a question names.
"""
LEVEL = {room: number for number, rooms in enumerate(LEVELS.values()) for room in rooms}
OPEN = ("nouns", "memory")
"""Levels whose rooms may import one another: one vocabulary; memory with its hooks and its test kit."""
LATE = {
    "arena/neural_command.py": "torch is optional",
    "models/embedder.py": "each embedder loads its own packages when it is named",
    "serve/cli": "a cold command imports only what its verb needs",
}
"""Files and folders that may import our own modules inside a function, and why."""
HEAVY = ("torch", "scipy", "sklearn", "onnxruntime", "fastapi", "starlette", "pydantic", "mcp", "matplotlib", "pandas")


def _room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _imports(path: Path) -> list[tuple[int, str]]:
    """(line, room) of every import of our own, wherever it stands in the file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "remanence" else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found += [(node.lineno, name.split(".")[1]) for name in names if name.startswith("remanence.")]
    return [(line, room) for line, room in found if room in LEVEL]


FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_imports_from_its_own_room_or_from_a_lower_level(path: Path) -> None:
    """Sideways and upward imports are how a codebase becomes a knot."""
    room = _room(path)

    wrong = [
        f"{path.relative_to(SOURCE)}:{line} imports {other}"
        for line, other in _imports(path)
        if other != room and (LEVEL[other] > LEVEL[room] or (LEVEL[other] == LEVEL[room] and _level(room) not in OPEN))
    ]

    assert [] == wrong


def _level(room: str) -> str:
    return list(LEVELS)[LEVEL[room]]


def test_no_import_hides_in_a_function() -> None:
    """An import inside a function is a way round the map, or a cycle; the few that save time are listed."""
    late = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for line in _late(node)
        if not any(path.relative_to(SOURCE).as_posix().startswith(place) for place in LATE)
    ]

    assert [] == late


def test_the_list_of_late_imports_has_no_entry_too_many() -> None:
    """An exception that nobody uses any more is taken off the list."""
    unused = [
        place
        for place in LATE
        if not any(
            list(_late(node))
            for path in FILES
            if path.relative_to(SOURCE).as_posix().startswith(place)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )
    ]

    assert [] == unused


def _late(function: ast.AST) -> Iterator[int]:
    """Lines inside a function that import a module of ours."""
    for node in ast.walk(function):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "remanence" for name in names):
            yield node.lineno


def test_every_room_is_on_the_map() -> None:
    """A folder that is not on the map belongs nowhere."""
    rooms = {_room(path) for path in FILES} - {"data"}

    assert set() == rooms - set(LEVEL)


def test_importing_remanence_loads_nothing_heavy() -> None:
    """`import remanence` and opening a Memory pull neither torch nor a web framework."""
    code = (
        "import sys; import remanence; from remanence import Memory; "
        "Memory(':memory:', embedder='hashing').close(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert "[]" == told.strip()


def test_only_one_file_reads_the_environment() -> None:
    """Configuration is arguments; the command line's settings file is the one exception."""
    readers = [
        str(path.relative_to(SOURCE))
        for path in FILES
        if any(word in path.read_text("utf-8") for word in ("environ.get(", "environ[", "getenv("))
    ]

    assert ["serve/cli/settings.py"] == readers


def test_no_pickle_anywhere() -> None:
    """Data never becomes code."""
    guilty = [
        str(path.relative_to(SOURCE))
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Import) and any(a.name in ("pickle", "marshal", "shelve") for a in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module in ("pickle", "marshal", "shelve"))
    ]

    assert [] == guilty


def test_broad_handlers_live_at_the_edges_only() -> None:
    """`except Exception` hides faults; it may stand in serve and arena, where it is logged whole."""
    guilty = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in FILES
        if _room(path) not in ("serve", "arena", "adapters")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]

    assert [] == guilty


def test_the_public_names_are_listed_and_sorted() -> None:
    """`__all__` is what there is, and nothing else is promised."""
    import remanence

    assert sorted(remanence.__all__) == remanence.__all__
    assert all(getattr(remanence, name) is not None for name in remanence.__all__)
