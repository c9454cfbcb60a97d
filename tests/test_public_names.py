"""What a user can reach says what it is, in which units its numbers are, and which of our errors it raises."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import remanence
from remanence import errors, recipes
from remanence.compose.cited import Answer
from remanence.errors import InvalidInput
from remanence.language.question import Question
from remanence.language.statements.statement import Statement
from remanence.store.connection import Access

ROOTS = [getattr(remanence, name) for name in remanence.__all__ if name != "__version__"]
ROOTS += [Answer, Question, Statement, Access]
ROOTS += [getattr(recipes, name) for name in recipes.__all__ if name != "TAXONOMY"]
ROOTS += [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.RemanenceError)]
TREE = {one.__name__: one for one in ROOTS if isinstance(one, type) and issubclass(one, errors.RemanenceError)}

UNITS = """second minute hour day year time moment when UTC aware ISO byte token character term dimension number count
counts most many best item hit row message version commit seed share weight place"""
UNIT = re.compile(rf"\[(?:0|-1), ?1\]|\[since, before\)|\b(?:micro|milli)?(?:{'|'.join(UNITS.split())})s?\b")
"""What says in which unit or range a number is, or of what moment a time."""
SAID_BY_NAME = re.compile(r"_(?:s|days|hours|tokens|bytes|id)$")
"""Names that say their own unit."""
NUMBERS = {"int", "float", "datetime"}


def ours(value: object) -> bool:
    return str(getattr(value, "__module__", "")).startswith("remanence")


@cache
def reachable() -> list[Any]:
    """The roots, and every class of ours that their signatures and fields name, each once."""
    found: dict[int, Any] = {}
    waiting = list(ROOTS)
    while waiting:
        one = waiting.pop()
        if id(one) in found or not ours(one):
            continue
        found[id(one)] = one
        for part in [one] if inspect.isfunction(one) else [one, *(function for _, function, _ in members(one))]:
            waiting += named_in(part)
    return list(found.values())


def named_in(value: Any) -> Iterator[type]:
    """The classes of ours that the annotations of a class or a function name."""
    space = vars(importlib.import_module(value.__module__))
    for text in getattr(value, "__annotations__", {}).values():
        for word in re.findall(r"[A-Za-z_]\w*", str(text)):
            named = space.get(word)
            if isinstance(named, type) and ours(named):
                yield named


def members(owner: type) -> Iterator[tuple[str, FunctionType, str]]:
    """The public methods and properties that a class writes itself, as functions, with their docstrings."""
    for name, value in vars(owner).items():
        function = value
        if isinstance(value, property):
            function = value.fget
        elif isinstance(value, (classmethod, staticmethod)):
            function = value.__func__
        if inspect.isfunction(function) and not name.startswith("_") and function.__module__ == owner.__module__:
            yield name, function, inspect.getdoc(value) or ""


@cache
def tree_of(function: Callable[..., Any]) -> ast.Module:
    """The syntax of a function; of one that was compiled without a source, nothing."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:
        return ast.Module([], [])


def raised(function: Callable[..., Any], owner: type | None, depth: int = 2) -> set[str]:
    """Names of our errors that a function raises, and the functions that it calls by a name that can be followed."""
    tree = tree_of(function)
    space = getattr(function, "__globals__", {})
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            found |= {node.exc.func.id} & set(TREE)
        elif isinstance(node, ast.Call) and depth:
            called = resolved(node.func, space, owner)
            if inspect.isfunction(called) and ours(called) and called is not function:
                found |= raised(called, owner, depth - 1)
    caught = {name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) for name in words(node.type)}
    return {name for name in found if not any(base.__name__ in caught for base in TREE[name].__mro__)}


def words(node: ast.AST | None) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} if node is not None else set()


def resolved(node: ast.AST, space: dict[str, Any], owner: type | None) -> Any:
    """What a called name stands for; None where it cannot be known."""
    if isinstance(node, ast.Name):
        return space.get(node.id)
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return getattr(owner, node.attr, None)
        inner = resolved(node.value, space, owner)
        return getattr(inner, node.attr, None) if isinstance(inner, ModuleType) else None
    return None


def told_errors(doc: str) -> set[str]:
    """The errors that a docstring speaks of, with those that they stand for."""
    named = [one for name, one in TREE.items() if re.search(rf"\b{name}\b", doc)]
    return {name for name, one in TREE.items() if any(issubclass(one, base) for base in named)}


def numbers_of(function: Any) -> list[str]:
    """Parameters or fields that are numbers or times."""
    return [
        name
        for name, text in getattr(function, "__annotations__", {}).items()
        if not name.startswith("_")
        and name != "return"
        and NUMBERS & set(re.findall(r"[A-Za-z_]+", re.sub(r"\[.*\]", "", str(text))))
    ]


def says_unit(name: str, doc: str) -> bool:
    """Whether a docstring names the number, and a unit or a range in the same sentence or line."""
    if SAID_BY_NAME.search(name):
        return True
    for sentence in re.split(r"(?<=[.;])\s|\n\s*\n", doc):
        if re.search(rf"(?<!\w){name}(?!\w)", sentence) and UNIT.search(sentence):
            return True
    return False


def attribute_docs(owner: type) -> str:
    """The texts that stand below the fields of a class, each with the field's name."""
    body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(body, ast.ClassDef)
    told = []
    for field, text in zip(body.body, body.body[1:]):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            told.append(f"{ast.unparse(field.target)}: {text.value.value}")
    return "\n\n".join(told)


def lacking() -> Iterator[str]:
    """Every fault, as "place: what is missing"."""
    for one in reachable():
        name = one.__name__
        doc = inspect.getdoc(one) or ""
        if not doc or doc.startswith(f"{name}("):
            yield f"{name}: no docstring"
            continue
        if inspect.isfunction(one):
            yield from faults(name, one, None, doc)
            continue
        whole = doc + "\n\n" + attribute_docs(one)
        if dataclasses.is_dataclass(one):
            yield from (f"{name}.{n}: no unit" for n in numbers_of(one) if not says_unit(n, whole))
        init = vars(one).get("__init__")
        for extra in (vars(one).get("__post_init__"), init if not dataclasses.is_dataclass(one) else None):
            if extra is not None:
                yield from faults(name, extra, one, whole)
        for method, function, own in members(one):
            if not own and not re.search(rf"(?<!\w){method}\b[^.]*:", doc):
                yield f"{name}.{method}: no docstring"
                continue
            yield from faults(f"{name}.{method}", function, one, own, common=doc)


def faults(place: str, function: Any, owner: type | None, doc: str, common: str = "") -> Iterator[str]:
    """What a docstring leaves out of a function's numbers and errors; `common` errors are told of the whole class."""
    yield from (f"{place}({name}): no unit" for name in numbers_of(function) if not says_unit(name, doc))
    missing = raised(function, owner) - told_errors(f"{doc}\n{common}")
    if missing:
        yield f"{place}: raises {', '.join(sorted(missing))}"


def test_every_public_name_says_what_it_is_its_units_and_its_errors() -> None:
    """Each line names the place and what its docstring lacks."""
    found = sorted(set(lacking()))

    assert not found, "\n".join(found)


def careless(wait: float, until: int) -> None:
    """Wait; until: microseconds."""
    if wait < until:
        raise InvalidInput("no")


def careful(wait: float) -> None:
    """Wait so many seconds (`wait`); `RemanenceError` for fewer than none."""
    if wait < 0:
        raise InvalidInput("no")


def test_what_a_docstring_lacks_is_found() -> None:
    """The twin: a number without a unit and an error that is not told are named; a base class tells of its errors."""
    assert ["careless(wait): no unit", "careless: raises InvalidInput"] == list(
        faults("careless", careless, None, inspect.getdoc(careless) or "")
    )
    assert [] == list(faults("careful", careful, None, inspect.getdoc(careful) or ""))
    assert not says_unit("wait", "Wait. So many seconds pass.")


def test_the_check_reaches_what_signatures_name() -> None:
    """From the package's own names to the classes of their parameters and results."""
    names = {one.__name__ for one in reachable()}

    assert {"Memory", "AsyncMemory", "Item", "Hit", "Statement", "Question", "Answer", "Mark", "Touch", "get"} <= names
    assert set(TREE) <= names
