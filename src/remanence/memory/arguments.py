"""The arguments of the verbs, checked: a wrong one is one clear `InvalidInput` before anything is done."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from remanence.errors import InvalidInput
from remanence.ingest.times import when
from remanence.memory.filters import trust_of
from remanence.stage import Recipe
from remanence.types import TIERS, Clock, Embedder

LONGEST_NAME, LONGEST_PATH = 255, 4_096
"""Bytes of one part of a path, and of all of it."""
LONGEST_OPENED = 504
"""Bytes of a whole path from the root, links followed, that SQLite opens, whatever a file system takes."""
BESIDE = len("-wal.damaged-00000000")
"""So much longer than a space's name is that of what may come to lie beside it."""
UPDATABLE = ("text", "who", "at", "until", "source", "session", "data", "salience", "tier", "trust", "kind")
"""Fields that a person may set anew."""


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """The value, or `InvalidInput` when it is no whole number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidInput(f"{name} is a whole number from {low:,} to {high:,}, not {value!r}")
    return value


def share(name: str, value: object) -> float:
    """The value as a number in [0, 1], or `InvalidInput`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InvalidInput(f"{name} is a number from 0 to 1, not {value!r}")
    return float(value)


def word(name: str, value: object) -> str:
    """The value as a text that a store can be asked for, or `InvalidInput`."""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is a text, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} {value!a} is not Unicode text") from None
    return value


def words(name: str, value: object) -> list[str]:
    """One text or several, as a list without repetitions."""
    if isinstance(value, str):
        return [word(name, value)]
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise InvalidInput(f"{name} is a text or a list of texts, not {type(value).__name__}")
    return list(dict.fromkeys(word(name, one) for one in value))


def several(what: object) -> Iterable[Any]:
    """Something that gives one message after another."""
    if isinstance(what, (bytes, bytearray)) or not isinstance(what, Iterable):
        raise InvalidInput(f"remember takes a text, a message or many, not {type(what).__name__}")
    return what


def path_of(path: object) -> str | Path:
    """A path that a file can have."""
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidInput(f"path is a text or a Path, not {type(path).__name__}")
    try:
        raw = os.fsencode(path)
    except (UnicodeEncodeError, TypeError, ValueError):
        raise InvalidInput("path holds characters that no file name can have") from None
    if b"\x00" in raw or not raw:
        raise InvalidInput("path is empty or holds a NUL; name a file, such as my.db")
    *folders, name = raw.split(b"/")
    if len(raw) > LONGEST_PATH or any(len(folder) > LONGEST_NAME for folder in folders):
        raise InvalidInput(f"path is longer than {LONGEST_PATH:,} bytes, or a folder's name than {LONGEST_NAME}")
    if len(name) > LONGEST_NAME - BESIDE:
        raise InvalidInput(f"the file's name is longer than {LONGEST_NAME - BESIDE} bytes; choose a shorter one")
    if raw != b":memory:" and (length := len(os.path.realpath(raw))) > LONGEST_OPENED:
        raise InvalidInput(
            f"path has {length} bytes from the root on, and SQLite opens no more than {LONGEST_OPENED}; "
            "choose a folder that is not so deep"
        )
    return path if isinstance(path, str) else Path(os.fspath(path))


def clock_of(clock: object) -> Clock:
    """Something that tells the time when it is called."""
    if not callable(clock):
        raise InvalidInput(f"clock is a function that gives an aware datetime, not {type(clock).__name__}")
    return clock


def seed_of(seed: object) -> int | None:
    """A seed of chance, or none."""
    return None if seed is None else whole_number("seed", seed, 0, 2**63 - 1)


def timeout_of(seconds: object) -> float:
    """Seconds to wait."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= 86_400:
        raise InvalidInput(f"timeout is a number of seconds from 0 to 86,400, not {seconds!r}")
    return float(seconds)


def embedder_of(embedder: object) -> Embedder:
    """Something that has what an embedder has."""
    if not isinstance(embedder, Embedder):
        raise InvalidInput(f"embedder is a name or an Embedder, not {type(embedder).__name__}")
    return embedder


def recipe_of(recipe: object) -> Recipe:
    """A recipe that is one."""
    if not isinstance(recipe, Recipe):
        raise InvalidInput(f"recipe is a name or a Recipe, not {type(recipe).__name__}")
    return recipe


def update_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """New field values of an item, with times and trust as they are stored."""
    if not fields:
        raise InvalidInput("nothing to update; give a text or a field")
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in UPDATABLE:
            raise InvalidInput(f"cannot update {name}; fields: {', '.join(UPDATABLE)}")
        if name in ("at", "until"):
            value = None if value is None else when(value, name)
        elif name == "trust":
            value = trust_of(value)
        elif name == "salience":
            value = share(name, value)
        elif name == "data":
            if not isinstance(value, Mapping):
                raise InvalidInput(f"data is a mapping, not {type(value).__name__}")
        elif name in ("text", "tier", "kind") or value is not None:
            value = word(name, value)
        if name == "tier" and value not in TIERS:
            raise InvalidInput(f"tier {value!r} is none of {', '.join(TIERS)}")
        made[name] = value
    return made
