"""The student's word table: the bundled static vectors mapped to MiniLM's, usual words kept whole, a thin rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

WHOLE, RANK = 3500, 40  # word pieces kept whole (int8), and dimensions of what the static vectors miss


def quantised(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 rows and their scales, [N, D] and [N]."""
    scales = np.maximum(np.abs(rows).max(1), 1e-9).astype(np.float32) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales


def word_table(
    static: NDArray[np.float32], target: NDArray[np.float32], counts: NDArray[np.int64]
) -> tuple[dict[str, NDArray[np.generic]], NDArray[np.float32]]:
    """Parts of the table and what they add up to, [V, 384]; often seen pieces weigh more in the fit."""
    weight = np.sqrt(counts + 0.3).astype(np.float32)[:, None]
    wide = np.c_[static, np.ones(len(static), np.float32)]
    matrix, *_ = np.linalg.lstsq(wide * weight, target * weight, rcond=None)
    matrix = matrix.astype(np.float32)
    whole = np.sort(np.argsort(-counts, kind="stable")[:WHOLE])
    weight[whole] = 0.05  # they have rows of their own
    rest = (target - wide @ matrix) * weight
    _, vectors = np.linalg.eigh(rest.T @ rest)
    basis = np.ascontiguousarray(vectors[:, ::-1][:, :RANK].T, dtype=np.float32)
    rest_rows, rest_scales = quantised((target - wide @ matrix) @ basis.T)
    whole_rows, whole_scales = quantised(target[whole])
    parts: dict[str, NDArray[np.generic]] = {
        "words.matrix": matrix,
        "words.basis": basis,
        "words.rest": rest_rows,
        "words.rest.scale": rest_scales,
        "words.whole": whole_rows,
        "words.whole.scale": whole_scales,
        "words.whole.ids": whole.astype(np.uint16),
    }
    return parts, restored(parts, static)


def restored(parts: Mapping[str, NDArray[np.generic]], static: NDArray[np.float32]) -> NDArray[np.float32]:
    """[V, 384] from the parts."""
    wide = np.c_[static, np.ones(len(static), np.float32)]
    table = wide @ parts["words.matrix"]
    table += (parts["words.rest"] * parts["words.rest.scale"][:, None]) @ parts["words.basis"]
    table[parts["words.whole.ids"].astype(np.intp)] = parts["words.whole"] * parts["words.whole.scale"][:, None]
    return table.astype(np.float32)
