"""`python -m remanence.serve.daemon SOCKET [SPACE ...]`: the process itself; hooks start it."""

from __future__ import annotations

import signal
import sys

from remanence.serve.cli.start import one_thread

if __name__ == "__main__":
    one_thread()
    from remanence.serve.daemon.server import Daemon

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Daemon(sys.argv[1]).serve(sys.argv[2:])
