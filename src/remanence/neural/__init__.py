"""Neural sequence memories: every layer of the field as a choice on eight axes over six kernels.

`remanence.neural.Titans(dim=256)` and `remanence.neural.make("titans", dim=256)` build the same layer;
`names()` lists them all. Needs PyTorch: `pip install remanence[neural]`.
"""

from __future__ import annotations

from typing import Any

from remanence.errors import ModelMissing

try:
    import torch as _torch
except ImportError as missing:  # pragma: no cover - the suite runs with torch
    raise ModelMissing(
        "remanence.neural needs PyTorch, which is not installed; run: pip install 'remanence[neural]'"
    ) from missing

from remanence.neural.blocks import start_alike
from remanence.neural.layer import (
    Card,
    Layer,
    State,
    by_class_name,
    cards,
    detach_state,
    layer,
    load_state,
    make,
    names,
    packed,
    save_state,
    state_floats,
    take_rows,
)

__all__ = [
    "Card",
    "Layer",
    "State",
    "cards",
    "detach_state",
    "layer",
    "load_state",
    "make",
    "names",
    "packed",
    "save_state",
    "start_alike",
    "state_floats",
    "take_rows",
]


def __getattr__(name: str) -> Any:
    """Find a layer by its class name, such as `Titans`, or one of the trunk's names."""
    if name.startswith("_"):
        raise AttributeError(name)
    return by_class_name(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *(card.builder for card in cards().values())})


del _torch
