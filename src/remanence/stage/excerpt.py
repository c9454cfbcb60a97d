"""An item that is made of a part of another: of the same speaker, time, scope and trust, with the part as evidence."""

from __future__ import annotations

from typing import Any

from remanence.types import Evidence, Item


def excerpt(source: Item, kind: str, start: int, end: int, text: str | None = None, **more: Any) -> Item:
    """An item of source.text[start:end], or of another `text` for it; `more` are further fields."""
    return Item(
        kind,
        source.text[start:end] if text is None else text,
        who=source.who,
        at=source.at,
        scope=source.scope,
        evidence=(Evidence(source.id, start, end),),
        trust=source.trust,
        **more,
    )
