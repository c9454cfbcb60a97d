"""PMI: few slots change, the long-term memory keeps what they lose, and two hops need it."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from remanence.neural.layers.pmi import PMI


def test_only_the_winning_slots_change() -> None:
    """Every token changes `picks` slots; the others are bit-identical."""
    layer = PMI(16, slots=6, picks=2).double()
    state = layer.init_state(3)
    for _ in range(10):
        _, new = layer.step(torch.randn(3, 16, dtype=torch.float64), state)
        changed = (new["working"] != state["working"]).any(-1).sum(-1)
        assert changed.tolist() == [2, 2, 2]
        state = new


def test_the_long_term_memory_keeps_what_a_slot_lost() -> None:
    """What was overwritten can be read back by its own cue; from the working slots it is gone."""
    layer = PMI(32, slots=2, picks=2, cues=64).double()
    with torch.no_grad():
        layer.to_gate.weight.zero_()
        layer.to_gate.bias.fill_(20.0)  # overwrite wholly
        layer.to_slot.weight.zero_()  # no slot is preferred
        first = torch.randn(1, 32, dtype=torch.float64)
        working, long = layer.start.expand(1, -1, -1), layer.init_state(1)["long"]
        contents = [first, *torch.randn(6, 1, 32, dtype=torch.float64)]
        for content in contents:
            working, cue, lost = layer.write(content, content, content, working)
            long = long + torch.einsum("bnc,bnd->bcnd", cue, lost)
        told = F.silu(first)[0]
        cue = F.normalize(layer.to_cue(told), dim=-1)
        lasting = torch.einsum("c,bcnd->bnd", cue, long)[0]

    assert F.cosine_similarity(working[0], told[None], dim=-1).max() < 0.5
    assert F.cosine_similarity(lasting, told[None], dim=-1).max() > 0.8
