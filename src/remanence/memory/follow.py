"""What rests on a source follows the source: hidden, taken back or erased with it, and what it had ended opens again.

A derived item that said the same before the source came in goes back to that; any other goes where the source goes.
What is left of its sources is looked at again at sleep, as if the one had never been there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import Any

from remanence.memory.handle import EVERYTHING, Handle
from remanence.memory.jobs import AGAIN
from remanence.records import dataclass
from remanence.store.door import Later
from remanence.types import Change, Evidence, Item, Retire, StoreView, Update, Where
from remanence.types.items import Link

STAGE = "memory.follow"
HIDDEN_WITH, HIDDEN_FROM = "hidden_with", "hidden_from"
"""Keys of `data`: the sources with which an item was hidden, and its tier before."""
HIDDEN = Where(tiers=("archived",), ended=True)
"""What is hidden."""
JOIN = 8
"""Rows that lie no further apart are looked at again in one piece of work."""
_BACK = ("kind", "text", "who", "at", "until", "salience", "evidence", "trust")
"""Fields that an item takes back from an earlier version of itself."""


@dataclass(slots=True)
class Following:
    """What follows from hiding, changing or erasing some items."""

    updates: list[Update] = field(default_factory=list)
    retires: list[Retire] = field(default_factory=list)
    unlinks: list[Link] = field(default_factory=list)
    again: dict[str, None] = field(default_factory=dict)
    """Ids of the items that are looked at again at sleep."""
    stale: dict[str, set[int]] = field(default_factory=dict)
    """Versions of items that stay, which say what the source said."""
    touched: dict[str, str] = field(default_factory=dict)
    """id of what followed -> what became of it."""

    def onto(self, change: Change) -> Change:
        """The change with all of this, and a note on what became of how many."""
        counts = {what: list(self.touched.values()).count(what) for what in dict.fromkeys(self.touched.values())}
        notes = [f"{count} that rest on it: {what}" for what, count in counts.items()]
        more = change.plus(updates=self.updates, retires=self.retires, unlinks=self.unlinks, notes=notes)
        return replace(more, followed=(*change.followed, *self.touched))


def resting_on(view: StoreView, ids: Iterable[str]) -> list[Item]:
    """Everything that was made of these items, directly or not; a name stays while something else mentions it."""
    gone = dict.fromkeys(ids)
    found: list[Item] = []
    frontier = list(gone)
    while frontier:
        made = [item for item in view.resting_on(frontier) if item.id not in gone]
        leaving = {item.id for item in made} | set(gone)
        made = [item for item in made if item.kind != "entity" or not _mentioned(view, item, leaving)]
        gone.update((item.id, None) for item in made)
        found.extend(made)
        frontier = [item.id for item in made]
    return found


def _mentioned(view: StoreView, item: Item, gone: set[str]) -> bool:
    sources = {link.src for link in view.links([item.id], rels=("mentions",), direction="in")} - gone
    rows = view.rows_of(sorted(sources))
    return bool((rows >= 0).any())


def hidden(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when items are forgotten."""
    roots = _roots(resting_on(view, ids), ids)

    def go(item: Item, following: Following) -> None:
        if item.tier != "archived":
            data = {HIDDEN_WITH: [id for id in ids if id in roots[item.id]], HIDDEN_FROM: item.tier}
            following.updates.append(Update(item.id, {"tier": "archived", "data": data}, "its source is hidden", STAGE))
            following.touched[item.id] = "hidden"

    return _following(view, ids, go)


def _roots(made: Sequence[Item], ids: Sequence[str]) -> dict[str, set[str]]:
    """id -> on which of `ids` an item rests, directly or through others."""
    roots = {id: {id} for id in ids} | {item.id: set() for item in made}
    grown = True
    while grown:
        grown = False
        for item in made:
            more = set[str]().union(*(roots.get(one.id, set()) for one in item.evidence))
            grown = grown or not more <= roots[item.id]
            roots[item.id] |= more
    return roots


def changed(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when the text, speaker, time or session of items is another now."""

    def go(item: Item, following: Following) -> None:
        following.retires.append(Retire(item.id, "its source says otherwise", STAGE))
        following.touched[item.id] = "taken back"

    return _following(view, ids, go)


def erased(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when items are erased: the store erases what rests on them, and the rest is put in order here."""

    def go(item: Item, following: Following) -> None:
        following.touched[item.id] = "erased"

    return _following(view, ids, go)


def returned(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when forgotten items come back: what was hidden with them, and work on what they say."""
    following = Following(again=dict.fromkeys(ids))
    for item in resting_on(view, ids):
        with_ = [one for one in item.data.get(HIDDEN_WITH) or () if one not in ids]
        still = bool((view.rows_of(with_, HIDDEN) >= 0).any())
        if HIDDEN_WITH in item.data and item.tier == "archived" and not still:
            fields = {"tier": item.data.get(HIDDEN_FROM) or "hot", "data": {HIDDEN_WITH: None, HIDDEN_FROM: None}}
            following.updates.append(Update(item.id, fields, "its source is back", STAGE))
            following.touched[item.id] = "back"
    return following


def _following(view: StoreView, ids: Sequence[str], go: Any) -> Following:
    following = Following()
    gone = set(ids)
    for item in resting_on(view, ids):
        before = _before(view, item, gone)
        if before is not None:
            earlier, stale = before
            following.updates.append(Update(item.id, _back(item, earlier), "as before its source", STAGE))
            following.stale[item.id] = stale
            following.touched[item.id] = "as before"
            known = {one.id for one in earlier.evidence}
            following.again.update((one.id, None) for one in item.evidence if one.id not in known)
        else:
            gone.add(item.id)
            go(item, following)
            following.again.update((one.id, None) for one in item.evidence)
    _open_again(view, gone, following)
    for id in gone:
        following.again.pop(id, None)
    return following


def _before(view: StoreView, item: Item, gone: set[str]) -> tuple[Item, set[int]] | None:
    """(the last version of an item that did not rest on these, the versions that do); None when all do."""
    versions = view.history(item.id)
    stale = {one.version for one in versions if _rests(one.evidence, gone)}
    clean = [one for one in versions if one.version not in stale and one.evidence]
    return (clean[-1], stale) if clean and item.version in stale else None


def _rests(evidence: Iterable[Evidence], gone: set[str]) -> bool:
    return any(one.id in gone for one in evidence)


def _back(now: Item, earlier: Item) -> dict[str, Any]:
    fields = {name: getattr(earlier, name) for name in _BACK if getattr(earlier, name) != getattr(now, name)}
    if now.data != earlier.data:
        fields["data"] = {**dict.fromkeys(now.data), **earlier.data}
    return fields


def _open_again(view: StoreView, gone: set[str], following: Following) -> None:
    """What an item that goes had ended is true again, or ends where it ended before."""
    links = view.links(sorted(gone), rels=("supersedes",), direction="out")
    for link in links:
        if link.src not in gone or link.dst in gone:
            continue
        old = view.get(link.dst)
        if old.until is None or old.until != link.at:
            continue
        versions = view.history(old.id)
        stale = {one.version for one in versions if one.until == link.at}
        earlier = [one.until for one in versions if one.version not in stale]
        until = earlier[-1] if earlier else None
        following.updates.append(Update(old.id, {"until": until}, "what ended it is gone", STAGE))
        following.unlinks.append(Link(link.src, link.rel, link.dst))
        following.stale.setdefault(old.id, set()).update(stale)
        following.touched[old.id] = "true again"
        following.again[old.id] = None


def later(handle: Handle, ids: Iterable[str], view: StoreView) -> list[Later]:
    """Work at sleep on these items, in as few pieces as lie near one another."""
    rows = view.rows_of(list(ids), EVERYTHING)
    numbers = sorted(handle.store.index.n.now[rows[rows >= 0]].tolist())
    pieces: list[list[int]] = []
    for n in numbers:
        if pieces and n - pieces[-1][1] <= JOIN:
            pieces[-1][1] = n
        else:
            pieces.append([n, n])
    return [Later(f"{AGAIN}{low}-{high}", low, high) for low, high in pieces]


def anew(change: Change, view: StoreView) -> Change:
    """A change that formed again what is partly there: puts that a stored item says from the same sources are left out.

    Links and evidence that named such a put name the stored item.
    """
    same: dict[str, str] = {}
    kept: list[Item] = []
    for item in change.puts:
        item = replace(item, evidence=_named(item.evidence, same))
        known = _known(item, view)
        if known is None:
            kept.append(item)
        else:
            same[item.id] = known
    if not same:
        return change
    links = {}
    for link in change.links:
        src, dst = same.get(link.src, link.src), same.get(link.dst, link.dst)
        if src != dst:
            links[src, link.rel, dst] = replace(link, src=src, dst=dst)
    updates = []
    for one in change.updates:
        told = {"evidence": _named(one.fields["evidence"], same)} if "evidence" in one.fields else {}
        by = same.get(one.by, one.by) if one.by else None
        updates.append(replace(one, fields={**one.fields, **told}, by=by))
    return replace(change, puts=tuple(kept), links=tuple(links.values()), updates=tuple(updates))


def _named(evidence: Iterable[Evidence], same: dict[str, str]) -> tuple[Evidence, ...]:
    """The evidence, with stored items in place of the puts that say the same."""
    return tuple(dict.fromkeys(replace(one, id=same.get(one.id, one.id)) for one in evidence))


def _known(item: Item, view: StoreView) -> str | None:
    """The stored item that says the same from the same sources, if one is believed."""
    sources = {one.id for one in item.evidence}
    for one in view.resting_on(sorted(sources)) if sources else ():
        alike = (one.kind, one.text, one.scope) == (item.kind, item.text, item.scope) and one.tier != "archived"
        if alike and {evidence.id for evidence in one.evidence} >= sources:
            return one.id
    return None
