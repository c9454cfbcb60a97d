"""The map of the code and the code agree: every room is on the page, and every file that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "remanence"
PAGE = (ROOT / "docs" / "design.md").read_text("utf-8")


def test_every_room_is_on_the_page_with_its_job() -> None:
    """A newcomer finds each folder and file of the top level in the table of rooms."""
    table = PAGE.split("## Rooms", 1)[1].split("\n## ", 1)[0]
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for path in SOURCE.iterdir()
        if path.name not in ("__init__.py", "py.typed") and not path.name.startswith("__pycache__")
    }

    missing = sorted(room for room in rooms if f"`{room}`" not in table)

    assert [] == missing


def test_every_room_of_the_page_is_there() -> None:
    """The page promises no room that does not exist."""
    table = PAGE.split("## Rooms", 1)[1].split("\n## ", 1)[0]
    named = re.findall(r"`([\w]+(?:/|\.py))`", table)

    absent = [name for name in named if not (SOURCE / name).exists()]

    assert [] == absent
