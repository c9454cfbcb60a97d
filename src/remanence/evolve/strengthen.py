"""Makes what is used stronger."""

from __future__ import annotations

from remanence.algo.retention import age, strengthened
from remanence.stage import Ctx, writes
from remanence.types import Change, Touch


@writes
def on_use(
    change: Change,
    ctx: Ctx,
    *,
    by: float = 1.0,
    spacing: float = 0.0,
    unit: str = "day",
    most: float = 1000.0,
    top: int | None = None,
    kinds: tuple[str, ...] = (),
) -> Change:
    """A recalled item's strength grows by `by`, and its clock starts again (MemoryBank: S + 1, t = 0).

    `spacing` adds spacing * ln(1 + units since the last use): a use after a long while strengthens more.
    `top` counts only so many of the recalled items as used. Meant for `on_recall`.
    """
    now = ctx.clock()
    touches = []
    for item in change.given[:top]:
        if kinds and item.kind not in kinds:
            continue
        since = item.used or item.seen or now
        grown = strengthened(item.strength, age(since, now, unit), by=by, spacing=spacing)
        touches.append(Touch(item.id, strength=min(grown, most), used=now, stage="strengthen.on_use"))
    return change.plus(touches=touches)
