"""`remanence serve` in a process of its own, for tests."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx


class Server:
    """`remanence serve` on a free port, and a client of it."""

    def __init__(self, folder: Path, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - a pipe that nobody reads fills up
        command = [sys.executable, "-m", "remanence", "serve", "--folder", str(folder), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--embedder", "hashing", *options], stdout=self._said, stderr=self._said
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)
        for _ in range(2400):
            try:
                self.client.get("/healthz")
                break
            except httpx.TransportError:
                assert self.process.poll() is None, self.said()
                time.sleep(0.05)

    def said(self) -> str:
        """What it wrote so far."""
        self._said.seek(0)
        return self._said.read()

    def stop(self, how: int = signal.SIGTERM) -> str:
        """End the process; what it said."""
        self.process.send_signal(how)
        self.process.wait(timeout=60)
        self.client.close()
        with self._said:
            return self.said()
