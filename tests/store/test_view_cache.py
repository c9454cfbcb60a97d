"""What stages compute from a view is kept with the store until something changes."""

from __future__ import annotations

from remanence.types import Where


def counted(made):
    made.append(1)
    return len(made)


def test_a_value_is_computed_once_until_the_next_commit(space):
    """A second view of the same store finds it; a commit forgets it."""
    talk = space("The kettle is on the stove.")
    made: list[int] = []

    first = talk.ctx().store.cached("kettle", lambda: counted(made))
    again = talk.ctx().store.cached("kettle", lambda: counted(made))
    talk.hold("The kettle boils.")
    later = talk.ctx().store.cached("kettle", lambda: counted(made))

    assert (first, again, later) == (1, 1, 2)


def test_two_memories_never_share_a_value(space):
    """The same name in another memory is another value, and so it is under another filter."""
    one, other = space("I like figs."), space("I like figs.")
    made: list[int] = []

    told = [
        one.ctx().store.cached("figs", lambda: counted(made)),
        other.ctx().store.cached("figs", lambda: counted(made)),
        one.ctx().store.cached("figs", lambda: counted(made), Where(kinds=("turn",))),
    ]

    assert told == [1, 2, 3]
