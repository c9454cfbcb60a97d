"""The mutation tool: it changes what runs, leaves alone what does not, and tells noticed from unnoticed."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "mutate.py"
CODE = '''"""A page."""


def within(value: int, low: int = 3) -> bool:
    """Whether 1 < 2."""
    if value < 0:
        raise ValueError("not below 0")
    return value >= low and not value == 9
'''


@pytest.fixture
def mutate(tmp_path):
    spec = spec_from_file_location("mutate", SCRIPT)
    module = module_from_spec(spec)
    sys.modules["mutate"] = module
    spec.loader.exec_module(module)
    module.ROOT = tmp_path
    home = tmp_path / "src" / "remanence" / "room"
    home.mkdir(parents=True)
    (home / "page.py").write_text(CODE)
    (home / "__init__.py").touch()
    (home.parent / "__init__.py").touch()
    (tmp_path / "tests" / "room").mkdir(parents=True)
    return module


def test_every_operator_is_turned_and_no_text_is_touched(mutate, tmp_path):
    """Comparisons, numbers, `and`, `not` and the result; no docstring, annotation or message."""
    found = list(mutate.mutants(tmp_path / "src" / "remanence" / "room" / "page.py"))

    assert {
        "(value <= 0)", "1", "4", "return None", "((value >= low) or (not value == 9))", "(value > low)",
        "(value == 9)", "(value != 9)", "10",
    } == {one.after for one in found}  # fmt: skip
    assert {4, 6, 8} == {one.line for one in found}


def test_the_same_seed_draws_the_same_changes(mutate):
    """A campaign can be repeated."""
    assert list(mutate.drawn(("room",), 1)) == list(mutate.drawn(("room",), 1))
    assert list(mutate.drawn(("room",), 1)) != list(mutate.drawn(("room",), 2))


def test_a_change_that_a_test_looks_at_is_noticed_and_another_is_not(mutate, tmp_path):
    """The file is as it was afterwards."""
    (tmp_path / "tests" / "room" / "test_page.py").write_text(
        "from remanence.room.page import within\n\ndef test_the_limit_is_inside(): assert within(3) and not within(2)\n"
    )
    path = tmp_path / "src" / "remanence" / "room" / "page.py"
    changes = {one.after: one for one in mutate.mutants(path)}

    seen = mutate.judged(changes["(value > low)"], tmp_path, 120)
    missed = mutate.judged(changes["10"], tmp_path, 120)

    assert (True, False) == (seen.noticed, missed.noticed)
    assert "test_the_limit_is_inside" in seen.by
    assert missed == replace(changes["10"])
    assert CODE == path.read_text()
