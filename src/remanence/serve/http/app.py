"""The server as an ASGI application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from remanence import __version__
from remanence.errors import RemanenceError
from remanence.memory import Memory
from remanence.serve.http import asking, bodies, guard, looking, mcp, mem0, memories, problems, ui, work
from remanence.serve.http.metrics import MEDIA, Metrics
from remanence.serve.http.operations import Operations
from remanence.serve.http.places import Places, Refused
from remanence.serve.keys import Grant, Keys
from remanence.serve.spaces import Spaces

log = logging.getLogger("remanence.serve")
LOCAL = Grant("default", {})
"""What is served without keys: the space `default`, any scope."""
BOUNDS = guard.Bounds()
EXPORTS = 4
"""Exports at once, half of them of one space: each holds some rows in memory, and a file."""
SPARE = 8
"""Threads beside those of the requests at once, so that whether the server is ready is told when all of them work."""
ERRORS = (400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 421, 422, 429, 500, 501, 502, 503, 507)
_PROBLEM: dict[str, Any] = {
    "model": bodies.Problem,
    "content": {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def make(
    folder: str | Path,
    open: Callable[[Path], Memory] = Memory,
    *,
    keys: Keys | None = None,
    open_until_keys: bool = False,
    local: Grant = LOCAL,
    hosts: tuple[str, ...] = (),
    bounds: guard.Bounds = BOUNDS,
) -> guard.Guard:
    """The server over a folder of spaces.

    open: makes the `Memory` of a path. keys: None serves what `local` grants without a key (loopback only), and so
    does `open_until_keys` while there is no key yet. hosts: names that a request may have in `Host`, beside localhost.
    """
    spaces, operations = Spaces(folder, open), Operations()
    metrics = Metrics(spaces, operations)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = bounds.requests + SPARE
        yield
        operations.close()
        spaces.close()

    app = FastAPI(
        title="Remanence",
        version=__version__,
        summary="One memory engine for AI.",
        lifespan=life,
        responses=dict.fromkeys(ERRORS, _PROBLEM),
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.spaces, app.state.operations, app.state.exports = spaces, operations, Places(EXPORTS, EXPORTS // 2)
    for part in (asking, memories, looking, work, mem0, mcp, ui):  # looked through in this order at each request
        app.include_router(part.router)
    _health(app, spaces, metrics)
    _errors(app)
    return guard.Guard(
        app,
        keys,
        local,
        frozenset(host.lower() for host in hosts),
        bounds,
        open=open_until_keys,
        observe=metrics.observe,
    )


def _health(app: FastAPI, spaces: Spaces, metrics: Metrics) -> None:
    @app.get("/healthz", tags=["health"], operation_id="healthz", response_model=bodies.Answered)
    async def healthz() -> Any:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], operation_id="readyz", response_model=bodies.Answered)
    def readyz() -> Any:
        """Requests can be served: the folder of spaces can be written to, or 503."""
        spaces.tidy()
        if not spaces.writable:
            raise Refused(503, "not ready", "the folder of spaces is not there or cannot be written to")
        return {"status": "ready"}

    @app.get("/metrics", tags=["health"], operation_id="metrics", response_class=Response)
    def prometheus() -> Response:
        """Counts and times for Prometheus."""
        return Response(metrics.text(), media_type=MEDIA)


def _errors(app: FastAPI) -> None:
    @app.exception_handler(RemanenceError)
    def ours(_: Request, error: RemanenceError) -> Response:
        told = problems.told(error)
        if told["status"] >= 500:
            log.error("%s: %s", type(error).__name__, error)
        return _answer(told)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        many = [one for one in error.errors() if one["type"] == "too_long"]
        if many:
            name, most = many[0]["loc"][-1], many[0]["ctx"]["max_length"]
            return _answer(problems.problem(413, "too large", f"{name} may have {most:,} entries; send fewer at once"))
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        return _answer(problems.problem(422, "an argument cannot be used", said))

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> Response:
        title = {404: "not found", 405: "no such method"}.get(error.status_code, "an error")
        told = problems.problem(error.status_code, title, f"{error.detail}; see /v1/openapi.json")
        return _answer(told, error.headers)

    @app.exception_handler(Refused)
    def refused(_: Request, error: Refused) -> Response:
        return _answer(problems.problem(error.status, error.title, error.detail))

    @app.exception_handler(OSError)
    def system(_: Request, error: OSError) -> Response:
        log.error("%s: %s", type(error).__name__, error)
        return _answer(problems.of_system(error))

    @app.exception_handler(Exception)
    def unforeseen(_: Request, error: Exception) -> Response:
        return _answer(problems.UNFORESEEN)  # it is raised again, and logged whole by who runs this application


def _answer(told: Mapping[str, Any], more: Mapping[str, str] | None = None) -> Response:
    status = int(told["status"])
    extra = {**problems.headers(status), **(more or {})}
    return JSONResponse(dict(told), status, headers=extra, media_type=problems.MEDIA)
