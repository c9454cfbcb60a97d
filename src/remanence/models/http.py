"""Posts JSON to a model server: time-outs, retries with growing pauses, and no secret in any message."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

from remanence.errors import BadReply, InvalidInput, ModelError

_LARGEST_REPLY = 64 * 1024 * 1024  # bytes
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})  # worth another try
_QUOTED = 300  # characters of a server's error text that are shown


class Refused(ModelError):
    """The server understood and said no: `status` is the HTTP status, `body` its explanation."""

    def __init__(self, message: str, *, status: int, body: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for, and how often it is asked again.

    `timeout` seconds bound connecting, the wait for the first byte, and reading the whole answer. Broken
    connections, time-outs, answers that are not JSON and the statuses 408, 409, 425, 429 and 5xx are tried
    again `retries` times, after pauses of about `pause`, twice that, and so on, shortened by a random factor
    from `seed`, or after what Retry-After asks, up to `longest_pause` seconds. `sleep` waits.
    """

    sleep: Callable[[float], None] = time.sleep
    timeout: float = 30.0
    retries: int = 3
    pause: float = 0.5
    longest_pause: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.timeout <= 0 or self.retries < 0:
            raise InvalidInput("timeout must be above 0 seconds and retries at least 0")


class Waits(TypedDict, total=False):
    """The knobs of `Patience`, as the models hand them on."""

    sleep: Callable[[float], None]
    timeout: float
    retries: int
    pause: float
    longest_pause: float
    seed: int


class Door:
    """Posts JSON below `base_url` and gives the JSON answer, with the `Patience` that it is given.

    The environment (proxies) is not read and redirects are not followed.
    """

    def __init__(self, base_url: str, api_key: str | None = None, **patience: Unpack[Waits]) -> None:
        try:
            parts = urlsplit(base_url)
            port = parts.port
        except ValueError as wrong:
            raise InvalidInput(f"base_url should look like https://api.example.com/v1 ({wrong})") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput("base_url should look like https://api.example.com/v1")
        if parts.username or parts.password:
            raise InvalidInput("base_url carries a password: pass it as api_key")
        if api_key is not None and not (api_key.isascii() and api_key.isprintable() and api_key.strip() == api_key):
            raise InvalidInput("the api_key holds a line break, a space at an end or a character that no key has")
        self.url = base_url.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname, port, parts.path.rstrip("/")
        self._key = api_key
        self._patience = Patience(**patience)
        self._random = random.Random(self._patience.seed)

    def __repr__(self) -> str:
        return f"Door({self.url!r})"

    def post(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one POST. Raises Refused, ModelError without an answer, BadReply for a broken one."""
        try:
            body = json.dumps(payload, allow_nan=False).encode("utf-8")
        except (TypeError, ValueError) as wrong:
            raise InvalidInput(f"the request cannot be written as JSON: {wrong}") from wrong
        for attempt in range(self._patience.retries + 1):
            asked = None
            try:
                status, headers, answer = self._once(path, body)
            except (OSError, HTTPException) as broken:
                reason = (
                    "no answer in time" if isinstance(broken, TimeoutError) else f"{type(broken).__name__}: {broken}"
                )
                failure: ModelError = ModelError(f"{self.url}{path}: {self._hide(reason)}; is the server running?")
            else:
                if 200 <= status < 300:
                    try:
                        return _object(answer)
                    except (ValueError, RecursionError) as wrong:
                        failure = BadReply(f"{self.url}{path} answered with something that is not JSON: {wrong}")
                else:
                    failure = refused = self._refusal(path, status, answer)
                    asked = _retry_after(headers)
                    hopeless = status not in _AGAIN or "insufficient_quota" in refused.body
                    if hopeless or (asked is not None and asked > self._patience.longest_pause):
                        raise refused
            if attempt < self._patience.retries:
                grown = min(self._patience.longest_pause, self._patience.pause * 2**attempt) * (
                    0.5 + 0.5 * self._random.random()
                )
                self._patience.sleep(grown if asked is None else asked)
        tries = self._patience.retries + 1
        failure.args = (f"{failure.args[0]} (tried {tries} time{'s' if tries > 1 else ''})",)
        raise failure

    def _once(self, path: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of one try; OSError or HTTPException when it breaks."""
        deadline = time.monotonic() + self._patience.timeout
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=self._patience.timeout)
        try:
            headers = {
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "remanence",
            }
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            connection.request("POST", self._path + path, body, headers)
            response = connection.getresponse()
            answer = bytearray()
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                if connection.sock is not None:
                    connection.sock.settimeout(left)
                part = response.read1(65_536)
                if not part:
                    break
                answer += part
                if len(answer) > _LARGEST_REPLY:
                    raise HTTPException(f"the answer is larger than {_LARGEST_REPLY >> 20} MB")
            if response.length:
                raise HTTPException(f"the answer stopped {response.length} bytes early")
            return (
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                bytes(answer),
            )
        finally:
            connection.close()

    def _refusal(self, path: str, status: int, answer: bytes) -> Refused:
        body = self._hide(answer.decode("utf-8", "replace"))
        meaning = {
            401: "the key was refused: check api_key",
            403: "the key may not do this: check api_key",
            404: "no such model or path: check base_url and model",
            429: "too many requests, or the account's quota is used up",
        }.get(status, "the server failed" if status >= 500 else "the request was refused")
        shown = " ".join(body.split())[:_QUOTED]
        return Refused(f"{self.url}{path}: HTTP {status}, {meaning}. {shown}".strip(), status=status, body=body)

    def _hide(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def _object(answer: bytes) -> dict[str, Any]:
    value = json.loads(answer)
    if not isinstance(value, dict):
        raise ValueError(f"a JSON object was expected, not a {type(value).__name__}")
    return value


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait; a date is read against the server's own Date header."""
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
