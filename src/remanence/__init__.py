"""One memory engine for AI: everything an agent has seen, been told, done and learned, in one file.

>>> from remanence import Memory
>>> with Memory("my.db") as memory:
...     memory.remember("I moved to Rome last week.")
...     print(memory.context("Where do I live?"))
"""

from __future__ import annotations

from remanence.lazy import on_first_use

TYPE_CHECKING = False  # type checkers know the name; importing it would cost more than all the rest of this file
if TYPE_CHECKING:
    from remanence.errors import RemanenceError
    from remanence.memory import AsyncMemory, Memory
    from remanence.stage import Ctx, Recipe, at_sleep, composes, every, on_recall, on_write, reads, writes
    from remanence.types import Change, Context, Cue, Evidence, Hit, Hits, Item, Link, Receipt, Scope, Where
else:
    __getattr__ = on_first_use(
        __name__,
        errors="RemanenceError",
        memory="AsyncMemory Memory",
        stage="Ctx Recipe at_sleep composes every on_recall on_write reads writes",
        types="Change Context Cue Evidence Hit Hits Item Link Receipt Scope Where",
    )

__version__ = "0.1.0"


__all__ = [
    "AsyncMemory",
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


def __dir__() -> list[str]:
    return __all__
