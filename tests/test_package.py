"""The package stays light: few core dependencies, a bounded size, typed, and one file of package data."""

from __future__ import annotations

import re
from importlib.metadata import distribution, requires
from importlib.resources import files
from pathlib import Path

CORE_MB = 150
"""Most megabytes that a plain install may take, dependencies included."""


def _core(name: str, known: set[str]) -> set[str]:
    """A distribution and what it needs without extras."""
    if name in known:
        return known
    known.add(name)
    for line in requires(name) or []:
        if ";" in line and ("extra" in line or "python_version" in line or "platform" in line):
            continue
        found = re.match(r"[A-Za-z0-9._-]+", line)
        assert found is not None
        _core(found.group().lower(), known)
    return known


def test_a_plain_install_needs_few_packages_and_no_torch() -> None:
    """What is heavy is an extra."""
    names = _core("remanence", set())

    assert {"numpy", "apsw", "click"} <= names
    assert not names & {"torch", "onnxruntime", "scipy", "pydantic", "fastapi", "tokenizers", "huggingface-hub"}
    assert len(names) <= 12


def test_a_plain_install_is_small() -> None:
    """The sum of all installed files of the core packages."""
    total = 0
    for name in _core("remanence", set()) - {"remanence"}:
        for file in distribution(name).files or []:
            place = Path(str(file.locate()))
            total += place.stat().st_size if place.is_file() else 0
    total += sum(path.stat().st_size for path in Path(str(files("remanence"))).rglob("*") if path.is_file())

    assert total < CORE_MB * 1_000_000, f"{total / 1e6:.0f} MB"


def test_the_package_is_typed_and_licensed() -> None:
    """`py.typed` ships, and the licence is named."""
    assert (files("remanence") / "py.typed").is_file()
    assert "Apache-2.0" in str(distribution("remanence").metadata["License-Expression"])
