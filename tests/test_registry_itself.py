"""One registry for everything that has a name: lazily found, told apart, and near names on a mistake."""

from __future__ import annotations

import importlib.metadata
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from remanence.errors import BadKnob, InvalidInput, RecipeError, UnknownRecipe
from remanence.registry import Registry, check_knobs


def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> None:
    home = tmp_path / "shapes"
    home.mkdir()
    (home / "__init__.py").write_text("from remanence.registry import Registry\nSHAPES = Registry('shape')\n")
    for name, body in modules.items():
        (home / f"{name}.py").write_text(f"from shapes import SHAPES\n{body}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name == "shapes" or name.startswith("shapes.")]:
        monkeypatch.delitem(sys.modules, name)


def test_a_name_loads_its_own_module_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for one recipe does not pay for sixty."""
    _folder(tmp_path, monkeypatch, round="SHAPES.add('round', 1)", broken="raise RuntimeError('imported')")
    import shapes  # type: ignore[import-not-found]

    shapes.SHAPES._folders = ("shapes",)

    assert shapes.SHAPES.get("round") == 1


def test_an_unknown_name_is_answered_with_what_is_near() -> None:
    """The error is of the sort that the caller chose, and helps."""
    shapes: Registry[int] = Registry("recipe", unknown=UnknownRecipe)
    shapes.add("hipporag", 1)
    shapes.add("plain", 2)

    with pytest.raises(UnknownRecipe, match=r"no recipe 'hipporag3'; near: hipporag"):
        shapes.get("hipporag3")
    with pytest.raises(UnknownRecipe, match=r"there are: hipporag, plain"):
        shapes.get("zzzz")


def test_two_definitions_cannot_share_a_name_but_the_same_may_come_again() -> None:
    """A module that is imported twice is no conflict; another function is."""
    shapes: Registry[Any] = Registry("recipe", taken=RecipeError)

    def plain() -> int:
        return 1

    def other() -> int:
        return 2

    shapes.register("plain")(plain)
    shapes.register("plain")(plain)

    with pytest.raises(RecipeError, match="already registered by"):
        shapes.add("plain", other)


def test_an_announced_value_is_named_without_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in costs nothing before it is asked for, and one that cannot be loaded says whose fault it is."""
    points = [EntryPoint("five", "operator:add", "shapes"), EntryPoint("gone", "no_such_package:make", "shapes")]
    monkeypatch.setattr(
        importlib.metadata,
        "entry_points",
        lambda group, name=None: [p for p in points if name in (None, p.name)],
    )
    shapes: Registry[Any] = Registry("shape", group="shapes", values=True)

    assert shapes.names() == ["five", "gone"]
    assert shapes.get("five")(2, 3) == 5
    with pytest.raises(InvalidInput, match="plug-in shape 'gone'"):
        shapes.get("gone")


def test_a_knob_that_is_not_there_is_refused_by_name() -> None:
    """The knobs are the parameters after those that the caller gives."""

    def make(dim: int, *, chunk: int = 8) -> int:
        return dim * chunk

    check_knobs("layer 'x'", make, ["chunk"], given=1)

    with pytest.raises(BadKnob, match=r"layer 'x' has no knob 'chunks'; near: chunk"):
        check_knobs("layer 'x'", make, ["chunks"], given=1)
    with pytest.raises(BadKnob, match="has no knob 'dim'"):
        check_knobs("layer 'x'", make, ["dim"], given=1)
