"""The weights of the default recall: how much each measure of a candidate says that it is evidence.

Fitted by `python experiments/fit_recall.py --write`; positive speaks for evidence.
A measure that a store cannot give (no speakers, no neighbours) is 0 and drops out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "meaning": 1.54,
    "words": 1.10,
    "covered": 1.53,
    "named": 0.28,
    "identifier": 3.00,
    "speaker": 2.15,
    "asker": 1.51,
    "asked": 1.00,
    "in time": 1.78,
    "soon after": 0.88,
    "meaning before": 0.04,
    "meaning after": 0.31,
    "words before": 0.52,
    "words after": -0.05,
    "covered around": 2.16,
    "is question": -0.62,
    "answers": -0.20,
    "names a time": 1.49,
    "names a number": 0.52,
    "named one answers": 0.14,
    "meaning asked": 0.84,
    "meaning answered": 0.06,
    "words answered": 0.55,
    "words covered": 0.63,
    "asker meaning": 1.09,
    "asker meaning before": -0.53,
    "asker meaning after": -0.19,
}
BIAS = -7.37
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
    "best": 1.84,
    "in one turn": 1.75,
    "near": 1.34,
    "together of another": -2.27,
}
CONFIDENCE_BIAS = -1.62
"""Of `known.signs`, fitted by `python experiments/fit_confidence.py --write`; no sign may speak against its meaning."""
