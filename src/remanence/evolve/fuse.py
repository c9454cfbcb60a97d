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
from remanence.stage.llm_json import TEXT, llm_json, object_of
from remanence.stage.neighbours import neighbours
from remanence.types import TIERS, Change, Evidence, Item, Link, Where

REL = "fused_into"
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
        near = neighbours(
            ctx.store,
            fresh,
            ctx.embed([item.text for item in fresh]),
            k=5,
            floor=self.floor,
            where=Where(kinds=self.kinds),
        )
        gone: set[str] = set()
        for item, others in zip(fresh, near, strict=True):
            for other in others:
                old = draft.now(other.item)
                if {item.id, old.id} & gone or old.tier != "hot" or (self.across and old.session == item.session):
                    continue
                if abs(old.trust - item.trust) > 1e-9:
                    continue
                if self.hours is not None and not _near(old, item, self.hours):
                    continue
                text = _fused(old, item, ctx)
                if text is None:
                    continue
                _replace(draft, ctx, old, item, text, self.to)
                gone |= {item.id, old.id}
                break
        return draft.change()


similar = writes(Similar)


def _near(old: Item, new: Item, hours: float) -> bool:
    return old.at is not None and new.at is not None and abs(new.at - old.at) <= timedelta(hours=hours)


def _fused(old: Item, new: Item, ctx: Ctx) -> str | None:
    material = {"older": old.text, "newer": new.text}
    reply = llm_json(ctx.llm, ctx.degraded, "fuse", _TASK, material, _FUSED)
    if reply is not None:
        return str(reply["fused"]).strip() or None if reply["relation"] != "independent" else None
    kept: dict[frozenset[str], str] = {}
    for text in (old.text, new.text):
        for span in sentences.split(text):
            bag = frozenset(words(span.of(text)))
            for known in [one for one in kept if one <= bag]:
                del kept[known]
            if not any(bag <= one for one in kept):
                kept[bag] = span.of(text)
    return " ".join(kept.values())


def _replace(draft: ChangeBuilder, ctx: Ctx, old: Item, new: Item, text: str, to: str) -> None:
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
