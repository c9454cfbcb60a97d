"""Edits one table of a TOML file as text, and leaves every other line as it was."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from remanence.errors import InvalidInput

_HEADER = re.compile(r"^[ \t]*\[\[?([^\]\n]+)\]\]?", re.M)


def load(text: str) -> dict[str, Any]:
    """The file's values; `InvalidInput` says where it is wrong."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"not valid TOML: {error}") from None


def put_table(text: str, path: Sequence[str], values: Mapping[str, Any]) -> str:
    """The text with a table `[a.b]` of texts and lists of texts, in place of the one of that name, or at the end."""
    before, span = load(text), _table(text, path)
    name = ".".join(path)
    if span is None and _held(before, path) is not None:
        raise InvalidInput(f"{name} is there, but not as a table [{name}]; edit it by hand")
    newline = "\r\n" if "\r\n" in text else "\n"
    told = newline.join([f"[{name}]", *(f"{key} = {_told(value)}" for key, value in values.items())]) + newline
    if span is not None:
        further = text[span[1] :]
        made = text[: span[0]] + told + (newline if further else "") + further
    else:
        gap = "" if not text.strip() else newline if text.endswith("\n") else newline * 2
        made = text + gap + told
    after = load(made)
    if _held(after, path) != dict(values) or _rest(after, path) != _rest(before, path):
        raise InvalidInput(f"[{name}] is written in a way that cannot be changed safely; edit it by hand")
    return made


def remove_table(text: str, path: Sequence[str]) -> str:
    """The text without that table."""
    span = _table(text, path)
    if span is None:
        return text
    head = text[: span[0]]
    if not text[span[1] :].strip():
        head = re.sub(r"(\r?\n)(?:[ \t]*\r?\n)+\Z", r"\1", head)
        return head if head.strip() else ""
    return head + text[span[1] :]


def _table(text: str, path: Sequence[str]) -> tuple[int, int] | None:
    """[start, end) of a table, up to the next header that is not its own sub-table's."""
    headers = [(found.start(), _names(found[1])) for found in _HEADER.finditer(text)]
    for number, (start, names) in enumerate(headers):
        if names == list(path):
            later = (place for place, other in headers[number + 1 :] if other[: len(path)] != list(path))
            return start, next(later, len(text))
    return None


def _names(header: str) -> list[str]:
    return [part.strip().strip("\"'") for part in header.split(".")]


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # texts and lists of texts are written alike in TOML


def _held(values: Mapping[str, Any], path: Sequence[str]) -> Any:
    inner: Any = values
    for key in path:
        inner = inner.get(key) if isinstance(inner, Mapping) else None
    return inner


def _rest(values: Mapping[str, Any], path: Sequence[str]) -> Any:
    """Everything but what stands under `path`."""
    key, *further = path
    rest = {name: value for name, value in values.items() if name != key}
    inner = values.get(key)
    if further and isinstance(inner, Mapping):
        kept = _rest(inner, further)
        return rest | ({key: kept} if kept else {})
    return rest
