"""idf weights: how much each term of a question counts."""

from __future__ import annotations

import numpy as np

from remanence.types import Floats


def idf_weights(idf: Floats) -> Floats:
    """float32 [T] inverse document frequencies -> shares, 1 in all; a term that nobody used counts as the rarest."""
    rarity = np.where(idf > 0, idf, float(idf.max(initial=1.0))).astype(np.float32)
    return np.asarray(rarity / max(float(rarity.sum()), 1e-6), np.float32)
