"""The docs page shows the layers and tasks that the code has."""

from __future__ import annotations

from pathlib import Path

from remanence.neural.catalogue import rewrite

PAGE = Path(__file__).parents[2] / "docs" / "neural.md"


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    """If this fails: python -m remanence.neural.catalogue docs/neural.md."""
    page = PAGE.read_text("utf-8")

    assert rewrite(page) == page
