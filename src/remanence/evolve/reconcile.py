"""Settles what new facts mean for old ones: keep both, replace, or say that they do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from remanence import language
from remanence.language import statements
from remanence.language.statements.attributes import (
    ATTRIBUTES,
    BACK,
    CORRECTED,
    DIED,
    OVER,
    SOMEBODY,
    canonical,
    dependents,
    replaceable,
    says_nothing_alone,
    single_valued,
)
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import llm_json, said_nothing
from remanence.stage.lookup import exact
from remanence.stage.neighbours import neighbours
from remanence.types import Change, Item, Scope, Where, shared

Key = tuple[Scope, str, str]
About = tuple[Scope, str]
DEEP = 64
"""Facts with a word of the ended value that are looked through."""


def _about(item: Item) -> About | None:
    """(whose memory, about whom); None for a fact without a subject."""
    subject = item.data.get("subject")
    return (shared(item.scope), language.entities.norm(str(subject))) if subject else None


def _key(item: Item) -> Key | None:
    """(whose memory, about whom, which attribute); None for a fact without them."""
    about, slot = _about(item), item.data.get("attribute") or item.data.get("slot")
    return (*about, canonical(str(slot))) if about and slot else None


def _value(item: Item) -> str:
    return language.entities.norm(str(item.data.get("value") or ""))


def _true(item: Item) -> bool:
    return item.data.get("polarity") is not False


def _sure(item: Item) -> bool:
    return item.data.get("certain") is not False


def _meant(item: Item) -> str:
    return str(item.data.get("modality") or "asserted")


@writes
def conflicts(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("fact",)) -> Change:
    """Close the interval of a fact that a later one ends, replaces, corrects or cancels.

    Later is what became true later (`at`), and among equals what was remembered later. It replaces when it has another
    value for an attribute that holds one (home, job, rent), unless it adds ("too"). A denial ends the value that it
    denies, "quit the choir" whatever is known of the choir. A correction takes the place of the old value from the
    start, which then never held. Plans and wishes replace only plans. Where one of the two is not certain, or comes
    from a weaker source, both stay and are linked `contradicts`; unless the later says itself that an attribute of one
    value changed ("my dentist is ... now", "I was wrong").
    """
    draft = ChangeBuilder(change, "reconcile.conflicts")
    fresh = [(key, item) for item in change.fresh if item.kind in kinds and (key := _key(item)) is not None]
    rivals = _Rivals(ctx, [item for _, item in fresh])
    for key, item in fresh:
        if key[2] == BACK and draft.believed(item):
            _come_back(draft, ctx, rivals, item)
        elif draft.believed(item):
            known = rivals.of(key, item)
            if not known and key[2] in (CORRECTED, OVER, "debt") and says_nothing_alone(item.data):
                draft.drop(item, "nothing is known that it would correct or cancel")
                continue
            if not known:
                rivals.add(key, item)
                continue
            if _about(known[0]) != key[:2] and key[2] not in (OVER, CORRECTED, DIED):
                draft.rewrite(item, {"data": {"subject": known[0].data["subject"]}}, "the only one it can be about")
            for old in known:
                left = draft.left(old, item)
                if left is not None and all(_open(one, _begin(old, item)) for one in left):
                    _settle(draft, ctx, *left, key[2])
            if key[2] == CORRECTED and draft.now(item).data.get("slot") == CORRECTED:
                draft.drop(item, "what it would correct is over")
                continue
            for old in known:
                if _replaced_by(draft, old, item):
                    _end_dependents(draft, ctx, rivals, _key(old) or key, item)
        rivals.add(_key(draft.now(item)) or key, draft.now(item))
    return draft.change()


def _come_back(draft: ChangeBuilder, ctx: Ctx, rivals: _Rivals, item: Item) -> None:
    """ "Pimenta is back": what her loss ended is so again from then on, and the loss is over; else it says nothing.

    It says so in words of before, so it rests on both too, and goes with them.
    """
    who, scope = str(item.data["subject"]), shared(item.scope)
    name = who.rpartition("'s ")[2]
    found = [draft.now(old) for old in rivals.holding(name, scope, item.kind)]
    lost = [one for one in found if one.data.get("slot") not in (OVER, BACK) and one.until is not None and _true(one)]
    lost = [one for one in lost if name in (_somebody(one), _role(one)) or statements.values.alike(name, _words(one))]
    told = rivals.holding(" ".join([name, *map(_words, lost)]), scope, item.kind)
    losses = [one for one in map(draft.now, told) if one.data.get("slot") == OVER and one.until is None]
    losses = [one for one in losses if one.at in {old.until for old in lost} and not _later(one, item)]
    lost = [one for one in lost if one.until in {loss.at for loss in losses}]
    if not lost:
        draft.drop(item, "nothing is known that would be back")
        return
    for one in losses:
        draft.supersede(one, item, item.at or ctx.clock(), "it is back")
    data = {part: lost[-1].data.get(part) for part in ("subject", "slot", "value", "keys")}
    grounds = [part for one in (item, lost[-1], *losses) for part in one.evidence]
    draft.rewrite(item, {"data": data, "text": lost[-1].text, "evidence": tuple(dict.fromkeys(grounds))}, "it is back")
    rivals.add(_key(lost[-1]) or (scope, "", ""), draft.now(item))


def _part_of(one: str, other: str) -> bool:
    mine, theirs = set(one.casefold().split()), set(other.casefold().split())
    return mine <= theirs or theirs <= mine


def _begin(old: Item, new: Item) -> datetime | None:
    """When the later one of two begins, whichever was remembered first."""
    return max(old.at, new.at) if old.at is not None and new.at is not None else new.at


def _open(item: Item, when: datetime | None) -> bool:
    """Whether it has not ended at a time."""
    return item.until is None or (when is not None and item.until > when)


def _affirmed(item: Item) -> bool:
    return _true(item) and _sure(item) and _meant(item) in ("asserted", "reported")


def _end_dependents(draft: ChangeBuilder, ctx: Ctx, rivals: _Rivals, key: Key, item: Item) -> None:
    """With an employer end the boss and the pay that were said of it; with a home its rent."""
    for slot in dependents(key[2]):
        for old in draft.standing(rivals.dependent((key[0], key[1], slot), item)):
            if _affirmed(old) and not _later(old, item):
                draft.supersede(old, item, item.at or ctx.clock(), f"{slot}: ended with the {key[2]}")


def _replaced_by(draft: ChangeBuilder, old: Item, item: Item) -> bool:
    """Whether the item has just ended a fact, as no longer so or by another value."""
    now = draft.now(old)
    if now.until is None or now.until == old.until or not _affirmed(old) or not _sure(item):
        return False
    return not _true(item) or (_affirmed(item) and not statements.values.alike(_words(old), _words(item)))


def _words(item: Item) -> str:
    return str(item.data.get("value") or "")


class _Rivals:
    """What is known about a subject: by attribute, and by value for what ends it without naming the attribute."""

    def __init__(self, ctx: Ctx, fresh: Sequence[Item]) -> None:
        self.ctx = ctx
        self.new = {item.id for item in fresh}
        self.by_key: dict[Key, list[Item]] = {}
        self.by_scope: dict[Scope, list[Item]] = {}
        keyed = [(key, item) for item in fresh if (key := _key(item)) is not None]
        for kind in dict.fromkeys(item.kind for item in fresh):
            wanted = [(key, str(item.data["subject"])) for key, item in keyed if item.kind == kind]
            self._load(kind, wanted)

    def _load(self, kind: str, wanted: Sequence[tuple[Key, str]]) -> None:
        for key, items in exact(self.ctx.store, kind, wanted, _key, ended=True).items():
            self.by_key.setdefault(key, []).extend(item for item in items if item.id not in self.new)

    def of(self, key: Key, item: Item) -> list[Item]:
        """Facts that the item may end, in the order in which they were remembered."""
        if key[2] == DIED:
            return self._of_the_dead(str(item.data["subject"]), key[0], item.kind)
        if key[2] not in (OVER, CORRECTED):
            found = [old for old in self.by_key.get(key, ()) if old.id != item.id]
            return found or self._of_somebody(key, item)
        value = str(item.data.get("replaces" if key[2] == CORRECTED else "value") or "")
        found = self.holding(value, key[0], item.kind)
        mine = [old for old in found if _about(old) == key[:2] and _over(old, value)]
        # nobody quits for another who speaks for themselves; a parent does for a child
        return mine or [
            old
            for old in found
            if _over(old, value)
            and (key[2] == CORRECTED or bool(old.data.get("speaker")) or _number_of_all(old, value))
        ]

    def holding(self, words: str, scope: Scope, kind: str) -> list[Item]:
        """Facts of a memory that hold some of the words, stored ones first."""
        terms = self.ctx.store.terms(words)
        found: list[Item] = []
        if terms:
            rows, _ = self.ctx.store.matching(terms, DEEP, Where(kinds=(kind,), tiers=("hot", "cold"), ended=True))
            found = [old for old in self.ctx.store.items(rows) if shared(old.scope) == scope and old.id not in self.new]
        return [*found, *self.by_scope.get(scope, ())]

    def _of_the_dead(self, who: str, scope: Scope, kind: str) -> list[Item]:
        """What was said of who died, and whose they were; "our cat" is the one cat, of several none."""
        found = [old for old in self.holding(who, scope, kind) if str(old.data.get("slot")) not in _STAYS_TRUE]
        owner, _, role = who.rpartition("'s ")
        if owner:
            somebodys = [old for old in found if _about(old) == (scope, language.entities.norm(owner))]
            named = [old for old in somebodys if _somebody(old).casefold() == role or _role(old) == role]
            names = {_somebody(old) for old in named}
            if len(names) == 1 and names != {role}:
                return self._of_the_dead(names.pop(), scope, kind)
            found = [old for old in found if _about(old) == (scope, language.entities.norm(who))]
            return [*found, *named] if len(named) == 1 else found
        mine = (scope, language.entities.norm(who))
        roles = {_role(old) for old in found if _somebody(old) == who} - {""}
        if len(roles) > 1:  # a dog and a brother of one name
            return []
        return [old for old in found if _about(old) == mine or (_somebody(old) == who and shared(old.scope) == scope)]

    def _of_somebody(self, key: Key, item: Item) -> list[Item]:
        """ "judo goes to Tuesdays", said by a parent: of the one other subject of whom the attribute is known.

        A port is the one service's whose name is in the subject, or that it is in: "internal api" is the api.
        """
        port = key[2] == "port" and key[1] != language.entities.norm(str(item.data.get("speaker") or key[1]))
        if key[2] in ATTRIBUTES or (item.data.get("speaker") and not port) or not item.data.get("changed"):
            return []
        found = [old for old in self.holding(key[2], key[0], item.kind) if (_key(old) or key)[2] == key[2]]
        if port:
            found = [old for old in found if _part_of(str(old.data["subject"]), str(item.data["subject"]))]
        return found if len({_about(old) for old in found}) == 1 else []

    def dependent(self, key: Key, item: Item) -> list[Item]:
        """Facts of an attribute that is over with another one."""
        if key not in self.by_key:
            self.by_key[key] = []
            self._load(item.kind, [(key, str(item.data["subject"]))])
        return self.by_key[key]

    def add(self, key: Key, item: Item) -> None:
        self.by_key.setdefault(key, []).append(item)
        self.by_scope.setdefault(key[0], []).append(item)


def _settle(draft: ChangeBuilder, ctx: Ctx, old: Item, new: Item, slot: str) -> None:
    if slot in (OVER, DIED):
        if _true(old) and (_planned(old) or not _later(old, new)):
            draft.supersede(old, new, new.at or ctx.clock(), _why_over(new))
        return
    if slot == CORRECTED:
        if _true(old) and new.data.get("slot") == CORRECTED:
            data = {name: old.data.get(name) for name in ("subject", "slot")}
            said = str(new.data.get("replaces") or "")
            if said and said in _words(old):  # "156, not 165" of "165 a month"
                data["value"] = _words(old).replace(said, _words(new))
            text = f"{data['subject']}: {data['slot']} {data.get('value') or _words(new)}"
            draft.rewrite(new, {"data": data, "text": text}, "corrects what was said before")
            _correct(draft, ctx, old, draft.now(new), str(data["slot"]))
        return
    if _came_about(old, new, slot):
        draft.supersede(old, new, new.at or ctx.clock(), "what was planned is so")
        return
    corrects = new.data.get("change") == "corrected" and _true(old) and _true(new)
    winner, loser = (old, new) if _later(old, new) and not corrects else (new, old)
    if not _conflict(loser, winner, slot):
        return
    if corrects:
        _correct(draft, ctx, old, new, slot)
        return
    if not _replaces(winner, loser, slot):
        return
    settled = single_valued(slot) and winner.data.get("changed")
    if not settled and not (_sure(old) and _sure(new)):
        draft.contradict(new, old, "not certain which holds")
        return
    when = winner.at or ctx.clock()
    draft.supersede(loser, winner, when, "a later value took its place")


def _correct(draft: ChangeBuilder, ctx: Ctx, old: Item, new: Item, slot: str) -> None:
    """The new value has held since the old one was said to; the old one never did."""
    start = old.at or new.at or ctx.clock()
    if draft.supersede(old, new, start, "corrected") and old.at is not None:
        draft.rewrite(new, {"at": old.at}, "corrects what was said before")


def _later(one: Item, other: Item) -> bool:
    """True when `one`, remembered first, became true after `other`."""
    return one.at is not None and other.at is not None and one.at > other.at


def _planned(item: Item) -> bool:
    """A plan begins later than the word that it is off."""
    return _meant(item) == "planned"


def _over(old: Item, value: str) -> bool:
    """Whether the words of an end or of a correction speak of the old fact: of its value or of its attribute."""
    slot = canonical(str(old.data.get("slot") or ""))
    if slot in (OVER, CORRECTED, "event") or not _true(old):
        return False
    named = statements.values.value_words(value)
    if slot in ATTRIBUTES:
        return statements.values.alike(value, _words(old)) or value == slot
    return statements.values.alike(value, _words(old)) or (
        single_valued(slot) and named <= statements.values.value_words(slot)
    )


def _number_of_all(old: Item, value: str) -> bool:
    """Whether it is a number that is the same for all who say it: of a case, of an order."""
    return value == _words(old) and str(old.data.get("slot")) not in ATTRIBUTES and sum(map(str.isdigit, value)) >= 4


_STAYS_TRUE = (CORRECTED, DIED, OVER, "event", "birthday", "birthplace", "name", "from")
"""What is so of the dead too."""


def _somebody(old: Item) -> str:
    """The name of whom a fact says that they are somebody's: of "Rex (dog)" Rex; "" for a fact that says no such."""
    slot = canonical(str(old.data.get("slot") or ""))
    return _words(old).split(" (")[0] if slot in SOMEBODY or slot.endswith(" name") else ""


def _role(old: Item) -> str:
    """The role behind a name, or in the attribute: "dog" of "Rex (dog)" and of a "dog name"."""
    slot = canonical(str(old.data.get("slot") or ""))
    return slot.removesuffix(" name") if slot.endswith(" name") else _words(old).partition(" (")[2].rstrip(")")


def _why_over(new: Item) -> str:
    return "cancelled" if _meant(new) == "cancelled" else "over"


def _replaces(winner: Item, loser: Item, slot: str) -> bool:
    """A plan or a wish ends no fact; the date of something planned is a fact of its own."""
    if _meant(winner) in ("planned", "wished") and not slot.startswith("date of"):
        return _meant(loser) in ("planned", "wished") and single_valued(slot) and bool(winner.data.get("changed"))
    return True


def _came_about(old: Item, new: Item, slot: str) -> bool:
    """Whether what was planned is told as so: the car that was ordered has come."""
    same = statements.values.alike(_words(old), _words(new))
    return slot in ("owns", "home", "employer") and _planned(old) and _affirmed(new) and same and not _later(old, new)


def _conflict(old: Item, new: Item, slot: str) -> bool:
    if _true(old) != _true(new):
        mine, other = str(old.data.get("value") or ""), str(new.data.get("value") or "")
        return _value(old) == _value(new) or (not _true(new) and statements.values.alike(mine, other))
    if not _true(new) or new.data.get("change") == "added":
        return False
    if _value(old) == _value(new) or statements.values.alike(
        str(old.data.get("value") or ""), str(new.data.get("value") or "")
    ):
        return False
    named = str(new.data.get("replaces") or "")
    if named and statements.values.alike(named, str(old.data.get("value") or "")):
        return True
    return single_valued(slot) or (replaceable(slot) and bool(new.data.get("changed")))


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
        earlier = [old for old in draft.standing(known.values()) if _before(old, item, fresh)]
        event, old, text = _decided(ctx, item, earlier, cosine, same)
        if old is None or event == "ADD":
            continue
        if event == "NOOP":
            if item.trust <= old.trust + 1e-9:
                draft.say_again(old, item, "said again")
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
            if (chosen := _chosen(reply, known)) is not None:
                return chosen
            said_nothing(ctx.degraded, "reconcile", f"named no fact to {reply['event']}")
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


def _chosen(reply: dict[str, Any], known: Sequence[Item]) -> tuple[str, Item | None, str | None] | None:
    """What the model decided; None where it changes a fact that is not in its list."""
    number = reply.get("id")
    if reply["event"] == "ADD":
        return "ADD", None, None
    if not isinstance(number, int) or not 1 <= number <= len(known):
        return None
    text = reply.get("text")
    clean = " ".join(text.split())[:1000] if isinstance(text, str) else None
    return str(reply["event"]), known[number - 1], clean or None
