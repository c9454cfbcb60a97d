"""Settles what new facts mean for old ones: keep both, replace, or say that they do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remanence.language.entities import norm
from remanence.language.statements.attributes import single_valued
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import llm_json
from remanence.stage.lookup import exact
from remanence.stage.neighbours import neighbours
from remanence.types import Change, Item, Scope, Where

Key = tuple[Scope, str, str]

REPLACED = ("diet", "is", "plan", "lives with")
"""Slots that may hold several values, but where "now ..." or "instead" means that the old ones are over."""


def _key(item: Item) -> Key | None:
    """(whose memory, about whom, which property); None for a fact without them."""
    subject, slot = item.data.get("subject"), item.data.get("slot")
    if not subject or not slot:
        return None
    scope = item.scope
    return Scope(scope.user, scope.agent, None, scope.app), norm(str(subject)), _slot(str(slot))


def _slot(name: str) -> str:
    return " ".join(name.replace("_", " ").lower().split())


def _value(item: Item) -> str:
    return norm(str(item.data.get("value") or ""))


def _true(item: Item) -> bool:
    return item.data.get("polarity") is not False


def _sure(item: Item) -> bool:
    return item.data.get("certain") is not False


@writes
def conflicts(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("fact",)) -> Change:
    """Close the interval of a fact that a later one on the same subject and slot replaces.

    Later is what became true later (`at`), and among equals what was remembered later. It replaces when it
    denies the old value, or has another value for a slot that holds one (home, job, age). Where one of the
    two is not certain, or comes from a weaker source, both stay and are linked `contradicts`; unless the later says
    itself that a slot of one value changed ("my dentist is ... now", "I was wrong").
    """
    draft = ChangeBuilder(change, "reconcile.conflicts")
    fresh = [(key, item) for item in change.fresh if item.kind in kinds and (key := _key(item)) is not None]
    known: dict[Key, list[Item]] = {}
    for kind in dict.fromkeys(item.kind for _, item in fresh):
        wanted = [(key, f"{item.data['subject']}") for key, item in fresh if item.kind == kind]
        for key, items in exact(ctx.store, kind, wanted, _key).items():
            known.setdefault(key, []).extend(items)
    new = {item.id for _, item in fresh}
    current = {key: [item for item in items if item.id not in new] for key, items in known.items()}
    for key, item in fresh:
        rivals = current.setdefault(key, [])
        if draft.now(item).until is None and draft.believed(item):
            for old in rivals:
                if draft.now(old).until is None and draft.believed(old):
                    _settle(draft, ctx, old, item, key[2])
        rivals.append(item)
    return draft.change()


def _settle(draft: ChangeBuilder, ctx: Ctx, old: Item, new: Item, slot: str) -> None:
    if not _conflict(old, new, slot):
        return
    winner, loser = (old, new) if _later(old, new) else (new, old)
    settled = single_valued(slot) and winner.data.get("changed")
    if not settled and not (_sure(old) and _sure(new)):
        draft.contradict(new, old, f"{slot}: not certain which holds")
        return
    when = winner.at or ctx.clock()
    draft.supersede(loser, winner, when, f"{slot}: {winner.data.get('value')} took its place")


def _later(one: Item, other: Item) -> bool:
    """True when `one`, remembered first, became true after `other`."""
    return one.at is not None and other.at is not None and one.at > other.at


def _conflict(old: Item, new: Item, slot: str) -> bool:
    same = _value(old) == _value(new)
    if _true(old) != _true(new):
        return same
    if same or not _true(new):
        return False
    return single_valued(slot) or (slot in REPLACED and bool(new.data.get("changed")))


# --- Mem0 ----------------------------------------------------------------------------------------

_OPERATION = {
    "type": "object",
    "properties": {
        "event": {"enum": ["ADD", "UPDATE", "DELETE", "NOOP"]},
        "id": {"type": ["integer", "null"]},
        "text": {"type": ["string", "null"]},
    },
    "required": ["event"],
}
_TASK = (
    "Decide what a new fact means for a memory. ADD: none of the known facts says it. UPDATE: it adds to or "
    "replaces the known fact `id`; give the merged `text`. DELETE: it says that the known fact `id` is no longer "
    "true. NOOP: a known fact says it already. Use only ids from the list."
)


@writes
def mem0(change: Change, ctx: Ctx, *, k: int = 10, same: float = 0.95, floor: float = 0.0) -> Change:
    """ADD, UPDATE, DELETE or NOOP for each new fact, by its `k` nearest known ones, as intervals that close.

    UPDATE ends the old fact when the new one begins, and the new one takes its place; DELETE ends the old
    fact; NOOP leaves the new one out and adds its evidence to the old. Nothing is lost: history keeps all.
    Without a language model: the same words or a cosine from `same` is NOOP, another value for the same
    subject and slot UPDATE, a denied value DELETE, everything else ADD.
    """
    draft = ChangeBuilder(change, "reconcile.mem0")
    fresh = [item for item in change.fresh if item.kind == "fact"]
    vectors = ctx.embed([item.key for item in fresh])
    where = Where(kinds=("fact",))
    found = neighbours(ctx.store, fresh, vectors, k=k, floor=floor, where=where)
    slots = _by_slot(change, ctx, fresh)
    for item, near in zip(fresh, found, strict=True):
        cosine = {one.item.id: one.cosine for one in near}
        known = {one.item.id: one.item for one in near}
        known.update((old.id, old) for old in slots.get(_key(item) or _NO_KEY, ()) if old.id != item.id)
        earlier = [
            old
            for old in known.values()
            if draft.believed(old) and draft.now(old).until is None and _before(old, item, fresh)
        ]
        event, old, text = _decided(ctx, item, earlier, cosine, same)
        if old is None or event == "ADD":
            continue
        if event == "NOOP":
            if item.trust <= old.trust + 1e-9:
                more = tuple(one for one in item.evidence if one not in draft.now(old).evidence)
                if more:
                    draft.rewrite(old, {"evidence": draft.now(old).evidence + more}, "said again")
                draft.drop(item, f"{old.id} says it already")
            continue
        if event == "UPDATE" and text and text != item.text:
            draft.rewrite(item, {"text": text}, "merged with what was known")
        winner, loser = (old, item) if _later(old, item) else (item, old)
        draft.supersede(loser, winner, winner.at or ctx.clock(), f"{event} by {winner.id}")
    return draft.change()


_NO_KEY: Key = (Scope(), "", "")


def _by_slot(change: Change, ctx: Ctx, fresh: Sequence[Item]) -> dict[Key, list[Item]]:
    """Facts on the same subject and slot, stored and fresh: a rival may be far away in meaning."""
    keyed = [(key, item) for item in fresh if (key := _key(item)) is not None]
    found = exact(ctx.store, "fact", [(key, str(item.data["subject"])) for key, item in keyed], _key)
    for key, item in keyed:
        rivals = found.setdefault(key, [])
        if all(one.id != item.id for one in rivals):
            rivals.append(item)
    return found


def _before(old: Item, new: Item, fresh: Sequence[Item]) -> bool:
    order = {item.id: place for place, item in enumerate(fresh)}
    return order.get(old.id, -1) < order[new.id]


def _decided(
    ctx: Ctx, item: Item, known: Sequence[Item], cosine: dict[str, float], same: float
) -> tuple[str, Item | None, str | None]:
    """(event, the known fact it concerns, merged text)."""
    if not known:
        return "ADD", None, None
    if ctx.llm is not None:
        material = {
            "new": item.text,
            "known": [{"id": number, "text": old.text} for number, old in enumerate(known, 1)],
        }
        reply = llm_json(ctx.llm, ctx.degraded, "reconcile", _TASK, material, _OPERATION)
        if reply is not None:
            return _chosen(reply, known)
    words = " ".join(item.text.casefold().split())
    for old in known:
        if " ".join(old.text.casefold().split()) == words and _value(old) == _value(item) and _true(old) == _true(item):
            return "NOOP", old, None
    key = _key(item)
    for old in known:
        if key is not None and _key(old) == key:
            if _true(old) == _true(item) and _value(old) == _value(item):
                return "NOOP", old, None
            if _conflict(old, item, key[2]):
                return ("UPDATE" if _true(item) else "DELETE"), old, None
    for old in known:
        rival = key is not None and _key(old) == key
        if not rival and cosine.get(old.id, 0.0) >= same and _true(old) == _true(item) and _value(old) == _value(item):
            return "NOOP", old, None
    return "ADD", None, None


def _chosen(reply: dict[str, Any], known: Sequence[Item]) -> tuple[str, Item | None, str | None]:
    number = reply.get("id")
    if not isinstance(number, int) or not 1 <= number <= len(known):
        return "ADD", None, None
    text = reply.get("text")
    clean = " ".join(text.split())[:1000] if isinstance(text, str) else None
    return str(reply["event"]), known[number - 1], clean or None
