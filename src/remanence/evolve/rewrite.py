"""Lets a new note change its neighbours, so that the old is found by the words of the new (A-MEM)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import TEXT, TEXTS, WHOLE, YES_OR_NO, array_of, llm_json, object_of, texts
from remanence.stage.neighbours import neighbours as nearest
from remanence.types import Change, Evidence, Item, Link, Where

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
        fresh = [item for item in change.fresh if item.kind == "note"]
        vectors = ctx.embed([item.key for item in fresh])
        where = Where(kinds=("note",), tiers=("hot", "cold"))
        found = nearest(ctx.store, fresh, vectors, k=self.k, floor=self.floor if ctx.llm is None else 0.0, where=where)
        told = _order_of_telling([*fresh, *(one.item for near in found for one in near)], change, ctx)
        for note, near in zip(fresh, found, strict=True):
            others = [
                draft.now(one.item)
                for one in near
                if draft.believed(one.item)
                and told[one.item.id] < told[note.id]
                and one.item.trust <= note.trust + 1e-9
            ]
            if not others:
                continue
            cosine = {one.item.id: one.cosine for one in near}
            reply = llm_json(ctx.llm, ctx.degraded, "rewrite", _TASK, _shown(draft.now(note), others), _EVOLUTION)
            if reply is not None:
                _as_told(draft, note, others, reply, self.most)
                continue
            mine = draft.now(note)
            for other in others:
                if cosine[other.id] < self.floor:
                    continue
                draft.link(Link(note.id, "related", other.id, weight=round(min(cosine[other.id], 1.0), 4)))
                keywords = _joined(
                    other.data.get("keywords"), list(mine.data.get("keywords") or ())[: self.words], self.most
                )
                tags = _joined(other.data.get("tags"), list(mine.data.get("tags") or ()), self.most)
                _retag(draft, other, keywords, tags, str(other.data.get("context") or ""), note)
        return draft.change()


neighbours = writes(Neighbours)


def _order_of_telling(notes: Sequence[Item], change: Change, ctx: Ctx) -> dict[str, tuple[int, int]]:
    """id -> a key that puts notes in the order of what they rest on, also where one was formed again later."""
    place = {item.id: number for number, item in enumerate(change.puts)}
    first = [note.evidence[0].id if note.evidence else note.id for note in notes]
    rows = ctx.store.rows_of(first, Where(tiers=(), ended=True))
    numbers = ctx.store.column("number", rows[rows >= 0]).tolist()
    stored = dict(zip(np.flatnonzero(rows >= 0).tolist(), numbers, strict=True))
    return {
        note.id: (0, stored[number]) if number in stored else (1, place.get(first[number], len(place)))
        for number, note in enumerate(notes)
    }


def _shown(note: Item, others: Sequence[Item]) -> dict[str, Any]:
    return {
        "note": {"text": note.text, "keywords": note.data.get("keywords"), "tags": note.data.get("tags")},
        "neighbours": [
            {"id": number, "text": other.text, "context": other.data.get("context"), "tags": other.data.get("tags")}
            for number, other in enumerate(others, 1)
        ],
    }


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
    keys = " ".join(dict.fromkeys([*keywords, *tags, context])).strip()
    data = {"keywords": keywords, "tags": tags, "context": context, "keys": keys}
    if any(note.data.get(name) != value for name, value in data.items()):
        fields: dict[str, Any] = {"data": data}
        known = {one.id for one in note.evidence}
        fields["evidence"] = (*note.evidence, *(Evidence(one.id) for one in by.evidence if one.id not in known))
        draft.rewrite(note, fields, f"a related note came: {by.id}", by=by.id if by.id != note.id else None)


def _joined(known: object, more: Sequence[str], most: int) -> list[str]:
    held = list(known) if isinstance(known, (list, tuple)) else []
    return list(dict.fromkeys([*held, *more]))[:most]
