"""CMT: documents as a few latent tokens in a bank beside a frozen model; a question reads the best of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.codebook import Codebook, packed
from remanence.attach.model import KV, Model
from remanence.attach.side import Example, Ledger
from remanence.errors import InvalidInput, NotFound


class LatentBank(nn.Module):
    """Each document becomes `tokens` vectors in front of the model's input, found by gradient descent so that what
    follows from the document follows from them; a question reads the `top` documents whose key is nearest to it
    (Li et al. 2025; as MBC with a `codebook`, which stores codes in their place).

    The model's weights never change. What a question costs is top * tokens positions, whatever the bank holds.
    """

    def __init__(self, model: Model, *, tokens: int = 4, top: int = 1, codebook: Codebook | None = None) -> None:
        super().__init__()
        self._model = [model]
        self.tokens, self.top, self.codebook = tokens, top, codebook
        self.latents: dict[str, Tensor] = {}
        self.keys: dict[str, Tensor] = {}
        self.ledger = Ledger()

    def write(
        self, source: str, document: Sequence[int], lessons: Sequence[Example], *, steps: int = 60, lr: float = 0.03
    ) -> float:
        """Compress a document: its latents start at means of its own embeddings and learn to give what the document
        gives after each lesson's prompt (KL to the model that has read it). The last loss."""
        model = self._model[0]
        table = model.embeddings()
        own = table[torch.tensor(list(document))].float()
        parts = torch.tensor_split(own, self.tokens) if len(own) >= self.tokens else [own] * self.tokens
        latent = nn.Parameter(torch.stack([part.mean(0) for part in parts]))
        with torch.no_grad():
            wanted = [self._after(model.forward(torch.tensor([list(document)])).kv, e) for e in lessons]
        optimiser = torch.optim.Adam([latent], lr=lr)
        loss = torch.tensor(0.0)
        for _ in range(steps):
            kv = model.forward(latent[None].to(table.dtype)).kv
            loss = torch.stack(
                [
                    F.kl_div(self._after(kv, e), p, reduction="batchmean", log_target=True)
                    for e, p in zip(lessons, wanted, strict=True)
                ]
            ).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        made = latent.detach()
        if self.codebook is not None:
            made = self.codebook.decode(self.codebook.encode(made))
        self.latents[source], self.keys[source] = made, F.normalize(own.mean(0), dim=0)
        self.ledger.note(source, [len(self.latents) - 1])
        return float(loss.detach())

    def _after(self, kv: KV, lesson: Example) -> Tensor:
        ids = torch.tensor([[*lesson.prompt, *lesson.target]])
        return self._model[0].forward(ids, kv).logits[0, len(lesson.prompt) - 1 : -1].log_softmax(-1)

    def chosen(self, prompt: Sequence[int]) -> list[str]:
        """The documents that a question reads."""
        if not self.latents:
            raise InvalidInput("the bank is empty")
        asked = F.normalize(self._model[0].embeddings()[torch.tensor(list(prompt))].float().mean(0), dim=0)
        order = sorted(self.keys, key=lambda name: -float(self.keys[name] @ asked))
        return order[: self.top]

    def read(self, prompt: Sequence[int]) -> Tensor:
        """Logits after a question with its documents' latents before it, [V]."""
        model = self._model[0]
        table = model.embeddings()
        front = torch.cat([self.latents[name] for name in self.chosen(prompt)])
        inputs = torch.cat([front.to(table.dtype), table[torch.tensor(list(prompt))]])
        with torch.no_grad():
            return model.forward(inputs[None], keep=1).logits[0, -1]

    def forget(self, source: str) -> None:
        """Drop a document; the others stay bit for bit."""
        if source not in self.latents:
            raise NotFound(f"no document {source!r} in the bank")
        del self.latents[source], self.keys[source]
        self.ledger.drop(source)

    def stored(self, source: str) -> bytes:
        """A document as codes: tokens * bits, rounded up to bytes. Needs a codebook."""
        if self.codebook is None:
            raise InvalidInput("without a codebook a document is kept as floats")
        return packed(self.codebook.encode(self.latents[source]), self.codebook.bits)
