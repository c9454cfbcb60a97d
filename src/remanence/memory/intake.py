"""From messages to a change: what is new, what a known source says anew, what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TypeVar

from remanence.compose import fence
from remanence.errors import InvalidInput
from remanence.ingest.message import Message
from remanence.memory.commit import Proposal, committed
from remanence.memory.handle import Handle
from remanence.memory.jobs import names_of_jobs
from remanence.stage import Ctx
from remanence.types import TRUST, Change, Item, Receipt, Scope, Update

T = TypeVar("T")

BATCH = 1_000
"""Most messages in one transaction of `remember`."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What messages come to: a change, and how many were known already or were our own words coming back."""

    change: Change
    duplicates: int = 0
    quoted: int = 0


def remembered(handle: Handle, messages: Sequence[Message], key: str | None, trust: str | None) -> Receipt:
    """Keep messages in one transaction; the same `key` again answers with the first receipt."""
    if trust is not None and trust not in TRUST:
        raise InvalidInput(f"trust is one of {', '.join(TRUST)}, not {trust!r}")
    digest = blake2b(repr([_told(one) for one in messages]).encode("utf-8", "replace"), digest_size=16).digest()
    stage = handle.recipe.write("on_write")

    def make(ctx: Ctx) -> Proposal | Receipt:
        if key is not None and (earlier := handle.store.receipt_of(handle.scope, key, digest)) is not None:
            return earlier
        taken = take(handle, messages, trust, ctx)
        change = taken.change
        if stage is not None and change.puts:
            change = stage(change, ctx)
        notes = {"duplicates": taken.duplicates, "quoted": taken.quoted, "degraded": tuple(ctx.degraded)}
        how = {"key": key, "digest": digest, "jobs": names_of_jobs(handle.recipe), "notes": notes}
        return Proposal(replace(change, reason=change.reason or "remember"), how)

    receipt = committed(handle, make)
    assert receipt is not None  # a proposal that may be empty always has one
    return receipt


def take(handle: Handle, messages: Sequence[Message], trust: str | None, ctx: Ctx) -> Taken:
    """The items that messages become, without what is known and without quotes of our own."""
    sources = [one.source for one in messages if one.source]
    known = ctx.store.by_source(sources) if sources else {}
    erased = handle.store.was_erased(sources)
    puts: list[Item] = []
    updates: list[Update] = []
    duplicates = quoted = 0
    for one in messages:
        text, quotes = fence.strip(one.text)
        if quotes:
            quoted += len(quotes)
            if not text.strip() and not one.caption:
                continue
        if one.source is not None:
            if one.source in erased:
                duplicates += 1
                continue
            if one.source in known:
                id = known[one.source]
                if not id or ctx.store.get(id).text == text:
                    duplicates += 1
                else:
                    updates.append(Update(id, {"text": text}, reason="the source says otherwise now"))
                continue
            known[one.source] = ""
        puts.append(_item(handle.scope, one, text, trust, ctx))
    return Taken(Change(puts=tuple(puts), updates=tuple(updates)), duplicates, quoted)


def _item(scope: Scope, one: Message, text: str, trust: str | None, ctx: Ctx) -> Item:
    session = one.session if scope.session is None else scope.session
    return Item(
        kind=one.kind,
        text=text,
        id=ctx.new_id(),
        who=one.who,
        at=one.at,
        source=one.source,
        scope=Scope(scope.user, scope.agent, session, scope.app),
        trust=min(TRUST[one.trust], TRUST[trust] if trust is not None else 1.0),
        data=one.payload(),
    )


def _told(one: Message) -> tuple[object, ...]:
    return (one.text, one.who, one.role, one.session, one.source, one.caption, one.kind)


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`, in order."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def total(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt for several commits."""
    if len(receipts) == 1:
        return receipts[0]
    summed = Receipt()
    for one in receipts:
        sums = {
            name: getattr(summed, name) + getattr(one, name)
            for name in Receipt.__dataclass_fields__
            if name not in ("commit", "durability", "replayed")
        }
        summed = replace(one, **sums)
    return summed
