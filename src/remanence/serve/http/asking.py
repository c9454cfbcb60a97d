"""/v1/recall, /v1/context, /v1/ask, /v1/stats: what memory holds, for a cue.

The first three write their JSON themselves: checking an answer against its model again, on another thread, is a third
of what HTTP costs over the library. That answers keep to the page is tested from outside.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from remanence.serve import shapes
from remanence.serve.http import bodies
from remanence.serve.http.caller import Who

router = APIRouter(prefix="/v1", tags=["asking"])


@router.post("/recall", response_model=bodies.HitsOut, operation_id="recall")
def recall(body: bodies.Recall, who: Who) -> Any:
    """The items that answer a cue best, with their scores and why."""
    with who.memory() as memory:
        found = memory.recall(body.cue, body.k, now=body.now, asker=body.asker, **body.where.given())
        return JSONResponse(shapes.hits(found, confidence=body.confidence))


@router.post("/context", response_model=bodies.ContextOut, operation_id="context")
def context(body: bodies.Pack, who: Who) -> Any:
    """Dated, attributed text that fits the budget, ready to paste."""
    with who.memory() as memory:
        packed = memory.context(body.cue, body.budget_tokens, now=body.now, asker=body.asker, **body.where.given())
        return JSONResponse(shapes.context(packed, confidence=body.confidence))


@router.post("/ask", response_model=bodies.AnswerOut, operation_id="ask")
def ask(body: bodies.Ask, who: Who) -> Any:
    """The answer with its citations, or "not in memory"."""
    knobs: dict[str, Any] = body.model_dump(include={"budget_tokens", "threshold", "now", "asker"})
    with who.memory() as memory:
        return JSONResponse(shapes.answer(memory.ask(body.question, **knobs, **body.where.given())))


@router.get("/stats", response_model=bodies.Answered, operation_id="stats")
def stats(who: Who) -> Any:
    """Counts by kind and tier, commits, waiting work."""
    with who.memory() as memory:
        told = memory.stats()
    return {name: value for name, value in told.items() if name != "path"}
