"""/mcp: the Model Context Protocol over HTTP, one JSON answer to each post; the same keys, no session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from remanence.serve.http.caller import Who
from remanence.serve.mcp.protocol import Protocol

router = APIRouter(tags=["mcp"])


@router.post("/mcp", operation_id="mcp", response_class=Response, responses={202: {"description": "nothing to answer"}})
async def mcp(request: Request, who: Who, profile: Annotated[str, Query(max_length=40)] = "default") -> Response:
    """One JSON-RPC message."""
    protocol = Protocol(who.memory, profile=profile)
    told = await run_in_threadpool(protocol.answer, await request.body())
    return Response(status_code=202) if told is None else Response(told, media_type="application/json")
