"""Makes what is used stronger."""

from __future__ import annotations

from remanence.algo.retention import age, strengthened
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.types import Change, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class OnUse:
    """A recalled item's strength grows by `by`, and its clock starts again (MemoryBank: S + 1, t = 0).

    `spacing` adds spacing * ln(1 + units since the last use): a use after a long while strengthens more.
    `top` counts only so many of the recalled items as used. Meant for `on_recall`.
    """

    by: float = 1.0
    spacing: float = 0.0
    unit: str = "day"
    most: float = 1000.0
    top: int | None = None
    kinds: tuple[str, ...] = ()

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        now = ctx.clock()
        touches = []
        for item in change.given[: self.top]:
            if self.kinds and item.kind not in self.kinds:
                continue
            since = item.used or item.seen or now
            grown = strengthened(item.strength, age(since, now, self.unit), by=self.by, spacing=self.spacing)
            touches.append(Touch(item.id, strength=min(grown, self.most), used=now, stage="strengthen.on_use"))
        return change.plus(touches=touches)


on_use = writes(OnUse)
