"""/ui: the web page's own files, with a policy that lets it talk to this server alone."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

router = APIRouter(prefix="/ui", include_in_schema=False)
MEDIA = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing inline, nothing from elsewhere, and no text that becomes markup."""


@cache
def page_files() -> dict[str, tuple[bytes, str]]:
    """Every file of the page by its name, with its media type."""
    found: dict[str, tuple[bytes, str]] = {}
    for one in files("remanence.serve").joinpath("ui").iterdir():
        kind = MEDIA.get(one.name.rpartition(".")[2])
        if kind is not None:
            found[one.name] = one.read_bytes(), f"{kind}; charset=utf-8"
    return found


@router.get("")
def door() -> Any:
    """The page lives at /ui/."""
    return RedirectResponse("/ui/", headers=HEADERS)


@router.get("/")
def index() -> Response:
    """The page."""
    return file("index.html")


@router.get("/{name}")
def file(name: str) -> Response:
    """One of the page's files."""
    if name not in page_files():
        raise HTTPException(404, "the page has no such file")
    body, kind = page_files()[name]
    return Response(body, media_type=kind, headers=HEADERS)
