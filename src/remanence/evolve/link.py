"""Joins items: to the next one, to what they mention or are about, to similar ones, and names to their spellings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remanence import language
from remanence.language.names import spellings
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.lookup import exact
from remanence.stage.neighbours import neighbours
from remanence.types import Change, Item, Link, Scope, Where, shared

_ALL = ("hot", "cold")
MAX_REL = 64
"""Longest name of a relation, in characters."""


def _chosen(change: Change, kinds: tuple[str, ...]) -> list[Item]:
    return [item for item in change.fresh if not kinds or item.kind in kinds]


@writes
def next(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("turn", "episode")) -> Change:
    """Link each item to the one that follows it, by kind and session."""
    last: dict[tuple[str, Scope], str] = {}
    links = []
    given = {item.id for item in change.given}
    for item in _chosen(change, kinds):
        key = (item.kind, item.scope)
        if key not in last and item.id not in given:
            rows = ctx.store.rows(Where(kinds=(item.kind,), session=item.session, tiers=_ALL))
            before = [one for one in ctx.store.items(rows[-1:]) if one.scope == item.scope]
            last.update((key, one.id) for one in before)
        if key in last:
            links.append(Link(last[key], "next", item.id))
        last[key] = item.id
    return change.plus(links=links)


@writes
def mentions(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("turn", "chunk", "note", "episode")) -> Change:
    """Link each text to the known entities whose names it holds; makes no new ones."""
    items = _chosen(change, kinds)
    named = [{mention.norm: mention.text for mention in language.entities.find(item.text)} for item in items]
    known = _known(
        change, ctx, [(shared(x.scope), n, t) for x, m in zip(items, named, strict=True) for n, t in m.items()]
    )
    there = {(link.src, link.dst) for link in change.links if link.rel == "mentions"}
    links = [
        Link(item.id, "mentions", known[shared(item.scope), norm])
        for item, mentioned in zip(items, named, strict=True)
        for norm in mentioned
        if (shared(item.scope), norm) in known
    ]
    return change.plus(links=[link for link in links if (link.src, link.dst) not in there])


@writes
def about(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("fact", "case", "insight")) -> Change:
    """Link each statement to the known entities that are its `subject` and its `value`."""
    items = _chosen(change, kinds)
    ends = [[str(item.data[end]) for end in ("subject", "value") if item.data.get(end)] for item in items]
    wanted = [
        (shared(x.scope), language.entities.norm(t), t) for x, some in zip(items, ends, strict=True) for t in some
    ]
    known = _known(change, ctx, wanted)
    there = {(link.src, link.dst) for link in change.links if link.rel == "about"}
    links = [
        Link(item.id, "about", known[shared(item.scope), language.entities.norm(end)])
        for item, some in zip(items, ends, strict=True)
        for end in some
        if (shared(item.scope), language.entities.norm(end)) in known
    ]
    return change.plus(links=[link for link in dict.fromkeys(links) if (link.src, link.dst) not in there])


def _known(change: Change, ctx: Ctx, wanted: list[tuple[Scope, str, str]]) -> dict[tuple[Scope, str], str]:
    """(scope, norm) -> id of the entities that exist, those of this change included."""
    stored = exact(
        ctx.store,
        "entity",
        [((scope, norm), text) for scope, norm, text in wanted],
        lambda item: (item.scope, str(item.data.get("label"))),
    )
    found = {key: items[0].id for key, items in stored.items()}
    fresh = {(x.scope, str(x.data.get("label"))): x.id for x in change.puts if x.kind == "entity"}
    return found | fresh


@writes
def given(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ()) -> Change:
    """Link what a text's `data["links"]` joins, as graph memories export it: [{"src", "rel", "dst"}] by entity name.

    The ends are entities of this change or of the store, in any spelling of the name; the statement links `about` both.
    A link to a name that no entity has is left out, and the receipt's notes say so. Costs nothing without links.
    """
    told = [(item, src, rel, dst) for item in _chosen(change, kinds) for src, rel, dst in _told(item)]
    if not told:
        return change
    wanted = {
        (shared(item.scope), language.entities.norm(name)): name for item, *ends in told for name in (ends[0], ends[2])
    }
    known = _entities_called(change, ctx, wanted)
    links: list[Link] = []
    missing: dict[str, None] = {}
    for item, src, rel, dst in told:
        ends = {name: known.get((shared(item.scope), language.entities.norm(name))) for name in (src, dst)}
        missing.update((name, None) for name, end in ends.items() if end is None)
        links += [Link(item.id, "about", end) for end in ends.values() if end is not None]
        first, last = ends[src], ends[dst]
        if first is not None and last is not None:
            links.append(Link(first, rel, last, at=item.at, reason=f"given by {item.id}"))
    there = {(link.src, link.rel, link.dst) for link in change.links}
    fresh = {(x.src, x.rel, x.dst): x for x in links if (x.src, x.rel, x.dst) not in there}
    notes = [f"links to {len(missing)} unknown names were left out: {', '.join(list(missing)[:5])}"] if missing else []
    return change.plus(links=list(fresh.values()), notes=notes)


def _told(item: Item) -> Iterator[tuple[str, str, str]]:
    """(src, rel, dst) of an item's own links; what is not three texts is passed over."""
    held = item.data.get("links")
    for one in held if isinstance(held, (list, tuple)) else ():
        if isinstance(one, Mapping):
            src, rel, dst = one.get("src"), one.get("rel"), one.get("dst")
            if isinstance(src, str) and isinstance(rel, str) and isinstance(dst, str):
                name = "_".join(rel.lower().split())[:MAX_REL]
                if src.strip() and name and dst.strip():
                    yield src.strip(), name, dst.strip()


def _entities_called(change: Change, ctx: Ctx, wanted: Mapping[tuple[Scope, str], str]) -> dict[tuple[Scope, str], str]:
    """(scope, norm) -> id of the entities that are called so, those of this change first."""

    def key(item: Item) -> tuple[Scope, str]:
        return shared(item.scope), language.entities.norm(item.text)

    stored = exact(ctx.store, "entity", wanted.items(), key)
    found = {name: items[0].id for name, items in stored.items()}
    return found | {key(item): item.id for item in reversed(change.puts) if item.kind == "entity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Link each item to its k nearest of the same kinds, from a cosine of `floor`; the weight is the cosine.

    How high a floor means "alike" depends on the embedder.
    """

    k: int = 5
    floor: float = 0.7
    kinds: tuple[str, ...] = ("note",)
    rel: str = "similar"

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        items = _chosen(change, self.kinds)
        vectors = ctx.embed([item.key for item in items])
        where = Where(kinds=self.kinds, tiers=_ALL)
        near = neighbours(ctx.store, items, vectors, k=self.k, floor=self.floor, where=where)
        return change.plus(
            links=[
                Link(item.id, self.rel, one.item.id, weight=round(one.cosine, 4))
                for item, others in zip(items, near, strict=True)
                for one in others
            ]
        )


similar = writes(Similar)


@writes
def synonyms(change: Change, ctx: Ctx, *, floor: float = 0.8, k: int = 100) -> Change:
    """Link entities whose names are spellings of one another `same_as`, with their likeness as weight.

    Likeness is the cosine over weighted three- and four-letter pieces, as "IBM Corp" and "IBM Corp.".
    Every fresh entity is held against all entities of its scope.
    """
    fresh = [item for item in change.fresh if item.kind == "entity"]
    if not fresh:
        return change
    rows = ctx.store.rows(Where(kinds=("entity",), tiers=_ALL))
    every = {item.id: item for item in (*ctx.store.items(rows), *fresh)}
    new = {item.id for item in fresh}
    links = []
    for scope in dict.fromkeys(item.scope for item in fresh):
        mine = [item for item in every.values() if item.scope == scope]
        positions = [place for place, item in enumerate(mine) if item.id in new]
        pairs = spellings([item.text for item in mine], floor=floor, most=k, new=positions)
        links += [Link(mine[i].id, "same_as", mine[j].id, weight=round(cosine, 4)) for i, j, cosine in pairs]
    return change.plus(links=links)
