"""The Pavlovian layer: keys are cues, values are outcomes, a read is what a cue evokes.

Hebbian sums are linear attention, the view of the paper; `delta=True` is Rescorla and Wagner's learning rule.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.matrix import MatrixMemory


@layer("pavlov")
class Pavlov(MatrixMemory, conv=0):
    """A matrix memory of `heads` conditioning chambers; `delta=True` learns by the rule of Rescorla and Wagner."""
