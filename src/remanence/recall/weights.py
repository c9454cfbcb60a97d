"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.90,
    "words": 1.06,
    "covered": 1.09,
    "named": 0.31,
    "identifier": 3.00,
    "speaker": 1.92,
    "asker": 1.24,
    "asked": 1.00,
    "in time": 1.85,
    "soon after": 0.93,
    "meaning before": -0.16,
    "meaning after": 0.26,
    "words before": 0.56,
    "words after": 0.09,
    "covered around": 2.04,
    "is question": -0.60,
    "answers": -0.38,
    "names a time": 1.51,
    "names a number": 0.79,
    "named one answers": 0.25,
    "meaning asked": 0.97,
    "meaning answered": -0.06,
    "words answered": 0.78,
    "words covered": 0.73,
    "asker meaning": 0.80,
    "asker meaning before": -0.22,
    "asker meaning after": -0.12,
}
BIAS = -7.32
"""Of what somebody said.

`asked` and `identifier` are set by hand: the sets hold five questions about what the assistant said, and next to none
with a ticket's number or the like.
"""

DOCUMENT_WEIGHTS: dict[str, float] = {
    "meaning": 0.80,
    "words": 8.27,
    "identifier": 3.00,
    "in time": 1.78,
    "soon after": 0.89,
}
DOCUMENT_BIAS = -7.77
"""Of what nobody said: passages, chapters, noted facts.  Questions about them use their words.

Time and identifiers weigh as in talk; the documents of the fit have neither.
"""

CONFIDENCE: dict[str, float] = {
    "best": 1.45,
    "in one turn": 1.70,
    "near": 1.13,
    "together of another": -2.19,
}
CONFIDENCE_BIAS = -1.37
"""Of `known.signs`, fitted by `python experiments/fit_confidence.py --write`; no sign may speak against its meaning."""
