"""The pages for those who add something are true: their code is taken from the page and run as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {"write-a-recipe": "", "write-an-importer": "", "write-a-layer": "torch"}
"""Page -> the optional package that it needs."""


def program(page: str) -> str:
    """The Python blocks of a page, in order, as one file."""
    return "\n".join(re.findall(r"```python\n(.*?)```", (DOCS / f"{page}.md").read_text("utf-8"), re.S))


def played(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """A file with this text as pytest runs it: its statements on import, then its tests."""
    (folder / "mine.py").write_text(text, "utf-8")
    words = [
        "-m",
        "pytest",
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "--rootdir",
        str(folder),
        "mine.py",
    ]
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_who_copies_the_page_has_something_that_works(page: str, tmp_path: Path) -> None:
    """Every block runs after the ones before it, and the tests of the page pass."""
    if PAGES[page]:
        pytest.importorskip(PAGES[page])
    text = program(page)
    tests = text if re.search(r"^(def test_|class Test)", text, re.M) else text + "\n\ndef test_it_ran(): pass\n"

    done = played(tmp_path, tests)

    assert 0 == done.returncode, done.stdout[-3000:]


def test_a_page_that_lies_is_noticed(tmp_path: Path) -> None:
    """A page whose recipe prefers the oldest fails where the page says what comes first."""
    text = program("write-a-recipe").replace("0.5 ** (", "1 - 0.5 ** (")

    assert 0 != played(tmp_path, text).returncode


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short(page: str) -> None:
    """Ten minutes: at most 120 lines."""
    assert len((DOCS / f"{page}.md").read_text("utf-8").splitlines()) <= 120
