"""The door of the command `remanence`: Ctrl-C ends it in one line, also while it is still being loaded."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any

STOPPED = 130
FEW_CYCLES = 20_000
"""Objects between two looks for cycles: what a start makes stays, and looking through it 60 times takes 15 ms."""


def _stop(*_: Any) -> None:
    """Nothing is open yet: there is nothing to put in order."""
    os.write(2, b"stopped\n")
    os._exit(STOPPED)


def main() -> None:
    """Load the command line and run it."""
    usual = signal.signal(signal.SIGINT, _stop)
    gc.set_threshold(FEW_CYCLES)
    from remanence.serve.cli.app import main as run  # what takes its time; a signal is obeyed meanwhile

    try:
        signal.signal(signal.SIGINT, usual)
        run()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(STOPPED)
