"""Points of a numbered list are apart: of "2) fix the boiler 3) call Ewa" nobody called Ewa fixes the boiler."""

from __future__ import annotations

import itertools
import re
from collections.abc import Set

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.happened import stems
from remanence.language.text import content_words

_POINT = lazy_pattern(r"(?:^|(?<=[\s:;,.]))\(?\d{1,2}[).](?=\s[^\W\d_])", re.M)


def in_another_point(text: str, start: int, essence: Set[str]) -> bool:
    """Whether [start] stands in a point of a list that holds no word of `essence` (stems), while another one does."""
    marks = [m.start() for m in _POINT.finditer(text)]
    if len(marks) < 2 or not essence:
        return False
    bounds = [0, *marks, len(text)]
    points = [(low, high) for low, high in itertools.pairwise(bounds) if low < high]
    held = {low: bool(essence & stems(content_words(text[low:high]))) for low, high in points}
    mine = next((low for low, high in points if low <= start < high), 0)
    return not held.get(mine, True) and any(held.values())
