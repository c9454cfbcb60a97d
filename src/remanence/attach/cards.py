"""A card for every published system of this room: its paper, what differs here, and the test that proves it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Card:
    """`maker` is the Python name under `remanence`; `proof` the test that fails with the mechanism switched off.

    `faithful`: `faithful`, `mechanism` (it runs, the paper's score is not reproduced) or `kernel` (the idea alone).
    """

    name: str
    paper: str
    maker: str
    faithful: str
    differs: str
    proof: str
    ledger: str = ""
    """Its row of the ledger, empty for a common baseline."""


CARDS = tuple(Card(**one) for one in tomllib.loads(Path(__file__).with_name("cards.toml").read_text("utf-8"))["card"])
"""All of them, as `cards.toml` has them."""
