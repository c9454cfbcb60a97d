"""The map holds: a file imports from its own room or from a lower level, and `import remanence` is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "remanence"
LEVELS = {
    "types": 0, "errors": 0, "registry": 0,
    "algo": 1, "language": 1.1, "stage": 1.2,
    "models": 2, "store": 2, "ingest": 2, "form": 2, "evolve": 2, "recall": 2, "compose": 2, "work": 2, "space": 2,
    "neural": 2, "attach": 2, "bio": 2,
    "recipes": 3,
    "memory": 4, "hooks": 4, "testing": 4,
    "serve": 5, "adapters": 5, "arena": 5, "__main__": 6,
}  # fmt: skip
ONE_ROOM = (0, 4)
"""Levels whose files may import one another."""
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
    return [(line, room) for line, room in found if room in LEVELS]


FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_imports_from_its_own_room_or_from_a_lower_level(path: Path) -> None:
    """Sideways and upward imports are how a codebase becomes a knot."""
    room = _room(path)

    wrong = [
        f"{path.relative_to(SOURCE)}:{line} imports {other}"
        for line, other in _imports(path)
        if other != room
        and (LEVELS[other] > LEVELS[room] or (LEVELS[other] == LEVELS[room] and LEVELS[room] not in ONE_ROOM))
    ]

    assert [] == wrong


def test_every_room_is_on_the_map() -> None:
    """A folder that is not on the map belongs nowhere."""
    rooms = {_room(path) for path in FILES} - {"data"}

    assert set() == rooms - set(LEVELS)


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
