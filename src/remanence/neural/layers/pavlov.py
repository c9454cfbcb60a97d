"""The Pavlovian layer: keys are cues, values are outcomes, a read is what a cue evokes.

rule "hebb" is linear attention, the view of the paper; rule "delta" is Rescorla and Wagner's learning rule.
"""

from __future__ import annotations

from remanence.errors import InvalidInput
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
def Pavlov(
    dim: int,
    *,
    rule: str = "hebb",
    heads: int = 4,
    key: int | None = None,
    value: int | None = None,
    conv: int = 0,
    chunk: int = 64,
) -> MatrixMemory:
    """A matrix memory of `heads` conditioning chambers; no convolution by default."""
    if rule not in ("hebb", "delta"):
        raise InvalidInput(f"rule is hebb or delta, got {rule!r}")
    return MatrixMemory(dim, delta=rule == "delta", heads=heads, key=key, value=value, conv=conv, chunk=chunk)
