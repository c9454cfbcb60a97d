"""Every layer keeps the layer contract: streams, resumes, causal, isolated, honest about its size."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from remanence import neural
from remanence.errors import BadKnob, InvalidInput
from remanence.neural.contract import check


@pytest.mark.parametrize("name", neural.names())
def test_a_layer_keeps_the_contract(name: str) -> None:
    """Shapes, resumption, streaming, causality, batch isolation, gradients, state size, saving."""
    check(lambda: neural.make(name, dim=16))


VARIANTS: dict[str, list[dict[str, Any]]] = {
    "atlas": [{"chunk": 3, "depth": 1, "residual": False, "window": 5}],
    "lact": [{"chunk": 5, "window": 3, "muon": True, "heads": 2, "key": 6, "value": 3}],
    "log_linear": [{"delta": False, "levels": 3, "chunk": 5}, {"levels": 1, "heads": 2, "key": 5, "value": 3}],
    "mamba3": [{"heads": 2, "key": 5, "value": 3, "trapezoid": False}, {"turning": False, "conv": 2, "key": 1}],
    "nsa": [{"block": 3, "picks": None, "window": 2, "groups": 2}, {"block": 4, "picks": 1, "heads": 2, "key": 5}],
    "omega_net": [{"degree": 1, "window": 3, "chunk": 1, "momentum": True}],
    "path": [{"heads": 2, "key": 5, "value": 3, "piece": 4, "rank": 2}],
    "rwkv7": [{"heads": 2, "key": 5, "rank": 3}],
    "bmojo": [{"heads": 2, "key": 6, "value": 3, "window": 3, "eidetic": 0, "turned": False, "conv": 0}],
    "cms": [{"periods": (1, 3), "heads": 2, "key": 6, "depth": 1}],
    "comba": [{"heads": 2, "key": 6, "value": 3, "decay": "none"}],
    "delta_product": [{"householders": 3, "decay": False, "heads": 2, "key": 5, "value": 3, "conv": 0}],
    "forgetting": [{"turned": True, "heads": 2, "key": 5, "value": 3, "keep": 0.0}],
    "gated_delta_net_2": [{"heads": 2, "key": 5, "value": 3, "negative": True, "decay": "scalar"}],
    "moba": [{"block": 3, "picks": None, "heads": 2, "turned": False}],
    "delta_net": [{"heads": 2, "key": 6, "value": 3, "conv": 2, "negative": True, "chunk": 5}],
    "em_llm": [{"heads": 2, "key": 6, "turned": False, "picks": 2, "contiguity": 0.5, "sink": 0, "speak": 1}],
    "fast_slow": [{"slots": 3, "rate": 0.1, "through": False, "fade": 0.5}],
    "gam": [{"slots": 5, "conv": 1}],
    "gated_delta_net": [{"heads": 1, "key": 5, "value": 7, "conv": 0, "output_gate": False, "chunk": 3}],
    "gla": [{"heads": 2, "key": 5, "delta": True, "conv": 2}],
    "hax": [{"base": "delta_net", "budget": 3, "hash": False}, {"budget": 4, "select": False, "planes": 1, "heads": 2}],
    "hcam": [{"chunk": 3, "picks": None, "detach": False, "positions": False, "local": False}, {"exact": True}],
    "hip": [{"keep": 6, "leaf": 3, "heads": 2, "turned": False}],
    "hmt": [{"backbone": "titans", "segment": 5, "lead": 1, "sensory": 0, "capacity": 2, "recall": "last"}],
    "hope": [{"periods": (2,), "heads": 2, "depth": 1, "chunk": 3}],
    "hrm": [{"mixer": "lstm", "rounds": 1, "steps": 3, "full_gradient": True}],
    "huber_delta": [{"decay": False, "limit": 0.3, "chunk": 3, "heads": 2, "key": 5, "value": 3}],
    "landmark": [{"block": 3, "picks": 1, "turned": False, "heads": 2}, {"block": 4, "exact": True}],
    "lla": [{"heads": 2, "key": 5, "value": 3, "ridge": 0.1, "sharpness": 2.0}],
    "lssl": [{"size": 3, "learn": False, "chunk": 5}],
    "lstm": [{"size": 7, "keep": 3.0}],
    "mega": [{"key": 5, "order": 2, "chunk": 3, "plain": True}],
    "memory_caching": [
        {"base": "titans", "reading": "sparse", "segment": 4, "picks": 1},
        {"base": "mesa", "reading": "residual", "segment": 5, "warm": True},
        {"base": "retnet", "reading": "soup", "segment": 3},
        {"base": "yaad", "reading": "soup", "segment": 6},
        {"base": "lstm", "reading": "gated", "segment": 4},
        {"base": "rwkv7", "reading": "sparse", "segment": 5, "picks": 1, "warm": True},
        {"base": "mom", "reading": "residual", "segment": 6},
    ],
    "memora": [{"depth": 1, "heads": 2, "chunk": 3, "total": 2.0}],
    "mesa": [{"decay": False, "heads": 2, "key": 5, "value": 3, "chunk": 4}],
    "mesa_mom": [{"memories": 2, "heads": 2, "key": 5, "value": 3}],
    "miras": [{"link": "soft", "total": 0.01, "momentum": True, "depth": 1, "chunk": 1}, {"orthogonal": 3, "chunk": 4}],
    "mom": [{"memories": 3, "picks": 3, "shared": False, "router": "key", "decay": False, "key": 5, "value": 3}],
    "moneta": [{"power": 2.0, "norm": 2.0, "depth": 1, "residual": False}],
    "msa": [{"document": 4, "pool": 1, "picks": None, "rounds": 2}, {"rounds": 3, "turned": False, "heads": 2}],
    "nse": [{"sentence": 3}],
    "pmi": [{"slots": 3, "picks": 1, "cues": 5, "long_term": False}],
    "pointer": [{"key": 5, "conv": 0}],
    "retnet": [{"turned": False, "heads": 2, "chunk": 3}],
    "reweaving": [{"inner": "titans", "chunk": 5, "keep": 1, "capacity": 2}, {"inner": "hip", "heads": 2}],
    "self_modifying": [{"heads": 2, "key": 6, "depth": 1, "chunk": 3, "delta": False}],
    "softmax": [{"heads": 2, "key": 5, "value": 3, "persistent": 2, "output_gate": True, "window": 4}],
    "surprise_caching": [{"events": 2, "every": 3}, {"gamma": 0.1, "smallest": 1, "largest": 3}],
    "tcnca": [{"taps": 2, "depth": 2, "chunk": 3, "key": 5}],
    "test_time_regression": [
        {"weights": "kernel", "degree": 0}, {"weights": "equal", "solver": "step"}, {"solver": "online"},
    ],
    "titans": [{"depth": 1, "residual": False, "momentum": False, "keep_start": True, "chunk": 1, "conv": 0}],
    "titans_mac": [{"segment": 3, "persistent": 1, "depth": 1, "heads": 2}],
    "titans_mag": [{"window": 2, "persistent": 0, "chunk": 3}],
    "yaad": [{"depth": 1, "heads": 2, "chunk": 3}],
}  # fmt: skip
"""Knobs far from the defaults."""


@pytest.mark.parametrize(
    ("name", "knobs"),
    [pytest.param(name, knobs, id=f"{name}-{n}") for name, some in VARIANTS.items() for n, knobs in enumerate(some)],
)
def test_a_layer_keeps_the_contract_with_other_knobs(name: str, knobs: dict[str, Any]) -> None:
    """The same promises far from the defaults."""
    check(lambda: neural.make(name, 16, **knobs), time=19)


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


@pytest.mark.parametrize("name", ["delta_net", "softmax", "titans", "landmark", "hmt"])
def test_packed_sequences_are_read_as_each_would_be_alone(name: str) -> None:
    """Lengths 5, 0, 9 and 5 in one stretch: outputs and states are those of each sequence."""
    layer = neural.make(name, dim=16).double().eval()
    x = torch.randn(19, 16, dtype=torch.float64)

    y, states = neural.packed(layer, x, torch.tensor([0, 5, 5, 14, 19]))

    for start, end, state in ((0, 5, states[0]), (5, 14, states[2]), (14, 19, states[3])):
        alone, own = layer(x[None, start:end])
        torch.testing.assert_close(y[start:end], alone[0], atol=1e-12, rtol=0)
        more = torch.randn(1, 3, 16, dtype=torch.float64)
        torch.testing.assert_close(layer(more, state)[0], layer(more, own)[0], atol=1e-12, rtol=0)


def test_packed_sequences_that_do_not_add_up_are_refused() -> None:
    """The borders must rise from 0 to the number of tokens."""
    with pytest.raises(InvalidInput, match="rising cu_seqlens"):
        neural.packed(neural.make("delta_net", dim=16), torch.zeros(9, 16), torch.tensor([0, 5]))


@pytest.mark.parametrize("name", ["titans"])
def test_a_layer_that_learns_inside_can_be_compiled(name: str) -> None:
    """`torch.compile` breaks its graph at the inner gradient and gives the layer's own answers, state carried over."""
    layer = neural.make(name, 8, heads=1, depth=1).double().eval()
    compiled, x = torch.compile(layer, backend="eager"), torch.randn(2, 5, 8, dtype=torch.float64)
    with torch.no_grad():
        expected, state = layer(x)

        got, carried = compiled(x)

    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(layer(x, carried)[0], layer(x, state)[0], atol=1e-12, rtol=0)
