"""How a model finds the value bound to an entity in its context: by position, by key, or by the value's own pointer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from remanence.attach.model import Model
from remanence.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Bound:
    """A list of (key, value) groups in a context and a question about one: how they become ids."""

    groups: tuple[tuple[int, int], ...]
    render: Callable[[Sequence[tuple[int, int]]], list[int]]
    ask: Callable[[int], list[int]]


@dataclass(frozen=True, slots=True)
class Trial:
    """An interchange: the state at `place` of a list with other keys and values in other places was put into this one.

    The three mechanisms would answer group `positional`, `lexical` or `reflexive`; `told` is the model's
    distribution over the groups' values, [n].
    """

    positional: int
    lexical: int
    reflexive: int
    told: Tensor


@torch.no_grad()
def interchange(model: Model, layer: int, base: Bound, other: Bound, about: int, asked: int) -> Trial:
    """Ask `base` about its group `asked`, with the last token's stream after `layer` taken from `other` asked about
    its group `about`.

    A patched position points at group `about` of base (positional); a patched key at the base group with the same
    key as other's (lexical); a patched pointer to the value at the base group with the same value (reflexive).
    """
    keys, values = [k for k, _ in base.groups], [v for _, v in base.groups]
    key, value = other.groups[about]
    source = [*other.render(other.groups), *other.ask(key)]
    state = model.forward(torch.tensor([source]), watch=[(layer, "resid")], keep=1).seen[layer, "resid"][:, -1]

    def put(x: Tensor, _: object) -> Tensor:
        x = x.clone()
        x[:, -1] = state
        return x

    ids = torch.tensor([[*base.render(base.groups), *base.ask(keys[asked])]])
    with model.attach((layer, "resid"), put):
        logits = model.forward(ids, keep=1).logits[0, -1]
    told = logits[torch.tensor(values)].softmax(-1)
    lexical = keys.index(key) if key in keys else asked
    reflexive = values.index(value) if value in values else asked
    return Trial(about, lexical, reflexive, told)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Weights of the three mechanisms and the width of the positional one: softmax over groups of

        w_pos * exp(-(i - i_pos)^2 / 2 sigma^2) + w_lex [i = i_lex] + w_ref [i = i_ref]

    (Gur-Arieh et al. 2025; sigma one number, where the paper lets it widen to the middle).
    """

    positional: float
    lexical: float
    reflexive: float
    sigma: float

    def predict(self, trial: Trial) -> Tensor:
        """The distribution over groups that these weights expect."""
        where = torch.arange(len(trial.told), dtype=torch.float32)
        score = self.positional * torch.exp(-((where - trial.positional) ** 2) / (2 * self.sigma**2))
        score[trial.lexical] += self.lexical
        score[trial.reflexive] += self.reflexive
        return score.softmax(-1)


def fit(trials: Sequence[Trial], *, only: str = "", steps: int = 300) -> tuple[Mixture, float]:
    """The weights that predict trials best, and 1 - the mean Jensen-Shannon distance (in bits) that is left.

    `only="positional"` fits the prevailing view, position alone: the control.
    """
    if not trials:
        raise InvalidInput("nothing to fit")
    raw = torch.zeros(4, requires_grad=True)
    mask = torch.tensor([1.0, 0.0, 0.0, 1.0]) if only == "positional" else torch.ones(4)
    optimiser = torch.optim.Adam([raw], lr=0.1)
    where = torch.arange(len(trials[0].told), dtype=torch.float32)
    told = torch.stack([t.told for t in trials])
    spots = {name: torch.tensor([getattr(t, name) for t in trials]) for name in ("positional", "lexical", "reflexive")}
    hot = {name: torch.nn.functional.one_hot(spot, len(where)).float() for name, spot in spots.items()}
    apart = (where - spots["positional"][:, None]) ** 2

    def expected() -> Tensor:
        weights = torch.nn.functional.softplus(raw * mask) * mask * 4
        near = torch.exp(-apart / (2 * (0.3 + weights[3] / 4) ** 2))
        score = weights[0] * near + weights[1] * hot["lexical"] + weights[2] * hot["reflexive"]
        return score.softmax(-1)

    for _ in range(steps):
        loss = _divergence(told, expected()).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():
        left = float(_divergence(told, expected()).mean())
        weights = (torch.nn.functional.softplus(raw * mask) * mask * 4).tolist()
    return Mixture(weights[0], weights[1], weights[2], 0.3 + weights[3] / 4), 1 - left


def _divergence(p: Tensor, q: Tensor) -> Tensor:
    """Jensen-Shannon divergence in bits."""
    middle = (p + q) / 2

    def kl(a: Tensor) -> Tensor:
        return (a * (a.clamp_min(1e-12) / middle.clamp_min(1e-12)).log2()).sum(-1)

    return (kl(p) + kl(q)) / 2


def accuracy_by_place(model: Model, lists: Sequence[Bound]) -> list[float]:
    """Share of lists whose group at each place is answered: what says where a context is read best."""
    places = len(lists[0].groups)
    hits = [0] * places
    for bound in lists:
        front = bound.render(bound.groups)
        for place, (key, value) in enumerate(bound.groups):
            with torch.no_grad():
                said = model.forward(torch.tensor([[*front, *bound.ask(key)]]), keep=1).logits[0, -1].argmax()
            hits[place] += int(said) == value
    return [hit / len(lists) for hit in hits]


def packing(ranks: int, by_place: Sequence[float] | None = None) -> list[int]:
    """Which rank goes to which place: the best to an end, the rest alternately inwards (lost in the middle).

    `by_place` (measured accuracies) says which places are read best; without it the last is, then the first.
    Deterministic: the same ranks give the same order.
    """
    if by_place is not None and len(by_place) != ranks:
        raise InvalidInput("give one accuracy for each place")
    ends = [n // 2 if n % 2 else ranks - 1 - n // 2 for n in range(ranks)]
    if by_place is not None:
        ends.sort(key=lambda place: -by_place[place])
    made = [0] * ranks
    for rank, place in enumerate(ends):
        made[place] = rank
    return made


def packed(rows: Sequence[tuple[str, str]], by_place: Sequence[float] | None = None) -> list[str]:
    """Rows (key, text), best first, in the order in which they should stand; every row carries its own key."""
    told = [text if key.lower() in text.lower() else f"{key}: {text}" for key, text in rows]
    return [told[rank] for rank in packing(len(told), by_place)]
