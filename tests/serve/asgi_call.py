"""One request to the server as an application, without a socket: for what a well-behaved client cannot send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from remanence.serve.http.guard import Guard

JSON = (b"content-type", b"application/json")
LOCAL = (b"host", b"localhost")
Sent = Callable[[dict[str, Any]], Awaitable[None]]


async def call(
    app: Guard,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Iterable[tuple[bytes, bytes]] = (),
    receive: Callable[[], Awaitable[dict[str, Any]]] | None = None,
    on_sent: Sent | None = None,
) -> tuple[int, bytes]:
    """Status and body of the answer. `receive` gives the body's parts, where it is not one JSON value."""
    parts = [] if body is None else [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]
    answer: list[dict[str, Any]] = []

    async def given() -> dict[str, Any]:
        if parts:
            return parts.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def sent(message: dict[str, Any]) -> None:
        answer.append(message)
        if on_sent is not None:
            await on_sent(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [LOCAL, *([JSON] if body is not None else []), *headers],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await app(scope, receive or given, sent)
    return answer[0]["status"], b"".join(one.get("body", b"") for one in answer[1:])


def asked(app: Guard, method: str, path: str, body: Any = None, **how: Any) -> tuple[int, Any]:
    """Status and JSON of one request."""
    status, raw = asyncio.run(call(app, method, path, body, **how))
    return status, json.loads(raw)
