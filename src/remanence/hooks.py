"""Every extension point, on one page.

In your own code
    @writes / @reads / @composes      a stage from a function                       remanence.stage
    Recipe(recall=..., compose=...)   a memory system from stages; pass it to       Memory(path, recipe=...)
    kind(Kind(...))                   a new kind of item, with its schema           here
    any Embedder, any Chat            pass the object to                            Memory(path, embedder=..., llm=...)
    any callable clock                pass it to                                    Memory(path, clock=...)

From another package, by entry points (in its pyproject.toml)
    [project.entry-points."remanence.recipes"]     name = "package.module"           its @recipe functions register
    [project.entry-points."remanence.formats"]     name = "package.module"           its @file_format readers register
    [project.entry-points."remanence.embedders"]   name = "package.module:make"      make(rest, knobs) -> Embedder
    [project.entry-points."remanence.commands"]    name = "package.module:command"   a click.Command
    [project.entry-points."remanence.tasks"]       name = "package.module:task"      a Task of the arena
    [project.entry-points."remanence.systems"]     name = "package.module:make"      make(setting) -> System

Each has a contract to test against in `remanence.testing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

from remanence.errors import InvalidInput
from remanence.types import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Group:
    """One entry-point group: who loads it, what an entry is, and an example line."""

    name: str
    loader: str
    entry: str
    example: str


GROUPS = (
    Group("remanence.recipes", "remanence.recipes", "a module with @recipe functions", 'ours = "ours.recipes"'),
    Group("remanence.formats", "remanence.ingest.read", "a module with @file_format readers", 'slack = "ours.slack"'),
    Group("remanence.embedders", "remanence.models.embedder", "make(rest, knobs) -> Embedder", 'e5 = "ours.e5:make"'),
    Group("remanence.chats", "remanence.models.chats", "make(rest) -> Chat", 'local = "ours.chat:open_local"'),
    Group("remanence.commands", "remanence.serve.cli.app", "a click.Command", 'sync = "ours.cli:sync"'),
    Group("remanence.tasks", "remanence.arena.catalogue", "a Task of the arena", 'diary = "ours.diary:task"'),
    Group("remanence.systems", "remanence.arena.catalogue", "make(setting) -> System", 'other = "ours.other:make"'),
)


def plugged() -> dict[str, list[str]]:
    """What installed packages have plugged in: group -> entry names."""
    return {group.name: sorted(point.name for point in entry_points(group=group.name)) for group in GROUPS}


def kind(new: Kind) -> Kind:
    """Register a kind of item; its `fields` are checked on every write.

    >>> kind(Kind("recipe_card", "how to cook something", {"minutes": int}))
    """
    if not new.name.isidentifier() or not new.name.islower():
        raise InvalidInput(f"a kind is one lower-case word, not {new.name!r}")
    known = KINDS.get(new.name)
    if known is not None and known != new:
        raise InvalidInput(f"there is a kind {new.name!r} already: {known.means}")
    KINDS[new.name] = new
    return new
