"""One way to say which items a verb may see: keywords, a mapping or a `Where`, the same for every door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict

from remanence.errors import InvalidInput
from remanence.ingest.times import when
from remanence.types import TIERS, TRUST, Where

Moment = datetime | str
Words = str | Sequence[str]


class Filters(TypedDict, total=False):
    """The keyword filters of `recall`, `context`, `ask`, `list` and `count`; `FILTERS` says what each means."""

    kinds: Words
    who: Words
    session: str | None
    source: Words
    since: Moment | None
    before: Moment | None
    until: Moment | None
    as_of: Moment | None
    known_as_of: Moment | None
    tiers: Words
    ended: bool
    data: Mapping[str, Any]
    min_trust: float | str
    max_trust: float | str


FILTERS: dict[str, str] = {
    "kinds": "only these kinds, such as turn or fact",
    "who": "only these speakers",
    "session": "only one chat or document",
    "source": "only what was kept under one of these sources",
    "since": "only what happened from this time on",
    "before": "only what happened before this time",
    "until": "only what ended at exactly this time",
    "as_of": "what was true then, as far as is known now",
    "known_as_of": "what was believed then",
    "tiers": "hot, cold, archived; none of them means all",
    "ended": "also what is over",
    "data": "only items whose data has these values",
    "min_trust": "only what is trusted at least so: a number in [0, 1], or a channel such as tool",
    "max_trust": "only what is trusted at most so",
}
"""Every filter and what it keeps."""

_TUPLES = ("kinds", "who", "source", "tiers")
_TIMES = ("since", "before", "until", "as_of", "known_as_of")
_TRUSTS = ("min_trust", "max_trust")
_SINGULAR = {"kind": "kinds", "sources": "source", "tier": "tiers", "speaker": "who"}
MAX_PATH = 16
"""Longest path into `data`."""


def where_of(where: Where | Mapping[str, Any] | None, sugar: Mapping[str, Any], *, floor: float = 0.0) -> Where:
    """The `Where` that a verb was asked for; keywords win over `where`.

    A mapping has the names of `FILTERS`, and `data.key` for one value of `data` (`data.a.b` goes deeper).
    floor: nothing that is trusted less is seen, whatever is asked.
    Raises InvalidInput for a filter that there is not (with the near ones) or a value that is none.
    """
    if isinstance(where, Where):
        base, given = where, dict(sugar)
    elif where is None or isinstance(where, Mapping):
        base, given = Where(), {**(where or {}), **sugar}
    else:
        raise InvalidInput(f"where is a Where or a mapping of filters, not {type(where).__name__}")
    fields: dict[str, Any] = {}
    pairs: list[tuple[tuple[str, ...], Any]] = []
    for name, value in given.items():
        if isinstance(name, str) and name.startswith("data."):
            pairs.append(_pair(tuple(name.split(".")[1:]), value))
            continue
        known = _SINGULAR.get(name, name)
        if known not in FILTERS:
            from difflib import get_close_matches  # only a filter that is not there pays for it

            near = get_close_matches(str(name), [*FILTERS, *_SINGULAR], 3)
            told = f"near: {', '.join(near)}" if near else f"there are: {', '.join(FILTERS)}, data.KEY"
            raise InvalidInput(f"no filter {name!r}; {told}")
        if known == "data":
            pairs.extend(_pairs(value))
        else:
            fields[known] = _value(known, value)
    if pairs:
        fields["data"] = (*base.data, *pairs)
    made = replace(base, **fields) if fields else base
    return made if floor <= made.min_trust else replace(made, min_trust=floor)


def trust_of(value: object, name: str = "trust") -> float:
    """A trust as a number in [0, 1]: a channel's word or the number itself."""
    if isinstance(value, str):
        if value not in TRUST:
            raise InvalidInput(f"{name} is one of {', '.join(TRUST)} or a number in [0, 1], not {value!r}")
        return TRUST[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InvalidInput(f"{name} is a number in [0, 1] or a channel, not {value!r}")
    return float(value)


def time_of(value: Moment | None, name: str = "now") -> datetime | None:
    """A time as people write it, aware and in UTC; None stays None."""
    return None if value is None else when(value, name)


def _value(name: str, value: Any) -> Any:
    if name in _TUPLES:
        words = () if value is None else (value,) if isinstance(value, str) else value
        if not isinstance(words, (list, tuple, set, frozenset)) or not all(isinstance(word, str) for word in words):
            raise InvalidInput(f"{name} is a text or a list of texts, not {value!r}")
        if name == "tiers" and (wrong := [word for word in words if word not in TIERS]):
            raise InvalidInput(f"tier {wrong[0]!r} is none of {', '.join(TIERS)}")
        return tuple(words)
    if name in _TIMES:
        return time_of(value, name)
    if name in _TRUSTS:
        return trust_of(value, name)
    if name == "ended":
        if not isinstance(value, bool):
            raise InvalidInput(f"ended is True or False, not {value!r}")
        return value
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{name} is a text, not {type(value).__name__}")
    return value


def _pairs(value: Any) -> list[tuple[tuple[str, ...], Any]]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"data is a mapping from keys to values, not {type(value).__name__}")
    return [_pair((key,) if isinstance(key, str) else (), wanted) for key, wanted in value.items()]


def _pair(path: tuple[str, ...], value: Any) -> tuple[tuple[str, ...], Any]:
    if not 0 < len(path) <= MAX_PATH or not all(path):
        raise InvalidInput(f"a filter on data is written data.KEY with 1 to {MAX_PATH} keys, not {'.'.join(path)!r}")
    if value is not None and not isinstance(value, (str, int, float, bool)):
        raise InvalidInput(f"data.{'.'.join(path)} is compared with a text, a number, True, False or None")
    return path, value
