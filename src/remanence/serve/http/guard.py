"""What every request passes before anything reads it: host, origin, content type, key, size, depth, and a place.

Plain ASGI, so that also paths that no route knows are guarded. A browser page of another site can reach a loopback
server by a name that it controls (DNS rebinding) or by a form (cross-site post): the first is stopped by `Host`,
the second by `Origin` and `Content-Type`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from remanence.errors import RemanenceError
from remanence.serve.http.places import Answer, Message, Places, Refused, Send, refuse
from remanence.serve.http.problems import problem, told
from remanence.serve.json_text import KeyTwice, check_once
from remanence.serve.keys import Grant, Keys

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
HEALTH = ("/healthz", "/readyz")
PAGE = "/ui"
"""The web page: it holds nothing of a memory, and asks for a key itself."""
WRITES = ("POST", "PUT", "PATCH", "DELETE")
JSON_TYPES = ("application/json", "application/merge-patch+json")
ONCE = frozenset((b"host", b"origin", b"content-type", b"content-length", b"authorization", b"x-api-key"))
"""Headers that decide; a second one could be read by somebody else than the first."""
LONG = 2**16
"""A body of more bytes is looked through on another thread, so that nobody waits for it."""
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
log = logging.getLogger("remanence.serve")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one request may ask for. Sizes are bytes, times are seconds."""

    body: int = 8 * 2**20
    upload: int = 512 * 2**20
    depth: int = 32
    requests: int = 64
    of_space: int = 48
    """Of the requests at once, for one space."""
    answer_s: float = 60.0
    """From the whole of a request to the beginning of its answer."""
    taken_s: float = 60.0
    """For each part of an answer, until the client has taken it."""
    receive_s: float = 30.0
    """From one part of a body to the next."""
    body_s: float = 120.0
    """For the whole of a body, so that nobody keeps a place with a byte now and then; an upload gets more for its
    bytes."""
    upload_rate: float = 1024.0
    """Bytes a second that an upload brings at least, once `body_s` is over."""
    values: int = 50_000
    """Lists, objects and what stands in them, of one body: each costs a reader a hundred times its bytes."""


@dataclass(slots=True)
class Guard:
    """An ASGI application around another one.

    keys: None leaves the server open (loopback only), for the grant `local`; so do keys that are none yet when
    `open` says so, until the first one is made. hosts: names that `Host` may have,
    beside the loopback names; a port is ignored. uploads: path prefixes whose bodies are files. unhurried: paths whose
    answers grow with a memory or a file, and begin when they can.
    """

    app: App
    keys: Keys | None
    local: Grant
    hosts: frozenset[str] = frozenset()
    bounds: Bounds = field(default_factory=Bounds)
    open: bool = False
    uploads: tuple[str, ...] = ("/v1/import",)
    unhurried: tuple[str, ...] = ("/v1/import", "/v1/export")
    observe: Callable[[str, str, int, float], None] | None = None
    _places: Places = field(init=False)

    def __post_init__(self) -> None:
        self._places = Places(self.bounds.requests, self.bounds.of_space)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        started = time.monotonic()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._pass(scope, receive, noted)
        except Refused as refused:
            status = refused.status
            await refuse(send, problem(refused.status, refused.title, refused.detail))
        except RemanenceError as error:
            log.error("%s: %s", type(error).__name__, error)
            status = told(error)["status"]
            await refuse(send, told(error))
        finally:
            seconds = time.monotonic() - started
            route = getattr(scope.get("route"), "path", "(none)")
            if self.observe is not None:
                self.observe(scope["method"], route, status, seconds)
            fields = {"method": scope["method"], "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            log.info("%(method)s %(route)s %(status)d %(ms).1f ms", fields, extra={"fields": fields})

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = _decisive(scope["headers"])
        self._site(given, scope["method"])
        grant = scope.setdefault("state", {})["grant"] = self._grant(given, scope["path"])
        with self._places.take(grant.space, always=scope["path"] in HEALTH) as leave:

            def on_start(message: Message) -> None:
                """A stream of events waits and works nothing: its place is free as soon as it has begun."""
                if _is_stream(message):
                    leave()

            if scope["method"] in WRITES:
                receive = await self._body(given, scope, receive)
            seconds = None if scope["path"] in self.unhurried else self.bounds.answer_s
            async with Answer(send, on_start, self.bounds.taken_s).within(seconds) as answer:
                await self.app(scope, receive, answer.send)

    def _site(self, given: dict[str, str], method: str) -> None:
        """Refuse a foreign `Host`, and anything that a page of another site sends."""
        host = _bare(given.get("host", ""))
        if host not in LOOPBACK and host not in self.hosts:
            raise Refused(
                421,
                "a foreign host",
                "this server does not answer to that Host; name it with --allow-host, or use localhost",
            )
        origin = given.get("origin")
        if origin is not None and _place_of(origin) != given.get("host", "").lower():
            raise Refused(403, "a foreign origin", "pages of other sites are not answered")
        if given.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise Refused(403, "a foreign origin", "pages of other sites are not answered")
        if method == "OPTIONS":
            raise Refused(405, "no such method", "cross-origin use is not offered, so there is nothing to ask for")

    def _grant(self, given: dict[str, str], path: str) -> Grant:
        if _open(path) or self._is_open():
            return self.local
        key = given.get("x-api-key", "")
        scheme, _, value = given.get("authorization", "").partition(" ")
        if scheme.lower() in ("bearer", "token"):
            key = value.strip()
        grant = self.keys.find(key) if key and self.keys is not None else None
        if grant is None:
            raise Refused(
                401, "no key", "send a key as 'Authorization: Bearer rk_...'; make one with: remanence keys make"
            )
        return grant

    def _is_open(self) -> bool:
        """Whether nobody needs a key. The first key closes the server for good, also when it is revoked later."""
        if self.keys is not None and self.open and self.keys.list():
            self.open = False
        return self.keys is None or self.open

    async def _body(self, given: dict[str, str], scope: Scope, receive: Receive) -> Receive:
        """The whole body, checked for type, size and nesting, ready to be received again."""
        upload = any(scope["path"].startswith(prefix) for prefix in self.uploads)
        kind = given.get("content-type", "").partition(";")[0].strip().lower()
        most = self.bounds.upload if upload else self.bounds.body
        length = given.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length) > most:
            raise _too_large(most)
        if upload:
            if kind != "application/octet-stream":
                raise Refused(415, "another content type", "send the file's bytes as application/octet-stream")
            return _bounded(receive, most, self.bounds)
        whole = b"".join([part async for part in _parts(receive, most, self.bounds)])
        if whole and kind not in JSON_TYPES:
            raise Refused(415, "another content type", "send JSON with Content-Type: application/json")
        _check(whole[:LONG], self.bounds)
        if len(whole) > LONG:
            await asyncio.to_thread(_check, whole, self.bounds)
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": whole, "more_body": False}

        return again


def _open(path: str) -> bool:
    """Whether a path is answered without a key."""
    return path in HEALTH or path == PAGE or path.startswith(PAGE + "/")


def _bare(host: str) -> str:
    """A host without its port, in lower case."""
    name = host.strip().lower().rstrip(".")
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")


def _place_of(origin: str) -> str | None:
    """Host and port of an origin; None of what is no origin."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _too_large(most: int) -> Refused:
    return Refused(413, "too large", f"a body may have {most:,} bytes; send less at once")


def _too_slow(seconds: float) -> Refused:
    return Refused(408, "too slow", f"the body, or its next part, did not come within {seconds:g} s; send it faster")


def _decisive(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; those that decide must not come twice."""
    given: dict[str, str] = {}
    for name, value in headers:
        if name.lower() in ONCE and name.decode("latin-1").lower() in given:
            raise Refused(400, "a header twice", f"send {name.decode('latin-1')} once")
        given[name.decode("latin-1").lower()] = value.decode("latin-1")
    return given


def _is_stream(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in start["headers"])


async def _next(receive: Receive, seconds: float) -> Message:
    try:
        return await asyncio.wait_for(receive(), seconds)
    except TimeoutError:
        raise _too_slow(seconds) from None


async def _parts(receive: Receive, most: int, bounds: Bounds) -> AsyncIterator[bytes]:
    size, more, end = 0, True, time.monotonic() + bounds.body_s
    while more:
        message = await _next(receive, min(bounds.receive_s, end - time.monotonic()))
        if message["type"] == "http.disconnect":
            return
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _too_large(most)
        more = message.get("more_body", False)
        yield part


def _bounded(receive: Receive, most: int, bounds: Bounds) -> Receive:
    """`receive`, which refuses what is longer than a bound or too slow."""
    size, end = 0, time.monotonic() + bounds.body_s

    async def counted() -> Message:
        nonlocal size
        left = end + size / bounds.upload_rate - time.monotonic()
        message = await _next(receive, max(0.0, min(bounds.receive_s, left)))
        size += len(message.get("body", b""))
        if size > most:
            raise _too_large(most)
        return message

    return counted


def _check(raw: bytes, bounds: Bounds) -> None:
    """`Refused` for JSON text, or the first part of one, that a reader should not be given."""
    if b"\0" in raw:  # so has any text in UTF-16, in which brackets and quotes are not what they seem
        raise Refused(422, "not JSON", "send JSON as UTF-8 text without NUL")
    unquoted = _QUOTED.sub(b"", raw)
    if sum(map(unquoted.count, (b",", b"[", b"{"))) > bounds.values:
        raise Refused(413, "too many values", f"a body may have {bounds.values:,} values; send fewer at once")
    if _is_deeper(unquoted, bounds.depth):
        raise Refused(413, "nested too deeply", f"JSON may be nested {bounds.depth} levels deep")
    try:
        check_once(raw)
    except KeyTwice as error:
        raise Refused(422, "a name twice", str(error)) from None


def _is_deeper(unquoted: bytes, most: int) -> bool:
    """Whether the brackets of JSON text, without what stands in quotes, go deeper than `most`."""
    depth = 0
    for bracket in unquoted.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > most:
            return True
    return False
