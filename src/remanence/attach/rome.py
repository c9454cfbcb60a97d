"""ROME and MEMIT: facts written in closed form beside one feed-forward matrix, so that they come off again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.model import Hook, Model, Place, Seen
from remanence.attach.side import Example, Side, beside, padded
from remanence.errors import InvalidInput


@torch.no_grad()
def second_moment(model: Model, layer: int, texts: Sequence[Sequence[int]]) -> Tensor:
    """C = E[k k^T] [F, F] in float64 over the inputs of a layer's down projection: what a write must not disturb."""
    total, count = torch.zeros(0), 0
    for ids in texts:
        keys = model.forward(torch.tensor([list(ids)]), watch=[(layer, "ffn_mid")], keep=1).seen[layer, "ffn_mid"][0]
        wide = keys.double()
        total = wide.T @ wide if not count else total + wide.T @ wide
        count += len(wide)
    if not count:
        raise InvalidInput("give at least one text to protect")
    return total / count


@torch.no_grad()
def keys_of(model: Model, layer: int, examples: Sequence[Example], place: str = "ffn_mid") -> Tensor:
    """What stands at the last subject token of each example, [N, F] in float64."""
    ids, _ = padded(examples)
    seen = model.forward(ids, watch=[(layer, place)], keep=1).seen[layer, place]
    return seen[torch.arange(len(examples)), torch.tensor([e.subject % len(e.prompt) for e in examples])].double()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in several wordings (examples with one target and one source), to be written as one."""

    wordings: tuple[Example, ...]

    @property
    def source(self) -> str:
        return self.wordings[0].source


@dataclass(frozen=True, slots=True)
class Search:
    """How a value is looked for: Adam with `lr` for `steps`, until every wording costs less than `enough` nats.

    NLL(target) + essence * KL(subject alone) + decay * |delta|^2 / |v|^2, |delta| <= longest * |v|.
    """

    steps: int = 25
    lr: float = 0.5
    decay: float = 0.5
    essence: float = 0.0625
    longest: float = 4.0
    enough: float = 0.05


def values_of(model: Model, layer: int, facts: Sequence[Fact], **knobs: Any) -> tuple[Tensor, Tensor]:
    """(v, delta) [N, W]: the output at the subject token, and what added to it makes the fact true in all wordings.

    Meng et al. 2022; `knobs` are those of `Search`. All facts at once: each has a delta of its own and stops by
    itself, so they do not mix.
    """
    how = Search(**knobs)
    examples = [e for fact in facts for e in fact.wordings]
    owner = torch.tensor([n for n, fact in enumerate(facts) for _ in fact.wordings])
    ids, scored = padded(examples)
    spots = (torch.arange(len(examples)), torch.tensor([e.subject % len(e.prompt) for e in examples]))
    with torch.no_grad():
        plain = model.forward(ids, watch=[(layer, "ffn_out")])
    first = torch.tensor([int((owner == n).nonzero()[0]) for n in range(len(facts))])
    v = plain.seen[layer, "ffn_out"][spots][first].float()
    before = plain.logits[spots].log_softmax(-1)
    delta = torch.zeros_like(v, requires_grad=True)
    optimiser = torch.optim.Adam([delta], lr=how.lr)

    def add(x: Tensor, _: Seen) -> Tensor:
        moved = torch.zeros_like(x)
        moved[spots] = delta[owner].to(x.dtype)
        return x + moved

    settled = torch.zeros(len(facts), dtype=torch.bool)
    share = torch.tensor([1 / len(fact.wordings) for fact in facts])[owner]
    for _ in range(how.steps):
        with model.attach((layer, "ffn_out"), add):
            logits = model.forward(ids).logits
        each = _missed(logits, ids, scored)
        settled = settled | torch.stack([each.detach()[owner == n].max() < how.enough for n in range(len(facts))])
        if bool(settled.all()):
            break
        held = delta.detach()[settled].clone()
        drift = F.kl_div(logits[spots].log_softmax(-1), before, reduction="none", log_target=True).sum(-1)
        size = delta.norm(dim=-1) / v.norm(dim=-1).clamp_min(1e-6)
        loss = ((each + how.essence * drift) * share).sum() + (how.decay * size.square()).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            delta[settled] = held
            bound = how.longest * v.norm(dim=-1, keepdim=True)
            delta *= (bound / delta.norm(dim=-1, keepdim=True).clamp_min(1e-9)).clamp_max(1)
    return v, delta.detach()


def _missed(logits: Tensor, ids: Tensor, scored: Tensor) -> Tensor:
    """Mean NLL of each row's scored tokens, [N]."""
    keep = scored[:, 1:]
    miss = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none") * keep
    return miss.sum(1) / keep.sum(1).clamp_min(1)


class ClosedForm(Side):
    """A linear associative memory beside one down projection W: y = W k + D k.

    `write` keeps the list of (key, delta, source) and solves D for all of them at once in float64:
    D = R K^T (lam C + K K^T)^-1 (MEMIT); with one fact and lam -> 0 it is ROME's rank-one write.
    `forget` strikes facts out and solves again from the kept list, so that nothing of them is left in D.
    """

    def __init__(self, model: Model, layer: int, moment: Tensor, *, lam: float = 1.0) -> None:
        super().__init__(model)
        self.layer, self.moment, self.lam = layer, moment, lam
        width = moment.shape[0]
        self.keys, self.values = torch.zeros(0, width, dtype=torch.float64), torch.zeros(0, model.shape.width)
        self.names: list[str] = []
        self.register_buffer("delta", torch.zeros(model.shape.width, width))

    def hooks(self) -> dict[Place, Hook]:
        def add(y: Tensor, x: Tensor) -> Tensor:
            return y + F.linear(x.float(), self.get_buffer("delta")).to(y.dtype)

        return beside(self.layer, "ffn_mid", add)

    def write(self, facts: Sequence[Fact], **knobs: Any) -> None:
        """Add facts; keys are means over their wordings, values are optimised with the memory off."""
        on = bool(self._laid)
        self.detach()
        keys = torch.stack([keys_of(self.model, self.layer, fact.wordings).mean(0) for fact in facts])
        _, delta = values_of(self.model, self.layer, facts, **knobs)
        self.put(keys, delta, [fact.source for fact in facts])
        if on:
            self.attach()

    def put(self, keys: Tensor, delta: Tensor, sources: Sequence[str]) -> None:
        """Add keys [N, F] whose outputs shall move by delta [N, W]."""
        start = len(self.names)
        self.keys = torch.cat([self.keys, keys.double()])
        self.values = torch.cat([self.values, delta.float()])
        self.names += list(sources)
        for number, source in enumerate(sources):
            self.ledger.note(source, [start + number])
        self._solve()

    def forget(self, sources: Sequence[str]) -> int:
        """Solve again without some items; how many facts went. The same as never having written them."""
        kept = [n for n, name in enumerate(self.names) if name not in set(sources)]
        gone = len(self.names) - len(kept)
        self.keys, self.values = self.keys[kept], self.values[kept]
        self.names = [self.names[n] for n in kept]
        self.ledger.writes.clear()
        for number, name in enumerate(self.names):
            self.ledger.note(name, [number])
        self._solve()
        return gone

    def _solve(self) -> None:
        delta = self.get_buffer("delta")
        delta.zero_()
        if len(self.names):
            k = self.keys.T
            system = self.lam * self.moment + k @ k.T + 1e-8 * torch.eye(len(k), dtype=torch.float64)
            delta.copy_((self.values.double().T @ torch.linalg.solve(system, k).T).float())
