"""Test-time training layers: a small model per head that learns, step by step, to predict values from keys.

f(k) = k + LN(k W) (linear) or k + LN(mlp(k)); gradients of a mini-batch of tokens are taken at its start.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.network import NetworkMemory


@layer("ttt_linear")
class TTTLinear(NetworkMemory, depth=1, momentum=False, decay=False):
    """One matrix a head; without residual and norm, token by token, it is DeltaNet."""


@layer("ttt_mlp")
class TTTMLP(NetworkMemory, depth=2, expansion=4, momentum=False, decay=False):
    """Two layers with a GELU, four times as wide inside."""
