"""Prunes what matters least: salience falls with every turn that passes, and a recent recall lifts it (HEMA)."""

from __future__ import annotations

import math

import numpy as np

from remanence.errors import BadKnob
from remanence.stage import Ctx, writes
from remanence.types import Change, Update, Where


@writes
def prune(
    change: Change,
    ctx: Ctx,
    *,
    share: float = 0.005,
    decay: float = 0.002,
    bonus: float = 0.5,
    window: int = 100,
    kinds: tuple[str, ...] = ("turn",),
) -> Change:
    """Archive the `share` of items with the least salience, rounded up: w = exp(-decay * turns since) + bonus * recent.

    recent is 1 for what was recalled since the last `window` turns were remembered, else 0. The published formula gives
    its bonus to what was not recalled, though its text says the opposite; this is the text. Meant for
    `every(window, ...)`: a rest of fewer new items prunes nothing.
    """
    if not 0 < share < 1 or window < 1:
        raise BadKnob(f"prune needs 0 < share < 1 and window >= 1, not {share} and {window}")
    if change.given and len(change.given) < window:
        return change
    items = ctx.store.items(ctx.store.rows(Where(kinds=kinds)))
    if not items:
        return change
    since = items[max(0, len(items) - window)].seen
    turns = np.arange(len(items))[::-1]
    recent = np.array([bool(item.used and since and item.used >= since) for item in items])
    salience = np.exp(-decay * turns) + bonus * recent
    least = np.argsort(salience, kind="stable")[: math.ceil(share * len(items))]
    return change.plus(
        updates=[
            Update(
                items[place].id, {"tier": "archived"}, f"salience {salience[place]:.3f} is the least", "salience.prune"
            )
            for place in least.tolist()
        ]
    )
