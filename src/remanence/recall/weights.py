"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.74,
    "words": 1.41,
    "covered": 1.91,
    "speaker": 2.33,
    "asker": 1.77,
    "asked": 0.27,
    "in time": 1.74,
    "soon after": 0.87,
    "meaning before": 0.35,
    "meaning after": 0.31,
    "words before": 0.58,
    "words after": 0.26,
    "covered around": 2.09,
    "is question": -0.38,
    "answers": 0.12,
    "names a time": 1.52,
    "names a number": 0.61,
}
BIAS = -7.70

CONFIDENCE: dict[str, float] = {
    "best": 2.16,
    "margin": -1.56,
    "cosine": 0.33,
    "share": -1.16,
    "covered by another": -6.92,
    "shared by another": 6.47,
    "unknown": -0.45,
    "crowd": 1.14,
    "by the named": -1.46,
}
CONFIDENCE_BIAS = 1.46
"""The weights of `gate.confidence`, fitted by `python experiments/fit_confidence.py --write`."""
