"""MSA: a stream of documents; a router picks a few whole documents per query and their pooled keys are read.

Documents have positions of their own, so their order does not matter; rounds of reading feed the next routing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import rotary, split, unit
from remanence.neural.heads import CacheLayer
from remanence.neural.kernels.block_attention import Blocks, block_attention
from remanence.neural.layer import State, layer
from remanence.neural.paging import pages, pick


@layer("msa")
class MSA(CacheLayer):
    """Documents of `document` tokens, stored as means over `pool` tokens; the best `picks` (None: all) are read.

    rounds: how often a token routes and reads; each round asks with what the last one read added.
    route_loss: weight of `extra_loss`, which teaches the router where unrestricted attention would go.
    """

    document: int = 8
    pool: int = 2
    picks: int | None = 2
    rounds: int = 1
    route_loss: float = 0.1

    def build(self) -> None:
        if self.document % self.pool:
            raise InvalidInput(f"document={self.document} must be a multiple of pool={self.pool}")
        super().build()
        self.to_route = nn.Linear(self.dim, 2 * self.heads * self.read.key, bias=False)

    def init_state(self, batch: int) -> State:
        heads, key = self.read.heads, self.read.key
        none = {n: self.zeros(batch, 0, heads, key) for n in ("k", "router")}
        none["v"] = self.zeros(batch, 0, heads, self.read.value)
        return {"documents": none, "present": dict(none), "read": self._fresh(batch)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        documents, present, read = state["documents"], state["present"], state["read"]
        out, taught, t = [], [], 0
        while t < x.shape[1]:
            piece = x[:, t : t + self.document - present["k"].shape[1]]
            y, present, read, lesson = self._document(piece, documents, present, read)
            out.append(y)
            taught.append(lesson)
            t += piece.shape[1]
            if present["k"].shape[1] == self.document:
                stored = {**present, "k": self._turn(present["k"], 0)}
                pooled = {n: pages(part, self.pool).mean(2) for n, part in stored.items()}
                documents = {n: torch.cat([documents[n], pooled[n]], 1) for n in documents}
                present = {n: part[:, :0] for n, part in present.items()}
                read = self._fresh(x.shape[0])
        self.extra_loss = self.route_loss * torch.stack(taught).sum() / x.shape[1]
        return torch.cat(out, 1), {"documents": documents, "present": present, "read": read}

    def route(self, x: Tensor, router: Tensor) -> Tensor:
        """Score all documents for tokens x: [B, T, dim], router: [B, N * P, H, K] -> [B, T, N] cosines."""
        asked = unit(split(self.to_route(x).chunk(2, -1)[0], self.read.heads))
        near = torch.einsum("bthk,bnhk->btn", asked, unit(router)) / self.read.heads
        return near.reshape(*near.shape[:2], -1, self.document // self.pool).amax(-1)

    def _document(
        self, x: Tensor, documents: State, present: State, read: State
    ) -> tuple[Tensor, State, State, Tensor]:
        """A stretch inside one document: answers, the present document, convolution state, router loss."""
        size, already = documents["k"].shape[1], present["k"].shape[1]
        asked, lesson, read = x, x.new_zeros(()), dict(read)
        for n in range(self.rounds):
            q, k, v, read[str(n)] = self.read(asked, read[str(n)])
            if n == 0:
                router = split(self.to_route(x).chunk(2, -1)[1], self.read.heads)
                new = {"k": k, "router": unit(router), "v": v}
                present = {name: torch.cat([present[name].to(x.dtype), part], 1) for name, part in new.items()}
            q = self._turn(q, already + (self.picks or 0))
            keys = torch.cat([documents["k"].to(x.dtype), self._turn(present["k"], self.picks or 0)], 1)
            values = torch.cat([documents["v"].to(x.dtype), present["v"]], 1)
            index = self._present(x.shape[0], size, already + x.shape[1], x.shape[1], x.device)
            if size:
                scores = self.route(asked, documents["router"].to(x.dtype))
                lesson = lesson + self._lesson(q, keys[:, :size], scores)
                index = torch.cat([pick(scores, self.picks)[1], index], -1)
            blocks = Blocks(index[:, :, None].expand(-1, -1, self.heads, -1), self.document // self.pool)
            old = {"k": keys[:, : size + already], "v": values[:, : size + already]}
            new_k, new_v = keys[:, size + already :], values[:, size + already :]
            o, _ = block_attention(q, new_k, new_v, state=old, blocks=blocks)
            y: Tensor = self.out(o, x)
            asked = x + y
        return y, present, read, lesson

    def _present(self, batch: int, size: int, held: int, time: int, device: torch.device) -> Tensor:
        """The blocks of the present document, which follow the `size` pooled keys of the documents: [B, T, n]."""
        per = self.document // self.pool
        return torch.arange(size // per, -(-(size + held) // per), device=device).expand(batch, time, -1)

    def _fresh(self, batch: int) -> State:
        """What the convolution still sees, in each round: the rounds read different tokens."""
        return {str(n): self.read.init_state(batch) for n in range(self.rounds)}

    def _lesson(self, q: Tensor, k: Tensor, scores: Tensor) -> Tensor:
        """Cross entropy of the router against where attention over all documents goes, summed over tokens."""
        if not (self.training and torch.is_grad_enabled()):
            return q.new_zeros(())
        logits = self.read.key**-0.5 * torch.einsum("bthk,bnhk->bthn", q, k).detach()
        goes = logits.softmax(-1).mean(2).reshape(*scores.shape, -1).sum(-1)
        loss: Tensor = -(goes * (10 * scores).log_softmax(-1)).sum(-1).mean(0).sum()
        return loss

    def _turn(self, x: Tensor, first: int) -> Tensor:
        return rotary(x, torch.full((x.shape[0],), first, device=x.device)) if self.turned else x

    def state_size(self, length: int = 0) -> int:
        kept = length // self.document * (self.document // self.pool) + length % self.document
        return super().state_size() + kept * self.read.heads * (2 * self.read.key + self.read.value)
