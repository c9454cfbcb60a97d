"""What is known of a person corrects a scene: a member that contradicts a well supported value leaves it (Bi-Mem)."""

from __future__ import annotations

from collections import Counter

from remanence.errors import BadKnob
from remanence.form.scenes import again
from remanence.language.entities import norm
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.types import FIRM, Change, Item, Where


@writes
def scenes(change: Change, ctx: Ctx, *, supports: int = 3) -> Change:
    """Facts whose value for a subject and slot differs from one that at least `supports` sources state leave scenes.

    Top down, Bi-Mem's reflective agent: the scene is told anew without them, the facts themselves stay as evidence.
    A slot whose values are all well supported, or none, is left alone; what only a tool or somebody outside said
    supports nothing. Meant for `at_sleep`, after scenes are made.
    """
    if supports < 2:
        raise BadKnob(f"a value is well supported from 2 sources on, not {supports}")
    draft = ChangeBuilder(change, "calibrate.scenes")
    rows = ctx.store.rows(Where(kinds=("scene", "fact"), ended=True))
    every = {item.id: draft.now(item) for item in (*ctx.store.items(rows), *change.puts) if draft.believed(item)}
    counted: dict[tuple[str, str], Counter[str]] = {}
    for item in every.values():
        if item.kind == "fact" and item.data.get("subject") and item.data.get("slot") and item.trust >= FIRM:
            counted.setdefault(_slot(item), Counter())[_value(item)] += max(1, len({one.id for one in item.evidence}))
    for scene in [item for item in every.values() if item.kind == "scene"]:
        members = [every[one.id] for one in scene.evidence if one.id in every]
        kept = [item for item in members if not _against(item, counted, supports)]
        if kept and len(kept) < len(members):
            again(draft, ctx, scene, kept)
    return draft.change()


def _slot(item: Item) -> tuple[str, str]:
    return norm(str(item.data["subject"])), str(item.data["slot"])


def _value(item: Item) -> str:
    said = norm(str(item.data.get("value") or item.text))
    return said if item.data.get("polarity") is not False else f"not {said}"


def _against(item: Item, counted: dict[tuple[str, str], Counter[str]], supports: int) -> bool:
    if item.kind != "fact" or not item.data.get("slot") or not item.data.get("subject"):
        return False
    values = counted.get(_slot(item))
    if not values:
        return False
    best, most = values.most_common(1)[0]
    return most >= supports and values[_value(item)] < supports and _value(item) != best
