"""Names that a package offers and loads at their first use: its modules, and what stands in them (PEP 562).

A command that is started anew for every question pays for each module that is imported, so a room whose parts only
some verbs need names them in its `__init__.py`, under `TYPE_CHECKING` for the type checker and here for the program:

    if TYPE_CHECKING:
        from remanence.compose import answer, profile
    else:
        __getattr__ = on_first_use(__name__)

A caller imports the room (`from remanence import compose`) and writes `compose.answer.answer(...)` where it is used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers know the name, and importing it is most of what importing this file would cost
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def on_first_use(package: str, **parts: str) -> Callable[[str], Any]:
    """The `__getattr__` of a package: loads a module of it, or what stands in one, when it is named.

    parts: by module, the names in it that the package offers as its own, such as `items="Item Link"`.
    `AttributeError` for any other name.
    """

    homes = {name: module for module, names in parts.items() for name in names.split()}

    def __getattr__(name: str) -> Any:
        if name in homes:
            return getattr(import_module(f"{package}.{homes[name]}"), name)
        if not name.startswith("_"):
            try:
                return import_module(f"{package}.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"{package}.{name}":
                    raise
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return __getattr__
