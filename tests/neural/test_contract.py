"""Every layer keeps the layer contract: streams, resumes, causal, isolated, honest about its size."""

from __future__ import annotations

import pytest
import torch

from remanence import neural
from remanence.errors import BadKnob, InvalidInput
from remanence.neural.contract import check


@pytest.mark.parametrize("name", neural.names())
def test_a_layer_keeps_the_contract(name: str) -> None:
    """Shapes, resumption, streaming, causality, batch isolation, gradients, state size, saving."""
    check(lambda: neural.make(name, dim=16))


@pytest.mark.parametrize("name", neural.names())
def test_a_layer_has_a_complete_card(name: str) -> None:
    """Paper and axes are filled in, and the layer is found under its Python name too."""
    card = neural.cards()[name]

    built = getattr(neural, card.builder)(dim=16)

    assert built.card == card
    assert card.paper
    assert card.architecture
    assert card.bias


def test_an_unknown_layer_is_refused_with_near_names() -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(InvalidInput, match="near: delta_net"):
        neural.make("deltanet", dim=16)


def test_an_unknown_knob_is_refused_with_the_knobs_there_are() -> None:
    """A knob that the layer does not have is named, with those it has."""
    with pytest.raises(BadKnob, match="no knob 'head'; near: heads"):
        neural.make("delta_net", dim=16, head=2)


def test_a_wrong_width_is_named() -> None:
    """The message says the shape that was wanted and the one that came."""
    layer = neural.make("delta_net", dim=16)

    with pytest.raises(InvalidInput, match=r"\[batch, time, 16\], got \[2, 5, 12\]"):
        layer(torch.zeros(2, 5, 12))


def test_a_state_for_another_batch_is_refused() -> None:
    """Carrying a state of two sequences into three is an error that says so."""
    layer = neural.make("delta_net", dim=16)
    _, state = layer(torch.zeros(2, 5, 16))

    with pytest.raises(InvalidInput, match="x has batch 3 but state"):
        layer(torch.zeros(3, 5, 16), state)


def test_a_state_of_another_layer_is_refused() -> None:
    """A state with other contents is not silently accepted."""
    layer = neural.make("delta_net", dim=16)

    with pytest.raises(InvalidInput, match="does not belong to DeltaNet"):
        layer(torch.zeros(2, 5, 16), {"cache": torch.zeros(2, 3)})
