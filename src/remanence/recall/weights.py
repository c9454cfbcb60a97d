"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.82,
    "words": 1.39,
    "covered": 2.02,
    "speaker": 2.38,
    "asker": 1.95,
    "asked": 0.26,
    "in time": 1.85,
    "soon after": 0.91,
    "meaning before": 0.32,
    "meaning after": 0.29,
    "words before": 0.50,
    "words after": 0.34,
    "covered around": 2.26,
    "is question": -0.38,
    "answers": 0.17,
    "names a time": 1.44,
    "names a number": 0.15,
}
BIAS = -7.91

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
