"""The kinds of item, and what their `data` promises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from remanence.errors import InvalidInput
from remanence.records import dataclass

MAX_DATA = 65_536
"""Largest `data` of one item, as JSON text, in characters."""
MAX_DEPTH = 16
"""Deepest nesting of `data`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A word of the glossary: what the kind means and which fields its `data` may promise."""

    name: str
    means: str
    fields: Mapping[str, type | tuple[type, ...]] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("turn", "one verbatim message", {"role": str, "caption": str, "attachments": list, "keys": str}),
        Kind("chunk", "a verbatim piece of a document", {"title": str, "keys": str}),
        Kind(
            "episode",
            "a run of turns about one thing, with its summary as text",
            {"turns": list, "topic": str, "keys": str},
        ),
        Kind(
            "fact",
            "one statement: subject, slot (its attribute), value, and how it is meant",
            {
                "subject": str,
                "slot": str,
                "value": str,
                "polarity": bool,
                "modality": str,
                "certainty": (int, float),
                "change": str,
                "speaker": str,
                "keys": str,
            },
        ),
        Kind("note", "a written remark with key words and tags", {"keywords": list, "tags": list, "keys": str}),
        Kind("summary", "a shorter telling of other items", {"of": str, "level": int}),
        Kind("entity", "a person, place or thing that is spoken of", {"label": str, "aliases": list}),
        Kind("scene", "facts that belong to one theme", {"theme": str}),
        Kind("persona", "who someone is, slot by slot", {"slots": dict}),
        Kind("skill", "how to do something", {"steps": list, "when": str}),
        Kind("case", "a task that was done, and how it went", {"task": str, "outcome": (str, float, int, bool)}),
        Kind("insight", "a lesson from several cases", {"when": str}),
        Kind("mistake", "something that went wrong, and the cure", {"cure": str}),
        Kind("subgoal", "a step of the task in hand", {"state": str, "parent": str}),
        Kind("place", "somewhere", {"position": list}),
        Kind("object", "a thing that is somewhere", {"position": list, "state": str}),
        Kind("file", "a named text", {"path": str}),
        Kind("call", "a tool that an agent called", {"tool": str, "project": str}),
        Kind("edit", "a change that an agent made to a file", {"path": str, "tool": str, "project": str}),
        Kind("error", "what went wrong in a tool", {"tool": str, "project": str}),
    )
}
"""Every kind that a store accepts, by name."""


def check_data(kind: str, data: Mapping[str, Any]) -> str:
    """Check `data` against its kind and return it as canonical JSON; `InvalidInput` says what is wrong."""
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise InvalidInput(f"unknown kind {kind!r}; known kinds: {known}")
    if not data:
        return "{}"
    for name, wanted in KINDS[kind].fields.items():
        if name in data and data[name] is not None and not isinstance(data[name], wanted):
            shown = wanted.__name__ if isinstance(wanted, type) else " or ".join(t.__name__ for t in wanted)
            raise InvalidInput(f"{kind}.data[{name!r}] must be {shown}, not {type(data[name]).__name__}")
    _check_depth(data, MAX_DEPTH)
    try:
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"data of this {kind} is not plain JSON: {error}") from None
    if len(text) > MAX_DATA:
        raise InvalidInput(f"data of this {kind} is {len(text):,} characters; at most {MAX_DATA:,} are kept")
    return text


def check_data_each(told: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """`check_data` of each (kind, data)."""
    return [check_data(kind, data) for kind, data in told]


def _check_depth(value: object, left: int) -> None:
    if left < 0:
        raise InvalidInput(f"data is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        for inner in value.values():
            _check_depth(inner, left - 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_depth(inner, left - 1)
