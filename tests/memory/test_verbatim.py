"""Values of other programs come back exactly, whatever their size, and none is mixed up with another."""

from __future__ import annotations

from typing import Any

import pytest

from remanence import Memory
from remanence.memory import verbatim
from remanence.testing import HandClock, HashingEmbedder
from remanence.types import MAX_TEXT, Item

VALUES: list[Any] = [
    *("short", {"n": 1}, "x" * 200_000, "ü" * MAX_TEXT, {"of": "y" * (2 * MAX_TEXT)}, "NUL \x00"),
    "half \udc80" + "ü" * 9,
    " " * (3 * MAX_TEXT),
]


def items(*values: Any) -> list[Item]:
    """As a memory would hold them."""
    held = [one for value in values for one in verbatim.messages("item", value, "words", "tool")]
    return [Item("turn", one["text"], data=one["data"]) for one in held]


def test_every_value_comes_back_in_order() -> None:
    """Small ones as data, large ones as text, and those above an item's length as several items."""
    held = items(*VALUES, *VALUES)

    assert [*VALUES, *VALUES] == verbatim.values("item", held)
    assert 2 * (5 + 2 + 3 + 4) == len(held)
    assert MAX_TEXT >= max(len(one.text) for one in held)
    assert not any(one.text.isspace() for one in held)


def test_a_memory_keeps_the_parts_of_a_value() -> None:
    """More than a megabyte in one call, beside turns of other doors; large text is found by its own words."""
    large = {"text": "Die Fähre nach Föhr. " * 50_000}
    with Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(), seed=1) as memory:
        memory.remember(["hello", *verbatim.messages("item", large, "words", "tool"), "bye"])

        assert [large] == verbatim.values("item", memory.list(limit=0))
        assert verbatim.PARTS in memory.recall("Föhr")[0].item.data


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_value_of_which_a_part_is_gone_is_left_out(missing: int) -> None:
    """The values before and after it are whole."""
    held = items("before", "y" * (2 * MAX_TEXT), "z" * (2 * MAX_TEXT), "after")

    del held[1 + missing]

    assert ["before", "z", "after"] == [one if len(one) < 9 else one[0] for one in verbatim.values("item", held)]
