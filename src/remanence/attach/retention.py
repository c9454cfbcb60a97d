"""TRIM-KV: every token is born with a learned retention that fades, and a bounded cache lets the weakest go."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.model import KV, Handle, Model, Out, Place, Seen
from remanence.errors import InvalidInput


class Retention(nn.Module):
    """A gate beta in (0, 1) for each token and key head, from the input of its attention: beta = sigmoid(w x + b).

    A token of age a weighs beta^a. In training the weight enters attention softly (log beta * age is added to the
    scores); in use `read` keeps at most `most` tokens a head, those with the largest log beta * age (age in tokens).
    The published rule: with one beta for all it is a sliding window, and with room for all it is full attention.
    """

    def __init__(self, model: Model, *, bias: float = 6.0) -> None:
        super().__init__()
        shape = model.shape
        self._model = [model]
        self.weight = nn.Parameter(torch.zeros(shape.layers, shape.kv_heads, shape.width))
        self.bias = nn.Parameter(torch.full((shape.layers, shape.kv_heads), bias))
        self._gates: dict[int, Tensor] = {}

    def log_gate(self, layer: int, x: Tensor) -> Tensor:
        """log beta [B, Hkv, T] of inputs [B, T, W]."""
        return F.logsigmoid(torch.einsum("btw,hw->bht", x, self.weight[layer]) + self.bias[layer][:, None])

    # --- training: attention that fades ---

    def soft(self) -> list[Handle]:
        """Let scores fade with age in every layer while it is trained; detach the handles after."""

        def born(x: Tensor, seen: Seen) -> Tensor:
            self._gates[seen.layer] = self.log_gate(seen.layer, x)
            return x

        def faded(scores: Tensor, seen: Seen) -> Tensor:
            gate = self._gates[seen.layer]
            count = gate.shape[-1]
            age = (torch.arange(count)[:, None] - torch.arange(count)).clamp_min(0)
            wide = scores.shape[1] // gate.shape[1]
            return scores + (gate[:, :, None] * age).repeat_interleave(wide, 1)

        model = self._model[0]
        layers = range(model.shape.layers)
        return [
            model.attach((n, place), hook) for n in layers for place, hook in (("attn_in", born), ("scores", faded))
        ]

    def crowding(self, most: int) -> Tensor:
        """How far the expected number of kept tokens passes `most`, mean over steps and heads (the capacity loss)."""
        losses = []
        for gate in self._gates.values():
            count = gate.shape[-1]
            age = (torch.arange(count)[:, None] - torch.arange(count)).float()
            alive = torch.exp(gate[:, :, None] * age.clamp_min(0)) * (age >= 0)
            losses.append(((alive.sum(-1) - most).clamp_min(0) / torch.arange(1, count + 1)).mean())
        return torch.stack(losses).mean()

    # --- use: a cache that never grows ---

    def read(
        self, ids: Sequence[int], most: int, *, buffer: int = 16, kv: Trimmed | None = None
    ) -> tuple[Out, Trimmed]:
        """Read ids in parts of `buffer` tokens; between parts no head keeps more than `most`. The last part's Out."""
        if most < 1 or buffer < 1 or not ids:
            raise InvalidInput("give ids, room for at least one token and a buffer of at least one")
        model = self._model[0]
        state = kv or Trimmed()
        places: list[Place] = [(n, "attn_in") for n in range(model.shape.layers)]
        for first in range(0, len(ids), buffer):
            part = torch.tensor([list(ids[first : first + buffer])])
            with torch.no_grad():
                out = model.forward(part, state.kv, watch=places)
                gates = torch.stack([self.log_gate(n, out.seen[n, "attn_in"])[0] for n, _ in places])
            state = state.grown(out.kv, gates).trimmed(most)
        return out, state


class Trimmed:
    """A bounded cache: keys and values, with log beta and birth of every token, each [L, Hkv, n]."""

    def __init__(
        self, kv: KV | None = None, gate: Tensor | None = None, born: Tensor | None = None, largest: int = 0
    ) -> None:
        self.kv, self.gate, self.born, self.largest = kv, gate, born, largest

    def grown(self, kv: KV, gates: Tensor) -> Trimmed:
        """With the tokens that were just read."""
        count = gates.shape[-1]
        born = torch.arange(kv.end - count, kv.end).expand(*gates.shape[:2], -1)
        gate = gates if self.gate is None else torch.cat([self.gate, gates], -1)
        birth = born if self.born is None else torch.cat([self.born, born], -1)
        return Trimmed(kv, gate, birth, max(self.largest, len(kv)))

    def trimmed(self, most: int) -> Trimmed:
        """Without the tokens whose retention log beta * age is least, for each head."""
        if self.kv is None or self.gate is None or self.born is None or len(self.kv) <= most:
            return self
        age = self.kv.end - self.born
        keep = (self.gate * age).topk(most, -1).indices.sort(-1).values
        return Trimmed(self.kv.pick(keep), self.gate.gather(-1, keep), self.born.gather(-1, keep), self.largest)


def crossing(older: float, younger: float, apart: int) -> float:
    """Age of the younger token at which an older one with slower fading overtakes it: log beta's times ages are equal.

    older and younger are betas; apart is how many tokens lie between: younger^a = older^(a + apart).
    """
    return apart * math.log(older) / (math.log(younger) - math.log(older))


def fit(
    gate: Retention, batches: Sequence[tuple[Tensor, Tensor]], *, most: int, lr: float = 0.05, weigh: float = 1.0
) -> list[float]:
    """Train the gates alone: KL to the model with full attention on scored tokens, and the capacity loss."""
    model = gate._model[0]
    optimiser = torch.optim.Adam(gate.parameters(), lr=lr)
    told = []
    for ids, scored in batches:
        keep = scored[:, 1:]
        with torch.no_grad():
            teacher = model.forward(ids).logits[:, :-1][keep].log_softmax(-1)
        laid = gate.soft()
        student = model.forward(ids).logits[:, :-1][keep].log_softmax(-1)
        for handle in laid:
            handle.detach()
        loss = F.kl_div(student, teacher, reduction="batchmean", log_target=True) + weigh * gate.crowding(most)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        told.append(float(loss.detach()))
    return told
