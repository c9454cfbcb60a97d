"""Records as lines of a context, packed whole in rank order: how every baseline and peer fills a budget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from remanence.arena.core.system import Packed
from remanence.arena.core.task import Record
from remanence.language.tokens import count_tokens


def line(record: Record) -> str:
    """A record as one line of a context: its day, who said it, the text."""
    who = record.who or record.role
    day = f"[{record.at:%Y-%m-%d}] " if record.at else ""
    return f"{day}{who + ': ' if who else ''}{record.key}"


class Lines:
    """Records as context lines, with their token counts taken once."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []

    def add(self, records: Sequence[Record]) -> None:
        self.records += records
        self.texts += map(line, records)
        self.sizes += [count_tokens(text) + 1 for text in self.texts[len(self.sizes) :]]

    def pack(self, rows: Iterable[int], budget: int) -> Packed:
        """Whole records in this order, each that still fits; the first one cut to fit where not even that one does."""
        texts: list[str] = []
        sources: list[str] = []
        left = budget
        for row in rows:
            if self.sizes[row] <= left:
                texts.append(self.texts[row])
                left -= self.sizes[row]
            elif not sources:
                texts.append(beginning(self.texts[row], left - 1))
                left = 0
            else:
                continue
            sources.append(self.records[row].source)
        return Packed("\n".join(texts), tuple(sources))


def beginning(text: str, budget: int) -> str:
    """The longest run of whole words from the start that costs at most `budget` tokens."""
    words = re.findall(r"\S+\s*", text)
    low, high = 0, min(len(words), budget)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens("".join(words[:middle])) <= budget:
            low = middle
        else:
            high = middle - 1
    return "".join(words[:low]).rstrip()
