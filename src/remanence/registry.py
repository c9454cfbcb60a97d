"""Things by name: registered by a decorator, found in a folder, or announced by another package.

One class serves recipes, layers, tasks, systems, file formats, embedders and commands. Nothing is imported before
it is asked for; a name that is not there is answered with the names that are near.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from remanence.errors import BadKnob, InvalidInput, RemanenceError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


def near(word: str, known: Iterable[str], *, limit: int = 3) -> str:
    """The known names that look like `word`, or all of them when none does, ready to print."""
    import difflib  # only a name that is not there pays for it

    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=limit, cutoff=0.4)
    return f"near: {', '.join(close)}" if close else f"there are: {', '.join(names) or 'none'}"


def check_knobs(what: str, function: Callable[..., Any], knobs: Iterable[str], *, given: int = 0) -> None:
    """`BadKnob` when a knob is no parameter of `function`, whose first `given` parameters are not knobs."""
    allowed = list(inspect.signature(function).parameters)[given:]
    for knob in knobs:
        if knob not in allowed:
            import difflib

            close = difflib.get_close_matches(knob, allowed, n=3)
            hint = f"near: {', '.join(close)}" if close else f"it has: {', '.join(allowed) or 'none'}"
            raise BadKnob(f"{what} has no knob {knob!r}; {hint}")


class Registry(Generic[T]):
    """What is known under a name, of one sort.

    what: the sort in words a user knows ("recipe"). folders: packages whose modules register themselves when
    they are imported; a module that is called like the name is tried first, alone. group: an entry-point group of
    other packages. values: an entry of the group is the thing itself (it is loaded when it is asked for by name),
    and not a module whose import registers things. unknown: the error for a name that is not there. taken: the
    error for a name that stands for something else already, and for an entry that cannot be loaded.
    """

    def __init__(
        self,
        what: str,
        *,
        folders: tuple[str, ...] = (),
        group: str = "",
        values: bool = False,
        unknown: type[RemanenceError] = InvalidInput,
        taken: type[RemanenceError] = InvalidInput,
    ) -> None:
        self.what = what
        self.group = group
        self._folders = folders
        self._values = values
        self._unknown = unknown
        self._taken = taken
        self._things: dict[str, T] = {}
        self._scanned = False

    def add(self, name: str, thing: T) -> T:
        """Keep `thing` under `name`; the same definition may come again (a module that is imported anew)."""
        known = self._things.get(name)
        if known is not None and _definition(known) != _definition(thing):
            raise self._taken(f"{self.what} {name!r} is already registered by {_home(known)}; choose another name")
        self._things[name] = thing
        return thing

    def register(self, name: str) -> Callable[[T], T]:
        """`add` as a decorator."""
        return lambda thing: self.add(name, thing)

    def remove(self, name: str) -> None:
        """Forget a name, if it is there, and look anew at what is announced when a name is next asked for."""
        self._things.pop(name, None)
        self._scanned = False

    def get(self, name: str) -> T:
        """The thing of that name; the `unknown` error lists near names."""
        if name not in self._things:
            self._look(name)
        if name not in self._things:
            raise self._unknown(f"no {self.what} {name!r}; {near(name, self.names())}")
        return self._things[name]

    def names(self) -> list[str]:
        """Every name, sorted; names announced by other packages stand here without being loaded."""
        self._scan()
        announced = {point.name for point in self._points()} if self._values else set()
        return sorted({*self._things, *announced})

    def items(self) -> Iterator[tuple[str, T]]:
        """(name, thing) of everything, sorted by name."""
        return ((name, self.get(name)) for name in self.names())

    def known(self) -> Mapping[str, T]:
        """What has been registered so far, without looking further."""
        return dict(self._things)

    def __contains__(self, name: object) -> bool:
        return name in self._things or name in self.names()

    def _look(self, name: str) -> None:
        for folder in self._folders:
            if name in _modules(folder):
                import_module(f"{folder}.{name}")
        if name in self._things:
            return
        if self._values:
            for point in self._points(name):
                self.add(name, self._load(point))
        self._scan()

    def _scan(self) -> None:
        if self._scanned:
            return
        for folder in self._folders:
            for module in _modules(folder):
                import_module(f"{folder}.{module}")
        if not self._values:
            for point in self._points():
                self._load(point)
        self._scanned = True

    def _points(self, name: str | None = None) -> list[EntryPoint]:
        if not self.group:
            return []
        from importlib.metadata import entry_points  # slow to import; what is built in does without

        return list(entry_points(group=self.group) if name is None else entry_points(group=self.group, name=name))

    def _load(self, point: EntryPoint) -> Any:
        try:
            return point.load()
        except (ImportError, AttributeError) as error:
            raise self._taken(
                f"the plug-in {self.what} {point.name!r} ({point.value}) cannot be loaded: {error}; "
                "repair or uninstall its package"
            ) from error


def _modules(folder: str) -> list[str]:
    return [found.name for found in pkgutil.iter_modules(import_module(folder).__path__)]


def _definition(thing: Any) -> Any:
    """Where a function or class was defined; anything else stands for itself."""
    return (thing.__module__, thing.__qualname__) if hasattr(thing, "__qualname__") else thing


def _home(thing: Any) -> str:
    return str(getattr(thing, "__module__", type(thing).__module__))
