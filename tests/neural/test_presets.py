"""Presets are classes with other defaults: named, checked, copied and pickled like any class."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

from remanence import neural
from remanence.errors import BadKnob, InvalidInput
from remanence.neural.layer import cards, find, knobs_of
from remanence.neural.matrix import MatrixMemory
from remanence.neural.network import NetworkMemory


def test_a_layer_is_an_instance_of_the_class_it_was_made_from() -> None:
    """`isinstance` and `issubclass` tell the families apart."""
    moneta = neural.Moneta(16)

    assert isinstance(moneta, neural.Moneta)
    assert isinstance(moneta, neural.Miras)
    assert isinstance(moneta, NetworkMemory)
    assert not isinstance(neural.DeltaNet(16), neural.Titans)
    assert issubclass(neural.GatedDeltaNet, MatrixMemory)


def test_a_preset_gives_other_defaults_and_leaves_every_choice_open() -> None:
    """Defaults of the class keywords, the rest inherited, and each may still be given."""
    assert (knobs_of(neural.Moneta)["loss"], knobs_of(neural.Moneta)["norm"]) == ("lp", 4.0)
    assert neural.GatedDeltaNet(16).decay == "scalar"
    assert neural.GatedDeltaNet(16, decay="none").log_decay is None


def test_a_preset_of_an_unknown_knob_is_refused() -> None:
    """A typing mistake in a class line is an error when the class is made."""
    with pytest.raises(TypeError, match="'dealta' is no knob of MatrixMemory"):

        class Wrong(MatrixMemory, dealta=True):
            """A preset with a typing mistake."""


@pytest.mark.parametrize("name", neural.names())
def test_a_layer_is_pickled_and_copied_with_its_knobs(name: str) -> None:
    """Pickling keeps class, knobs and weights; a copy made after a training step answers the same."""
    torch.manual_seed(0)
    layer, x = neural.make(name, 16), torch.randn(2, 9, 16)
    y, _ = layer(x)
    (y.sum() if layer.extra_loss is None else y.sum() + layer.extra_loss).backward()
    layer.eval()
    expected, _ = layer(x)

    for twin in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert type(twin) is type(layer)
        assert all(getattr(twin, knob) == getattr(layer, knob) for knob in knobs_of(type(layer)))
        assert torch.equal(twin(x)[0], expected)


@pytest.mark.parametrize("name", neural.names())
def test_sizes_that_cannot_be_are_refused_before_anything_is_built(name: str) -> None:
    """Zero heads, an empty chunk and the like are named; a convolution of 0 tokens is none."""
    for knob, value in knobs_of(find(name)).items():
        if isinstance(value, int) and not isinstance(value, bool):
            with pytest.raises(InvalidInput, match=f"{knob} must be at least"):
                neural.make(name, 16, **{knob: -3})
    if isinstance(knobs_of(find(name)).get("heads"), int):
        with pytest.raises(InvalidInput, match="heads must be at least 1, got 0"):
            neural.make(name, 16, heads=0)


def test_field_names_of_other_libraries_are_accepted_or_explained() -> None:
    """`hidden_size`, `num_heads` and their like mean what they mean elsewhere; others say what to give instead."""
    layer = neural.GatedDeltaNet(hidden_size=32, num_heads=2, head_k_dim=8, head_v_dim=4, conv_size=3)

    assert (layer.dim, layer.heads, layer.key, layer.value, layer.conv) == (32, 2, 8, 4, 3)
    with pytest.raises(BadKnob, match="give value=, the floats per head"):
        neural.GatedDeltaNet(32, expand_v=2)


def test_every_card_says_how_faithful_the_layer_is() -> None:
    """One of three words, and a reason wherever it is not the first."""
    for card in cards().values():
        assert card.faithful == "faithful" or card.notes, card.name
