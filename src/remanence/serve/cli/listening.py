"""The HTTP server as the commands `serve` and `ui` start it."""

from __future__ import annotations

import errno
import json
import logging
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from remanence.serve.http.unheard import Unheard

if TYPE_CHECKING:
    import uvicorn

    from remanence.memory import Memory

ANSWER_S = 60.0
"""Seconds that an answer may take."""
HEAD_S = 30.0
"""Seconds until the headers of a request are whole."""
LOOK_TICKS = 10
"""So many of uvicorn's ticks, of a tenth of a second, between two looks at connections on which no request comes."""
DRAIN_S = 20
"""Seconds that requests in flight get when the server stops."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, what the record has as `fields`, and an error's trace."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def door(host: str, port: int) -> socket.socket:
    """The socket that a server listens at, taken before anything is said of it; port 0 takes a free one.

    It names its protocol: asyncio sends an answer at once only where it knows that it is TCP's, and 40 ms later else.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family, backlog=2048)
        return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=made.detach())
    except OSError as error:
        cure = (
            "choose another with --port" if error.errno == errno.EADDRINUSE else "choose another with --host or --port"
        )
        raise click.UsageError(f"cannot listen at {host}, port {port}: {error.strerror}; {cure}") from None


def listening(
    folder: str | Path,
    open: Callable[[Path], Memory],
    *,
    answer_s: float = ANSWER_S,
    head_s: float = HEAD_S,
    **how: Any,
) -> uvicorn.Server:
    """A server that is ready to run; `how` goes to `remanence.serve.http.app.make`. Its log is standard error."""
    try:
        import uvicorn

        from remanence.serve.http import app, guard
    except ImportError as error:
        raise click.UsageError(f"the server needs the extra: pip install 'remanence[serve]' ({error})") from None
    log = logging.StreamHandler(sys.stderr)
    log.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[log])
    guarded = app.make(folder, open, bounds=guard.Bounds(answer_s=answer_s), **how)
    unheard = Unheard(head_s)

    class Server(uvicorn.Server):
        async def on_tick(self, counter: int) -> bool:
            if not counter % LOOK_TICKS:
                unheard.close(list(self.server_state.connections), time.monotonic())
            return await super().on_tick(counter)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            guarded.app.state.operations.leave()  # type: ignore[attr-defined]  # who follows one, waits for its end
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        guarded,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S,
        server_header=False,
    )
    return Server(config)
