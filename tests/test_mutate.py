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


def test_a_change_is_known_by_its_function_when_its_line_has_moved(mutate, tmp_path):
    """A line above moves every line and changes no name."""
    path = tmp_path / "src" / "remanence" / "room" / "page.py"
    before = [one.key for one in mutate.mutants(path)]
    path.write_text(CODE.replace("def within", "LOW = None\n\n\ndef within"))

    assert before == [one.key for one in mutate.mutants(path)]
    assert ("room/page.py::within", "value < 0", "(value <= 0)") in before


def test_a_change_that_a_test_looks_at_is_noticed_and_another_is_not(mutate, tmp_path):
    """In a function, in what is read once, in a default and in a line that no test runs; the file is as it was."""
    (tmp_path / "tests" / "room" / "test_page.py").write_text(
        "from remanence.room.page import within\n\ndef test_the_limit_is_inside(): assert within(3) and not within(2)\n"
    )
    path = tmp_path / "src" / "remanence" / "room" / "page.py"
    path.write_text(f"{CODE}\n\ndef unread():\n    return 7\n")
    (tmp_path / "pyproject.toml").write_text("")
    changes = {one.after: one for one in mutate.mutants(path)}

    tests = mutate.Tests("room", tmp_path)
    told = {after: tests.failing(one) for after, one in changes.items()}
    tests.close()

    seen = {"(value > low)", "4", "return None", "((value >= low) or (not value == 9))", "(value == 9)", "(value != 9)"}
    assert dict.fromkeys({*changes} - seen, "") == {after: by for after, by in told.items() if not by}
    assert all("test_the_limit_is_inside" in told[after] for after in seen)
    assert CODE in path.read_text()


def test_a_change_is_noticed_in_a_file_that_is_loaded_at_its_first_use(mutate, tmp_path):
    """The process that waits has not loaded it when the change is made, in a body or in what is read once."""
    (tmp_path / "tests" / "room" / "test_page.py").write_text(
        "def test_within():\n    from remanence.room.page import within\n    assert within(3) and not within(2)\n"
    )
    (tmp_path / "pyproject.toml").write_text("")
    changes = {one.after: one for one in mutate.mutants(tmp_path / "src" / "remanence" / "room" / "page.py")}

    tests = mutate.Tests("room", tmp_path)
    told = [tests.failing(changes[after]) for after in ("(value > low)", "4")]
    tests.close()

    assert all("test_within" in one for one in told)


def test_a_change_that_is_known_to_change_nothing_is_taken_out_of_the_rate(mutate, tmp_path, capsys):
    """The reason stands beside it; the others are left to be looked at."""
    path = tmp_path / "src" / "remanence" / "room" / "page.py"
    one, other, *_ = mutate.mutants(path)
    mutate.ALIKE = tmp_path / "alike.toml"
    mutate.ALIKE.write_text(
        f'[[change]]\nplace = "{one.key[0]}"\nbefore = "{one.key[1]}"\nafter = "{one.key[2]}"\nwhy = "so it is"\n'
    )

    mutate.show([one, other, replace(other, noticed=True)])

    told = capsys.readouterr().out
    assert "1 of    2  50%  (1 more change nothing)" in told
    assert 1 == told.count("[so it is]")
    assert 2 == told.count("  ->  ")
