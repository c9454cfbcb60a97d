"""The Pavlovian layer: keys are cues, values are outcomes, a read is what a cue evokes.

Hebbian sums are linear attention, the view of the paper; `delta=True` is Rescorla and Wagner's learning rule.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer(
    "pavlov",
    ledger="S159",
    paper="Understanding Transformers through the Lens of Pavlovian Conditioning (2025)",
    architecture="matrix",
    bias="dot (hebb) or l2 (delta)",
    notes="The experiments themselves are in remanence.neural.conditioning.",
)
class Pavlov(MatrixMemory, conv=0):
    """A matrix memory of `heads` conditioning chambers; `delta=True` learns by the rule of Rescorla and Wagner."""
