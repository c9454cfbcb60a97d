"""At the bounds of telling: a list that just fits, whose source opens a context, which of two earlier homes is last."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from remanence import Memory
from remanence.compose.fence import price
from remanence.compose.layers import layers
from remanence.compose.listing import listing
from remanence.language.tokens import count_tokens


def test_a_list_takes_a_line_that_just_fits(composed: Callable[..., Memory]) -> None:
    """With as many tokens as it has it is whole and not cut, with one less it lacks its last line."""
    memory = composed(compose=listing())
    memory.remember(["The heron stood by the lake.", "A fox ran into the wood."])
    lines = memory.context("heron and fox", 500).text.split("\n")[1:-1]
    room = price() + sum(count_tokens(line) + 1 for line in lines)

    whole, short = memory.context("heron and fox", room), memory.context("heron and fox", room - 1)

    assert (2, False, 1, True) == (len(whole.hits), whole.truncated, len(short.hits), short.truncated)


@pytest.mark.parametrize("source", ["chat-7/3", None])
def test_what_stands_first_in_a_context_is_cited_by_its_source(
    composed: Callable[..., Memory], source: str | None
) -> None:
    """By the name that the message came with; by its id where it has none."""
    memory = composed("default")
    (id,) = memory.remember({"who": "Ada", "text": "I live in Rome.", "at": "2023-05-01", "source": source}).ids
    memory.sleep()

    told = memory.context("Where does Ada live?", 500)

    assert (source or id) == told.sources[0]
    assert f"{{{source or id}}}" in told.text


def test_the_last_of_two_earlier_homes_is_what_was_before(composed: Callable[..., Memory]) -> None:
    """Not both of them, and not the first."""
    memory = composed("default")
    for day, town in (("2021-05-01", "Porto"), ("2022-05-01", "Lund"), ("2023-05-01", "Rome")):
        memory.remember({"who": "Ada", "text": f"I moved to {town}.", "at": day})
    memory.sleep()

    assert "Lund" == memory.ask("Where did Ada live before?", threshold=0.0).short
    assert "Porto" == memory.ask("Where did Ada live before Lund?", threshold=0.0).short


def test_layers_take_a_line_that_just_fits(composed: Callable[..., Memory]) -> None:
    """Gist and last turn first; with one token less what was found stays out."""
    memory = composed(compose=layers(general=("note",), last=1))
    memory.remember([{"kind": "note", "text": "All of birds."}, "The heron stood by the lake.", "A fox ran away."])
    lines = memory.context("heron", 500).text.split("\n")[1:-1]
    room = price() + sum(count_tokens(line) + 1 for line in lines)

    whole, short = memory.context("heron", room), memory.context("heron", room - 1)

    assert (3, False) == (len(whole.hits), whole.truncated)
    assert (["All of birds.", "A fox ran away."], True) == ([hit.text for hit in short.hits], short.truncated)
