"""The docs page shows the layers and tasks that the code has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from remanence.neural.catalogue import rewrite

PAGE = Path(__file__).parents[2] / "docs" / "neural.md"


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    """If this fails: python -m remanence.neural.catalogue docs/neural.md."""
    page = PAGE.read_text("utf-8")

    assert rewrite(page) == page


def test_the_first_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Using, streaming, saving and dropping a layer into a block, as a reader would type it."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    said: dict[str, Any] = {}

    for block in blocks[:3]:
        exec(block, said)
    y, _ = said["Block"](8, "delta_net")(torch.randn(1, 4, 8))

    assert said["y"].shape == (2, 256)
    assert (tmp_path / "state.safetensors").exists()
    assert y.shape == (1, 4, 8)
