"""Hierarchical NSE: reads, composes and writes one slot memory per sentence and one per document.

r = LSTM(x); z = softmax(r M); m = z M; c = MLP([r; m]); M <- M (1 - z) + c z: what is read is what is written.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.layer import Layer, State, layer


class ReadComposeWrite(nn.Module):
    """One semantic encoder: an LSTM that asks, a network that composes; its memory is given and returned."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.ask, self.compose = nn.LSTMCell(dim, dim), nn.Linear(2 * dim, dim)

    def forward(self, x: Tensor, h: Tensor, c: Tensor, slots: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """x, h, c: [B, dim], slots: [B, N, dim] -> composed, h, c, slots, weights z: [B, N] of sum one."""
        h, c = self.ask(x, (h, c))
        z = (slots @ h[..., None])[..., 0].softmax(-1)
        composed = torch.tanh(self.compose(torch.cat([h, (z[..., None] * slots).sum(1)], -1)))
        slots = slots * (1 - z[..., None]) + composed[:, None] * z[..., None]
        return composed, h, c, slots, z


@layer("nse")
class NSE(Layer):
    """Sentences of `sentence` tokens; `highlight` points at the sentences of the document."""

    sentence: int = 8

    def build(self) -> None:
        self.words, self.sentences = ReadComposeWrite(self.dim), ReadComposeWrite(self.dim)
        self.point = nn.Linear(self.dim, self.dim, bias=False)
        self.to_out = nn.Linear(2 * self.dim, self.dim, bias=False)

    def init_state(self, batch: int) -> State:
        none, zero = self.zeros(batch, 0, self.dim), self.zeros(batch, self.dim)
        return {"words": none, "document": none, "h": zero, "c": zero, "dh": zero, "dc": zero}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        words, document, h, c, dh, dc = (state[n].to(x.dtype) for n in ("words", "document", "h", "c", "dh", "dc"))
        out = []
        for t in range(x.shape[1]):
            words = torch.cat([words, x[:, t : t + 1]], 1)
            composed, h, c, words, _ = self.words(x[:, t], h, c, words)
            if words.shape[1] == self.sentence:
                document = torch.cat([document, composed[:, None]], 1)
                _, dh, dc, document, _ = self.sentences(composed, dh, dc, document)
                words = words[:, :0]
            told = torch.zeros_like(composed)
            if document.shape[1]:
                told = F.scaled_dot_product_attention(h[:, None], document, document)[:, 0]
            out.append(torch.cat([composed, told], -1))
        new = {"words": words, "document": document, "h": h, "c": c, "dh": dh, "dc": dc}
        return self.to_out(torch.stack(out, 1)), new

    def highlight(self, state: State) -> Tensor:
        """Log-probability of each sentence so far to be the highlight: [B, sentences]."""
        logits: Tensor = (self.point(state["document"]) @ state["dh"][..., None])[..., 0]
        return logits.log_softmax(-1)

    def state_size(self, length: int = 0) -> int:
        return super().state_size() + (length // self.sentence + length % self.sentence) * self.dim
