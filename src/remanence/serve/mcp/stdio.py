"""One message a line on standard input, one answer a line on standard output, and nothing else there."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from remanence.serve.mcp.protocol import Protocol, error_message, wire_line

LINE = 8 * 2**20
"""Longest message, in bytes."""


def serve(protocol: Protocol, incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer until the client closes its end. A line that is too long is refused and skipped to its end."""
    while line := incoming.readline(LINE):
        if len(line) == LINE and not line.endswith(b"\n"):
            while (rest := incoming.readline(LINE)) and not rest.endswith(b"\n"):
                pass
            told: str | None = wire_line(error_message(None, -32600, f"a message may have {LINE:,} bytes"))
        else:
            told = protocol.answer(line) if line.strip() else None
        if told is not None:
            outgoing.write(told.encode("utf-8") + b"\n")
            outgoing.flush()


def own_standard_output() -> BinaryIO:
    """Standard output for the protocol alone: whatever prints from now on goes to standard error."""
    wire = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return wire
