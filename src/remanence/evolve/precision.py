"""Forgetting that costs bits: what is retained less is compared more coarsely, and recall restores it.

SuperLocalMemory (2026) ties the width of a stored vector to Ebbinghaus retention. Here the exact vector stays in the
file, and `data["bits"]` says how much of it may be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.retention import age
from remanence.errors import BadKnob
from remanence.evolve.decay import stored
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, Update

ZONES: tuple[tuple[float, int], ...] = ((0.8, 32), (0.5, 8), (0.2, 4), (0.05, 2))
"""(retention above which, bits); what is retained less is given up."""


def trusted_retention(items: Sequence[Item], now: datetime, *, unit: str, kappa: float) -> NDArray[np.float64]:
    """exp(-t (1 + kappa (1 - trust)) / S) since last use, in [0, 1]: what is trusted less fades faster."""
    ages = np.array([age(item.used or item.seen or now, now, unit) for item in items])
    doubt = np.array([1 + kappa * (1 - item.trust) for item in items])
    strength = np.array([max(item.strength, 1e-9) for item in items])
    return np.asarray(np.exp(-ages * doubt / strength))


def bits_of(retention: float) -> int:
    """32, 8, 4 or 2 bits, 0 for what is given up."""
    return next((bits for least, bits in ZONES if retention > least), 0)


@writes
def by_retention(
    change: Change, ctx: Ctx, *, unit: str = "week", kappa: float = 2.0, kinds: tuple[str, ...] = ("turn", "fact")
) -> Change:
    """Give each item the bits that its retention is worth; at 0 bits it goes to tier `cold`. Meant for `at_sleep`.

    unit: of time, in which strengths count; the paper's hours forget a fact that was told once within an afternoon.
    """
    if kappa < 0:
        raise BadKnob(f"kappa is at least 0, not {kappa}")
    now = ctx.clock()
    updates = []
    for batch in stored(ctx.store, kinds, ("hot", "cold")):
        for item, left in zip(batch, trusted_retention(batch, now, unit=unit, kappa=kappa).tolist(), strict=True):
            bits = bits_of(left)
            fields: dict[str, Any] = {"data": {"bits": bits}} if bits != item.data.get("bits", 32) else {}
            if (bits == 0) != (item.tier == "cold") and not item.data.get("quarantine"):
                fields["tier"] = "cold" if bits == 0 else "hot"
            if fields:
                updates.append(Update(item.id, fields, f"retention {left:.3f}", "precision.by_retention"))
    return change.plus(updates=updates)


@writes
def restored(change: Change, ctx: Ctx) -> Change:
    """What was recalled gets its bits and its place back. Meant for `on_recall`."""
    return change.plus(
        updates=[
            Update(item.id, {"data": {"bits": 32}, "tier": "hot"}, "recalled", "precision.restored")
            for item in change.given
            if item.data.get("bits", 32) != 32 and not item.data.get("quarantine")
        ]
    )
