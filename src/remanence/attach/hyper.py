"""HY-WU: a network that reads a fact and writes its weights: one forward pass a request, nothing kept between them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from remanence.attach.model import Hook, Model, Place
from remanence.attach.rome import Fact, keys_of
from remanence.attach.side import Side, beside


class HyperWrite(Side):
    """Maps a fact - the subject's state and the value's embedding - to a rank-one write beside one layer:

        y + s(x) d,   s(x) = u . x / (u . k)  where that passes one half,   d = net(key, value)

    Trained once to give the deltas that ROME's optimisation finds (amortised); afterwards `request` costs one pass.
    Each request stands alone: it replaces what was attached, and two requests share no state.
    """

    def __init__(self, model: Model, layer: int, whiten: Tensor, *, hidden: int = 128, seed: int = 0) -> None:
        super().__init__(model)
        torch.manual_seed(seed)
        self.layer = layer
        self.register_buffer("whiten", whiten.float())
        inner, width = whiten.shape[0], model.shape.width
        self.net = nn.Sequential(nn.Linear(2 * width, hidden), nn.SiLU(), nn.Linear(hidden, width))
        self.skip = nn.Linear(width, width, bias=False)
        self._probes, self._deltas = torch.zeros(0, inner), torch.zeros(0, width)

    def hooks(self) -> dict[Place, Hook]:
        return beside(self.layer, "ffn_mid", self._opened)

    def _opened(self, y: Tensor, x: Tensor) -> Tensor:
        if not len(self._probes):
            return y
        fit = (x @ self._probes.T).max(-1)
        return torch.where((fit.values > 0.5)[..., None], y + self._deltas[fit.indices], y)

    def deltas(self, facts: Sequence[Fact]) -> Tensor:
        """What the network writes for facts, [N, W]; differentiable."""
        state, value = self._conditions(facts)
        made: Tensor = self.net(torch.cat([state, value], -1)) + self.skip(value)
        return made

    def _conditions(self, facts: Sequence[Fact]) -> tuple[Tensor, Tensor]:
        state = torch.stack([keys_of(self.model, self.layer, f.wordings, "resid").mean(0) for f in facts]).float()
        table = self.model.embeddings()
        value = torch.stack([table[torch.tensor(f.wordings[0].target)].float().mean(0) for f in facts])
        return state, value * table.shape[1] ** 0.5

    def learn(self, facts: Sequence[Fact], wanted: Tensor, *, steps: int = 300, lr: float = 3e-3) -> list[float]:
        """Fit deltas that were found by optimisation, once for all later requests."""
        state, value = self._conditions(facts)
        optimiser = torch.optim.Adam(self.parameters(), lr=lr, weight_decay=1e-4)
        told = []
        for _ in range(steps):
            made = self.net(torch.cat([state, value], -1)) + self.skip(value)
            loss = (made - wanted).square().mean() / wanted.square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            told.append(float(loss.detach()))
        return told

    @torch.no_grad()
    def request(self, facts: Sequence[Fact]) -> None:
        """Write these facts and only these, in one forward pass of the network, without an optimiser."""
        on = bool(self._laid)
        self.detach()
        keys = torch.stack([keys_of(self.model, self.layer, fact.wordings).mean(0) for fact in facts]).float()
        probes = keys @ self.get_buffer("whiten")
        self._probes = probes / (probes * keys).sum(-1, keepdim=True)
        self._deltas = self.deltas(facts)
        if on:
            self.attach()

    def clear(self) -> None:
        """Back to the base: no request stands."""
        self._probes, self._deltas = self._probes[:0], self._deltas[:0]
