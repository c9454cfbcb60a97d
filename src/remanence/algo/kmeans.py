"""k-means on unit vectors: groups of texts that point the same way (Lloyd, with k-means++ seeding)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def kmeans(
    vectors: NDArray[np.floating], k: int, rng: np.random.Generator, *, rounds: int = 20
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(label of each row int64 [N], unit centres float64 [k', D]); k' is at most the number of distinct rows."""
    points = np.asarray(vectors, np.float64)
    centres = points[[int(rng.integers(len(points)))]]
    far = 1 - points @ centres[0]
    while len(centres) < min(k, len(points)):
        far = np.clip(far, 0, None)
        if far.sum() < 1e-9:
            break
        pick = int(rng.choice(len(points), p=far / far.sum()))
        centres = np.vstack([centres, points[pick]])
        far = np.minimum(far, 1 - points @ points[pick])
    label = np.full(len(points), -1)
    for _ in range(rounds):
        near = np.asarray((points @ centres.T).argmax(axis=1))
        if np.array_equal(near, label):
            break
        label = near
        for group in range(len(centres)):
            middle = points[label == group].sum(axis=0)
            length = float(np.linalg.norm(middle))
            if length > 1e-12:
                centres[group] = middle / length
    return label.astype(np.int64), centres
