"""The same thought on several occasions is one thought that knows them all (CAIM's review)."""

from __future__ import annotations

from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.neighbours import neighbours
from remanence.types import Change, Item, Where, iso


@writes
def merged(change: Change, ctx: Ctx, *, floor: float = 0.9, kinds: tuple[str, ...] = ("note",)) -> Change:
    """A new thought that is as near as `floor` to a known one of a shared tag becomes one more occasion of it.

    The known thought keeps its words, gets the new one's evidence, and `data["times"]` lists when each was told. The
    new thought is retired. Meant for `at_sleep`.
    """
    draft = ChangeBuilder(change, "occasions.merged")
    fresh = [item for item in change.fresh if item.kind in kinds and item.tier == "hot"]
    near = neighbours(
        ctx.store, fresh, ctx.embed([item.text for item in fresh]), k=5, floor=floor, where=Where(kinds=kinds)
    )
    for item, others in zip(fresh, near, strict=True):
        for other in others:
            known = draft.now(other.item)
            if known.id != item.id and draft.believed(known) and _share(item, known):
                if item.trust > known.trust + 1e-9:
                    continue
                times = sorted({*_times(known), *_times(item)})
                draft.say_again(known, item, "told again", data={"times": times})
                draft.drop(item, f"the same thought as {known.id}", by=known.id)
                break
    return draft.change()


def _share(left: Item, right: Item) -> bool:
    mine, theirs = set(left.data.get("tags") or ()), set(right.data.get("tags") or ())
    return bool(mine & theirs) or not (mine or theirs)


def _times(item: Item) -> list[str]:
    told = iso(item.at)
    return [*(str(one) for one in item.data.get("times") or ()), *([told] if told else [])]
