"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 4.0,
    "words": 2.0,
    "covered": 4.0,
    "speaker": 1.5,
    "asker": 1.5,
    "asked": 1.5,
    "in time": 0.5,
    "soon after": 0.2,
    "meaning before": 1.0,
    "meaning after": 1.0,
    "words before": 1.0,
    "words after": 1.0,
    "covered before": 1.0,
    "covered after": 1.0,
    "covered around": 2.0,
    "is question": -1.0,
    "answers": 0.5,
    "names a time": 0.5,
    "names a number": 0.5,
}
BIAS = -8.0

CONFIDENCE: dict[str, float] = {
    "best": 2.0,
    "covered together": 2.0,
    "best cosine": 2.0,
    "unknown": -2.0,
}
CONFIDENCE_BIAS = -2.0
"""The weights of `gate.confidence`, fitted by `python experiments/fit_confidence.py`."""
