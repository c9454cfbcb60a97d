"""Reads the dates that benchmark files are written in."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORMS = (
    "%Y/%m/%d (%a) %H:%M",
    "%Y/%m/%d %H:%M",
    "%I:%M %p on %d %B, %Y",
    "%d.%m.%Y, %H:%M:%S",
    "%B-%d-%Y",
    "%B %d, %Y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d %B, %Y",
    "%d %B %Y",
)


def parse(text: str | None) -> datetime | None:
    """A date as benchmark files write it, in UTC; None when there is none or it is in no known form."""
    if not text:
        return None
    text = re.sub(r"\s+", " ", text.strip())
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
