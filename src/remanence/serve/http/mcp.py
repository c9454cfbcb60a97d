"""/mcp: the Model Context Protocol over HTTP, one JSON answer to each post; the same keys, no session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from remanence.serve.http.caller import Who
from remanence.serve.http.places import Refused
from remanence.serve.mcp.protocol import VERSIONS, Protocol

router = APIRouter(tags=["mcp"])


@router.post("/mcp", operation_id="mcp", response_class=Response, responses={202: {"description": "nothing to answer"}})
async def mcp(
    request: Request,
    who: Who,
    profile: Annotated[str, Query(max_length=40)] = "default",
    mcp_protocol_version: Annotated[str | None, Header(max_length=40)] = None,
) -> Response:
    """One JSON-RPC message."""
    if mcp_protocol_version is not None and mcp_protocol_version not in VERSIONS:
        spoken = ", ".join(VERSIONS)
        raise Refused(400, "another version of the protocol", f"MCP-Protocol-Version is one of {spoken}")
    protocol = Protocol(who.memory, profile=profile)
    told = await run_in_threadpool(protocol.answer, await request.body())
    return Response(status_code=202) if told is None else Response(told, media_type="application/json")
