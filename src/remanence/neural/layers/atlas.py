"""Atlas and OmegaNet: deep memories that learn a whole window of pairs at every token, not only the last one.

W_t = (1 - alpha_t) W_{t-1} + S_t,  S_t = eta_t S_{t-1} - theta_t sum over the window of weight_i grad l(W; k_i, v_i)

Keys are read with the products of their channels (polynomial features); Atlas makes S_t orthogonal (Muon) before it
is added.
"""

from __future__ import annotations

from remanence.neural.layer import layer
from remanence.neural.network import NetworkMemory


@layer("omega_net")
class OmegaNet(NetworkMemory, window=4, degree=2, momentum=False):
    """The Omega rule with plain gradient descent; window=1, degree=1 is Titans without momentum."""


@layer("atlas")
class Atlas(NetworkMemory, window=4, degree=2, orthogonal=5, chunk=8):
    """The Omega rule with momentum that is made orthogonal."""
