"""Gathers what belongs to one theme under an item: scenes by links, themes by distance, parents by k-means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.algo.agglomerate import ward
from remanence.algo.communities import communities
from remanence.algo.graph import graph
from remanence.algo.kmeans import kmeans
from remanence.errors import BadKnob
from remanence.form.distil import summarised
from remanence.language.phrases import keyphrases
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.types import Change, Evidence, Floats, Item, Link, Scope, Where, shared

MOST = 600
"""So many items without a theme are grouped at once; the rest wait for the next sleep."""


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
        label = communities(walked, ctx.rng)
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
    """Themes that grow: a new item joins the nearest theme nearer than `join`; those left over are grouped by Ward.

    Second Me's shades: distance is 1 - cosine to a theme's centre when joining, Ward's when grouping, cut at `cut`;
    groups smaller than the root of the largest wait. Only a theme that got a member changes. Meant for `at_sleep`.
    """
    if not 0 < join < 2 or cut <= 0:
        raise BadKnob(f"themes need 0 < join < 2 and cut > 0, not {join} and {cut}")
    draft = ChangeBuilder(change, "scenes.by_distance")
    for scope, items in _by_scope(change, ctx, draft, kinds).items():
        themes = [
            draft.now(one) for one in _stored(ctx, "scene") if one.scope == scope and one.data.get("by") == "theme"
        ]
        placed = {one.id for theme in themes for one in theme.evidence}
        loose = [item for item in items if item.id not in placed][-MOST:]
        loose = _joined(draft, ctx, themes, loose, join)
        if len(loose) < 2:
            continue
        label = ward(ctx.embed([item.text for item in loose]), cut)
        sizes = np.bincount(label)
        groups = [
            [loose[place] for place in np.flatnonzero(label == one).tolist()]
            for one in np.flatnonzero(sizes >= max(2, np.sqrt(sizes.max()))).tolist()
        ]
        for some in groups:
            _put(draft, ctx, scope, some, "theme")
    return draft.change()


def _joined(draft: ChangeBuilder, ctx: Ctx, themes: Sequence[Item], loose: Sequence[Item], join: float) -> list[Item]:
    """Items that no theme is near enough to; the others have joined one."""
    if not themes or not loose:
        return list(loose)
    members = [_items(ctx, [one.id for one in theme.evidence]) for theme in themes]
    centres = np.stack([_centre(ctx.embed([item.text for item in some])) for some in members])
    near = ctx.embed([item.text for item in loose]) @ centres.T
    grown: dict[int, list[Item]] = {}
    left = []
    for item, row in zip(loose, near, strict=True):
        best = int(row.argmax())
        if 1 - float(row[best]) < join:
            grown.setdefault(best, []).append(item)
        else:
            left.append(item)
    for place, new in grown.items():
        again(draft, ctx, themes[place], [*members[place], *new], new)
    return left


@writes
def parents(
    change: Change, ctx: Ctx, *, least: int = 20, size: int = 20, smallest: int = 2, kinds: tuple[str, ...] = ("note",)
) -> Change:
    """A `summary` above each group of like items, once at least `least` of them have none: k-means, `size` in a group.

    MemOS's reorganiser: children link `part_of` their parent. Meant for `at_sleep`.
    """
    draft = ChangeBuilder(change, "scenes.parents")
    for scope, items in _by_scope(change, ctx, draft, kinds).items():
        placed = {
            one.id for parent in _stored(ctx, "summary") if parent.data.get("by") == "parent" for one in parent.evidence
        }
        loose = [item for item in items if item.id not in placed]
        if len(loose) < least:
            continue
        label, _ = kmeans(ctx.embed([item.text for item in loose]), -(-len(loose) // size), ctx.rng)
        for one in range(int(label.max()) + 1):
            some = [loose[place] for place in np.flatnonzero(label == one).tolist()]
            if len(some) >= smallest:
                _put(draft, ctx, scope, some, "parent", kind="summary")
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
        if shared(item.scope) in new and now.tier == "hot" and now.until is None and now.text.strip():
            found.setdefault(shared(item.scope), []).append(now)
    return found


def _stored(ctx: Ctx, kind: str) -> list[Item]:
    return ctx.store.items(ctx.store.rows(Where(kinds=(kind,))))


def _items(ctx: Ctx, ids: Sequence[str]) -> list[Item]:
    rows = ctx.store.rows_of(ids, Where(tiers=("hot", "cold", "archived"), ended=True))
    return ctx.store.items(rows[rows >= 0])


def _centre(vectors: Floats) -> Floats:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)


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
        if {part.id for part in same.evidence} != ids:
            again(draft, ctx, same, some, [item for item in some if item.id not in {p.id for p in same.evidence}])
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
    fields = {"text": now.text, "evidence": now.evidence, "trust": now.trust, "data": now.data}
    draft.rewrite(old, fields, "its members changed")
    draft.link(*(Link(item.id, "part_of", old.id) for item in new))
    left = {part.id for part in old.evidence} - {item.id for item in members}
    for link in ctx.store.links(sorted(left), rels=("part_of",), direction="out"):
        if link.dst == old.id:
            draft.unlink(link)
