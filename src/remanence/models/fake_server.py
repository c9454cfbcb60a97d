"""A real model server on this machine, for tests: speaks the OpenAI protocol and fails on command."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from remanence.models.hashing import HashingEmbedder


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong with one answer. Made by the functions below."""

    kind: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0


def status(code: int, *, retry_after: str | int | None = None, message: str = "scripted failure") -> Trouble:
    """An HTTP error status with an OpenAI-style body, such as status(429, retry_after=2) or status(500)."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Trouble("raw", code, headers, json.dumps({"error": {"message": message, "code": str(code)}}))


def raw(body: str) -> Trouble:
    """Status 200 with exactly this body: broken JSON, a list, an object of another shape."""
    return Trouble("raw", body=body)


def late(seconds: float) -> Trouble:
    """No answer for so long, then the usual one."""
    return Trouble("late", seconds=seconds)


def hang_up() -> Trouble:
    """The connection is closed before any answer."""
    return Trouble("hang up")


def cut_short() -> Trouble:
    """The body stops in the middle, with the full length announced."""
    return Trouble("cut short")


class FakeServer:
    """Chat and embeddings under `url` (http://127.0.0.1:<port>/v1), from the `with` statement on.

    `plan` says what the next answers are, whatever is asked: a text or an object is a chat reply, a Trouble
    goes wrong. After the plan, chat answers `reply(messages)` (by default the last message again) and
    embeddings come from a HashingEmbedder of `dim` numbers, or of as many as the request asks for. With
    `api_key`, another key gets a 401 that repeats the key it was sent, as real servers do. `requests` keeps
    (path, body) of everything asked.
    """

    def __init__(
        self,
        plan: Iterable[str | Mapping[str, Any] | Trouble] = (),
        *,
        reply: Callable[[list[dict[str, str]]], str] = lambda messages: messages[-1]["content"],
        dim: int = 64,
        api_key: str | None = None,
    ) -> None:
        self.plan = list(plan)
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._reply, self._dim, self._key = reply, dim, api_key
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        assert self._server is not None, "use the server in a with statement"
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeServer:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def answer(self, path: str, key: str, body: dict[str, Any]) -> Trouble:
        """What to send back for one request, as a Trouble that may be none at all."""
        with self._lock:
            self.requests.append((path, body))
            step = self.plan.pop(0) if self.plan else None
        if self._key is not None and key != f"Bearer {self._key}":
            return status(401, message=f"Incorrect API key provided: {key.removeprefix('Bearer ')}")
        if isinstance(step, Trouble) and step.kind == "raw":
            return step
        text = json.dumps(step) if isinstance(step, Mapping) else step if isinstance(step, str) else None
        usual = self._embeddings(body) if path == "/v1/embeddings" else self._chat(body, text)
        kind, seconds = (step.kind, step.seconds) if isinstance(step, Trouble) else ("raw", 0.0)
        known = path in ("/v1/embeddings", "/v1/chat/completions")
        return Trouble(kind, body=json.dumps(usual), seconds=seconds) if known else status(404)

    def wait(self, seconds: float) -> None:
        """Sleep, or stop sleeping when the server closes."""
        self._closing.wait(seconds)

    def _chat(self, body: dict[str, Any], text: str | None) -> dict[str, Any]:
        messages = body.get("messages", [])
        content = self._reply(messages) if text is None else text
        words = sum(len(message["content"].split()) for message in messages)
        return {
            "object": "chat.completion",
            "model": body.get("model"),
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": words, "completion_tokens": len(content.split())},
        }

    def _embeddings(self, body: dict[str, Any]) -> dict[str, Any]:
        texts = [body["input"]] if isinstance(body.get("input"), str) else body.get("input", [])
        rows = HashingEmbedder(body.get("dimensions", self._dim)).embed(texts)
        data = [{"object": "embedding", "index": index, "embedding": row.tolist()} for index, row in enumerate(rows)]
        words = sum(len(text.split()) for text in texts)
        return {"object": "list", "model": body.get("model"), "data": data, "usage": {"prompt_tokens": words}}


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length))
            answer = fake.answer(self.path, self.headers.get("Authorization", ""), body)
            if answer.kind == "hang up":
                return
            if answer.kind == "late":
                fake.wait(answer.seconds)
            payload = answer.body.encode("utf-8")
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload[: len(payload) // 2] if answer.kind == "cut short" else payload)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    return Handler
