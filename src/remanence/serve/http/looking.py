"""/v1/profile, names, timeline, graph, derivations, contradictions: what a person looks at, and settles."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from remanence.compose.contradictions import contradictions
from remanence.compose.derivations import derivations
from remanence.compose.graph import graph
from remanence.compose.profile import names
from remanence.compose.timeline import timeline
from remanence.memory.filters import where_of
from remanence.memory.settling import settle
from remanence.serve import shapes
from remanence.serve.http import bodies
from remanence.serve.http.caller import Who

router = APIRouter(prefix="/v1", tags=["looking"])
Words = Annotated[list[str] | None, Query()]
Moment = Annotated[str | None, Query(max_length=100)]


@router.get("/profile", response_model=bodies.ProfileOut, operation_id="profile")
def profile_(
    name: Annotated[str, Query(min_length=1, max_length=256)],
    who: Who,
    as_of: Moment = None,
    known_as_of: Moment = None,
) -> Any:
    """Everything known about a person, place, project or thing, by attribute, with intervals and sources."""
    with who.memory() as memory:
        return shapes.profile(memory.profile(name, as_of=as_of, known_as_of=known_as_of))


@router.get("/names", response_model=bodies.NamesOut, operation_id="names")
def names_(who: Who) -> Any:
    """Speakers, and people, places and things that are spoken of."""
    with who.memory() as memory:
        return {"names": memory.look(names)}


@router.get("/timeline", response_model=bodies.TimelineOut, operation_id="timeline")
def timeline_(who: Who, kind: Words = None, speaker: Words = None, since: Moment = None, before: Moment = None) -> Any:
    """How many items there are by hour, day, week, month or year."""
    where = where_of({"kinds": kind or [], "who": speaker or [], "since": since, "before": before, "ended": True}, {})
    with who.memory() as memory:
        return shapes.plain(memory.look(lambda view: timeline(view, where)))


@router.get("/graph", response_model=bodies.GraphOut, operation_id="graph")
def graph_(
    who: Who,
    id: Annotated[str | None, Query(max_length=100)] = None,
    depth: Annotated[int, Query(ge=1, le=4)] = 1,
    limit: Annotated[int, Query(ge=1, le=200)] = 40,
) -> Any:
    """What is linked with an item; without one, the items with the most links."""
    ids = [id] if id is not None else []
    with who.memory() as memory:
        return shapes.graph(memory.look(lambda view: graph(view, ids, depth=depth, most=limit)))


@router.get("/derivations", response_model=bodies.DerivationsOut, operation_id="derivations")
def derivations_(who: Who, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Any:
    """What sleep and the stages on writing formed and changed, newest first."""
    with who.memory() as memory:
        told = memory.look(lambda view: derivations(view, most=limit))
    return {"derivations": [shapes.derivation(one) for one in told]}


@router.get("/contradictions", response_model=bodies.ContradictionsOut, operation_id="contradictions")
def contradictions_(who: Who) -> Any:
    """Pairs of items that do not agree and wait for a person."""
    with who.memory() as memory:
        return {"contradictions": [shapes.contradiction(one) for one in memory.look(contradictions)]}


@router.post("/contradictions", response_model=bodies.ReceiptOut, operation_id="settle")
def settle_(body: bodies.Settle, who: Who) -> Any:
    """Settle one pair: keep the old and hide the new, end the old where the new begins, or let both stand."""
    with who.memory() as memory:
        return shapes.plain(settle(memory, body.new, body.old, body.choice))
