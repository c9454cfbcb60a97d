"""Makes a folder to go on training from out of the weights that ship.

python scripts/reader/unpack.py OUT [--card src/remanence/models/reader/data/reader.json]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from network import PLACES, WIDTH

from remanence.models.reader.weights import BUNDLED, read_weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--card", type=Path, default=BUNDLED)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    weights = read_weights(options.card)  # checks the sum, too
    state: dict[str, torch.Tensor] = {}
    for name, value in weights.tensors.items():
        if not name.startswith("words."):
            trunk = name.startswith(("places", "types", "norm.", "layers."))
            state[f"trunk.{name}" if trunk else name] = torch.tensor(np.asarray(value, dtype=np.float32))
    places = torch.zeros(PLACES, WIDTH)
    places[: len(state["trunk.places"])] = state["trunk.places"]
    state["trunk.places"] = places
    torch.save(state, options.out / "student.pt")
    np.savez(options.out / "words.npz", **packed_words(options.card, weights.card))  # type: ignore[arg-type]


def packed_words(card: Path, said: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The word table as it is packed: int8 rows and their scales."""
    payload, offset, out = card.with_suffix(".bin").read_bytes(), 0, {}
    for name, kind, shape in said["tensors"]:
        array = np.frombuffer(payload, kind, count=int(np.prod(shape)), offset=offset).reshape(shape)
        offset += array.nbytes
        if name.startswith("words."):
            out[name] = array
    return out


if __name__ == "__main__":
    main()
