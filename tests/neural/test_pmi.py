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
            working, long = layer.write(content, content, content, working, long)
        told = F.silu(first)[0]
        cue = F.normalize(layer.to_cue(told), dim=-1)
        lasting = torch.einsum("c,bcnd->bnd", cue, long)[0]

    assert F.cosine_similarity(working[0], told[None], dim=-1).max() < 0.5
    assert F.cosine_similarity(lasting, told[None], dim=-1).max() > 0.8


def two_hops(names: int, slots: int) -> tuple[float, float]:
    """Links a -> b and b -> c in shuffled order; how often c is found from a, long-term and from the slots alone."""
    layer, right = PMI(3 * names, slots=slots, picks=1, cues=3 * names).double(), torch.zeros(2)
    eye, runs = torch.eye(3 * names, dtype=torch.float64), 40
    with torch.no_grad():
        layer.to_cue.weight.copy_(eye)
        layer.to_gate.weight.zero_()
        layer.to_gate.bias.fill_(20.0)
        layer.start.zero_()
        for _ in range(runs):
            middle, last = torch.randperm(names), torch.randperm(names)
            links = [eye[a] + eye[names + b] for a, b in enumerate(middle)]
            links += [eye[names + b] + eye[2 * names + c] for b, c in enumerate(last)]
            working, long = layer.start.expand(1, -1, -1), layer.init_state(1)["long"]
            for n in torch.randperm(2 * names):
                told = 4 * links[int(n)][None]
                working, long = layer.write(told, told, torch.randn_like(told), working, long)
            for place, lasting in enumerate((True, False)):
                asked = int(torch.randint(names, ()))
                found, b = asked, 0
                for hop in (1, 2):  # complete the pattern, keep the part that the next hop asks with
                    held = torch.einsum("c,bcnd->bd", eye[found], long) if lasting else torch.zeros(1, 3 * names)
                    held = held.double() + (working @ eye[found] @ working)[0]
                    b = int(held[0, hop * names : (hop + 1) * names].argmax())
                    found = hop * names + b
                right[place] += float(b == last[middle[asked]])
    return tuple((right / runs).tolist())


def test_two_hops_need_the_long_term_memory() -> None:
    """Sixteen links through four slots: with the long-term memory a -> b -> c is found, without it seldom."""
    with_long, without = two_hops(names=8, slots=4)

    assert with_long > 0.9, (with_long, without)
    assert without < 0.5, (with_long, without)
