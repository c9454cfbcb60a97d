"""The paths and shapes that clients of a mem0 server know, under /mem0, over the same memory.

`user_id`, `agent_id` and `run_id` are the scope's user, agent and session; a key's fixed parts win. Nothing is
extracted by a model on writing: what is kept is what was said, and `infer` is accepted and ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.responses import JSONResponse

from remanence.errors import InvalidInput
from remanence.memory import Memory, mem0
from remanence.memory.mem0 import history_of, scope_parts, shown
from remanence.serve.http.bodies import Answered, Body
from remanence.serve.http.caller import Caller, Who

router = APIRouter(prefix="/mem0", tags=["mem0"])
Part = Annotated[str | None, Query(min_length=1, max_length=256)]


class Add(Body):
    """mem0's `add`."""

    model_config = ConfigDict(extra="ignore")
    messages: str | dict[str, Any] | list[Any]
    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    metadata: dict[str, Any] | None = None
    timestamp: str | int | None = None
    infer: bool = True


class Search(Body):
    """mem0's `search`, in the form of either version."""

    model_config = ConfigDict(extra="ignore")
    query: str = Field(min_length=1, max_length=8192)
    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    filters: dict[str, Any] | None = None
    top_k: int | None = Field(None, ge=1, le=1000)
    limit: int | None = Field(None, ge=1, le=1000)
    threshold: float | None = Field(None, ge=0, le=1)


class Change(Body):
    """mem0's `update`."""

    model_config = ConfigDict(extra="ignore")
    text: str | None = None
    data: str | None = None
    metadata: dict[str, Any] | None = None


class Results(Answered):
    """mem0's list of results."""

    results: list[dict[str, Any]]


class Message(Answered):
    """mem0's answer to a deletion."""

    message: str


@contextmanager
def _memory(who: Caller, ids: Mapping[str, Any]) -> Iterator[Memory]:
    """The memory of the caller, narrowed by mem0's ids."""
    with who.spaces.use(who.space, who.grant.narrowed(scope_parts(ids))) as memory:
        yield memory


@router.post("/memories", response_model=Results, operation_id="mem0_add")
def add(body: Add, who: Who) -> Any:
    """Keep messages."""
    with _memory(who, body.model_dump()) as memory:
        return mem0.add(memory, body.messages, body.metadata, body.timestamp)


@router.get("/memories", response_model=Results, operation_id="mem0_get_all")
def get_all(
    who: Who,
    user_id: Part = None,
    agent_id: Part = None,
    run_id: Part = None,
    top_k: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Any:
    """Every memory, newest first."""
    with _memory(who, {"user_id": user_id, "agent_id": agent_id, "run_id": run_id}) as memory:
        return {"results": [shown(item) for item in memory.list(limit=top_k, newest_first=True)]}


@router.delete("/memories", response_model=Message, operation_id="mem0_delete_all")
def delete_all(who: Who, user_id: Part = None, agent_id: Part = None, run_id: Part = None) -> Any:
    """Erase everything of one user, agent or run; at least one of them is named."""
    ids = {"user_id": user_id, "agent_id": agent_id, "run_id": run_id}
    if not any(ids.values()):
        raise InvalidInput("name a user_id, agent_id or run_id whose memories shall go")
    with _memory(who, ids) as memory:
        return mem0.delete_all(memory)


@router.get("/memories/{id}", response_model=Answered, operation_id="mem0_get")
def get(id: str, who: Who) -> Any:
    """One memory."""
    with who.memory() as memory:
        return shown(memory.get(id))


@router.put("/memories/{id}", response_model=Message, operation_id="mem0_update")
def update(id: str, body: Change, who: Who) -> Any:
    """Give a memory another text or metadata; the old version stays in its history."""
    with who.memory() as memory:
        return mem0.update(memory, id, body.text if body.text is not None else body.data, body.metadata)


@router.delete("/memories/{id}", response_model=Message, operation_id="mem0_delete")
def delete(id: str, who: Who) -> Any:
    """Erase a memory."""
    with who.memory() as memory:
        return mem0.delete(memory, id)


@router.get("/memories/{id}/history", response_model=list[dict[str, Any]], operation_id="mem0_history")
def history(id: str, who: Who) -> Any:
    """What a memory said before."""
    with who.memory() as memory:
        versions = memory.history(id)
    return history_of(id, versions)


@router.post("/search", response_model=Results, operation_id="mem0_search")
def search(body: Search, who: Who) -> Any:
    """The memories that answer a query best."""
    filters = body.filters or {}
    most = body.top_k or body.limit or 20
    with _memory(who, {**body.model_dump(), **filters}) as memory:
        return JSONResponse(mem0.search(memory, body.query, most, filters, body.threshold))
