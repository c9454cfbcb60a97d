"""One shape for every error that a client sees: application/problem+json (RFC 9457) from the tree of errors."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from typing import Any

from remanence import errors
from remanence.errors import RemanenceError
from remanence.serve.shapes import told_shortly

MEDIA = "application/problem+json"
STATUS: tuple[tuple[type[RemanenceError], int, str], ...] = (
    (errors.NotFound, 404, "not found"),
    (errors.ScopeError, 403, "outside of what the key opens"),
    (errors.Conflict, 409, "conflict"),
    (errors.Locked, 503, "another writer holds the space"),
    (errors.StoreFull, 507, "no space left"),
    (errors.MigrationError, 500, "the space is from another version"),
    (errors.IntegrityError, 500, "the space is damaged"),
    (errors.ModelMissing, 501, "a model is not installed"),
    (errors.ModelMismatch, 409, "vectors of another model"),
    (errors.ModelError, 502, "a model failed"),
    (errors.BudgetExceeded, 429, "too much at once"),
    (errors.IngestError, 422, "a file cannot be read"),
    (errors.RecipeError, 422, "a recipe cannot be used"),
    (errors.InvalidInput, 422, "an argument cannot be used"),
    (RemanenceError, 500, "an error"),
)
"""Which status an error of the tree has; the first row that fits counts."""


def problem(status: int, title: str, detail: str, *, kind: str = "", **more: Any) -> dict[str, Any]:
    """One problem: what happened, and in `detail` the cure."""
    return {
        "type": f"urn:remanence:{kind or title.replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": told_shortly(detail),
        **more,
    }


def told(error: RemanenceError) -> dict[str, Any]:
    """The problem that an error of ours is to a client."""
    status, title = next((status, title) for kind, status, title in STATUS if isinstance(error, kind))
    return problem(status, title, str(error), kind=type(error).__name__)


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
UNFORESEEN = problem(500, "an error", "the server's log has it")


def of_system(error: OSError) -> dict[str, Any]:
    """The problem that an error of the operating system is to a client; no path of the server's is told."""
    if error.errno in FULL:
        return problem(507, "no space left", "the server's disk is full; nothing was kept", kind="StoreFull")
    return dict(UNFORESEEN)


def headers(status: int) -> Mapping[str, str]:
    """What a client needs to know beside the body."""
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="remanence"'}
    return {"Retry-After": "1"} if status in (429, 503) else {}


def body(problem: Mapping[str, Any]) -> bytes:
    """The bytes of a problem."""
    return json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")
