"""A change in the making: ends items, rewrites them, takes them back, and joins them.

An item that is put by the very same change is put as it should be; a stored one gets an update.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from remanence.types import Change, Evidence, Item, Link, Retire, Update

MOST_GROUNDS = 64
"""So many sources a statement lists that was said again; those beyond are linked to it."""


class ChangeBuilder:
    """A change that one stage is working on; `change()` gives the result. `stage` signs what it does."""

    def __init__(self, change: Change, stage: str) -> None:
        self._start = change
        self._stage = stage
        self._puts: dict[str, Item] = {item.id: item for item in change.puts}
        self._fields: dict[str, dict[str, Any]] = {}
        self._why: dict[str, tuple[str, str | None]] = {}
        self._retires: list[Retire] = []
        self._gone: set[str] = set()
        self._links: dict[tuple[str, str, str], Link] = {}
        self._links_at: dict[str, set[tuple[str, str, str]]] = {}
        """The links of an item, by either end; some of them may be gone."""
        self._grounds: dict[str, tuple[tuple[Evidence, ...], set[Evidence]]] = {}
        """What items rest on, in order and to be looked up."""
        self._unlinks: list[Link] = []
        self._notes: list[str] = []
        self._earlier: dict[str, list[Mapping[str, Any]]] = {}
        for update in change.updates:
            self._earlier.setdefault(update.id, []).append(update.fields)
        self.link(*change.links)

    def now(self, item: Item) -> Item:
        """The item as this change would leave it."""
        if item.id in self._puts:
            return self._puts[item.id]
        for fields in self._earlier.get(item.id, ()):
            item = _with(item, fields)
        return _with(item, self._fields.get(item.id, {}))

    def believed(self, item: Item) -> bool:
        """False once this change has taken the item back."""
        return item.id not in self._gone

    def left(self, old: Item, item: Item) -> tuple[Item, Item] | None:
        """Both as this change would leave them; None once it has taken the first one back."""
        return (self.now(old), self.now(item)) if old.id not in self._gone else None

    def standing(self, items: Iterable[Item]) -> list[Item]:
        """Those of the items that this change leaves believed and without an end."""
        return [item for item in items if item.id not in self._gone and self.now(item).until is None]

    def put(self, *items: Item) -> None:
        """New items, with ids."""
        self._puts.update((item.id, item) for item in items)

    def rewrite(self, item: Item, fields: Mapping[str, Any], reason: str, by: str | None = None) -> None:
        """New field values for one item; `data` is merged, a key given as None is removed.

        reason: the journal keeps it for ever, so it quotes nothing that was said.
        """
        if item.id in self._puts:
            self._puts[item.id] = _with(self._puts[item.id], fields)
            return
        known = self._fields.setdefault(item.id, {})
        data = {**known.get("data", {}), **fields.get("data", {})}
        known.update(fields)
        if data:
            known["data"] = data
        self._why[item.id] = (reason, by)

    def drop(self, item: Item, reason: str, by: str | None = None) -> None:
        """No longer believe one item: a put and its links are left out, a stored item is retired.

        With a put goes what rests on it alone.
        """
        self._gone.add(item.id)
        if self._puts.pop(item.id, None) is not None:
            for key in self._links_at.pop(item.id, ()):
                self._links.pop(key, None)
            for other in [one for one in self._puts.values() if any(part.id == item.id for part in one.evidence)]:
                grounds = tuple(part for part in other.evidence if part.id != item.id)
                if grounds:
                    self._puts[other.id] = replace(other, evidence=grounds)
                else:
                    self.drop(other, reason, by)
            return
        self._fields.pop(item.id, None)
        self._retires.append(Retire(item.id, reason, self._stage, by))

    def say_again(self, kept: Item, item: Item, reason: str, **fields: Any) -> None:
        """`item` is left out, for `kept` says the same: its evidence counts for that, if it is trusted as much.

        A weaker source makes a statement neither better founded nor less trusted: it is linked `repeats`, and counts
        once the stronger ones are gone. So is every source beyond `MOST_GROUNDS`: each version lists all grounds.
        fields: further values of `kept`, set only along with the evidence.
        """
        known = self.now(kept).evidence
        if kept.id not in self._grounds or self._grounds[kept.id][0] is not known:
            self._grounds[kept.id] = known, set(known)
        had = self._grounds[kept.id][1]
        weaker = item.trust < kept.trust - 1e-9
        more = tuple(one for one in item.evidence if one not in had)
        room = 0 if weaker else max(0, MOST_GROUNDS - len(known))
        beside, more = (item.evidence if weaker else more[room:]), more[:room]
        self.link(*(Link(one.id, "repeats", kept.id) for one in beside))
        if more or (fields and not weaker):
            self.rewrite(kept, {"evidence": known + more, **fields}, reason)
            had.update(more)
            self._grounds[kept.id] = self.now(kept).evidence, had

    def link(self, *links: Link) -> None:
        """New links; one with the same ends and relation is replaced."""
        for link in links:
            key = link.src, link.rel, link.dst
            self._links[key] = link
            for end in (link.src, link.dst):
                self._links_at.setdefault(end, set()).add(key)

    def unlink(self, link: Link) -> None:
        """Close a stored link."""
        self._unlinks.append(link)

    def note(self, text: str) -> None:
        """A line for the receipt."""
        self._notes.append(text)

    def supersede(self, old: Item, new: Item, when: datetime, reason: str) -> bool:
        """End `old` at `when`, because `new` took its place in the world.

        A less trusted source cannot end a more trusted memory: both stay, linked `contradicts`; False then.
        """
        if new.trust < old.trust - 1e-9:
            self.contradict(new, old, "less trusted source")
            return False
        if old.at is not None and when < old.at:
            when = old.at
        self.rewrite(old, {"until": when}, reason, by=new.id)
        self.link(Link(new.id, "supersedes", old.id, at=when, reason=reason))
        return True

    def contradict(self, new: Item, old: Item, reason: str) -> None:
        """Keep both and say that they do not agree."""
        self.link(Link(new.id, "contradicts", old.id, reason=reason))

    def change(self) -> Change:
        """What came of it."""
        updates = [
            Update(id, fields, self._why[id][0], self._stage, self._why[id][1]) for id, fields in self._fields.items()
        ]
        return replace(
            self._start,
            puts=tuple(self._puts.values()),
            links=tuple(self._links.values()),
            unlinks=(*self._start.unlinks, *self._unlinks),
            updates=(*self._start.updates, *updates),
            retires=(*self._start.retires, *self._retires),
            notes=(*self._start.notes, *self._notes),
        )


def _with(item: Item, fields: Mapping[str, Any]) -> Item:
    new = {name: value for name, value in fields.items() if name != "session"}
    if "data" in new:
        merged = {**item.data, **new["data"]}
        new["data"] = {name: value for name, value in merged.items() if value is not None}
    return replace(item, **new) if new else item
