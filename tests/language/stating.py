"""What a turn states, as the tests of ways of saying compare it."""

from __future__ import annotations

from datetime import UTC, datetime

from remanence.language.statements.read import read

SAID = datetime(2025, 5, 6, 12, tzinfo=UTC)  # a Tuesday


def told(text: str, who: str = "Mo", about: str = "") -> list[tuple[str, str, str, int]]:
    """Subject, attribute, value and polarity of each statement; about: whom "he" or "she" means."""
    found = read(text, speaker=who, at=SAID, about=about)
    return [(one.subject, one.attribute, one.value, one.polarity) for one in found]
