"""One memory engine for AI: everything an agent has seen, been told, done and learned, in one file.

>>> from remanence import Memory
>>> with Memory("my.db") as memory:
...     memory.remember("I moved to Rome last week.")
...     print(memory.context("Where do I live?"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remanence.errors import RemanenceError
    from remanence.memory import Async, Memory
    from remanence.stage import Ctx, Recipe, at_sleep, composes, every, on_recall, on_write, reads, writes
    from remanence.types import Change, Context, Cue, Evidence, Hit, Hits, Item, Link, Receipt, Scope, Where

__version__ = "0.1.0"

_HOME = {
    "Async": "memory",
    "Change": "types",
    "Context": "types",
    "Ctx": "stage",
    "Cue": "types",
    "Evidence": "types",
    "Hit": "types",
    "Hits": "types",
    "Item": "types",
    "Link": "types",
    "Memory": "memory",
    "Receipt": "types",
    "Recipe": "stage",
    "RemanenceError": "errors",
    "Scope": "types",
    "Where": "types",
    "at_sleep": "stage",
    "composes": "stage",
    "every": "stage",
    "on_recall": "stage",
    "on_write": "stage",
    "reads": "stage",
    "writes": "stage",
}

__all__ = [
    "Async",
    "Change",
    "Context",
    "Ctx",
    "Cue",
    "Evidence",
    "Hit",
    "Hits",
    "Item",
    "Link",
    "Memory",
    "Receipt",
    "Recipe",
    "RemanenceError",
    "Scope",
    "Where",
    "__version__",
    "at_sleep",
    "composes",
    "every",
    "on_recall",
    "on_write",
    "reads",
    "writes",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'remanence' has no attribute {name!r}")
    return getattr(import_module(f"remanence.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
