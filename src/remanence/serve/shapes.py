"""What goes over a door, as plain JSON objects: one shape for the command line, HTTP and MCP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from remanence.types import Context, Hit, Hits, Item, Link, iso

if TYPE_CHECKING:
    from remanence.compose.cited import Answer
    from remanence.compose.contradictions import Contradiction
    from remanence.compose.derivations import Derivation
    from remanence.compose.graph import Graph
    from remanence.compose.profile import Profile


SAID = 1_000
"""Most characters of what is said of a fault."""


def told_shortly(said: str) -> str:
    """What is said of a fault, without the middle where it is long: it may repeat what somebody sent."""
    if len(said) <= SAID:
        return said
    half = (SAID - 5) // 2
    return f"{said[:half]} ... {said[-half:]}"


def plain(value: Any) -> Any:
    """Anything of ours as JSON types: times as ISO 8601, items and receipts as objects."""
    if isinstance(value, Item):
        return item(value)
    if isinstance(value, Hit):
        return hit(value)
    if isinstance(value, datetime):
        return iso(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(inner) for name, inner in asdict(value).items()}
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def _short(one: Item) -> dict[str, Any]:
    return {
        "id": one.id,
        "source": one.source,
        "kind": one.kind,
        "text": one.text,
        "who": one.who,
        "at": iso(one.at),
        "session": one.session,
    }


def item(one: Item) -> dict[str, Any]:
    """An item: always id, source, kind, text, who, at, session; the rest where there is something to say."""
    further = {
        "until": iso(one.until),
        "seen": iso(one.seen),
        "retired": iso(one.retired),
        "version": one.version,
        "tier": one.tier,
        "trust": one.trust,
        "strength": one.strength,
        "uses": one.uses,
        "data": dict(one.data),
        "evidence": [[e.id, e.start, e.end] for e in one.evidence],
    }
    return _short(one) | {name: value for name, value in further.items() if value not in (None, {}, [])}


def hit(one: Hit) -> dict[str, Any]:
    """A hit: the item in short, its score in [0, 1] and why."""
    return _short(one.item) | {"score": round(one.score, 6), "why": dict(one.why)}


def hits(found: Hits, *, confidence: bool = False) -> dict[str, Any]:
    """What a recall gave, best first. `confidence`: also how sure it is that memory holds an answer, else None.

    Working that out reads the best hits for an answer, which takes several times as long as finding them.
    """
    return {"hits": [hit(one) for one in found], "confidence": found.confidence if confidence else None}


def context(packed: Context, *, confidence: bool = False) -> dict[str, Any]:
    """A packed context with its citations; its confidence where it is asked for, as in `hits`."""
    return {
        "text": packed.text,
        "tokens": packed.tokens,
        "sources": list(packed.sources),
        "confidence": packed.confidence if confidence else None,
        "truncated": packed.truncated,
        "degraded": list(packed.degraded),
    }


def page(items: Sequence[Item], following: str | None) -> dict[str, Any]:
    """One page of a list; `next` is the cursor of the following page, None at the end."""
    return {"items": [item(one) for one in items], "next": following}


def answer(told: Answer) -> dict[str, Any]:
    """An answer, its citations and the evidence that was nearest."""
    return {
        "answer": told.short,
        "in_memory": told.in_memory,
        "confidence": round(told.confidence, 4),
        "text": told.text,
        "sources": list(told.sources),
        "evidence": [hit(one) for one in told.evidence],
        "degraded": list(told.degraded),
    }


def profile(told: Profile) -> dict[str, Any]:
    """A profile: attribute -> its statements, for what holds, is planned, held, and roles."""
    return {
        "who": told.who,
        "as_of": iso(told.as_of),
        "current": plain(told.current),
        "planned": plain(told.planned),
        "roles": plain(told.roles),
        "history": plain(told.history),
    }


def link(one: Link) -> dict[str, Any]:
    """A link between two items, by their ids."""
    return {"src": one.src, "rel": one.rel, "dst": one.dst, "weight": one.weight, "reason": one.reason}


def graph(found: Graph) -> dict[str, Any]:
    """Items, the links among them, and how many neighbours did not fit."""
    return {
        "items": [item(one) for one in found.items],
        "links": [link(one) for one in found.edges],
        "more": found.more,
    }


def contradiction(one: Contradiction) -> dict[str, Any]:
    """Two items that do not agree, and why they are held to."""
    return {"new": item(one.new), "old": item(one.old), "reason": one.reason, "noticed": iso(one.noticed)}


def derivation(one: Derivation) -> dict[str, Any]:
    """What one moment's work formed and changed."""
    return {
        "at": iso(one.at),
        "formed": [item(each) for each in one.formed],
        "changed": [item(each) for each in one.changed],
        "total": one.total,
    }
