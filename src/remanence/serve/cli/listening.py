"""The HTTP server as the commands `serve` and `ui` start it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import uvicorn

    from remanence.memory import Memory

DRAIN_S = 20
"""Seconds that requests in flight get when the server stops."""


def listening(
    folder: str | Path, open: Callable[[Path], Memory], *, host: str = "127.0.0.1", port: int = 0, **how: Any
) -> uvicorn.Server:
    """A server that is ready to run; `how` goes to `remanence.serve.http.app.make`. Its log is standard error."""
    try:
        import uvicorn

        from remanence.serve.http.app import make
    except ImportError as error:
        raise click.UsageError(f"the server needs the extra: pip install 'remanence[serve]' ({error})") from None
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    config = uvicorn.Config(
        make(folder, open, **how),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S,
        server_header=False,
    )
    return uvicorn.Server(config)
