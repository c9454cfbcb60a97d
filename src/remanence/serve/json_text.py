"""JSON as it comes in through a door: an object with one name twice is refused, for readers take one or the other."""

from __future__ import annotations

import json
from typing import Any


class KeyTwice(ValueError):
    """An object has a name twice; the message says which."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its names and values; `KeyTwice` where a name comes again. For `json.loads(object_pairs_hook=)`."""
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise KeyTwice(f"an object names {name[:60]!a} twice; name it once")
    return made


def _is_once(pairs: list[tuple[str, Any]]) -> None:
    once([(name, None) for name, _ in pairs])


def check_once(raw: bytes) -> None:
    """`KeyTwice` where an object of this text names a thing twice; what is no JSON is for its reader to say."""
    try:
        json.loads(raw, object_pairs_hook=_is_once)
    except KeyTwice:
        raise
    except (ValueError, RecursionError):
        return
