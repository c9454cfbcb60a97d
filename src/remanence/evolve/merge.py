"""Finds what is there twice: exact duplicates are folded into one, near ones are put behind the first."""

from __future__ import annotations

from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.lookup import exact
from remanence.stage.neighbours import neighbours
from remanence.types import Change, Item, Link, Where

DERIVED = ("fact", "note", "summary", "insight", "skill", "scene")
"""Kinds that may be folded; verbatim items are never."""
_ALL = ("hot", "cold")


def _same(item: Item) -> tuple[object, ...]:
    """What makes two derived items the same statement."""
    return (
        item.kind,
        " ".join(item.text.casefold().split()),
        item.scope.user,
        item.scope.agent,
        item.scope.app,
        item.data.get("polarity"),
        _planned(item),
    )


def _planned(item: Item) -> bool:
    """Whether it is only planned or wished; that it came about is news."""
    return item.data.get("modality") in ("planned", "wished")


@writes
def duplicates(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = DERIVED) -> Change:
    """Fold derived items of the same words into the first one, which keeps the evidence of both if both are trusted.

    A later item that is only put is left out; a stored one is retired. Sessions may differ, users not.
    An item that has ended does not count: what became true again is news, and so is what was told late of a time
    before it became true again.
    """
    draft = ChangeBuilder(change, "merge.duplicates")
    fresh = [item for item in change.fresh if item.kind in kinds]
    first: dict[tuple[object, ...], Item] = {}
    for kind in dict.fromkeys(item.kind for item in fresh):
        wanted = [(_same(item), item.text) for item in fresh if item.kind == kind]
        first.update((key, found[0]) for key, found in exact(ctx.store, kind, wanted, _same).items())
    folded = 0
    for item in fresh:
        kept = first.setdefault(_same(item), item)
        if kept.id == item.id or not draft.believed(item):
            continue
        if item.trust > kept.trust + 1e-9 or _ended_before(item, kept, ctx):
            continue
        draft.say_again(kept, item, "said again")
        draft.drop(item, f"the same as {kept.id}")
        folded += 1
    if folded:
        draft.note(f"{folded} duplicates folded")
    return draft.change()


def _ended_before(item: Item, kept: Item, ctx: Ctx) -> bool:
    """Whether what an item says ended before the kept one said it, or must have: that took another's place later."""
    if item.at is None or kept.at is None or item.at >= kept.at:
        return False
    if item.until is not None and item.until < kept.at:
        return True
    return any(
        link.at is not None and link.at > item.at
        for link in ctx.store.links([kept.id], rels=("supersedes",), direction="out")
    )


@writes
def near(change: Change, ctx: Ctx, *, threshold: float = 0.95, kinds: tuple[str, ...] = DERIVED) -> Change:
    """Put derived items that say almost the same behind the first one: tier `cold`, linked `same_as`.

    Two items count as one from a cosine of `threshold`, when their subject, slot and value do not differ.
    Nothing is lost: a cold item is recalled when it is asked for, and `tier.restore` brings it back.
    """
    draft = ChangeBuilder(change, "merge.near")
    fresh = [item for item in change.fresh if item.kind in kinds]
    vectors = ctx.embed([item.key for item in fresh])
    where = Where(kinds=kinds)
    found = neighbours(ctx.store, fresh, vectors, k=5, floor=threshold, where=where)
    for item, others in zip(fresh, found, strict=True):
        for other in others:
            kept = draft.now(other.item)
            if kept.tier == "hot" and _agree(item, kept) and item.trust <= kept.trust + 1e-9:
                draft.rewrite(item, {"tier": "cold"}, f"nearly the same as {kept.id}")
                draft.link(Link(item.id, "same_as", kept.id, weight=round(min(other.cosine, 1.0), 4)))
                break
    return draft.change()


def _agree(left: Item, right: Item) -> bool:
    names = ("subject", "slot", "value", "polarity")
    return (left.kind, _planned(left)) == (right.kind, _planned(right)) and all(
        left.data.get(name) == right.data.get(name)
        for name in names
        if left.data.get(name) is not None and right.data.get(name) is not None
    )
