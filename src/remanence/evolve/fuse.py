"""Fuses what says nearly the same: both parents step back, stay within reach, and leave their links to the child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from remanence.errors import BadKnob, NotFound
from remanence.language import sentences
from remanence.language.text import words
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import TEXT, llm_json, object_of, said_nothing
from remanence.stage.neighbours import Neighbour, neighbours
from remanence.stage.told import all_told, order_of_telling, places
from remanence.types import TIERS, Change, Evidence, Floats, Item, Link, Where

REL = "fused_into"
_LEAST_ROOM = 1000
"""So many characters a model may write for two memories, however short they are."""
_FUSED = object_of(relation={"enum": ["contradictory", "redundant", "independent"]}, fused=TEXT)
_TASK = (
    "Two memories are near one another. Say how they stand (`relation`), and unless they are independent write one "
    "memory (`fused`) that keeps everything of both that holds; where they contradict, the newer one holds."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Fuse each new item with its nearest one from a cosine of `floor`: a new item with the evidence of both.

    Both parents go to tier `to`, linked `fused_into` the child, and their links become the child's (MemOS). across:
    only items of different sessions are fused (PlugMem never fuses within an episode). hours: only what happened so
    near in time (Nemori fuses episodes within one hour). Only what is trusted alike is fused. Without a language
    model the child tells the sentences of both that are not said twice, the newer ones last; nothing is made up.
    What one change fuses is itself near to what comes later in it, so talk is fused alike in one piece or in many.
    """

    floor: float = 0.8
    across: bool = False
    hours: float | None = None
    to: str = "archived"
    kinds: tuple[str, ...] = ("note",)

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        if self.to not in TIERS[1:]:
            raise BadKnob(f"parents go to {' or '.join(TIERS[1:])}, not {self.to!r}")
        draft = ChangeBuilder(change, "fuse.similar")
        fresh = [item for item in change.fresh if item.kind in self.kinds and item.tier == "hot"]
        whole = {link.dst for link in ctx.store.links([item.id for item in fresh], rels=(REL,), direction="in")}
        fresh = [item for item in fresh if item.id not in whole]
        told, place = order_of_telling(fresh, ctx, places(change.puts)), places(change.puts)
        fresh.sort(key=lambda item: told[item.id])
        vectors = ctx.embed([item.text for item in fresh])
        near = neighbours(ctx.store, fresh, vectors, k=5, floor=self.floor, where=Where(kinds=self.kinds))
        gone: set[str] = set()
        made: list[Item] = []
        for item, vector, others in zip(fresh, vectors, near, strict=True):
            for other in _with_made(others, made, vector, self.floor, ctx):
                old = draft.now(other)
                if old.id in gone or not self._alike(old, item):
                    continue
                when = all_told([old, item], ctx, place)
                if len(when[old.id]) > 1 and max(when[old.id]) > when[item.id][0]:
                    continue  # it was not yet whole when the item was told
                first, second = sorted((old, item), key=lambda one: when[one.id])
                text = _fused(first, second, ctx)
                if text is None:
                    continue
                made.append(_replace(draft, ctx, first, second, text, self.to))
                gone |= {item.id, old.id}
                break
        return draft.change()

    def _alike(self, old: Item, item: Item) -> bool:
        if old.tier != "hot" or (self.across and old.session == item.session):
            return False
        if abs(old.trust - item.trust) > 1e-9:
            return False
        return self.hours is None or _near(old, item, self.hours)


similar = writes(Similar)


def _with_made(others: Sequence[Neighbour], made: Sequence[Item], vector: Floats, floor: float, ctx: Ctx) -> list[Item]:
    """The nearest items, and what was fused before in the same change where it is as near; nearest first."""
    if not made:
        return [one.item for one in others]
    cosines = (ctx.embed([one.text for one in made]) @ vector).tolist()
    near = [(one.cosine, one.item) for one in others]
    near += [(cosine, one) for cosine, one in zip(cosines, made, strict=True) if cosine >= floor]
    return [item for _, item in sorted(near, key=lambda one: -round(one[0], 5))]


def _near(old: Item, new: Item, hours: float) -> bool:
    return old.at is not None and new.at is not None and abs(new.at - old.at) <= timedelta(hours=hours)


def _fused(old: Item, new: Item, ctx: Ctx) -> str | None:
    material = {"older": old.text, "newer": new.text}
    reply = llm_json(ctx.llm, ctx.degraded, "fuse", _TASK, material, _FUSED)
    if reply is not None:
        if reply["relation"] == "independent":
            return None
        fused = str(reply["fused"]).strip()
        if fused and len(fused) <= max(_LEAST_ROOM, len(old.text) + len(new.text)):
            return fused
        said_nothing(ctx.degraded, "fuse", "wrote more than both say" if fused else "wrote nothing")
    kept: dict[frozenset[str], str] = {}
    for text in (old.text, new.text):
        for span in sentences.split(text):
            bag = frozenset(words(span.of(text)))
            for known in [one for one in kept if one <= bag]:
                del kept[known]
            if not any(bag <= one for one in kept):
                kept[bag] = span.of(text)
    return " ".join(kept.values())


def _replace(draft: ChangeBuilder, ctx: Ctx, old: Item, new: Item, text: str, to: str) -> Item:
    child = ctx.put(
        Item(
            new.kind,
            text,
            who=new.who if new.who == old.who else None,
            at=new.at or old.at,
            scope=new.scope,
            evidence=_both(old.evidence, new.evidence),
            trust=min(old.trust, new.trust),
            salience=max(old.salience, new.salience),
            data={name: _joined(old.data.get(name), new.data.get(name)) for name in {*old.data, *new.data}},
        )
    )
    inherited = [
        Link(
            child.id if link.src == parent.id else link.src,
            link.rel,
            child.id if link.dst == parent.id else link.dst,
            weight=link.weight,
        )
        for parent in (old, new)
        for link in ctx.store.links([parent.id], direction="both")
        if link.rel != REL
    ]
    draft.put(child)
    draft.link(*inherited, *(Link(parent.id, REL, child.id) for parent in (old, new)))
    for parent in (old, new):
        draft.rewrite(parent, {"tier": to}, f"fused into {child.id}", by=child.id)
    return child


def _both(left: Sequence[Evidence], right: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return (*left, *(one for one in right if one not in left))


def _joined(left: object, right: object) -> object:
    """The newer value, or both lists in one."""
    if isinstance(left, list) and isinstance(right, list):
        return list(dict.fromkeys([*left, *right]))
    return right if right is not None else left


@writes
def rollback(change: Change, ctx: Ctx, *, version: int = 1) -> Change:
    """Give items the text, times, tier and data that they had in an earlier version, as a new version (MemOS).

    `NotFound` when an item never had that version.
    """
    draft = ChangeBuilder(change, "fuse.rollback")
    for item in change.given:
        then = next((one for one in ctx.store.history(item.id) if one.version == version), None)
        if then is None:
            raise NotFound(f"{item.id} has no version {version}; memory.history(id) lists them")
        gone: dict[str, object] = {name: None for name in item.data if name not in then.data}
        fields = {
            "text": then.text,
            "at": then.at,
            "until": then.until,
            "tier": then.tier,
            "data": {**gone, **then.data},
        }
        draft.rewrite(item, fields, f"back to version {version}")
    return draft.change()
