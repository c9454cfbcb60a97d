"""Shared by all tests: the place of benchmark data, and readable failures inside the shipped contracts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.register_assert_rewrite("remanence.testing")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public benchmark data; the test is skipped when REMANENCE_DATA does not name one."""
    folder = os.environ.get("REMANENCE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("REMANENCE_DATA does not name a folder of benchmark data")
    return Path(folder)
