"""Values of other programs, kept so that they come back exactly: as data, or, where data cannot hold them, as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from remanence.errors import InvalidInput
from remanence.types import Item, check_data

ENCODED = "encoded"
"""Set in the data of an item whose text is the value, as JSON."""


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
    except (InvalidInput, UnicodeEncodeError):
        pass  # it goes into the text, where all of it is plain letters
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"this is not plain JSON, and so cannot be kept: {error}") from None
    return {"text": json.dumps(value), "data": {**(data or {}), ENCODED: True}}


def back(name: str, item: Item) -> Any:
    """The value that an item keeps; None when it keeps none."""
    return json.loads(item.text) if item.data.get(ENCODED) else item.data.get(name)


def keeps(name: str, item: Item) -> bool:
    """Whether an item keeps a value."""
    return bool(item.data.get(ENCODED)) or name in item.data
