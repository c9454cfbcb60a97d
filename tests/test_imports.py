"""The map holds: a file imports from its own room or from a lower level, and `import remanence` is light."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "remanence"
LEVELS = {
    "nouns": ("types", "errors", "registry", "weights", "lazy", "records", "blake"),
    "algorithms": ("algo",),
    "language": ("language",),
    "stages": ("stage",),
    "rooms": (
        "models", "store", "ingest", "form", "evolve", "recall", "compose", "work", "space",
        "neural", "attach", "bio",
    ),
    "recipes": ("recipes",),
    "memory": ("memory", "hooks", "testing", "command_group"),
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
NOT_FOR_RECALL = (
    "remanence.compose.answer", "remanence.compose.answer_extraction", "remanence.compose.profile",
    "remanence.form.distil", "remanence.ingest.message", "remanence.language.entities", "remanence.language.person",
    "remanence.language.phrases", "remanence.language.statements.fields", "remanence.language.statements.plain",
    "remanence.language.statements.read", "remanence.language.statements.values", "remanence.memory.async_",
    "remanence.memory.changing", "remanence.memory.commit", "remanence.memory.follow", "remanence.memory.intake",
    "remanence.memory.sleep", "remanence.models.chat", "remanence.models.http", "remanence.models.reader.reader",
    "remanence.store.counted", "remanence.store.erasing", "remanence.store.lacking", "remanence.store.plan",
    "remanence.testing", "rich", "snowballstemmer", "asyncio", "email", "http", "importlib.metadata",
    "logging", "multiprocessing", "numpy.ma", "numpy.polynomial", "socket", "sqlite3", "subprocess", "unittest",
    "xml", "difflib", "hashlib", "random", "secrets",
)  # fmt: skip
"""What a cold `remanence recall` has no use for; every module costs a start, the more so before it is compiled."""
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


def test_a_cold_recall_imports_only_what_it_needs(tmp_path: Path) -> None:
    """Hooks and shells start the command anew for each question: nothing of another verb is loaded."""
    space = str(tmp_path / "cold.db")
    fill = f"from remanence import Memory\nwith Memory({space!r}) as memory: memory.remember('Ada lives in Rome.')"
    subprocess.run([sys.executable, "-c", fill], check=True)
    cold = (
        f"import sys; sys.argv = ['remanence', 'recall', 'Where does Ada live?', '--json', '--space', {space!r}]\n"
        "from remanence.serve.cli.start import main\n"
        "try: main()\n"
        f"finally: sys.stderr.write(' '.join(name for name in {NOT_FOR_RECALL!r} if name in sys.modules))"
    )

    told = subprocess.run([sys.executable, "-c", cold], capture_output=True, text=True, check=True)

    assert "Ada lives in Rome." in told.stdout
    assert "" == told.stderr


LAZY = sorted(path for path in SOURCE.rglob("__init__.py") if "on_first_use(" in path.read_text("utf-8"))


@pytest.mark.parametrize("path", LAZY, ids=lambda path: str(path.relative_to(SOURCE.parent)))
def test_a_room_that_loads_its_parts_late_tells_the_type_checker_all_of_them(path: Path) -> None:
    """What stands under `TYPE_CHECKING` is there when it is used, and is what `__all__` lists."""
    package = ".".join(path.parent.relative_to(SOURCE.parent).parts)
    branch = next(node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.If))
    shown = {alias.name for node in branch.body if isinstance(node, ast.ImportFrom) for alias in node.names}

    room = importlib.import_module(package)

    assert shown == set(room.__all__) - {"__version__"}
    assert [] == [name for name in shown if getattr(room, name, None) is None]


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
