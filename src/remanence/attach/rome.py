"""ROME and MEMIT: facts written in closed form beside one feed-forward matrix, so that they come off again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.model import KV, Hook, Model, Out, Place
from remanence.attach.side import Example, Side, beside, padded
from remanence.errors import InvalidInput


@torch.no_grad()
def second_moments(
    model: Model, layers: Sequence[int], texts: Sequence[Sequence[int]], place: str = "ffn_mid"
) -> dict[int, Tensor]:
    """C = E[k k^T] [F, F] in float64 over the inputs of each layer's down projection: what a write must not disturb."""
    total: dict[int, Tensor] = {}
    count = 0
    watch: list[Place] = [(layer, place) for layer in layers]
    for ids in texts:
        seen = model.forward(torch.tensor([list(ids)]), watch=watch, keep=1).seen
        for at in watch:
            wide = seen[at][0].double()
            total[at[0]] = wide.T @ wide + total.get(at[0], torch.zeros((), dtype=torch.float64))
        count += len(ids)
    if not count:
        raise InvalidInput("give at least one text to protect")
    return {layer: moment / count for layer, moment in total.items()}


def second_moment(model: Model, layer: int, texts: Sequence[Sequence[int]]) -> Tensor:
    """The same of one layer."""
    return second_moments(model, (layer,), texts)[layer]


@torch.no_grad()
def keys_of(model: Model, layer: int, examples: Sequence[Example], place: str = "ffn_mid") -> Tensor:
    """What stands at the last subject token of each example, [N, F] in float64."""
    ids, _ = padded(examples)
    seen = model.forward(ids, watch=[(layer, place)], keep=1).seen[layer, place]
    return seen[torch.arange(len(examples)), torch.tensor([e.subject % len(e.prompt) for e in examples])].double()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in several wordings (examples with one target and one source), to be written as one.

    `asides` are other things that are asked about the subject, without targets: what is said there should stay.
    """

    wordings: tuple[Example, ...]
    asides: tuple[Example, ...] = ()

    @property
    def source(self) -> str:
        return self.wordings[0].source


@dataclass(frozen=True, slots=True)
class Search:
    """How a value is looked for: Adam with `lr` for `steps`, until every wording costs less than `enough` nats.

    NLL(target) + essence * KL(subject alone) + decay * |delta|^2 / |v|^2 + stay * KL(asides), |delta| <= longest * |v|.
    """

    steps: int = 25
    lr: float = 0.5
    decay: float = 0.5
    essence: float = 0.0625
    longest: float = 4.0
    enough: float = 0.05
    stay: float = 3.0


@dataclass(frozen=True, slots=True)
class Tails:
    """Examples from their last subject token on, behind what stands before it, which is read once.

    What is added at the subject moves nothing earlier, so a search passes over some six tokens an example and not
    over all. Fronts of unequal length are filled up on the left and hidden there.
    """

    kv: KV | None
    shown: Tensor  # [N, P]: which places of kv are tokens of the example
    ids: Tensor  # [N, T]
    scored: Tensor  # [N, T]

    @classmethod
    def of(cls, model: Model, examples: Sequence[Example]) -> Tails:
        """Read the fronts of all examples."""
        spots = [e.subject % len(e.prompt) for e in examples]
        ids, scored = padded([Example(e.prompt[spot:], e.target) for e, spot in zip(examples, spots, strict=True)])
        width = max(spots)
        shown = torch.arange(width) >= width - torch.tensor(spots)[:, None]
        front = torch.zeros(len(examples), width, dtype=torch.long)
        for row, (example, spot) in enumerate(zip(examples, spots, strict=True)):
            front[row, width - spot :] = torch.tensor(example.prompt[:spot], dtype=torch.long)
        if not width:
            return cls(None, shown, ids, scored)
        mask = (shown[:, None, :] | torch.eye(width, dtype=torch.bool))[:, None]  # what fills up sees itself
        return cls(model.forward(front, mask=mask, keep=1).kv, shown, ids, scored)

    def rows(self, index: Tensor) -> Tails:
        """Some of the examples."""
        kv = self.kv
        if kv is not None:
            kv = KV(tuple(k[index] for k in kv.keys), tuple(v[index] for v in kv.values), kv.end)
        return Tails(kv, self.shown[index], self.ids[index], self.scored[index])

    def read(self, model: Model, watch: Sequence[Place] = ()) -> Out:
        """The tails after their fronts; the subject's last token is the first."""
        own = torch.ones(len(self.ids), 1, self.ids.shape[1], self.ids.shape[1], dtype=torch.bool)
        front = self.shown[:, None, None].expand(-1, -1, self.ids.shape[1], -1)
        return model.forward(self.ids, self.kv, mask=torch.cat([front, own], -1), watch=watch)

    def missed(self, logits: Tensor) -> Tensor:
        """Mean NLL of each example's target tokens, [N]."""
        keep = self.scored[:, 1:]
        miss = F.cross_entropy(logits[:, :-1][keep], self.ids[:, 1:][keep], reduction="none")
        owner = keep.nonzero()[:, 0]
        return logits.new_zeros(len(self.ids)).index_add(0, owner, miss) / keep.sum(1).clamp_min(1)


def _at_first(moved: Tensor) -> Hook:
    """Add [N, W] to the first token of each row."""
    return lambda x, _: torch.cat([x[:, :1] + moved[:, None].to(x.dtype), x[:, 1:]], 1)


class _Asides:
    """What is said after a subject in other connections: how far it drifts when something is added at the subject."""

    def __init__(self, model: Model, facts: Sequence[Fact]) -> None:
        examples = [e for fact in facts for e in fact.asides]
        self.owner = torch.tensor([n for n, fact in enumerate(facts) for _ in fact.asides], dtype=torch.long)
        self.share = torch.tensor([1 / len(facts[int(n)].asides) for n in self.owner])
        if examples:
            self.tails = Tails.of(model, examples)
            lengths = torch.tensor([len(e.prompt) - e.subject % len(e.prompt) for e in examples])
            self.told = torch.arange(self.tails.ids.shape[1]) < lengths[:, None]
            self.before = self.tails.read(model).logits.log_softmax(-1)

    def drift(self, model: Model, layer: int, delta: Tensor, open_: Tensor) -> Tensor:
        """Mean KL of the open facts' asides from what they were, summed over the facts."""
        rows = open_[self.owner].nonzero()[:, 0]
        if not len(rows):
            return delta.new_zeros(())
        with model.attach((layer, "ffn_out"), _at_first(delta[self.owner[rows]])):
            now = self.tails.rows(rows).read(model).logits.log_softmax(-1)
        each = F.kl_div(now, self.before[rows], reduction="none", log_target=True).sum(-1) * self.told[rows]
        return (each.sum(1) / self.told[rows].sum(1) * self.share[rows]).sum()


def values_of(model: Model, layer: int, facts: Sequence[Fact], **knobs: Any) -> tuple[Tensor, Tensor]:
    """(v, delta) [N, W]: the output at the subject token, and what added to it makes the fact true in all wordings.

    Meng et al. 2022; `knobs` are those of `Search`. All facts at once: each has a delta of its own and stops by
    itself, so they do not mix.
    """
    how = Search(**knobs)
    owner = torch.tensor([n for n, fact in enumerate(facts) for _ in fact.wordings])
    share = torch.tensor([1 / len(fact.wordings) for fact in facts])[owner]
    first = torch.tensor([int((owner == n).nonzero()[0]) for n in range(len(facts))])
    with torch.no_grad():
        tails = Tails.of(model, [e for fact in facts for e in fact.wordings])
        plain = tails.read(model, watch=[(layer, "ffn_out")])
        asides = _Asides(model, facts)
    v = plain.seen[layer, "ffn_out"][first, 0].float()
    before = plain.logits[:, 0].log_softmax(-1)
    delta = torch.zeros_like(v, requires_grad=True)
    optimiser = torch.optim.Adam([delta], lr=how.lr)
    bound = how.longest * v.norm(dim=-1, keepdim=True)
    open_ = torch.ones(len(facts), dtype=torch.bool)
    for _ in range(how.steps):
        rows = open_[owner].nonzero()[:, 0]
        here = tails.rows(rows)
        with model.attach((layer, "ffn_out"), _at_first(delta[owner[rows]])):
            logits = here.read(model).logits
        each = here.missed(logits)
        worst = torch.zeros(len(facts)).scatter_reduce(0, owner[rows], each.detach(), "amax")
        open_ = open_ & (worst >= how.enough)
        if not bool(open_.any()):
            break
        drift = F.kl_div(logits[:, 0].log_softmax(-1), before[rows], reduction="none", log_target=True).sum(-1)
        size = delta.norm(dim=-1) / v.norm(dim=-1).clamp_min(1e-6)
        loss = ((each + how.essence * drift) * share[rows]).sum() + (how.decay * size.square()).sum()
        loss = loss + how.stay * asides.drift(model, layer, delta, open_)
        optimiser.zero_grad()
        loss.backward()
        held = delta.detach().clone()
        optimiser.step()
        with torch.no_grad():
            delta.copy_(torch.where(open_[:, None], delta, held))
            delta.mul_((bound / delta.norm(dim=-1, keepdim=True).clamp_min(1e-9)).clamp_max(1))
    return v, delta.detach()


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
        with self.off():
            keys = torch.stack([keys_of(self.model, self.layer, fact.wordings).mean(0) for fact in facts])
            _, delta = values_of(self.model, self.layer, facts, **knobs)
            self.put(keys, delta, [fact.source for fact in facts])

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
        self.ledger.renumber(self.names)
        self._solve()
        return gone

    def _solve(self) -> None:
        delta = self.get_buffer("delta")
        delta.zero_()
        if len(self.names):
            k = self.keys.T
            system = self.lam * self.moment + k @ k.T + 1e-8 * torch.eye(len(k), dtype=torch.float64)
            delta.copy_((self.values.double().T @ torch.linalg.solve(system, k).T).float())


@torch.no_grad()
def spread(
    model: Model, layers: Sequence[int], moments: Mapping[int, Tensor], facts: Sequence[Fact], delta: Tensor,
    *, lam: float = 1.0,
) -> tuple[ClosedForm, ...]:  # fmt: skip
    """MEMIT over several layers, detached: each takes its share of what is still missing of `delta` [N, W] in the
    stream after the last, measured with the layers before it written (Meng et al. 2023)."""
    last, examples = layers[-1], [e for fact in facts for e in fact.wordings]
    owner = torch.tensor([n for n, fact in enumerate(facts) for _ in fact.wordings])
    many = torch.bincount(owner).double()[:, None]

    def mean(layer: int, place: str) -> Tensor:
        each = keys_of(model, layer, examples, place)
        return each.new_zeros(len(facts), each.shape[1]).index_add(0, owner, each) / many

    plain = mean(last, "resid")
    made: list[ClosedForm] = []
    with ExitStack() as attached:
        for number, layer in enumerate(layers):
            missing = plain + delta.double() - mean(last, "resid")
            memory = ClosedForm(model, layer, moments[layer], lam=lam)
            memory.put(mean(layer, "ffn_mid"), missing / (len(layers) - number), [fact.source for fact in facts])
            attached.enter_context(memory)
            made.append(memory)
    return tuple(made)
