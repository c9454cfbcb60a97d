"""The filters as options: the same on every command that reads, and the same as in Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from remanence.memory.filters import FILTERS

_NAMES = {"kinds": "--kind", "as_of": "--as-of", "known_as_of": "--known-as-of", "tiers": "--tier",
          "min_trust": "--min-trust", "max_trust": "--max-trust"}  # fmt: skip
_SEVERAL = ("kinds", "who", "source", "tiers")


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Every filter as an option; those that take several values may be repeated."""
    function = click.option("--all-tiers", is_flag=True, help="Also cold and archived items.")(function)
    for name, means in reversed(FILTERS.items()):
        said = f"{means[0].upper()}{means[1:]}{' (repeatable)' if name in _SEVERAL else ''}."
        option = _NAMES.get(name, f"--{name}")
        if name == "ended":
            function = click.option(option, name, is_flag=True, help=said)(function)
        elif name == "data":
            shown = "KEY=VALUE"
            function = click.option(option, name, multiple=True, metavar=shown, help=f"{said} (repeatable)")(function)
        else:
            function = click.option(option, name, default=None, multiple=name in _SEVERAL, help=said)(function)
    return function


def now_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """When the question is asked."""
    return click.option("--now", default=None, help="When the question is asked (default: now).")(function)


def asked_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """When a question is asked, and by whom."""
    return click.option("--asker", default=None, help='The speaker whom "I" and "my" mean.')(now_option(function))


def chosen(given: dict[str, Any]) -> dict[str, Any]:
    """The filters that were given, as keywords of `Memory`'s verbs; a value of `--data` is JSON or else a text."""
    where = {name: value for name, value in given.items() if name in FILTERS and value not in (None, (), False)}
    where.update((name, given[name]) for name in ("now", "asker") if given.get(name) is not None)
    if given.get("all_tiers"):
        where["tiers"] = ()
    if "data" in where:
        where["data"] = dict(map(_pair, where["data"]))
    for name in ("min_trust", "max_trust"):
        if name in where:
            where[name] = _number(where[name])
    return where


def _pair(written: str) -> tuple[str, Any]:
    key, equals, value = written.partition("=")
    if not equals or not key:
        raise click.UsageError(f"--data is written KEY=VALUE, not {written!r}")
    try:
        read = json.loads(value)
    except ValueError:
        return key, value
    return key, value if isinstance(read, (list, dict)) else read


def _number(written: str) -> float | str:
    try:
        return float(written)
    except ValueError:
        return written
