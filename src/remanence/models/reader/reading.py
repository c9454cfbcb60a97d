"""What one passage says to a question, and what a turn states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Reading:
    """What one passage says to a question.

    `passage[start:end]` is the best span, `score` and `null` the logits of that span and of "not in here",
    `verdict` a second logit of "in here", `answerable` the probability that the passage answers at all (of
    both, calibrated on held-out questions), `yes` and `no` the probabilities that it answers a yes-or-no
    question so (they and "neither" sum to 1). `by` says who read it: the English "network", or "signs" of
    any language, which knows no yes or no.
    """

    start: int
    end: int
    score: float
    null: float
    verdict: float
    answerable: float
    yes: float
    no: float
    by: Literal["network", "signs"] = "network"


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement of a turn: `attribute` of the subject is `text[start:end]`.

    `subject` is a span of the text, or None for the speaker. `polarity` is "affirmed" or "denied",
    `modality` "holds", "ended", "planned" or "wished"; `certainty` is the mean probability of the value's
    pieces.
    """

    attribute: str
    start: int
    end: int
    subject: tuple[int, int] | None
    polarity: str
    modality: str
    certainty: float


def chance(curve: Sequence[float], margin: float, verdict: float) -> float:
    """Logistic regression on a span's margin over "not in here" and the second verdict."""
    logit = curve[0] * margin + curve[1] * verdict + curve[2]
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))
