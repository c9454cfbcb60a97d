"""/v1/memories: create, list, read, change, forget, restore, erase, history."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from remanence.compose.page import page
from remanence.errors import Conflict
from remanence.memory import Memory
from remanence.memory.filters import where_of
from remanence.serve import shapes
from remanence.serve.http import bodies
from remanence.serve.http.caller import Who
from remanence.serve.http.places import Refused

router = APIRouter(prefix="/v1/memories", tags=["memories"])
Id = str
Match = Annotated[str | None, Header(max_length=400, description="the ETag that was read")]
TAG = {"description": "the version, for If-Match", "schema": {"type": "string"}}
TAGGED: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": TAG}}}
MADE: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {
            "ETag": {**TAG, "description": "the version of a single memory that is new, for If-Match"},
            "Location": {"description": "where a single memory is", "schema": {"type": "string"}},
        }
    }
}


@router.post("", status_code=201, response_model=bodies.ReceiptOut, operation_id="remember", responses=MADE)
def remember(
    body: bodies.Remember,
    who: Who,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(max_length=200, description="the same call again does nothing")
    ] = None,
) -> Any:
    """Keep one message or many; answers after the commit."""
    with who.memory() as memory:
        receipt = memory.remember(body.messages, key=idempotency_key, trust=body.trust)
    if len(body.messages) == len(receipt.ids) == 1:
        response.headers["Location"] = f"/v1/memories/{receipt.ids[0]}"
        response.headers["ETag"] = _tag(1)
    return shapes.plain(receipt)


@router.get("", response_model=bodies.PageOut, operation_id="list")
def list_(who: Who, asked: Annotated[bodies.Listing, Query()]) -> Any:
    """Items in the order in which they were remembered; follow `next` until it is null."""
    where = where_of(asked.where(), {})
    knobs: dict[str, Any] = asked.model_dump(include={"limit", "cursor", "newest_first"})
    with who.memory() as memory:
        found = memory.look(lambda view: page(view, where, **knobs))
    return shapes.page(found.items, found.next)


@router.get("/{id}", response_model=bodies.ItemOut, operation_id="get", responses=TAGGED)
def get(id: Id, who: Who, response: Response) -> Any:
    """One item; its version stands in ETag."""
    with who.memory() as memory:
        item = memory.get(id)
    response.headers["ETag"] = _tag(item.version)
    return shapes.item(item)


@router.patch("/{id}", response_model=bodies.ReceiptOut, operation_id="update", responses=TAGGED)
def update(id: Id, body: bodies.Patch, who: Who, response: Response, if_match: Match = None) -> Any:
    """A new version of an item, which stands in ETag; with If-Match it fails with 412 when the item has moved on."""
    fields = body.model_dump(exclude_unset=True)
    with who.memory() as memory:
        while True:
            version = _matched(memory, id, if_match)
            try:
                receipt = memory.update(id, if_version=version, **fields)
                break
            except Conflict:
                continue  # somebody else was quicker: looked at again, which ends with 412 where a version is asked for
    written = receipt.updated + receipt.superseded > 0
    response.headers["ETag"] = _tag(version + written)
    return shapes.plain(receipt)


@router.delete("/{id}", response_model=bodies.ReceiptOut, operation_id="erase")
def erase(id: Id, who: Who, if_match: Match = None) -> Any:
    """Truly delete one item, bytes included; the receipt says what went with it. If-Match as for a change."""
    with who.memory() as memory:
        version = None if _asked(if_match) is None else _matched(memory, id, if_match)
        try:
            return shapes.plain(memory.erase(id, if_version=version))
        except Conflict as error:
            raise _moved(str(error)) from None


@router.get("/{id}/history", response_model=bodies.VersionsOut, operation_id="history")
def history(id: Id, who: Who) -> Any:
    """All versions of an item."""
    with who.memory() as memory:
        return {"versions": [shapes.item(one) for one in memory.history(id)]}


@router.post("/forget", response_model=bodies.ReceiptOut, operation_id="forget")
def forget(body: bodies.Chosen, who: Who) -> Any:
    """Hide items from recall; nothing is deleted."""
    with who.memory() as memory:
        return shapes.plain(memory.forget(body.ids, force=body.force))


@router.post("/restore", response_model=bodies.ReceiptOut, operation_id="restore")
def restore(body: bodies.Chosen, who: Who) -> Any:
    """Bring forgotten items back."""
    with who.memory() as memory:
        return shapes.plain(memory.restore(body.ids))


@router.post("/erase", response_model=bodies.ReceiptOut, operation_id="erase_many")
def erase_many(body: bodies.Chosen, who: Who) -> Any:
    """Truly delete items, bytes included."""
    with who.memory() as memory:
        return shapes.plain(memory.erase(body.ids, force=body.force))


def _tag(version: int) -> str:
    return f'"{version}"'


def _asked(if_match: str | None) -> set[str] | None:
    """The versions of `"3"`, or of `"3", "4"`; None where any will do. What a proxy made weak counts too."""
    if if_match is None or if_match.strip() == "*":
        return None
    return {tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(",")}


def _matched(memory: Memory, id: str, if_match: str | None) -> int:
    """The version that an item is at, where it is one of those that are asked for."""
    version, asked = memory.get(id).version, _asked(if_match)
    if asked is not None and str(version) not in asked:
        raise _moved(f"item {id!r} is at version {version}, not {if_match}; read it again")
    return version


def _moved(told: str) -> Refused:
    return Refused(412, "the item has moved on", told)
