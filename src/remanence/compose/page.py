"""One page of a list, which goes on behind the item that was shown last, whatever came or went meanwhile."""

from __future__ import annotations

import base64
import binascii

from remanence.errors import InvalidInput
from remanence.records import dataclass
from remanence.types import Item, StoreView, Where


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the cursor by which the next page is asked for; None at the end."""

    items: tuple[Item, ...]
    next: str | None


def page(view: StoreView, where: Where, *, limit: int, cursor: str | None = None, newest_first: bool = False) -> Page:
    """At most `limit` items behind a cursor, in the order in which they were remembered; `InvalidInput` for no cursor.

    A cursor names the place of an item, not a count: nothing is passed over or shown twice when others are kept,
    changed or erased between two pages, the item itself included.
    """
    rows = view.rows(where)
    places = view.places(rows)
    if cursor is not None:
        behind = places < _place(cursor) if newest_first else places > _place(cursor)
        rows, places = rows[behind], places[behind]
    chosen = slice(None, -limit - 1, -1) if newest_first else slice(limit)
    shown = rows[chosen]
    following = _cursor(int(places[chosen][-1])) if len(rows) > limit else None
    return Page(tuple(view.items(shown)), following)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"p{place}".encode()).decode().rstrip("=")


def _place(cursor: str) -> int:
    try:
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        told = ""
    if not (told[:1] == "p" and told[1:].isdigit() and len(told) < 20):
        raise InvalidInput("this cursor is not one of ours; use the one that came with the page before")
    return int(told[1:])
