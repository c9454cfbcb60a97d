"""A change in the making knows what it has taken back and what it has ended."""

from __future__ import annotations

from datetime import UTC, datetime

from remanence.stage.change_builder import ChangeBuilder
from remanence.types import Change, Item

SAID = datetime(2025, 3, 4, tzinfo=UTC)
KEPT, TAKEN, ENDED = (Item("fact", text, id=text, at=SAID) for text in ("kept", "taken", "ended"))


def _draft() -> ChangeBuilder:
    """One fact is kept, one is taken back and one gives way to the first."""
    draft = ChangeBuilder(Change(puts=(KEPT, TAKEN, ENDED)), "a stage")
    draft.drop(TAKEN, "said by mistake")
    draft.supersede(ENDED, KEPT, SAID, "another value")
    return draft


def test_only_what_is_believed_and_has_no_end_is_standing() -> None:
    assert [item.id for item in _draft().standing([KEPT, TAKEN, ENDED])] == ["kept"]


def test_of_two_items_of_which_one_was_taken_back_nothing_is_left() -> None:
    """Its twin: of one that has ended both are left, the first with its end."""
    draft = _draft()

    assert draft.left(TAKEN, KEPT) is None
    assert [item.until for item in draft.left(ENDED, KEPT) or ()] == [SAID, None]
