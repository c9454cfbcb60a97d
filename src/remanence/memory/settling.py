"""Settles two memories that do not agree, as a person decides: keep the old, replace it, or let both stand."""

from __future__ import annotations

from typing import Literal, get_args

from remanence.errors import InvalidInput
from remanence.evolve.settle import settled
from remanence.memory.memory import Memory
from remanence.types import Receipt

Choice = Literal["keep", "replace", "both"]


def settle(memory: Memory, new: str, old: str, choice: Choice) -> Receipt:
    """`keep` hides the new one (`restore` brings it back), `replace` ends the old one where the new one begins.

    Either runs first and the mark `contradicts` goes last, so that a stop in between leaves the pair to be settled
    again. Raises NotFound for what this scope does not see.
    """
    if choice not in get_args(Choice):
        raise InvalidInput(f"settle with keep, replace or both, not {choice!r}")
    first, second = memory.get(new), memory.get(old)
    if choice == "keep":
        memory.forget(new)
    if choice == "replace":
        began = first.at or memory.clock()
        memory.update(old, until=max(began, second.at) if second.at is not None else began)
    return memory.change(settled(replaced=choice == "replace"), given=(new, old))
