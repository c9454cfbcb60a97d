"""From messages to a change: what is new, what a known source says anew, what was said before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Any

from remanence.blake import blake2b
from remanence.compose import fence
from remanence.errors import InvalidInput, NotFound
from remanence.ingest.message import ROLES, Message
from remanence.language.secrets import Secret, find
from remanence.memory.changing import BY_A_PERSON, following_updates, form_anew, proposal
from remanence.memory.commit import Proposal, committed
from remanence.memory.echo import FEWEST, LEAST_WORDS, Echoes, held, words_of
from remanence.memory.follow import Following
from remanence.memory.handle import Handle
from remanence.memory.secrets import kinds, note
from remanence.memory.verbatim import VALUES
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.store import lookups
from remanence.store.store import Store
from remanence.types import TRUST, Change, Item, Link, Receipt, Scope, StoreView, Update, iso

BATCH = 1_000
"""Most messages in one transaction of `remember`."""
ALONG = ("caption", "attachments")
"""Keys of `data`: what comes with the words of a message."""
Said = tuple[str, str | None]
"""A text, and who says it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What messages come to: a change, how many were known or were our own words, what was refused, and secrets."""

    change: Change
    duplicates: int = 0
    quoted: int = 0
    refused: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()


def remembered(
    handle: Handle, messages: Sequence[Message], trust: str | None, key: str | None = None, digest: bytes = b""
) -> Receipt:
    """Keep messages in one transaction; the same `key` with the same `digest` again answers with the first receipt."""
    if trust is not None and (not isinstance(trust, str) or trust not in TRUST):
        raise InvalidInput(f"trust is one of {', '.join(TRUST)}, not {trust!r}")
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
    channel; otherwise both are kept side by side, linked `contradicts`, each with its own speaker and trust. That holds
    within one list of messages as across two: whatever was said in between is in the item's history. A list that comes
    again is known, also after a person corrected what came of it. A file is kept as it was written, quotes and all.
    """
    intake = _Intake(handle, messages, ctx)
    channels = [min(TRUST[one.trust], TRUST[trust] if trust is not None else 1.0) for one in messages]
    shown = handle.shown.get(handle.scope.user, {}).values()
    mixed, least = len(set(channels)) > 1, min((ctx.store.least_trust(), *(less for _, less in shown)))
    echoes = Echoes(ctx.store, least, shown) if mixed or least < max(channels, default=0) else None
    holds = partial(held, ctx.store)
    refused: list[str] = []
    secret: list[Secret] = []
    for place, (one, channel) in enumerate(zip(messages, channels, strict=True), 1):
        text, quotes = (one.text, ()) if one.kind == "file" else fence.strip(one.text, ctx.store.sign, holds)
        intake.quoted += len(quotes)
        if quotes and not text.strip() and not _carries(one):
            continue
        said = f"{text}\n{one.caption}" if one.caption else text
        if handle.secrets != "keep" and (found := find(said)):
            if handle.secrets == "refuse":
                refused.append(f"message {place} holds a secret ({kinds(found)}) and was not kept")
                continue
            secret.extend(found)
        trusted = channel if echoes is None else echoes.ceiling(said, channel)
        if echoes is not None:
            for words, least in _beside(one):
                trusted = echoes.ceiling(words, trusted, least)
        if echoes is not None and mixed:
            echoes.add(said, trusted)
        intake.one(one, text, trusted)
    change = intake.change()
    return Taken(change, intake.duplicates, intake.quoted, tuple(refused), tuple(secret))


def _beside(one: Message) -> Iterator[tuple[str, int]]:
    """What a message says beside its words, each with how many words of it are a quote: in its data, and as a name.

    The value of a fact is told as an answer, however short it is.
    """
    if one.who and len(words_of(one.who)) >= LEAST_WORDS:
        yield one.who, LEAST_WORDS
    waiting: list[Any] = [one.data, one.attachments]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, str) and len(value.split(maxsplit=1)) > 1:
            yield value, FEWEST if one.kind == "fact" and value == one.data.get("value") else LEAST_WORDS


def _carries(one: Message) -> bool:
    """Whether something comes with the words of a message, so that it is kept without them."""
    return bool(one.caption or one.attachments) or any(name in one.data for name in VALUES)


class _Intake:
    """Messages of one transaction on their way in."""

    def __init__(self, handle: Handle, messages: Sequence[Message], ctx: Ctx) -> None:
        self.scope, self.ctx = handle.scope, ctx
        says: dict[str, set[Said]] = {}
        for one in messages:
            if one.source is not None:
                says.setdefault(one.source, set()).add((one.text, one.who))
        sources = list(says)
        self.duplicates = self.quoted = 0
        self._puts: dict[str, Item] = {}
        self._earlier: list[Item] = []
        self._links: list[Link] = []
        stored = ctx.store.items(ctx.store.with_source(sources)) if sources else []
        last = _said_last(handle.store, ctx.store, stored, says)
        self._stored = {item.id: (item, last.get(item.id, item)) for item in stored}
        """id -> an item that carries one of the sources, and its version in which the source spoke last."""
        self._known: dict[str, list[Item]] = {}
        for now, said in self._stored.values():
            self._known.setdefault(now.source or "", []).append(said)
        self._again: dict[str, list[tuple[int, Item]]] = {}
        """id of a stored item -> all that its source says of it in these messages, each with its place among them."""
        self._erased = handle.store.tombstones(sources, handle.scope) if sources else set()
        self._kept_out = self._count = 0

    def one(self, one: Message, text: str, trust: float) -> None:
        """Put it, or find that it is known."""
        self._count += 1
        item = _item(self.scope, one, text, trust, self.ctx)
        if one.source is None:
            self._puts[item.id] = item
        elif one.source in self._erased:
            self._kept_out += 1
        elif not self._is_known(self._known.setdefault(one.source, []), item):
            self._puts[item.id] = item

    def _is_known(self, known: list[Item], item: Item) -> bool:
        """Whether an item of the same source stands for this one: it says the same, or says this from now on."""
        same = next((place for place, old in enumerate(known) if _says_the_same(old, item)), None)
        speakers = [place for place, old in enumerate(known) if _speaks_again(old, item)]
        place = same if same is not None else min(speakers, key=lambda one: known[one].who != item.who, default=None)
        if place is None:
            rivals = [old for old in known if None in (old.session, item.session) or old.session == item.session]
            self._links.extend(Link(item.id, "contradicts", old.id, reason="the same source") for old in rivals)
            known.append(item)
            return False
        old = known[place]
        if same is None:
            known[place] = _said_anew(old, item)
        if old.id not in self._puts:
            self._again.setdefault(old.id, []).append((self._count, item))
        elif same is None:
            self._earlier.append(self._puts[old.id])
            self._puts[old.id] = known[place]
        else:
            self.duplicates += 1
        return True

    def change(self) -> Change:
        """What all of it comes to."""
        placed = [one for id, again in self._again.items() for one in self._updates(*self._stored[id], again)]
        updates = [update for _, update in sorted(placed, key=lambda one: one[0])]
        self.duplicates += self._kept_out
        anew = len(self._earlier) + len(updates) - len({one.id for one in updates})
        hidden = sum(len(again) for id, again in self._again.items() if self._stored[id][0].tier == "archived")
        notes = (
            (anew, "said anew within this call; what was said before is in its history"),
            (self._kept_out, "of an erased source and not kept"),
            (hidden, "of what is hidden and stays so; restore brings it back"),
        )
        return Change(
            puts=tuple(self._puts.values()),
            earlier=tuple(self._earlier),
            updates=tuple(updates),
            links=tuple(self._links),
            notes=tuple(f"{n} {'message is' if n == 1 else 'messages are'} {what}" for n, what in notes if n),
        )

    def _updates(self, now: Item, said: Item, again: Sequence[tuple[int, Item]]) -> list[tuple[int, Update]]:
        """What an item says from now on, version by version, without what its source had told before in this order.

        now: the item; said: what its source said last, which a person may have corrected since.
        """
        told: list[tuple[int, Item]] = []
        state = said
        for place, one in again:
            same = _says_the_same(state, one)
            state = state if same else _said_anew(state, one)
            if not same or not told:
                told.append((place, one))
        texts = [one for _, one in told]
        known = _told_before(texts, _history(self.ctx.store, now.id), said.version) if len(told) > 1 else 0
        fresh = told[known or int(_says_the_same(said, texts[0])) :]
        self.duplicates += len(again) - len(fresh)
        updates = []
        for place, one in fresh:
            then, now = now, _said_anew(now, one)
            fields: dict[str, Any] = {
                name: getattr(now, name) for name in ("text", "trust") if getattr(now, name) != getattr(then, name)
            }
            data = {name: value for name, value in now.data.items() if then.data.get(name) != value}
            if data:
                fields["data"] = data
            if fields:
                updates.append((place, Update(now.id, fields, reason="the source says otherwise now")))
        return updates


def _told_before(told: Sequence[Item], history: Sequence[Item], last: int) -> int:
    """How many of the first things told are the last ones that the versions up to `last` say, in the same order."""
    versions: list[Item] = []
    for one in history:
        if one.version <= last and not (versions and _says_the_same(versions[-1], one)):
            versions.append(one)
    for count in range(min(len(told), len(versions)), 0, -1):
        if all(_says_the_same(old, new) for old, new in zip(versions[-count:], told, strict=False)):
            return count
    return 0


def _said_last(
    store: Store, view: StoreView, items: Sequence[Item], says: Mapping[str, AbstractSet[Said]]
) -> dict[str, Item]:
    """id -> the version in which its source spoke last, where a person may have corrected it since.

    The journal tells who wrote a version; it is looked at when a source repeats what its item said once. says:
    source -> what it says now.
    """
    suspects: dict[str, list[Item]] = {}
    for item in items:
        other = says[item.source or ""] - {(item.text, item.who), (item.text, None)} if item.version > 1 else None
        versions = _history(view, item.id) if other else []
        if other and any({(one.text, one.who), (one.text, None)} & other for one in versions):
            suspects[item.id] = versions
    firsts = store.door.first_of(list(suspects)) if suspects else {}
    numbers = {id: sorted(store.door.numbers_of([first])) for id, first in firsts.items()}
    why = lookups.reasons(store, {n for some in numbers.values() for n in some}) if numbers else {}
    found: dict[str, Item] = {}
    for id, versions in suspects.items():
        before = said = versions[0]
        for n, one in zip(numbers[id][1:], versions[1:], strict=True):
            if said is before if _says_the_same(before, one) else why.get(n) != BY_A_PERSON:
                said = one
            before = one
        found[id] = said
    return found


def _history(view: StoreView, id: str) -> list[Item]:
    """All versions of an item; none where this scope does not see all of them."""
    try:
        return view.history(id)
    except NotFound:
        return []


def _channel(trust: float) -> float:
    """What a person says and what is imported of theirs count as one channel; every other stands alone."""
    return 1.0 if trust >= TRUST["import"] else trust


def _says_the_same(old: Item, new: Item) -> bool:
    """The same words with the same that came along (or nothing), from the same speaker or from nobody named."""
    along = all(new.data[name] == old.data.get(name) for name in ALONG if name in new.data)
    named = {old.who, new.who} - {None}
    same_speaker = len(named) < 2 or len(named & set(ROLES.values())) == 1
    return old.text == new.text and along and same_speaker and _channel(new.trust) <= _channel(old.trust)


def _speaks_again(old: Item, new: Item) -> bool:
    """The same person through as good a channel; an id may begin anew in every chat."""
    chats = {old.session, new.session} - {None}
    return new.who in (None, old.who) and _channel(old.trust) == _channel(new.trust) and len(chats) < 2


def _said_anew(old: Item, new: Item) -> Item:
    """The item as it is when its source says this, trusted no more than the old text and the new one are."""
    return old.with_(text=new.text, trust=min(old.trust, new.trust), data={**old.data, **new.data})


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


def digest_of(messages: Sequence[Message], trust: str | None) -> bytes:
    """16 bytes that tell two calls apart; a message that was given no time has none here, so that a retry is known."""
    told = [
        (one.text, one.who, one.at and iso(one.at), one.session, one.source, one.kind, one.trust, one.payload())
        for one in messages
    ]
    text = json.dumps([trust, told], sort_keys=True, default=repr)
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


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
