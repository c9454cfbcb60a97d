"""What a text says about somebody or something: one shape for every statement, however it was read."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from remanence.records import dataclass

Modality = Literal["asserted", "planned", "wished", "asked", "hypothetical", "reported", "cancelled"]
Change = Literal["", "changed", "added", "ended", "corrected"]

CERTAIN = 0.9
"""Certainty of a plain pattern."""
LOOSE = 0.5
"""Certainty of a pattern that is sometimes wrong."""
SURE = 0.75
"""From this certainty on a statement may end another one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """(subject, attribute, value) as stated by the characters from `start` to `end` (not included) of a source.

    polarity: the number 1 where it is affirmed, -1 where it is denied or over ("I no longer ...").
    modality: how it is meant; only "asserted" and "reported" say that it is so.
    at: when it is true from (the time named in the sentence, else the time of speaking, else None); until: when a
    named interval ends, for what happens once (events, plans). certainty: how likely it was read rightly, in [0, 1].
    speaker: who says it; "" when unknown. values: where several things are stated at once without saying which is
    which. change: what the words say that it does to what was known ("now" changed, "too" added, "I meant" corrected).
    replaces: the old value, where the sentence names it. in_talk: read from fragments, so that its span is no sentence.
    how: which way of reading found it.
    """

    subject: str
    attribute: str
    value: str
    polarity: int = 1
    at: datetime | None = None
    until: datetime | None = None
    start: int = 0
    end: int = 0
    certainty: float = CERTAIN
    modality: Modality = "asserted"
    speaker: str = ""
    values: tuple[str, ...] = ()
    change: Change = ""
    replaces: str = ""
    in_talk: bool = False
    how: str = ""

    @property
    def sure(self) -> bool:
        """Whether it is certain enough to end another statement."""
        return self.certainty >= SURE

    @property
    def holds(self) -> bool:
        """Whether it says that the value is so."""
        return self.polarity > 0 and self.modality in ("asserted", "reported")
