"""From a cue to hits: the cue checked, the recipe's read stages run, damaged rows left out and said so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from remanence.errors import IntegrityError, InvalidInput
from remanence.memory.commit import Proposal, committed
from remanence.memory.filters import time_of
from remanence.memory.handle import Handle
from remanence.recall import known
from remanence.stage import Ctx
from remanence.types import MAX_CUE, MAX_K, Change, Cue, Hits, Where

T = TypeVar("T")

DAMAGED = 8
"""So many damaged items are left out of one verb before it gives up."""


def cue_of(handle: Handle, text: str, where: Where, k: int, now: datetime | str | None) -> Cue:
    """A cue that can be asked; `InvalidInput` for one that is empty, too long, or wants no hits or too many."""
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput("the cue is empty; ask something")
    if len(text) > MAX_CUE:
        raise InvalidInput(f"the cue has {len(text):,} characters; at most {MAX_CUE:,} are read")
    whole_number("k", k, 1, MAX_K)
    return Cue(text.encode("utf-8", "replace").decode(), time_of(now) or handle.clock(), where, k)


def found(handle: Handle, cue: Cue, ctx: Ctx) -> Hits:
    """What the recipe's read stages find, with a confidence."""
    hits = handle.recipe.recall(cue, Hits(ctx.store), ctx)
    if hits.confidence is None:
        hits.confidence = known.sure(cue, hits, ctx)
    return hits


def reading(handle: Handle, read: Callable[[Ctx], T]) -> tuple[T, Ctx]:
    """Read once more without the row when a damaged one is met, and say so in `ctx.degraded`."""
    ctx = handle.ctx()
    for _ in range(DAMAGED):
        try:
            return read(ctx), ctx
        except IntegrityError as error:
            ctx.degraded.append(f"left out: {error}")
    raise IntegrityError("many damaged items were met; run: remanence doctor --deep")


def used(handle: Handle, hits: Hits) -> None:
    """Let the recipe learn from what was recalled."""
    stage = handle.recipe.write("on_recall")
    if stage is None or not len(hits):
        return
    given = tuple(hits.items)
    committed(
        handle, lambda ctx: Proposal(stage(Change(given=given, reason="recall"), ctx), {"notes": {}}, empty_too=False)
    )


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """The value, or `InvalidInput` when it is no whole number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidInput(f"{name} is a whole number from {low:,} to {high:,}, not {value!r}")
    return value


def share(name: str, value: object) -> float:
    """The value as a number in [0, 1], or `InvalidInput`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InvalidInput(f"{name} is a number from 0 to 1, not {value!r}")
    return float(value)


def word(name: str, value: object) -> str:
    """The value as a text that a store can be asked for, or `InvalidInput`."""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is a text, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} {value!a} is not Unicode text") from None
    return value


def words(name: str, value: object) -> list[str]:
    """One text or several, as a list without repetitions."""
    if isinstance(value, str):
        return [word(name, value)]
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise InvalidInput(f"{name} is a text or a list of texts, not {type(value).__name__}")
    return list(dict.fromkeys(word(name, one) for one in value))
