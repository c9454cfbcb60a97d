"""Loads the reader's weights: one checked binary of 8-bit rows beside a card that says what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.errors import IntegrityError, ModelMissing
from remanence.models.packed import Matrix, PackedRows, unpacked

BUNDLED = Path(__file__).parent / "data" / "reader.json"
CURE = "reinstall remanence, or build the weights again with scripts/reader/build"
_KINDS = {"int8": "<i1", "float32": "<f4", "float16": "<f2", "uint16": "<u2", "uint8": "<u1"}

_TABLES = ("words.rest", "words.whole")
"""Of these only the rows of the words at hand are needed."""


@dataclass(frozen=True)
class Weights:
    """Tensors by name (dequantised to float32, tables of words still packed), the card, and the first bytes of the
    binary's SHA-256."""

    tensors: Mapping[str, Matrix]
    packed: Mapping[str, PackedRows]
    card: Mapping[str, Any]
    fingerprint: str


def read_weights(path: Path = BUNDLED) -> Weights:
    """The weights that `path` (the card, .json) describes.

    A tensor "x" of int8 rows has its row scales in "x.scale"; one of uint8, two numbers of four bits a byte, one scale
    for so many numbers. Raises ModelMissing without a file,
    IntegrityError when the binary does not match the card's checksum.
    """
    try:
        card = json.loads(path.read_bytes())
        payload = np.memmap(path.with_suffix(".bin"), np.uint8, mode="r").view(np.ndarray)
        expected, table = str(card["sha256"]), list(card["tensors"])
    except FileNotFoundError as missing:
        raise ModelMissing(f"{missing.filename} is missing: {CURE}") from missing
    except (ValueError, KeyError, TypeError) as broken:
        raise IntegrityError(f"{path} is damaged ({broken!r}): {CURE}") from broken
    digest = hashlib.sha256(payload.data).hexdigest()
    if digest != expected:
        raise IntegrityError(f"{path.with_suffix('.bin')} does not match its checksum: {CURE}")
    raw: dict[str, NDArray[Any]] = {}
    offset = 0
    for name, kind, shape in table:
        count = int(np.prod(shape))
        raw[name] = np.frombuffer(payload, dtype=_KINDS[kind], count=count, offset=offset).reshape(shape)
        offset += raw[name].nbytes
    packed = {name: PackedRows(raw[name], raw[f"{name}.scale"]) for name in _TABLES if name in raw}
    whole = [name for name in raw if name not in packed and not name.endswith(".scale")]
    return Weights({name: unpacked(raw[name], raw.get(f"{name}.scale")) for name in whole}, packed, card, digest[:8])
