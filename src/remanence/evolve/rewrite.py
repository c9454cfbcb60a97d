"""Lets a new note change its neighbours, so that the old is found by the words of the new (A-MEM)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from remanence.algo.unit_rows import eight_bits
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import TEXT, TEXTS, WHOLE, YES_OR_NO, array_of, llm_json, object_of, said_nothing, texts
from remanence.stage.told import Told, order_of_telling, places
from remanence.types import Change, Evidence, Floats, Item, Link, Rows, Where

_EVOLUTION = object_of(
    evolve=YES_OR_NO,
    tags=TEXTS,
    neighbours=array_of(object_of(id=WHOLE, link=YES_OR_NO, context=TEXT, tags=TEXTS)),
)
_TASK = (
    "A new note joins a box of notes. Say whether it should change anything (`evolve`), better `tags` for the new "
    "note, and for each neighbour that it sheds light on: whether to `link` them, and the neighbour's `context` and "
    "`tags` as they should read now."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Link each new note to its `k` nearest of those told before it and let it rewrite their key words and tags.

    Near are notes whose turns and passages are near to the note's text. What notes were given by others does not
    count there, so who is near to whom depends on what was told alone, and not on the way there.
    Without a language model the neighbours from a cosine of `floor` are linked, and each gets up to `words` of
    the new note's key words and its tags (`most` of each at the most), so that it is found by them from now on.
    The text of a note never changes. A rewritten note rests on the newcomer too, so that what it got goes with that
    one; a note that is trusted less rewrites none that is trusted more.
    """

    k: int = 5
    floor: float = 0.5
    words: int = 3
    most: int = 24

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        draft = ChangeBuilder(change, "rewrite.neighbours")
        notes = [item for item in change.fresh if item.kind == "note"]
        box = _Box(draft, ctx, notes, places(change.puts))
        notes = box.in_order(notes)
        near_each = box.nearest(notes, self.k, self.floor if ctx.llm is None else 0.0)
        for note, near in zip(notes, near_each, strict=True):
            cosine = {other.id: one for other, one in near if other.trust <= note.trust + 1e-9}
            others = [draft.now(other) for other, _ in near if other.id in cosine and draft.believed(other)]
            reply = None
            if others:
                reply = llm_json(ctx.llm, ctx.degraded, "rewrite", _TASK, _shown(draft.now(note), others), _EVOLUTION)
                if reply is not None and _says_nothing(reply, others):
                    said_nothing(ctx.degraded, "rewrite", "changed nothing that it was shown")
                    reply = None
            if reply is not None:
                _as_told(draft, note, others, reply, self.most)
            else:
                box.join(note, [other for other in others if cosine[other.id] >= self.floor], cosine)
        box.hand_on(self.words, self.most)
        return draft.change()


neighbours = writes(Neighbours)


_HELD = ("hot", "cold")
_SOURCES = Where(kinds=("turn", "chunk"), tiers=_HELD)


class _Box:
    """The notes of one change among those told before: which are near, and what the near ones get of them."""

    def __init__(self, draft: ChangeBuilder, ctx: Ctx, fresh: Sequence[Item], place: Mapping[str, int]) -> None:
        self._draft, self._ctx, self._place = draft, ctx, place
        self._fresh = {note.id: note for note in fresh}
        self._told = order_of_telling(fresh, ctx, place)
        self._joined: dict[str, list[str]] = {}
        self._parted: set[tuple[str, str]] = set()
        self._again: set[str] = set()
        self._others: dict[str, Item] = {}

    def in_order(self, notes: Sequence[Item]) -> list[Item]:
        """The change's notes in the order of telling."""
        return sorted(notes, key=lambda note: self._told[note.id])

    def nearest(self, notes: Sequence[Item], k: int, floor: float) -> list[list[tuple[Item, float]]]:
        """For each the k nearest of those told before it with their cosines, best first, of equals the earlier.

        notes: in the order of telling. Those of one change are compared at eight bits, as once they are stored.
        """
        if not notes:
            return []
        vectors = self._ctx.embed([note.text for note in notes])
        codes, scales = eight_bits(vectors)
        new = [place for place, note in enumerate(notes) if self._told[note.id][0]]
        kept = codes[new].astype(np.float32) * scales[new][:, None]
        stored = [
            _stored(vector, self._ctx, k, floor, self._told[note.id])
            for note, vector in zip(notes, vectors, strict=True)
        ]
        known = _notes_of(np.unique(np.concatenate([rows for rows, _ in stored])), notes, self._ctx)
        found: list[list[tuple[Item, float]]] = []
        for place, (note, (rows, cosines)) in enumerate(zip(notes, stored, strict=True)):
            near = [
                (cosine, (0, row), one)
                for row, cosine in zip(rows.tolist(), cosines.tolist(), strict=True)
                for one in known.get(row, ())
            ]
            before = bisect_left(new, place) if self._told[note.id][0] else 0
            inside = kept[:before] @ vectors[place]
            near += [(float(inside[one]), (1, one), notes[new[one]]) for one in _best(inside, floor, k)]
            near.sort(key=lambda one: (-round(one[0], 5), one[1]))
            found.append([(one, min(cosine, 1.0)) for cosine, _, one in near[:k]])
        return found

    def join(self, note: Item, others: Sequence[Item], cosine: Mapping[str, float]) -> None:
        """Link a note to others; where it was looked at before, what is no longer among them is let go."""
        stored = not self._told[note.id][0]
        ids = {other.id for other in others}
        before = self._ctx.store.links([note.id], rels=("related",), direction="out") if stored else []
        for link in before:
            if link.dst not in ids:
                self._draft.unlink(link)
                self._parted.add((note.id, link.dst))
                self._again.add(link.dst)
        for other in others:
            self._draft.link(Link(note.id, "related", other.id, weight=round(cosine[other.id], 4)))
            self._joined.setdefault(other.id, []).append(note.id)
            self._others[other.id] = other
        if stored:
            self._again |= ids

    def hand_on(self, words: int, most: int) -> None:
        """Give every neighbour key words and tags of those that are linked to it, in the order of telling."""
        rows = self._ctx.store.rows_of(sorted(self._again - self._others.keys()))
        self._others.update((item.id, item) for item in self._ctx.store.items(rows[rows >= 0]))
        for id, other in self._others.items():
            now = self._draft.now(other)
            givers = [self._fresh[one] for one in self._joined.get(id, ())]
            if id in self._again:
                now, givers = _as_made(now), self._givers(id)
            for giver in givers:
                now = _given(now, giver, words, most)
            if (now.data, now.evidence) != ((before := self._draft.now(other)).data, before.evidence):
                fields = {"data": now.data, "evidence": now.evidence}
                self._draft.rewrite(other, fields, "what is related changed", by=givers[-1].id if givers else None)

    def _givers(self, id: str) -> list[Item]:
        """The notes that are linked to one, in the order of telling."""
        links = self._ctx.store.links([id], rels=("related",), direction="in")
        ids = {link.src for link in links if (link.src, id) not in self._parted} | {*self._joined.get(id, ())}
        rows = self._ctx.store.rows_of(sorted(ids - self._fresh.keys()), Where(tiers=_HELD))
        notes = self._ctx.store.items(rows[rows >= 0]) + [self._fresh[one] for one in sorted(ids & self._fresh.keys())]
        told = order_of_telling(notes, self._ctx, self._place)
        return sorted((note for note in notes if self._draft.believed(note)), key=lambda note: told[note.id])


def _stored(vector: Floats, ctx: Ctx, k: int, floor: float, told: Told) -> tuple[Rows, Floats]:
    """(rows, cosines) of the k nearest stored sources that were told before, and of the k nearest notes."""
    most = k + 1
    while True:
        rows, cosines = ctx.store.nearest(vector, most, _SOURCES)
        fine = cosines >= floor
        if not told[0]:
            fine &= ctx.store.columns.number[rows] < told[1]
        if int(fine.sum()) >= k or len(rows) < most or float(cosines[-1]) < floor:
            break
        most *= 4
    notes, near = ctx.store.nearest(vector, k + 1, Where(kinds=("note",), tiers=_HELD))
    also = near >= floor
    if not told[0]:
        also &= ctx.store.columns.number[notes] < told[1]
    return np.concatenate([rows[fine][:k], notes[also]]), np.concatenate([cosines[fine][:k], near[also]])


def _best(cosines: Floats, floor: float, k: int) -> list[int]:
    """Places of the k best from `floor` and more of equal ones; where one thing is said a thousand times, the first."""
    places = np.flatnonzero(cosines >= floor)
    if len(places) > 4 * k:
        places = places[np.argsort(-cosines[places], kind="stable")[: 4 * k]]
    return [int(place) for place in places]


def _notes_of(rows: Rows, fresh: Sequence[Item], ctx: Ctx) -> dict[int, list[Item]]:
    """row of a source -> the notes that were made of it, a note that rests on nothing being its own source.

    Those that only got words from it are left out.
    """
    sources = ctx.store.items(rows)
    pairs = ctx.store.derived(rows, Where(kinds=("note",), tiers=_HELD))
    stored = ctx.store.items(np.array([note for _, note in pairs], np.int64))
    row_of = {item.id: row for row, item in zip(rows.tolist(), sources, strict=True)}
    found: dict[int, dict[str, Item]] = {}
    for note in (*stored, *fresh, *(one for one in sources if one.kind == "note")):
        row = row_of.get(note.evidence[0].id if note.evidence else note.id)
        if row is not None:
            found.setdefault(row, {})[note.id] = note
    return {row: list(notes.values()) for row, notes in found.items()}


def _own(note: Item) -> tuple[list[str], list[str]]:
    """The key words and tags that a note was made with, without those that others gave it."""
    words, tags = (list(note.data.get(name) or ()) for name in ("keywords", "tags"))
    own = note.data.get("own")
    return (words[: own[0]], tags[: own[1]]) if own else (words, tags)


def _as_made(note: Item) -> Item:
    """A note before others gave it words."""
    words, tags = _own(note)
    return replace(note, evidence=note.evidence[:1], data=_data(note, words, tags))


def _given(note: Item, by: Item, words: int, most: int) -> Item:
    """A note with key words and tags of another one, and resting on its source where it got any."""
    some, tags = _own(by)
    data = _data(
        note,
        _joined(note.data.get("keywords"), some[:words], most),
        _joined(note.data.get("tags"), tags, most),
    )
    if data == {**note.data, "own": data["own"]}:
        return note
    known = {one.id for one in note.evidence}
    more = tuple(Evidence(one.id) for one in by.evidence[:1] if one.id not in known)
    return replace(note, data=data, evidence=(*note.evidence, *more))


def _data(note: Item, keywords: list[str], tags: list[str]) -> dict[str, Any]:
    context = str(note.data.get("context") or "")
    keys = " ".join(dict.fromkeys([*keywords, *tags, context])).strip()
    own = [len(some) for some in _own(note)]
    return {**note.data, "keywords": keywords, "tags": tags, "context": context, "keys": keys, "own": own}


def _shown(note: Item, others: Sequence[Item]) -> dict[str, Any]:
    return {
        "note": {"text": note.text, "keywords": note.data.get("keywords"), "tags": note.data.get("tags")},
        "neighbours": [
            {"id": number, "text": other.text, "context": other.data.get("context"), "tags": other.data.get("tags")}
            for number, other in enumerate(others, 1)
        ],
    }


def _says_nothing(reply: dict[str, Any], others: Sequence[Item]) -> bool:
    """Whether a reply wants something changed and names neither a tag nor a neighbour that is there."""
    named = any(1 <= row["id"] <= len(others) for row in reply["neighbours"])
    return bool(reply["evolve"]) and not named and not texts(reply["tags"])


def _as_told(draft: ChangeBuilder, note: Item, others: Sequence[Item], reply: dict[str, Any], most: int) -> None:
    if not reply["evolve"]:
        return
    tags = texts(reply["tags"], most=most)
    if tags:
        mine = draft.now(note)
        _retag(draft, note, list(mine.data.get("keywords") or ()), tags, str(mine.data.get("context") or ""), note)
    for row in reply["neighbours"]:
        if not 1 <= row["id"] <= len(others):
            continue
        other = others[row["id"] - 1]
        if row["link"]:
            draft.link(Link(note.id, "related", other.id))
        context = " ".join(row["context"].split())[:500] or str(other.data.get("context") or "")
        keywords = list(other.data.get("keywords") or ())
        _retag(
            draft, other, keywords, texts(row["tags"], most=most) or list(other.data.get("tags") or ()), context, note
        )


def _retag(draft: ChangeBuilder, note: Item, keywords: list[str], tags: list[str], context: str, by: Item) -> None:
    data = {**note.data, "context": context}
    keys = " ".join(dict.fromkeys([*keywords, *tags, context])).strip()
    data |= {"keywords": keywords, "tags": tags, "keys": keys}
    if data != note.data:
        known = {one.id for one in note.evidence}
        evidence = (*note.evidence, *(Evidence(one.id) for one in by.evidence[:1] if one.id not in known))
        fields = {"data": data, "evidence": evidence}
        draft.rewrite(note, fields, "a related note came", by=by.id if by.id != note.id else None)


def _joined(known: object, more: Sequence[str], most: int) -> list[str]:
    held = list(known) if isinstance(known, (list, tuple)) else []
    return list(dict.fromkeys([*held, *more]))[:most]
