"""Gives memory that was needed once back to the system, where the C library can be asked to."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


@cache
def _trim() -> Any:
    """glibc's `malloc_trim`, or None: musl, macOS and Windows return freed memory by their own rules."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None


def give_back() -> None:
    """Return freed memory to the system: after a large file was read it is half of what the process holds."""
    trim = _trim()
    if trim is not None:
        trim(0)
