"""Connected components: which nodes can reach each other at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def components(src: NDArray[np.int64], dst: NDArray[np.int64], *, size: int) -> NDArray[np.int64]:
    """The smallest node of each node's component, int64 [size]. Hooking and pointer jumping; O(E log n)."""
    label = np.arange(size)
    while True:
        low = np.minimum(label[src], label[dst])
        before = label.copy()
        np.minimum.at(label, label[src], low)
        np.minimum.at(label, label[dst], low)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(before, label):
            return label
