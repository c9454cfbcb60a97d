"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.77,
    "words": 1.53,
    "covered": 1.55,
    "named": 0.57,
    "speaker": 2.21,
    "asker": 1.73,
    "asked": 0.16,
    "in time": 1.70,
    "soon after": 0.79,
    "meaning before": 0.36,
    "meaning after": 0.30,
    "words before": 0.49,
    "words after": 0.16,
    "covered around": 2.00,
    "is question": -0.37,
    "answers": 0.12,
    "names a time": 1.42,
    "names a number": 0.64,
}
BIAS = -7.45

CONFIDENCE: dict[str, float] = {
    "best": 1.0,
    "covered by another": -7.0,
    "shared by another": 6.5,
    "unknown": -2.0,
}
CONFIDENCE_BIAS = 0.8
"""The weights of `gate.confidence`: round numbers near what `python experiments/fit_confidence.py --write` fits.

Only signs that speak the same way on every set are kept; see the log for what the others did.
"""
