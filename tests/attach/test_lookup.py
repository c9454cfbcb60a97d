"""MemoryFormer: the sign pattern is the address, a step moves the rows that were read, tables may grow for nothing."""

from __future__ import annotations

import math

import pytest
import torch

from remanence.attach.lookup import LookupLinear
from remanence.errors import InvalidInput


def test_the_same_signs_read_the_same_rows() -> None:
    """Whatever the sizes of the numbers; by hand: (+ - + +) is 1 + 4 + 8 = 13."""
    layer = LookupLinear(8, 3)

    one = layer.addresses(torch.tensor([0.1, -2.0, 3.0, 0.5, -1.0, -1.0, -1.0, -1.0]))
    other = layer.addresses(torch.tensor([9.0, -0.1, 0.2, 7.0, -3.0, -0.2, -5.0, -0.3]))

    assert [13, 0] == one.tolist() == other.tolist()


def test_one_step_changes_exactly_the_rows_that_were_read() -> None:
    """K rows for one token; all others stay bit for bit, and the input gets a gradient."""
    layer = LookupLinear(16, 5)
    x = torch.randn(16, generator=torch.Generator().manual_seed(0), requires_grad=True)
    before = layer.tables.detach().clone()

    layer(x).square().sum().backward()
    torch.optim.SGD(layer.parameters(), lr=0.1).step()

    changed = (layer.tables != before).any(-1).nonzero().tolist()
    assert [[k, int(a)] for k, a in enumerate(layer.addresses(x))] == changed
    assert 4 == layer.reads == len(changed)
    assert x.grad is not None
    assert bool((x.grad != 0).all())


def test_look_ups_do_not_grow_with_the_tables() -> None:
    """Eight bits a piece have sixteen times the rows of four, and half the reads."""
    assert LookupLinear(16, 5, bits=4).reads == 2 * LookupLinear(16, 5, bits=8).reads
    assert LookupLinear(16, 5, bits=8).tables.shape[1] == 16 * LookupLinear(16, 5, bits=4).tables.shape[1]
    with pytest.raises(InvalidInput):
        LookupLinear(10, 5, bits=4)


def test_the_weights_of_all_patterns_sum_to_one() -> None:
    """prod sigmoid(2 z) over all signs of z, which is what makes it a soft choice."""
    z = torch.tensor([0.3, 1.2, 0.1, 2.0])

    total = sum(
        float(torch.sigmoid(2 * z * torch.tensor([1.0 if n >> i & 1 else -1.0 for i in range(4)])).prod())
        for n in range(16)
    )

    assert abs(total - 1) < 1e-6


def test_it_learns_what_a_linear_layer_cannot() -> None:
    """The product of two signs, held out: the table knows it, a linear layer is at chance."""
    chance = torch.Generator().manual_seed(1)
    x = torch.randn(600, 4, generator=chance)
    y = (x[:, 0] * x[:, 1] > 0).long()

    def accuracy(layer: torch.nn.Module) -> float:
        optimiser = torch.optim.Adam(layer.parameters(), lr=0.05)
        for _ in range(60):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(layer(x[:400]), y[:400]).backward()
            optimiser.step()
        return float((layer(x[400:]).argmax(-1) == y[400:]).float().mean())

    assert accuracy(LookupLinear(4, 2)) > 0.95
    assert accuracy(torch.nn.Linear(4, 2)) < 0.7


@pytest.mark.parametrize("seed", range(3))
def test_a_look_up_by_hand(seed: int) -> None:
    """Each piece's addressed row, weighed by the product of sigmoid(2 |z|) over the piece."""
    layer, x = LookupLinear(6, 3, bits=2, seed=seed), torch.randn(6, generator=torch.Generator().manual_seed(seed))

    wanted = torch.zeros(3)
    for piece, z in enumerate(x.view(3, 2).tolist()):
        row = sum(2**n for n, number in enumerate(z) if number > 0)
        wanted += math.prod(1 / (1 + math.exp(-2 * abs(n))) for n in z) * layer.tables.detach()[piece, row]

    assert torch.allclose(wanted, layer(x).detach(), atol=1e-6)
