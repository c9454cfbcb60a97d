"""Changes that a person makes to items, and what follows from them: update, forget, restore, erase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from remanence.attach.artefacts import Artefacts
from remanence.errors import Conflict, IngestError, InvalidInput, NotFound
from remanence.language.secrets import find
from remanence.memory import follow
from remanence.memory.commit import Proposal, committed
from remanence.memory.follow import Following
from remanence.memory.handle import Handle
from remanence.memory.jobs import again
from remanence.memory.secrets import kinds, note
from remanence.stage import Ctx
from remanence.store.door import Along
from remanence.store.rows import unpack_each
from remanence.store.store import Store
from remanence.types import Change, Clock, Item, Receipt, Scope, StoreView, Update

SAYS = ("text", "who", "at", "session", "data", "kind")
"""Fields of a source on which what is made of it rests."""
BY_A_PERSON = "update"
"""The reason that the journal keeps of a version that a person wrote."""


def update(handle: Handle, asked: Update) -> Receipt:
    """A new version of an item; what rested on the old one is taken back and formed anew."""

    def make(ctx: Ctx) -> Proposal:
        found = find(str(asked.fields.get("text") or "")) if handle.secrets != "keep" else []
        if found and handle.secrets == "refuse":
            raise InvalidInput(f"the text holds a secret ({kinds(found)}); this memory refuses those")
        change = Change(updates=(asked,), reason=BY_A_PERSON, notes=note(found))
        return proposal(handle, change, following_updates(change, ctx), ctx)

    receipt = _told(committed(handle, make))
    form_anew(handle, [asked])
    return _swept(handle, receipt, [asked.id])


def following_updates(change: Change, ctx: Ctx) -> Following:
    """What follows from a change's updates."""
    if not change.updates:
        return Following()
    says = list(dict.fromkeys(one.id for one in change.updates if _rewrites(one, ctx.store.get(one.id))))
    following = follow.changed(ctx.store, says) if says else Following()
    _lower([one for one in change.updates if one.id not in says], ctx.store, following)
    return following


def form_anew(handle: Handle, updates: Sequence[Update]) -> None:
    """Run what the recipe does on a write over items that say something else now."""
    stage = handle.recipe.at.get("on_write")
    chosen = list(dict.fromkeys(one.id for one in updates if any(name in one.fields for name in SAYS)))
    if stage is None or not chosen:
        return

    def make(ctx: Ctx) -> Proposal:
        given = tuple(ctx.store.get(id) for id in chosen)
        change = stage(Change(given=given, reason="update"), ctx)
        return Proposal(change, Along(notes={"degraded": tuple(ctx.degraded)}), empty_too=False)

    committed(handle, make)


def _rewrites(asked: Update, item: Item) -> bool:
    return any(name in asked.fields and asked.fields[name] != _field(item, name) for name in SAYS)


def _field(item: Item, name: str) -> object:
    return item.session if name == "session" else getattr(item, name)


def _lower(updates: Sequence[Update], view: StoreView, following: Following) -> None:
    """What rests on an item is trusted no more than it, and ends with it when it rests on nothing else."""
    for one in updates:
        for item in follow.resting_on(view, [one.id]):
            fields: dict[str, object] = {}
            trust = one.fields.get("trust")
            if trust is not None and trust < item.trust:
                fields["trust"] = trust
            if "until" in one.fields and {e.id for e in item.evidence} == {one.id} and item.kind != "entity":
                fields["until"] = one.fields["until"]
            if fields:
                following.updates.append(Update(item.id, fields, "as its source", follow.STAGE))
                following.touched[item.id] = "as its source"


def forget(handle: Handle, ids: Sequence[str]) -> Receipt:
    """Hide items and what rests on them."""

    def make(ctx: Ctx) -> Proposal:
        updates = tuple(Update(id, {"tier": "archived"}, "forget") for id in ids)
        return proposal(handle, Change(updates=updates, reason="forget"), follow.hidden(ctx.store, ids), ctx)

    return _swept(handle, _told(committed(handle, make)), ids)


def restore(handle: Handle, ids: Sequence[str]) -> Receipt:
    """Bring hidden items back, and what was hidden with them."""

    def make(ctx: Ctx) -> Proposal:
        updates = tuple(Update(id, {"tier": "hot"}, "restore") for id in ids)
        return proposal(handle, Change(updates=updates, reason="restore"), follow.returned(ctx.store, ids), ctx)

    return _told(committed(handle, make))


def erase(handle: Handle, ids: Sequence[str], if_version: int | None = None) -> Receipt:
    """Erase items and what rests on them; what they had changed is put back first."""
    with handle.store.lock:
        ctx = handle.ctx()
        for id in ids:
            version = ctx.store.get(id).version
            if if_version not in (None, version):
                raise Conflict(f"item {id!r} is at version {version}, not {if_version}; read it again")
        following = follow.erased(ctx.store, ids)
        made = proposal(handle, Change(reason="erase"), following, ctx)
        before = handle.store.apply(made.change, scope=handle.scope, embed=ctx.embed, along=made.along)
        receipt = handle.store.erase([*ids, *following.gone], scope=handle.scope, stale=following.stale)
    notes = tuple(dict.fromkeys((*receipt.notes, *before.notes)))
    receipt = replace(receipt, ids=tuple(ids), notes=notes, followed=before.followed)
    return _swept(handle, receipt, [*ids, *following.gone])


@dataclass(frozen=True, slots=True)
class _Looked:
    """What artefacts ask of a memory: an item as it is now."""

    scope: Scope
    clock: Clock
    get: Callable[[str], Item]


def _swept(handle: Handle, receipt: Receipt, ids: Sequence[str]) -> Receipt:
    """What was made from these items, or from what followed them, for a language model is erased, bytes included."""
    if handle.store.memory:
        return receipt
    try:
        artefacts = Artefacts.beside(handle.store.path)
        if artefacts.kept:
            artefacts.sweep(_Looked(handle.scope, handle.clock, handle.view().get), [*ids, *receipt.followed])
    except IngestError as damage:
        return replace(receipt, notes=(*receipt.notes, str(damage)))
    return receipt


def sweep_at_opening(store: Store, clock: Clock) -> None:
    """Finish what a kill broke off between a change and its sweep: whoever's items they were made from."""

    def now(id: str) -> Item:
        versions = unpack_each(store.door.versions(id))
        if not versions:
            raise NotFound(f"no item {id!r}")
        return versions[-1]

    with suppress(IngestError):  # the next change says so
        artefacts = Artefacts.beside(store.path)
        if artefacts.kept:
            everyones = [one.id for made in artefacts.kept.values() for one in made.origins]
            artefacts.sweep(_Looked(Scope(), clock, now), everyones)


def _told(receipt: Receipt | None) -> Receipt:
    assert receipt is not None  # a proposal that may be empty always has one
    return receipt


def proposal(handle: Handle, change: Change, following: Following, ctx: Ctx) -> Proposal:
    """The change, run through what the recipe does on a write, with all that follows and the work left for sleep."""
    recipe = handle.recipe
    stage = recipe.at.get("on_write")
    if stage is not None and change.puts:
        change = stage(change, ctx)
    forms = stage is not None or "at_sleep" in recipe.at
    later = again(handle, following.again, ctx.store) if forms and following.again else []
    says = bool(change.puts) or any(name in one.fields for one in change.updates for name in SAYS)
    new = recipe.later if says else ()
    if following.touched or following.again:
        change = following.onto(change)
    return Proposal(change, Along(jobs=[*new, *later], recipe=recipe.label))
