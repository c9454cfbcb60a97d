"""What memory makes of the recorded talks is what stands in their files; a change of it is read by a person."""

from __future__ import annotations

import pytest
from recorder import TALKS, record


@pytest.mark.parametrize("name", sorted(path.stem for path in TALKS.glob("*.txt")))
def test_a_talk_is_kept_recalled_and_told_as_it_was(name: str) -> None:
    """Word by word; where it should be otherwise now, `python tests/records/recorder.py` writes the record anew."""
    path = TALKS / f"{name}.txt"

    assert path.read_text("utf-8") == record(path)
