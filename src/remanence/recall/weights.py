"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.79,
    "words": 1.37,
    "covered": 2.06,
    "speaker": 2.40,
    "asker": 1.87,
    "asked": 0.26,
    "in time": 1.83,
    "soon after": 0.92,
    "meaning before": 0.34,
    "meaning after": 0.30,
    "words before": 0.63,
    "words after": 0.20,
    "covered around": 2.28,
    "is question": -0.45,
    "answers": 0.15,
    "names a time": 1.56,
    "names a number": 0.56,
}
BIAS = -7.93

CONFIDENCE: dict[str, float] = {
    "best": 3.24,
    "margin": -2.75,
    "cosine": 0.33,
    "share": -1.18,
    "covered by another": -6.96,
    "shared by another": 6.56,
    "unknown": -0.45,
    "crowd": 1.15,
    "by the named": -1.41,
}
CONFIDENCE_BIAS = 1.40
"""The weights of `gate.confidence`, fitted by `python experiments/fit_confidence.py --write`."""
