"""Writes small files for the tests of this room."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file (a name that ends in .gz is packed) and give its path."""

    def write(name: str, body: str | bytes) -> Path:
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") and raw[:2] != b"\x1f\x8b" else raw)
        return path

    return write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip archive of name -> text and give its path."""

    def write(name: str, **members: str) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, body in members.items():
                archive.writestr(member, body)
        return path

    return write
