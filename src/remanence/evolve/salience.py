"""Prunes what matters least: salience falls with every turn that passes, and a recent recall lifts it (HEMA)."""

from __future__ import annotations

import math

import numpy as np

from remanence.errors import BadKnob
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.types import Change, Update, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """Archive the `share` of items with the least salience, rounded up: w = exp(-decay * turns since) + bonus * recent.

    recent is 1 for what was recalled since the last `window` turns were remembered, else 0. The published formula gives
    its bonus to what was not recalled, though its text says the opposite; this is the text. Meant for
    `every(window, ...)`: a rest of fewer new items prunes nothing.
    """

    share: float = 0.005
    decay: float = 0.002
    bonus: float = 0.5
    window: int = 100
    kinds: tuple[str, ...] = ("turn",)

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        if not 0 < self.share < 1 or self.window < 1:
            raise BadKnob(f"prune needs 0 < share < 1 and window >= 1, not {self.share} and {self.window}")
        if change.given and len(change.given) < self.window:
            return change
        items = ctx.store.items(ctx.store.rows(Where(kinds=self.kinds)))
        if not items:
            return change
        since = items[max(0, len(items) - self.window)].seen
        turns = np.arange(len(items))[::-1]
        recent = np.array([bool(item.used and since and item.used >= since) for item in items])
        salience = np.exp(-self.decay * turns) + self.bonus * recent
        least = np.argsort(salience, kind="stable")[: math.ceil(self.share * len(items))]
        return change.plus(
            updates=[
                Update(
                    items[place].id,
                    {"tier": "archived"},
                    f"salience {salience[place]:.3f} is the least",
                    "salience.prune",
                )
                for place in least.tolist()
            ]
        )


prune = writes(Prune)
