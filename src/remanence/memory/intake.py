"""From messages to a change: what is new, what a known source says anew, what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from remanence.blake import blake2b
from remanence.compose import fence
from remanence.errors import InvalidInput
from remanence.ingest.message import Message
from remanence.language.secrets import Secret, find
from remanence.memory.changing import following_updates, form_anew, proposal
from remanence.memory.commit import Proposal, committed
from remanence.memory.echo import Echoes, held
from remanence.memory.follow import Following
from remanence.memory.handle import Handle
from remanence.memory.secrets import kinds, note
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.types import TRUST, Change, Item, Link, Receipt, Scope, StoreView, Update

BATCH = 1_000
"""Most messages in one transaction of `remember`."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What messages come to: a change, how many were known or were our own words, what was refused, and secrets."""

    change: Change
    duplicates: int = 0
    quoted: int = 0
    refused: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()


def remembered(handle: Handle, messages: Sequence[Message], key: str | None, trust: str | None) -> Receipt:
    """Keep messages in one transaction; the same `key` again answers with the first receipt."""
    if trust is not None and (not isinstance(trust, str) or trust not in TRUST):
        raise InvalidInput(f"trust is one of {', '.join(TRUST)}, not {trust!r}")
    digest = blake2b(repr([_told(one) for one in messages]).encode("utf-8", "replace"), digest_size=16).digest()

    rewritten: list[Update] = []

    def make(ctx: Ctx) -> Proposal | Receipt:
        if key is not None and (earlier := handle.store.receipt_of(handle.scope, key, digest)) is not None:
            return earlier
        taken = take(handle, messages, trust, ctx)
        rewritten[:] = taken.change.updates
        notes = (*taken.change.notes, *note(taken.secrets)) if taken.secrets else taken.change.notes
        change = replace(taken.change, reason="remember", notes=notes)
        made = proposal(handle, change, following_updates(change, ctx) if change.updates else Following(), ctx)
        told = {
            "duplicates": taken.duplicates,
            "quoted": taken.quoted,
            "degraded": tuple(ctx.degraded),
            "refused": taken.refused,
        }
        return replace(made, along=replace(made.along, key=key, digest=digest, notes=told))

    receipt = committed(handle, make)
    assert receipt is not None  # a proposal that may be empty always has one
    if rewritten and not receipt.replayed:
        form_anew(handle, rewritten)
    return receipt


def take(handle: Handle, messages: Sequence[Message], trust: str | None, ctx: Ctx) -> Taken:
    """The items that messages become, without what is known and without our own words coming back.

    A source that is known and says something else updates its item when the same person says it through as good a
    channel; otherwise both are kept side by side, linked `contradicts`, each with its own speaker and trust.
    """
    intake = _Intake(handle, [one.source for one in messages if one.source], ctx)
    channels = [min(TRUST[one.trust], TRUST[trust] if trust is not None else 1.0) for one in messages]
    mixed, least = len(set(channels)) > 1, ctx.store.least_trust()
    echoes = Echoes(ctx.store, least, handle.recalled.values()) if mixed or least < max(channels, default=0) else None
    holds = partial(held, ctx.store)
    refused: list[str] = []
    secret: list[Secret] = []
    for place, (one, channel) in enumerate(zip(messages, channels, strict=True), 1):
        text, quotes = fence.strip(one.text, ctx.store.sign, holds)
        intake.quoted += len(quotes)
        if quotes and not text.strip() and not one.caption:
            continue
        said = f"{text}\n{one.caption}" if one.caption else text
        if handle.secrets != "keep" and (found := find(said)):
            if handle.secrets == "refuse":
                refused.append(f"message {place} holds a secret ({kinds(found)}) and was not kept")
                continue
            secret.extend(found)
        trusted = channel if echoes is None else echoes.ceiling(said, channel)
        if echoes is not None and mixed:
            echoes.add(said, trusted)
        intake.one(one, text, trusted)
    change = Change(puts=tuple(intake.puts), updates=tuple(intake.updates), links=tuple(intake.links))
    return Taken(change, intake.duplicates, intake.quoted, tuple(refused), tuple(secret))


class _Intake:
    """Messages of one transaction on their way in."""

    def __init__(self, handle: Handle, sources: Sequence[str], ctx: Ctx) -> None:
        self.scope, self.ctx = handle.scope, ctx
        self.puts: list[Item] = []
        self.updates: list[Update] = []
        self.links: list[Link] = []
        self.duplicates = self.quoted = 0
        self._known = _by_source(sources, ctx.store)
        self._erased = handle.store.tombstones(sources, handle.scope) if sources else set()

    def one(self, one: Message, text: str, trust: float) -> None:
        """Put it, or find that it is known."""
        item = _item(self.scope, one, text, trust, self.ctx)
        if one.source is not None:
            if one.source in self._erased:
                self.duplicates += 1
                return
            known = self._known.setdefault(one.source, [])
            for position, old in enumerate(known):
                if _says_the_same(old, item):
                    self.duplicates += 1
                    return
                if _speaks_again(old, item):
                    known[position] = self._rewritten(old, item)
                    return
            self.links.extend(Link(item.id, "contradicts", old.id, reason="the same source") for old in known)
            known.append(item)
        self.puts.append(item)

    def _rewritten(self, old: Item, new: Item) -> Item:
        """What a known source says now, trusted no more than the old text and the new one are."""
        now = old.with_(text=new.text, trust=min(old.trust, new.trust))
        for position, put in enumerate(self.puts):
            if put.id == old.id:
                self.puts[position] = now
                return now
        fields = {"text": now.text} | ({"trust": now.trust} if now.trust != old.trust else {})
        self.updates = [update for update in self.updates if update.id != old.id]
        self.updates.append(Update(old.id, fields, reason="the source says otherwise now"))
        return now


def _by_source(sources: Sequence[str], view: StoreView) -> dict[str, list[Item]]:
    """source -> the items that carry it now, oldest first."""
    found: dict[str, list[Item]] = {}
    if sources:
        for item in view.items(view.with_source(sources)):
            found.setdefault(item.source or "", []).append(item)
    return found


def _channel(trust: float) -> float:
    """What a person says and what is imported of theirs count as one channel; every other stands alone."""
    return 1.0 if trust >= TRUST["import"] else trust


def _says_the_same(old: Item, new: Item) -> bool:
    return old.text == new.text and _channel(new.trust) <= _channel(old.trust)


def _speaks_again(old: Item, new: Item) -> bool:
    return new.who in (None, old.who) and _channel(old.trust) == _channel(new.trust)


def _item(scope: Scope, one: Message, text: str, trust: float, ctx: Ctx) -> Item:
    if scope.session is None and one.session is not None:
        scope = Scope(scope.user, scope.agent, one.session, scope.app)
    return Item(
        kind=one.kind,
        text=text,
        id=ctx.new_ids(1)[0],
        who=one.who,
        at=one.at,
        source=one.source,
        scope=scope,
        trust=trust,
        data=one.payload(),
    )


def _told(one: Message) -> tuple[object, ...]:
    return (one.text, one.who, one.role, one.session, one.source, one.caption, one.kind)


def total(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt for several commits."""
    summed = Receipt()
    for one in receipts:
        sums = {
            name: getattr(summed, name) + getattr(one, name)
            for name in Receipt.__dataclass_fields__
            if name not in ("commit", "durability", "replayed")
        }
        summed = replace(one, **sums)
    return summed
