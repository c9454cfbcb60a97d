"""Gathers what belongs to one theme under an item: scenes by links, themes by distance, parents by k-means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.algo.communities import communities
from remanence.algo.graph import graph
from remanence.algo.kmeans import kmeans
from remanence.errors import BadKnob
from remanence.form.distil import summarised
from remanence.language.phrases import keyphrases
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.told import order_of_telling, places
from remanence.types import FIRM, Change, Evidence, Floats, Item, Link, Scope, Where, shared

MOST = 2_000
"""So many of the newest items of a scope are gathered."""
WINDOW = 100
"""So many in turn are grouped under parents."""


@writes
def by_links(
    change: Change, ctx: Ctx, *, floor: float = 0.6, k: int = 5, least: int = 2, kinds: tuple[str, ...] = ("fact",)
) -> Change:
    """A `scene` for each community of near items: the `k` nearest from a cosine of `floor`, labels propagated.

    Bi-Mem's inductive agent, bottom up. Communities are made anew from all items at each sleep; a scene keeps its id
    while most of its members stay together. Items link `part_of` their scene. Meant for `at_sleep`.
    """
    draft = ChangeBuilder(change, "scenes.by_links")
    for scope, items in _by_scope(change, ctx, draft, kinds).items():
        vectors = ctx.embed([item.text for item in items])
        near = vectors @ vectors.T
        np.fill_diagonal(near, -1.0)
        src, dst = _nearest_pairs(near, k, floor)
        if not len(src):
            continue
        walked = graph(src, dst, near[src, dst], size=len(items), undirected=True)
        label = communities(walked, np.random.default_rng(0))
        groups = [
            [items[place] for place in np.flatnonzero(label == one).tolist()] for one in range(int(label.max()) + 1)
        ]
        _told(draft, ctx, scope, [some for some in groups if len(some) >= least], "scene", "community")
    return draft.change()


def _nearest_pairs(near: Floats, k: int, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Each pair once, (smaller, larger) place, of every item and its `k` nearest from a cosine of `floor`."""
    best = np.argsort(-near, axis=1, kind="stable")[:, :k]
    pairs = {(min(i, j), max(i, j)) for i, row in enumerate(best.tolist()) for j in row if near[i, j] >= floor}
    both = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@writes
def by_distance(
    change: Change, ctx: Ctx, *, join: float = 0.5, cut: float = 1.0, kinds: tuple[str, ...] = ("turn",)
) -> Change:
    """Themes that grow: in the order of telling, each item joins the nearest theme nearer than `join`, or waits.

    Second Me's shades. Distance is 1 - cosine to a theme's centre. What waits makes a theme with the next item that is
    nearer to it than `cut` (Ward's distance of two). The walk is made anew at each sleep, over what is there, so a
    new item changes the theme that it joins and no other, and one that is erased leaves no trace. Meant for `at_sleep`.
    """
    if not 0 < join < 2 or cut <= 0:
        raise BadKnob(f"themes need 0 < join < 2 and cut > 0, not {join} and {cut}")
    draft = ChangeBuilder(change, "scenes.by_distance")
    for scope, items in _by_scope(change, ctx, draft, kinds).items():
        groups = _grown(ctx.embed([item.text for item in items]), join, cut)
        _told(draft, ctx, scope, [[items[place] for place in some] for some in groups], "scene", "theme")
    return draft.change()


def _grown(vectors: Floats, join: float, cut: float) -> list[list[int]]:
    """Places of unit rows [N, D] by theme, in order; what joined none is in no theme."""
    themes: list[list[int]] = []
    sums: list[Floats] = []
    waiting: list[int] = []
    for place, vector in enumerate(vectors):
        if themes:
            near = np.array([float(vector @ total) / max(float(np.linalg.norm(total)), 1e-12) for total in sums])
            best = int(near.argmax())
            if 1 - near[best] < join:
                themes[best].append(place)
                sums[best] = sums[best] + vector
                continue
        apart = [float(np.linalg.norm(vector - vectors[other])) for other in waiting]
        if apart and min(apart) < cut:
            other = waiting.pop(int(np.argmin(apart)))
            themes.append([other, place])
            sums.append(vectors[other] + vector)
        else:
            waiting.append(place)
    return themes


@writes
def parents(
    change: Change, ctx: Ctx, *, least: int = 20, size: int = 20, smallest: int = 2, kinds: tuple[str, ...] = ("note",)
) -> Change:
    """A `summary` above each group of like items: k-means with `size` in a group over every hundred of them in turn.

    MemOS's reorganiser: children link `part_of` their parent, once there are at least `least` in a hundred. In the
    order of telling, so that what is told later changes the last hundred alone, and groups are what they would be
    had something that is erased never been told. Meant for `at_sleep`.
    """
    draft = ChangeBuilder(change, "scenes.parents")
    place = places(change.puts)
    for scope, items in _by_scope(change, ctx, draft, kinds).items():
        told = order_of_telling(items, ctx, place)
        items.sort(key=lambda item: told[item.id])
        groups: list[list[Item]] = []
        for start in range(0, len(items), WINDOW):
            some = items[start : start + WINDOW]
            if len(some) < least:
                continue
            label, _ = kmeans(ctx.embed([item.text for item in some]), -(-len(some) // size), np.random.default_rng(0))
            groups += [
                [some[place] for place in np.flatnonzero(label == one).tolist()] for one in range(int(label.max()) + 1)
            ]
        _told(draft, ctx, scope, [group for group in groups if len(group) >= smallest], "summary", "parent")
    return draft.change()


# --- parts ---------------------------------------------------------------------------------------


def _by_scope(change: Change, ctx: Ctx, draft: ChangeBuilder, kinds: tuple[str, ...]) -> dict[Scope, list[Item]]:
    """Every item of some kinds that holds, stored ones first, by the scope that sessions share, where there is news."""
    new = {shared(item.scope) for item in change.fresh}
    stored = ctx.store.items(ctx.store.rows(Where(kinds=kinds)))
    every = {item.id: item for item in (*stored, *(one for one in change.puts if one.kind in kinds))}
    found: dict[Scope, list[Item]] = {}
    for item in every.values():
        now = draft.now(item)
        if (
            shared(item.scope) in new
            and now.tier == "hot"
            and now.until is None
            and now.trust >= FIRM
            and now.text.strip()
        ):
            found.setdefault(shared(item.scope), []).append(now)
    return {scope: items[-MOST:] for scope, items in found.items()}


def _stored(ctx: Ctx, kind: str) -> list[Item]:
    return ctx.store.items(ctx.store.rows(Where(kinds=(kind,))))


def _told(draft: ChangeBuilder, ctx: Ctx, scope: Scope, groups: Sequence[Sequence[Item]], kind: str, by: str) -> None:
    """Each group as an item above its members: the known one that shares most members with it, or a new one."""
    known = [draft.now(one) for one in _stored(ctx, kind) if one.scope == scope and one.data.get("by") == by]
    taken: set[str] = set()
    for some in sorted(groups, key=len, reverse=True):
        ids = {item.id for item in some}
        same = max(
            (one for one in known if one.id not in taken),
            key=lambda one: len(ids & {part.id for part in one.evidence}),
            default=None,
        )
        if same is None or 2 * len(ids & {part.id for part in same.evidence}) <= len(same.evidence):
            _put(draft, ctx, scope, some, by, kind=kind)
            continue
        taken.add(same.id)
        linked = {link.src for link in ctx.store.links([same.id], rels=("part_of",), direction="in")}
        new = [item for item in some if item.id not in linked]
        if {part.id for part in same.evidence} != ids:
            again(draft, ctx, same, some, new)
        draft.link(*(Link(item.id, "part_of", same.id) for item in new))
    for one in known:
        if one.id not in taken:
            draft.drop(one, "its members belong elsewhere now")


def _above(ctx: Ctx, some: Sequence[Item], by: str, kind: str, scope: Scope) -> Item:
    """The item that stands above some: their theme, and up to three of their own sentences."""
    text = summarised(ctx, some, 3, told_by="scenes") or some[0].text
    theme = ", ".join(phrase.text for phrase in keyphrases("\n".join(item.text for item in some), 3))
    return Item(
        kind,
        f"{theme}: {text}" if theme else text,
        at=some[0].at,
        scope=scope,
        evidence=tuple(Evidence(item.id, 0, len(item.text)) for item in some),
        trust=min(item.trust for item in some),
        data={"theme": theme, "by": by},
    )


def _put(draft: ChangeBuilder, ctx: Ctx, scope: Scope, some: Sequence[Item], by: str, *, kind: str = "scene") -> None:
    made = ctx.put(_above(ctx, some, by, kind, scope))
    draft.put(made)
    draft.link(*(Link(item.id, "part_of", made.id) for item in some))


def again(draft: ChangeBuilder, ctx: Ctx, old: Item, members: Sequence[Item], new: Sequence[Item] = ()) -> None:
    """Tell a scene anew, of these members; `new` of them were not in it before."""
    now = _above(ctx, members, str(old.data["by"]), old.kind, old.scope)
    fields = {"text": now.text, "at": now.at, "evidence": now.evidence, "trust": now.trust, "data": now.data}
    draft.rewrite(old, fields, "its members changed")
    draft.link(*(Link(item.id, "part_of", old.id) for item in new))
    left = {part.id for part in old.evidence} - {item.id for item in members}
    for link in ctx.store.links(sorted(left), rels=("part_of",), direction="out"):
        if link.dst == old.id:
            draft.unlink(link)
