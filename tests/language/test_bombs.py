"""Texts that broke patterns: each costs a reader about what prose of the same length costs it, and not its square."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from remanence.language import sentences

LENGTH = 16_000
PROSE = ("I moved to Rome in May (with Bob), and my rent is 900 euros now! Do you like it there? " * LENGTH)[:LENGTH]
MUCH = 60
"""So many times prose is far from the hundreds that a square costs, and far from what a busy machine makes of one."""
READERS: dict[str, Callable[[str], object]] = {
    "sentences": sentences.split,
}
BOMBS = {
    "sentences": ("!", ".", "?!", "…", "。", "\n", "`", "Mr.", "a.b", '!"'),
}


def cost(read: Callable[[str], object], text: str) -> float:
    """The least processor time of three readings."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        read(text)
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.parametrize(("reader", "unit"), [(name, unit) for name, units in BOMBS.items() for unit in units])
def test_no_text_costs_a_reader_far_more_than_prose(reader: str, unit: str) -> None:
    """A long run that ends in a letter makes a careless pattern try again from each of its characters."""
    read = READERS[reader]
    read(PROSE)

    assert cost(read, (unit * LENGTH)[:LENGTH] + "x") < MUCH * cost(read, PROSE)
