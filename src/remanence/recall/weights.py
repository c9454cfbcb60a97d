"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.96,
    "words": 1.23,
    "covered": 1.84,
    "named": 0.31,
    "identifier": 3.00,
    "speaker": 2.19,
    "asker": 1.79,
    "asked": 1.00,
    "in time": 1.79,
    "soon after": 0.88,
    "meaning before": -0.06,
    "meaning after": 0.25,
    "words before": 0.49,
    "words after": -0.05,
    "covered around": 2.08,
    "is question": -0.67,
    "answers": -0.21,
    "names a time": 1.48,
    "names a number": 0.57,
    "named one answers": 0.14,
    "meaning asked": 0.91,
    "meaning answered": 0.10,
    "words answered": 0.66,
}
BIAS = -7.50
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
    "best": 1.79,
    "in one turn": 1.82,
    "near": 1.35,
    "together of another": -2.24,
}
CONFIDENCE_BIAS = -1.63
"""Of `known.signs`, fitted by `python experiments/fit_confidence.py --write`; no sign may speak against its meaning."""
