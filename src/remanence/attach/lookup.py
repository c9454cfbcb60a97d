"""MemoryFormer: a linear layer as sums of looked-up rows, addressed by the signs of pieces of the input."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput


class LookupLinear(nn.Module):
    """x in K pieces of `bits` numbers; piece k has a table of 2^bits rows; its address is its sign pattern:

        y = sum_k p(z_k) T_k[signs(z_k)],   p(z) = prod_i sigmoid(2 |z_i|)

    p is the product-of-sigmoids weight of the addressed row among all sign patterns (it sums to one over them), and
    is what lets a gradient reach the input (Ding et al. 2024; the exact form of the weight is ours).
    A step changes the K rows that were read and no others. Works as `nn.Linear` does on [..., width].
    """

    def __init__(self, width: int, out: int, *, bits: int = 4, seed: int = 0) -> None:
        super().__init__()
        if bits < 1 or width % bits:
            raise InvalidInput(f"{bits} bits do not divide a width of {width}")
        self.bits, self.pieces = bits, width // bits
        chance = torch.Generator().manual_seed(seed)
        self.tables = nn.Parameter(torch.randn(self.pieces, 1 << bits, out, generator=chance) * self.pieces**-0.5)
        self.register_buffer("powers", 2 ** torch.arange(bits))

    def addresses(self, x: Tensor) -> Tensor:
        """Row numbers [..., K] of inputs [..., width]."""
        signs = (x.reshape(*x.shape[:-1], self.pieces, self.bits) > 0).long()
        return torch.mul(signs, self.get_buffer("powers")).sum(-1)

    def forward(self, x: Tensor) -> Tensor:
        """[..., width] -> [..., out], by K look-ups, however large the tables are."""
        pieces = x.reshape(*x.shape[:-1], self.pieces, self.bits)
        weight = torch.sigmoid(2 * pieces.abs()).prod(-1)
        rows = self.tables[torch.arange(self.pieces), self.addresses(x)]
        return (rows * weight[..., None]).sum(-2)

    @property
    def reads(self) -> int:
        """Rows that one input reads."""
        return self.pieces
