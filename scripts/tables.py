"""Writes the tables of docs/ that come from the code: recipes, stages and knobs, kinds, relations, commands, layers.

python scripts/tables.py            rewrite what is between the markers
python scripts/tables.py --check    fail when something is stale
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import click

DOCS = Path(__file__).parent.parent / "docs"
ROOMS = ("form", "evolve", "recall", "compose")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _modules(package: str) -> Iterator[Any]:
    root = importlib.import_module(package)
    for found in sorted(pkgutil.iter_modules(root.__path__), key=lambda one: one.name):
        yield importlib.import_module(f"{package}.{found.name}")


def _first(text: str | None) -> str:
    return (text or "").strip().split("\n\n", 1)[0].replace("\n", " ").strip()


def recipes() -> str:
    """Every recipe with its card."""
    from remanence import recipes as registry

    cards = [registry.card(name) for name in registry.names()]
    head = ("recipe", "what it does", "form", "function", "dynamics", "control", "faithful", "lost without a model")
    return _table(
        head,
        [
            (f"`{c.name}`", c.says, ", ".join(c.form), ", ".join(c.function), ", ".join(c.dynamics),
             ", ".join(c.control), c.faithful, c.lost)
            for c in cards
        ],
    )  # fmt: skip


def graphs() -> str:
    """Recipes whose memory is a graph: its kind, and how it is read."""
    return _table(
        ("recipe", "kind of graph", "read by"),
        [(f"`{c.name}`", ", ".join(c.graph), ", ".join(c.operators)) for c in _cards() if c.graph],
    )


def memory() -> str:
    """Each recipe once, under implicit, explicit or agentic memory, with its modality."""
    kinds = ("implicit", "explicit", "agentic")
    rows = []
    for kind in kinds:
        some = [c for c in _cards() if kind in c.memory]
        modes = sorted({word for c in some for word in c.memory if word not in kinds})
        rows.append((kind, ", ".join(modes) or "-", ", ".join(f"`{c.name}`" for c in some) or "no recipe"))
    return _table(("memory", "modality", "recipes"), rows)


def octants() -> str:
    """The eight octants of object, form and time, each with its recipes or marked open."""
    rows = []
    for octant in product(("personal", "system"), ("non-parametric", "parametric"), ("short", "long")):
        some = [f"`{c.name}`" for c in _cards() if set(octant) <= set(c.octant)]
        rows.append((*octant, ", ".join(some) or OUTSIDE.get(octant, "open")))
    return _table(("of whom", "form", "time", "recipes"), rows)


OUTSIDE = {
    ("personal", "parametric", "long"): 'no recipe: `Memory.promote(ids, to="weights")`, [attached memory](attach.md)',
    ("system", "parametric", "short"): "no recipe: fast weights of the [neural layers](neural.md)",
    ("system", "parametric", "long"): "no recipe: edits and side weights of [attached memory](attach.md)",
    ("personal", "parametric", "short"): 'no recipe: `Memory.promote(ids, to="kv")`, [attached memory](attach.md)',
}
"""Octants that no recipe fills, and what of ours does."""


def _cards() -> list[Any]:
    from remanence import recipes as registry

    return [registry.card(name) for name in registry.names()]


def stages() -> str:
    """Every stage with its knobs, by room, and the recipes that use it."""
    from remanence import recipes as registry

    used: dict[str, list[str]] = {}
    for name in registry.names():
        for _, stage in registry.get(name).slots():
            for one in re.findall(r"\b([a-z_]+\.[a-z_]+)\(", repr(stage)):
                used.setdefault(one, []).append(name)
    rows = []
    for room in ROOMS:
        for module in _modules(f"remanence.{room}"):
            short = module.__name__.rsplit(".", 1)[-1]
            for name, maker in sorted(vars(module).items()):
                inner = getattr(maker, "__wrapped__", None)
                if getattr(maker, "__stage__", None) is None or inner is None or inner.__module__ != module.__name__:
                    continue
                given = 0 if isinstance(inner, type) else {"write": 2, "read": 3, "compose": 4}[maker.__stage__]
                knobs = list(inspect.signature(inner).parameters.values())[given:]
                shown = ", ".join(
                    f"{k.name}={k.default!r}"
                    if not isinstance(k.default, (dict, type(inspect.Parameter.empty)))
                    else k.name
                    for k in knobs
                )
                full = f"{short}.{name.rstrip('_')}"
                by = ", ".join(f"`{one}`" for one in dict.fromkeys(used.get(full, [])))
                rows.append((room, f"`{full}({shown})`", _first(maker.__doc__), by))
    return _table(("room", "stage and knobs", "what it does", "used by"), rows)


def kinds() -> str:
    """Kinds of items with the schema of their data."""
    from remanence.types import KINDS

    def named(wanted: Any) -> str:
        return wanted.__name__ if isinstance(wanted, type) else " or ".join(t.__name__ for t in wanted)

    return _table(
        ("kind", "means", "fields of `data`"),
        [
            (f"`{k.name}`", k.means, ", ".join(f"`{n}` {named(t)}" for n, t in k.fields.items()))
            for k in KINDS.values()
            if k.name != "recipe_card"
        ],
    )


def relations() -> str:
    """Relations that built-in stages use."""
    from remanence.types import RELS

    return ", ".join(f"`{rel}`" for rel in RELS)


def commands() -> str:
    """Help of every command."""
    from remanence.serve.cli.app import app

    told = []

    def tell(command: click.Command, path: tuple[str, ...]) -> None:
        settings = {**app.context_settings, "max_content_width": 100, "terminal_width": 100}
        ctx = click.Context(command, info_name=" ".join(path), **settings)
        told.append(f"### {' '.join(path)}\n\n```text\n{_settled(command.get_help(ctx))}\n```")
        if isinstance(command, click.Group):
            for name in command.list_commands(ctx):
                inner = command.get_command(ctx, name)
                if inner is not None:
                    tell(inner, (*path, name))

    tell(app, ("remanence",))
    return "\n\n".join(told)


def _settled(text: str) -> str:
    """Help without trailing blanks."""
    return "\n".join(line.rstrip() for line in text.splitlines())


def extensions() -> str:
    """Entry-point groups."""
    from remanence.hooks import GROUPS

    return _table(("group", "an entry is", "example"), [(f"`{g.name}`", g.entry, f"`{g.example}`") for g in GROUPS])


TABLES: dict[str, Callable[[], str]] = {
    "recipes": recipes,
    "graphs": graphs,
    "memory": memory,
    "octants": octants,
    "stages": stages,
    "kinds": kinds,
    "relations": relations,
    "commands": commands,
    "extensions": extensions,
}


def render(text: str) -> str:
    """A page with every marked part made anew."""

    def fill(found: re.Match[str]) -> str:
        return f"<!-- made by scripts/tables.py: {found[1]} -->\n{TABLES[found[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- made by scripts/tables\.py: (\w+) -->\n.*?<!-- end -->", fill, text, flags=re.S)


def main(check: bool) -> int:
    stale = []
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text("utf-8")
        made = render(text)
        if made != text:
            stale.append(page.name)
            if not check:
                page.write_text(made, "utf-8")
    for name in stale:
        print(f"{'stale' if check else 'rewritten'}: docs/{name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
