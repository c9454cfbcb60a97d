"""What rests on a source follows the source: hidden, taken back or erased with it, and what it had ended opens again.

A derived item that said the same before the source came in goes back to that; any other goes where the source goes.
What is left of its sources is looked at again at sleep, as if the one had never been there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import field, replace
from typing import Any, Literal

import numpy as np

from remanence.evolve.quota import STEPPED_BACK
from remanence.language.entities import find
from remanence.language.statements.attributes import says_nothing_alone
from remanence.records import dataclass
from remanence.types import EVERYTHING, Change, Evidence, Item, Retire, StoreView, Update, Where
from remanence.types.items import Link

STAGE = "memory.follow"
HIDDEN_WITH, HIDDEN_FROM = "hidden_with", "hidden_from"
"""Keys of `data`: the sources with which an item was hidden, and its tier before."""
HIDDEN = Where(tiers=("archived",), ended=True)
"""What is hidden."""
SHOWN = Where(tiers=("hot", "cold"), ended=True)
"""What is not hidden, be it over."""
LOOKED_AT = 512
"""Latest items of a kind among which those are looked for that stepped back, so that an erase costs the same."""
LATER = 2**62
"""Looked at again after what was cut from a session."""
SEGMENTS = ("episode", "chunk")
"""Kinds that cut a session: where one begins depends on all turns that were cut together."""
REPEATS = "repeats"
"""The relation of a source to a statement that it makes too, and that was therefore not kept twice."""
NEAR, GAP = "related", "associated"
"""The relations of an item to its nearest, and to those above a gap: where one goes, another takes its place."""
LOOKED_AT = 20
"""So many items show whether such links are made here."""
_SIDES: tuple[Literal["in", "out"], ...] = ("in", "out")
_BACK = ("kind", "text", "who", "at", "until", "salience", "evidence", "trust")
"""Fields that an item takes back from an earlier version of itself."""


@dataclass(slots=True)
class Following:
    """What follows from hiding, changing or erasing some items."""

    updates: list[Update] = field(default_factory=list)
    retires: list[Retire] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    unlinks: list[Link] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    """Ids of the items that are looked at again at sleep -> how much had been told when they were looked at before.

    What was cut from a session at different times is cut apart again.
    """
    gone: dict[str, None] = field(default_factory=dict)
    """Ids of further items that are erased: they once said what the source said, and were made to say it."""
    stale: dict[str, set[int]] = field(default_factory=dict)
    """Versions of items that stay, which say what the source said."""
    touched: dict[str, str] = field(default_factory=dict)
    """id of what followed -> what became of it."""

    def onto(self, change: Change) -> Change:
        """The change with all of this, and a note on what became of how many."""
        counts = {what: list(self.touched.values()).count(what) for what in dict.fromkeys(self.touched.values())}
        notes = [f"{count} that rest on it: {what}" for what, count in counts.items()]
        more = change.plus(
            updates=self.updates, retires=self.retires, links=self.links, unlinks=self.unlinks, notes=notes
        )
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
    rows = view.rows_of(sorted(sources), SHOWN)
    return bool((rows >= 0).any())


def hidden(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when items are forgotten."""
    roots = _roots(resting_on(view, ids), ids)

    def go(item: Item, following: Following) -> None:
        if item.tier != "archived":
            with_ = [id for id in ids if id in roots.get(item.id, ids)]
            data = {HIDDEN_WITH: with_, HIDDEN_FROM: item.tier}
            following.updates.append(Update(item.id, {"tier": "archived", "data": data}, "its source is hidden", STAGE))
            following.touched[item.id] = "hidden"

    following = _following(view, ids, go, go)
    _close_up(view, ids, following)
    return following


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

    return _following(view, ids, _take_back, _take_back)


def erased(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when items are erased: the store erases what rests on them, and the rest is put in order here."""

    def go(item: Item, following: Following) -> None:
        following.touched[item.id] = "erased"

    following = _following(view, ids, go, _take_back, later=True)
    _close_up(view, ids, following)
    _once(view, ids, following)
    _make_room(view, ids, following)
    return following


def _make_room(view: StoreView, ids: Sequence[str], following: Following) -> None:
    """As many as go of what was at hand come back of what had stepped back for them, the newest first."""
    gone = {*ids, *following.gone, *_erased(following)}
    rows = view.rows_of(sorted(gone), EVERYTHING)
    kinds = [item.kind for item in view.items(rows[rows >= 0]) if item.tier == "hot"]
    for kind in dict.fromkeys(kinds):
        cold = view.items(view.rows(Where(kinds=(kind,), tiers=("cold",), ended=True))[-LOOKED_AT:])
        back = [item for item in cold if STEPPED_BACK in item.data and item.id not in gone]
        for item in back[-kinds.count(kind) :]:
            fields = {"tier": item.data[STEPPED_BACK], "data": {STEPPED_BACK: None}}
            following.updates.append(Update(item.id, fields, "there is room again", STAGE))
            following.touched[item.id] = "as before"


def _erased(following: Following) -> list[str]:
    return [id for id, what in following.touched.items() if what == "erased"]


def _once(view: StoreView, ids: Sequence[str], following: Following) -> None:
    """What an item that stays said once, in versions that rested on what is erased, is erased too.

    An item that began so is erased whole, and what it rests on now is looked at again.
    """
    gone = {*ids, *_erased(following)}
    leaving = gone | {one.id for one in following.retires}
    frontier = gone
    while frontier:
        found = {id: some for id, some in view.ever_resting_on(sorted(frontier)).items() if id not in gone}
        frontier = set()
        for id, versions in found.items():
            if versions[-1].kind == "entity" and _mentioned(view, versions[-1], leaving):
                _found_elsewhere(view, versions[-1], leaving, following)
                continue
            stale = {one.version for one in versions if _rests(one.evidence, gone)}
            if versions[-1].retired is not None:
                frontier.add(id)
            elif versions[0].version in stale:
                frontier.add(id)
                following.gone[id] = None
                following.touched[id] = "erased"
                following.again.update((part.id, LATER) for part in versions[-1].evidence)
                following.again.update(_near(view, [id]))
            else:
                following.stale.setdefault(id, set()).update(stale)
        gone |= frontier
    following.updates = [one for one in following.updates if one.id not in gone]
    following.retires = [one for one in following.retires if one.id not in gone]
    following.again = {id: turn for id, turn in following.again.items() if id not in gone}


def _found_elsewhere(view: StoreView, name: Item, gone: set[str], following: Following) -> None:
    """A name whose first mention goes rests on the first one that stays, and is written and dated as there."""
    if not _rests(name.evidence, gone):
        return
    sources = {link.src for link in view.links([name.id], rels=("mentions",), direction="in")} - gone
    rows = view.rows_of(sorted(sources), EVERYTHING)
    rows = rows[rows >= 0]
    first = view.items(rows[np.argsort(view.columns.number[rows], kind="stable")[:1]])[0]
    label = name.data.get("label")
    same = next((one for one in find(first.text) if one.norm == label), None)
    place = Evidence(first.id, same.start, same.end) if same is not None else Evidence(first.id, 0, 0)
    fields: dict[str, Any] = {"at": first.at, "evidence": (place,), "trust": first.trust}
    if same is not None:
        fields |= {"text": same.text, "data": {"sort": same.label}}
    following.updates.append(Update(name.id, fields, "its first mention is gone", STAGE))


def returned(view: StoreView, ids: Sequence[str]) -> Following:
    """What follows when forgotten items come back: what was hidden with them, and work on what they say."""
    following = Following(again=dict.fromkeys(ids, LATER))
    along = _hidden_along(view, ids)
    back: list[Item] = []
    for item in {item.id: item for item in (*resting_on(view, [*ids, *(one.id for one in along)]), *along)}.values():
        with_ = [one for one in item.data.get(HIDDEN_WITH) or () if one not in ids]
        still = bool((view.rows_of(with_, HIDDEN) >= 0).any())
        if HIDDEN_WITH in item.data and item.tier == "archived" and not still:
            fields = {"tier": item.data.get(HIDDEN_FROM) or "hot", "data": {HIDDEN_WITH: None, HIDDEN_FROM: None}}
            following.updates.append(Update(item.id, fields, "its source is back", STAGE))
            following.touched[item.id] = "back"
            following.again[item.id] = LATER
            back.append(item)
    for item in _cut_meanwhile(view, back):
        _take_back(item, following)
    whole = {part.id for item in back if item.kind in SEGMENTS for part in item.evidence}
    following.again = {id: turn for id, turn in following.again.items() if id not in whole}
    for id in ids:
        before, after = (_beside(view, id, direction) for direction in _SIDES)
        following.unlinks += [Link(src, "next", dst) for src in before for dst in after]
        before, after = (_beside(view, id, direction, back=ids) for direction in _SIDES)
        following.links += [*(Link(src, "next", id) for src in before), *(Link(id, "next", dst) for dst in after)]
    following.links, following.unlinks = (list(dict.fromkeys(some)) for some in (following.links, following.unlinks))
    return following


def _hidden_along(view: StoreView, ids: Sequence[str]) -> list[Item]:
    """The pieces of the same sessions that were hidden because one that rested on these was."""
    rows = view.rows_of(ids, EVERYTHING)
    found: list[Item] = []
    for session in dict.fromkeys(item.session for item in view.items(rows[rows >= 0])):
        pieces = view.items(view.rows(replace(HIDDEN, kinds=SEGMENTS, session=session)))
        found += [item for item in pieces if not set(ids).isdisjoint(item.data.get(HIDDEN_WITH) or ())]
    return found


def _cut_meanwhile(view: StoreView, back: Sequence[Item]) -> list[Item]:
    """What was cut anew from what pieces that are back were cut from, and what was made of that."""
    kinds = {item.kind for item in back if item.kind in SEGMENTS}
    sources = dict.fromkeys(part.id for item in back if item.kind in kinds for part in item.evidence)
    if not sources:
        return []
    known = {item.id for item in back}
    cut = [one for one in view.resting_on(list(sources)) if one.kind in kinds and one.id not in known]
    cut = [one for one in cut if one.tier != "archived"]
    return [*cut, *(one for one in resting_on(view, [one.id for one in cut]) if one.id not in known)]


Go = Callable[[Item, Following], None]
"""What becomes of an item that rests on what goes."""


def _take_back(item: Item, following: Following) -> None:
    following.retires.append(Retire(item.id, "its source says otherwise", STAGE))
    following.touched[item.id] = "taken back"


def _following(view: StoreView, ids: Sequence[str], go: Go, beside: Go, *, later: bool = False) -> Following:
    """go: what becomes of what rests on these; beside: what becomes of what was cut from a session along with that.

    later: what was cut from it later is cut again as well, so that its pieces stay in the order of telling.
    """
    following = Following()
    gone = set(ids)
    made = resting_on(view, ids)
    again = dict[str, int]()
    for item in made:
        before = _before(view, item, gone)
        if before is not None:
            earlier, stale = before
            following.updates.append(Update(item.id, _back(item, earlier), "as before its source", STAGE))
            following.stale[item.id] = stale
            following.touched[item.id] = "as before"
            lost = {one.id for one in item.evidence} - {one.id for one in earlier.evidence}
            again.update(dict.fromkeys(lost, LATER))
            parts = view.links(sorted(lost), rels=("part_of",), direction="out")
            following.unlinks += [Link(link.src, link.rel, link.dst) for link in parts if link.dst == item.id]
        else:
            gone.add(item.id)
            go(item, following)
            again.update((one.id, LATER) for one in item.evidence)
    pieces = _cut_along(view, [item for item in made if item.id in gone], later)
    near = [item for item, _ in pieces if item.id not in gone] + _leaning(view, gone)
    along = resting_on(view, [*ids, *(one.id for one in near)]) if near else []
    stays = {update.id for update in following.updates}
    for item in (*near, *(one for one in along if one.id not in gone | stays)):
        gone.add(item.id)
        beside(item, following)
        again.update((one.id, LATER) for one in item.evidence)
    again.update((one.id, told) for item, told in pieces for one in item.evidence)
    less_founded = {update.id for update in following.updates}
    repeated = view.links(sorted(gone | less_founded), rels=(REPEATS,), direction="in")
    again.update((link.src, LATER) for link in repeated if link.src not in again)
    again.update((update.id, LATER) for update in following.updates)
    again.update(_near(view, {*gone, *(update.id for update in following.updates)}))
    _unfuse(view, gone, following)
    _open_again(view, gone, following)
    following.again = {id: told for id, told in (again | following.again).items() if id not in gone}
    return following


def _leaning(view: StoreView, gone: set[str]) -> list[Item]:
    """What had ended or corrected what goes, and means nothing without it, or took words and a time from it."""
    links = view.links(sorted(gone), rels=("supersedes",), direction="in")
    rows = view.rows_of(sorted({link.src for link in links} - gone), EVERYTHING)
    found = view.items(rows[rows >= 0])
    return [one for one in found if says_nothing_alone(one.data) or one.data.get("change") == "corrected"]


def _near(view: StoreView, ids: Collection[str]) -> dict[str, int]:
    """What has one of these among its nearest: it is looked at again.

    Where nearness is cut at a gap (`GAP`), whatever was told later may have had it there.
    """
    found = {link.src: LATER for link in view.links(sorted(ids), rels=(NEAR,), direction="in")}
    rows = view.rows_of(sorted(ids), EVERYTHING)
    rows = view.rows(replace(EVERYTHING, kinds=tuple({item.kind for item in view.items(rows[rows >= 0])} - {"turn"})))
    if len(rows) and view.links([item.id for item in view.items(rows[-LOOKED_AT:])], rels=(GAP,), direction="out"):
        found.update((item.id, LATER) for item in view.items(rows))
    return found


def _unfuse(view: StoreView, gone: set[str], following: Following) -> None:
    """What had stepped back behind an item that goes is at hand again."""
    links = [link for link in view.links(sorted(gone), rels=("fused_into",), direction="in") if link.src not in gone]
    for link in links:
        parent = view.get(link.src)
        if parent.tier != "hot" and HIDDEN_WITH not in parent.data:
            following.updates.append(Update(parent.id, {"tier": "hot"}, "what it was fused into is gone", STAGE))
            following.unlinks.append(Link(link.src, link.rel, link.dst))
            following.touched[parent.id] = "as before"
            following.again[parent.id] = LATER


def _cut_along(view: StoreView, gone: Sequence[Item], later: bool) -> list[tuple[Item, int]]:
    """These pieces and all that were cut from their sessions then (or later), each with how much was told before.

    Pieces were cut at one time when none of what they were cut from was told in between.
    """
    found: dict[str, tuple[Item, int]] = {}
    for scope in dict.fromkeys(item.scope for item in gone):
        pieces = [item for item in gone if item.scope == scope and item.kind in SEGMENTS and "part" not in item.data]
        if not pieces:
            continue
        rows = view.rows(replace(EVERYTHING, session=scope.session))
        columns = view.columns
        kinds, numbers = columns.kind[rows], columns.number[rows]
        sources = view.rows_of([part.id for item in pieces for part in item.evidence[:1]], EVERYTHING)
        told = np.sort(numbers[np.isin(kinds, columns.kind[sources[sources >= 0]])])
        cut = rows[columns.of_kinds(rows, SEGMENTS)]
        before = np.searchsorted(told, columns.number[cut])
        own = np.isin(cut, view.rows_of([item.id for item in pieces], EVERYTHING))
        along = before >= before[own].min() if later else np.isin(before, before[own])
        for item, count in zip(view.items(cut[along]), before[along].tolist(), strict=True):
            if item.scope == scope and item.tier != "archived":
                found[item.id] = item, count
    return list(found.values())


def _close_up(view: StoreView, ids: Sequence[str], following: Following) -> None:
    """What stood before items that go is followed by what came after them."""
    for id in ids:
        before, after = (_beside(view, id, direction, gone=ids) for direction in _SIDES)
        following.links += [Link(src, "next", dst) for src in before for dst in after]
    following.links = list(dict.fromkeys(following.links))


def _beside(
    view: StoreView, id: str, direction: Literal["in", "out"], *, gone: Collection[str] = (), back: Collection[str] = ()
) -> list[str]:
    """The nearest items before or after one that are neither hidden nor go, or that come back."""
    found: dict[str, None] = {}
    passed, frontier = {id}, [id]
    while frontier:
        links = view.links(frontier, rels=("next",), direction=direction)
        ids = [link.src if direction == "in" else link.dst for link in links]
        ids = [one for one in dict.fromkeys(ids) if one not in passed]
        hidden = set(np.array(ids)[view.rows_of(ids, HIDDEN) >= 0].tolist()) if ids else set[str]()
        passed.update(ids)
        frontier = [one for one in ids if one in gone or (one in hidden and one not in back)]
        found.update((one, None) for one in ids if one not in frontier)
    return list(found)


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
        following.again[old.id] = LATER


def anew(change: Change, before: Change, view: StoreView) -> Change:
    """A change that formed again what is partly there: puts that a stored item says from the same sources are left out.

    What was put `before` has been looked at. Links and evidence that named such a put name the stored item, and later
    stages look at that one again.
    """
    looked_at = {item.id for item in before.puts}
    same: dict[str, Item] = {}
    kept: list[Item] = []
    for item in change.puts:
        item = replace(item, evidence=_named(item.evidence, same))
        known = _known(item, view) if item.id not in looked_at else None
        if known is None:
            kept.append(item)
        else:
            same[item.id] = known
    if not same:
        return change
    name = {id: known.id for id, known in same.items()}
    links = {}
    for link in change.links:
        src, dst = name.get(link.src, link.src), name.get(link.dst, link.dst)
        if src != dst:
            links[src, link.rel, dst] = replace(link, src=src, dst=dst)
    updates = []
    for one in change.updates:
        told = {"evidence": _named(one.fields["evidence"], same)} if "evidence" in one.fields else {}
        by = name.get(one.by, one.by) if one.by else None
        updates.append(replace(one, fields={**one.fields, **told}, by=by))
    given = {item.id: item for item in (*change.given, *same.values())}
    return replace(
        change,
        given=tuple(given.values()),
        puts=tuple(kept),
        links=tuple(links.values()),
        updates=tuple(updates),
    )


def _named(evidence: Iterable[Evidence], same: dict[str, Item]) -> tuple[Evidence, ...]:
    """The evidence, with stored items in place of the puts that say the same."""
    return tuple(dict.fromkeys(replace(one, id=same[one.id].id) if one.id in same else one for one in evidence))


def _known(item: Item, view: StoreView) -> Item | None:
    """The stored item that says the same from the same sources, if one is believed, be it put away."""
    sources = {one.id for one in item.evidence}
    for one in view.resting_on(sorted(sources)) if sources else ():
        alike = (one.kind, one.text, one.scope) == (item.kind, item.text, item.scope) and HIDDEN_WITH not in one.data
        if alike and {evidence.id for evidence in one.evidence} >= sources:
            return one
    return None
