"""Keys and values at 8 or 4 bits: keys by channel over 32 tokens, values by token (Liu et al. 2024, KIVI)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from remanence.attach.model import KV
from remanence.errors import InvalidInput

GROUP = 32
"""Tokens that share a scale in keys, and channels that share one in values."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Codes (two a byte at 4 bits) with the scale and the least value of each group; `length` tokens are real."""

    codes: Tensor
    scale: Tensor
    least: Tensor
    bits: int
    keys: bool
    length: int
    width: int

    @property
    def bytes(self) -> int:
        return sum(t.numel() * t.element_size() for t in (self.codes, self.scale, self.least))

    def restored(self) -> Tensor:
        """float32 [B, H, S, D]."""
        codes = self.codes
        if self.bits == 4:
            codes = torch.stack([codes & 15, codes >> 4], -1).flatten(-2)
        grouped = codes.float() * self.scale.float()[..., None] + self.least.float()[..., None]
        flat = grouped.flatten(-2)
        if self.keys:
            return flat[..., : self.length].transpose(-1, -2).contiguous()
        return flat[..., : self.width].contiguous()

    def tensors(self, name: str) -> dict[str, Tensor]:
        """What is written to a file."""
        sizes = torch.tensor([self.length, self.width, int(self.keys)])
        return {
            f"{name}.codes": self.codes, f"{name}.scale": self.scale,
            f"{name}.least": self.least, f"{name}.sizes": sizes,
        }  # fmt: skip

    @classmethod
    def read(cls, tensors: Mapping[str, Tensor], name: str, bits: int) -> Packed:
        """What `tensors` wrote."""
        length, width, keys = tensors[f"{name}.sizes"].tolist()
        codes, scale, least = (tensors[f"{name}.{part}"] for part in ("codes", "scale", "least"))
        return cls(codes, scale, least, bits, bool(keys), int(length), int(width))


def pack(tensor: Tensor, bits: int, *, keys: bool) -> Packed:
    """[B, H, S, D] -> codes; round((x - least) / scale) in each group, scale = (most - least) / (2^bits - 1)."""
    if bits not in (4, 8):
        raise InvalidInput("bits must be 4 or 8")
    length, width = tensor.shape[-2:]
    lines = tensor.float().transpose(-1, -2) if keys else tensor.float()
    short = -lines.shape[-1] % GROUP
    padded = torch.cat([lines, lines[..., -1:].expand(*lines.shape[:-1], short)], -1) if short else lines
    groups = padded.reshape(*padded.shape[:-1], -1, GROUP)
    least, most = groups.amin(-1), groups.amax(-1)
    scale = ((most - least) / (2**bits - 1)).clamp_min(1e-8).half()
    least = least.half()
    steps = (groups - least.float()[..., None]) / scale.float()[..., None].clamp_min(1e-8)
    codes = steps.round().clamp(0, 2**bits - 1).to(torch.uint8)
    if bits == 4:
        codes = codes[..., ::2] | (codes[..., 1::2] << 4)
    return Packed(codes.contiguous(), scale, least, bits, keys, length, width)


def quantised(kv: KV, bits: int) -> KV:
    """Keys and values as they come back from `bits` bits: what a packed block answers with."""
    return KV(
        tuple(pack(k, bits, keys=True).restored().to(k.dtype) for k in kv.keys),
        tuple(pack(v, bits, keys=False).restored().to(v.dtype) for v in kv.values),
        kv.end,
    )
