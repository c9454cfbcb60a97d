"""Values of other programs, kept so that they come back exactly: as data, or, where data cannot hold them, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from remanence.errors import InvalidInput
from remanence.types import MAX_TEXT, Item, check_data

VALUES = ("message", "item", "value")
"""The names under which values are kept in `data`: a message of a chat, an item of a session, a value of a store."""
ENCODED = "encoded"
"""Set in the data of an item whose text is the value, as JSON."""


PART, PARTS = "part", "parts"
"""Keys of `data`: the place of an item among those that keep one value together, and how many these are."""


def kept(name: str, value: Any, words: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Text and data of an item: `words`, and the value under `data[name]`, beside other `data`.

    A value that is larger or deeper than an item's data may be, or that has NUL or half a surrogate pair, which no
    item keeps, becomes the text itself. `InvalidInput` when it is no JSON.
    """
    own = {**(data or {}), name: value}
    try:
        raw = json.dumps(value, ensure_ascii=False)
        raw.encode()
        if "\\u0000" not in raw:
            check_data("note", own)
            return {"text": words, "data": own}
    except InvalidInput:
        pass  # it goes into the text
    except UnicodeEncodeError:
        raw = json.dumps(value)  # where all of it is plain letters
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"this is not plain JSON, and so cannot be kept: {error}") from None
    return {"text": raw, "data": {**(data or {}), ENCODED: True}}


def messages(name: str, value: Any, words: str, role: str) -> list[dict[str, Any]]:
    """The message that keeps a value, or several where it is longer than the text of one item may be."""
    one = kept(name, value, words)
    text, data = one["text"], one["data"]
    if ENCODED not in data or len(text) <= MAX_TEXT:
        return [{"role": role, **one}]
    parts = pieces(text)
    return [{"role": role, "text": part, "data": {**data, PART: n, PARTS: len(parts)}} for n, part in enumerate(parts)]


def pieces(raw: str) -> list[str]:
    """JSON in parts that are texts of items each; together they are the same JSON."""
    size = MAX_TEXT - len(r"\u0020")
    found = [raw[low : low + size] for low in range(0, len(raw), size)]
    return [rf"\u{ord(one[0]):04x}{one[1:]}" if one.isspace() else one for one in found]  # no item's text is blank


def values(name: str, items: Iterable[Item]) -> list[Any]:
    """The values that items keep, in the same order; one of which a part is missing is left out."""
    found: list[Any] = []
    pieces: list[str] = []
    for item in items:
        part, parts = item.data.get(PART, 0), item.data.get(PARTS, 1)
        if part != len(pieces):
            pieces = []
        if part == len(pieces) and keeps(name, item):
            pieces.append(item.text)
            if len(pieces) == parts:
                found.append(json.loads("".join(pieces)) if item.data.get(ENCODED) else item.data[name])
                pieces = []
    return found


def back(name: str, item: Item) -> Any:
    """The value that an item keeps; None when it keeps none."""
    return json.loads(item.text) if item.data.get(ENCODED) else item.data.get(name)


def keeps(name: str, item: Item) -> bool:
    """Whether an item keeps a value."""
    return bool(item.data.get(ENCODED)) or name in item.data
