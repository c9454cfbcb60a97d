"""The door of the command `remanence`: Ctrl-C ends it in one line, also while it is still being loaded."""

from __future__ import annotations

import gc
import os
import sys

from remanence.serve.daemon.client import READS, answered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

STOPPED = 130
FEW_CYCLES = 20_000
"""Objects between two looks for cycles: what a start makes stays, and looking through it 60 times takes 15 ms. A
command that answers one question never looks: it ends before that would free anything.
"""

PAGES = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
"""Modules of numpy that do nothing but put texts into its `__doc__`s."""
ONE_THREAD = READS | {"hook", "mcp", "serve", "ui"}
"""Commands whose sums are small, and those that answer many at once."""


def _stop(*_: object) -> NoReturn:
    """Nothing is open yet: there is nothing to put in order."""
    os.write(2, b"stopped\n")
    os._exit(STOPPED)


def one_thread() -> None:
    """Let the matrix library do its sums on one thread; to be called before numpy is loaded.

    Those of a question are small. With a thread for each core they wait for one another: on a machine that has other
    work, a question took ten times the processor's time.
    """
    os.putenv("OPENBLAS_NUM_THREADS", "1")


def _without_pages() -> None:
    """Let numpy load without its docstrings: the two modules that hold nothing else take a seventh of its time.

    To be called before numpy is loaded, in a process that ends when it has answered: `help(numpy.dot)` is empty there.
    """
    for name in PAGES:
        sys.modules.setdefault(name, type(sys)(name))


def main() -> None:
    """Let the daemon answer, or load the command line and run it."""
    try:
        done = answered(sys.argv[1:])
        if done is not None:
            os._exit(done)  # all is written, and nothing is open
        import signal  # takes longer than what was done so far

        usual = signal.signal(signal.SIGINT, _stop)
    except KeyboardInterrupt:
        _stop()
    if ONE_THREAD.intersection(sys.argv[1:2]):
        one_thread()
    if READS.intersection(sys.argv[1:2]):
        gc.disable()
        _without_pages()
    gc.set_threshold(FEW_CYCLES)
    from remanence.serve.cli.app import main as run  # what takes its time; a signal is obeyed meanwhile

    try:
        signal.signal(signal.SIGINT, usual)
        run()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(STOPPED)


def process() -> None:
    """`main` as a process of its own: one that has answered a question ends at once, its space being closed.

    Taking apart all that was loaded, module by module, takes a sixth of the time of a question.
    """
    try:
        main()
    except SystemExit as done:
        if not READS.intersection(sys.argv[1:2]) or not isinstance(done.code, int):
            raise
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            raise done from None  # nobody reads it any more: Python says so in its own way
        os._exit(done.code)
