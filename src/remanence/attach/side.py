"""The shared primitive of weight memories: what stands at places of a frozen model, and a ledger of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.attach.model import Handle, Hook, Model, Place, Seen
from remanence.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Example:
    """What a weight memory learns: after `prompt` comes `target`. `subject` is the place of the last subject token
    in the prompt; `source` the item that says so."""

    prompt: tuple[int, ...]
    target: tuple[int, ...]
    source: str = ""
    subject: int = -1


@dataclass(frozen=True, slots=True)
class Write:
    """One entry of a ledger: an item, and the slots that were written for it."""

    source: str
    slots: tuple[int, ...]


@dataclass(slots=True)
class Ledger:
    """Which item wrote which slots of a memory: what unlearning goes by."""

    writes: list[Write] = field(default_factory=list)

    def note(self, source: str, slots: Iterable[int]) -> None:
        """The item wrote these slots."""
        self.writes.append(Write(source, tuple(slots)))

    def renumber(self, sources: Iterable[str]) -> None:
        """Begin anew: these items hold one slot each, in order."""
        self.writes = [Write(source, (number,)) for number, source in enumerate(sources)]

    def of(self, source: str) -> list[int]:
        """The slots that an item wrote."""
        return sorted({slot for write in self.writes if write.source == source for slot in write.slots})

    def sources(self) -> list[str]:
        """Every item that wrote something, in order."""
        return list(dict.fromkeys(write.source for write in self.writes))

    def drop(self, source: str) -> list[int]:
        """Strike an item out; the slots that nobody else wrote."""
        slots = set(self.of(source))
        self.writes = [write for write in self.writes if write.source != source]
        return sorted(slots - {slot for write in self.writes for slot in write.slots})


class Side(nn.Module):
    """A memory beside a model's weights. It is attached or not; the model's own weights never change.

    A subclass says in `hooks` what it does where. Detached, the model computes bit for bit what it did before.
    """

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = [model]  # in a list, so that the model's weights are not taken for the memory's own
        self._laid: list[Handle] = []
        self.ledger = Ledger()

    @property
    def model(self) -> Model:
        """The frozen model that it stands beside."""
        return self._model[0]

    def hooks(self) -> dict[Place, Hook]:
        """What it does at which place."""
        raise NotImplementedError

    def attach(self) -> Self:
        """Take effect; twice is once."""
        if not self._laid:
            self._laid = [self.model.attach(place, hook) for place, hook in self.hooks().items()]
        return self

    def detach(self) -> None:
        """Take no effect any more."""
        for handle in self._laid:
            handle.detach()
        self._laid = []

    @contextmanager
    def off(self) -> Iterator[None]:
        """Without effect for a while, then as it was."""
        on = bool(self._laid)
        self.detach()
        yield
        if on:
            self.attach()

    def __enter__(self) -> Self:
        return self.attach()

    def __exit__(self, *_: object) -> None:
        self.detach()

    @property
    def size(self) -> int:
        """Floats of its own."""
        return sum(weight.numel() for weight in self.parameters())


def beside(layer: int, place: str, change: Callable[[Tensor, Tensor], Tensor]) -> dict[Place, Hook]:
    """Hooks that look at what stands at `place` of a layer and make its feed-forward output: y -> change(y, looked)."""
    seen: list[Tensor] = []

    def look(x: Tensor, _: Seen) -> Tensor:
        seen[:] = [x]
        return x

    def make(y: Tensor, _: Seen) -> Tensor:
        return change(y, seen[0])

    return {(layer, place): look, (layer, "ffn_out"): make}


@dataclass(frozen=True, slots=True)
class Replay:
    """Prompts that keep the distribution that they had before (KL, times `weigh`): what else should stay."""

    prompts: Sequence[Sequence[int]]
    weigh: float = 1.0


def padded(examples: Sequence[Example], pad: int = 0) -> tuple[Tensor, Tensor]:
    """(ids [N, T], scored [N, T]): prompts with their targets, filled up on the right; targets are scored."""
    if not examples:
        raise InvalidInput("give at least one example")
    length = max(len(e.prompt) + len(e.target) for e in examples)
    ids = torch.full((len(examples), length), pad)
    scored = torch.zeros(len(examples), length, dtype=torch.bool)
    for row, example in enumerate(examples):
        whole = (*example.prompt, *example.target)
        ids[row, : len(whole)] = torch.tensor(whole)
        scored[row, len(example.prompt) : len(whole)] = True
    return ids, scored


def loss_of(model: Model, examples: Sequence[Example]) -> Tensor:
    """Mean cross-entropy of the target tokens."""
    ids, scored = padded(examples)
    keep = scored[:, 1:]
    return F.cross_entropy(model.forward(ids).logits[:, :-1][keep], ids[:, 1:][keep])


@torch.no_grad()
def right(model: Model, examples: Sequence[Example], batch: int = 64) -> list[bool]:
    """For each example whether every target token is the likeliest one."""
    told: list[bool] = []
    for first in range(0, len(examples), batch):
        ids, scored = padded(examples[first : first + batch])
        keep = scored[:, 1:]
        hit = (model.forward(ids).logits[:, :-1].argmax(-1) == ids[:, 1:]) | ~keep
        told += hit.all(-1).tolist()
    return told


def share(model: Model, examples: Sequence[Example]) -> float:
    """Share of examples that are answered."""
    told = right(model, examples)
    return sum(told) / len(told)


def distributions(model: Model, prompts: Sequence[Sequence[int]]) -> Tensor:
    """Log-probabilities after each prompt, [N, V]; prompts of any length."""
    length = max(map(len, prompts))
    ids = torch.zeros(len(prompts), length, dtype=torch.long)
    for row, prompt in enumerate(prompts):
        ids[row, : len(prompt)] = torch.tensor(list(prompt))
    last = torch.tensor([len(prompt) - 1 for prompt in prompts])
    return model.forward(ids).logits[torch.arange(len(prompts)), last].log_softmax(-1)


def teach(
    model: Model,
    weights: Iterable[nn.Parameter],
    examples: Sequence[Example],
    *,
    steps: int = 50,
    lr: float = 0.02,
    replay: Replay | None = None,
    enough: float = 0.01,
    after: Any = None,
) -> list[float]:
    """Train `weights` on examples with Adam, the rest frozen; the loss of each step.

    Stops below `enough`. `after` is called after each step (a clip, a mask).
    """
    own = list(weights)
    with torch.no_grad():
        before = distributions(model, replay.prompts) if replay else None
    optimiser = torch.optim.Adam(own, lr=lr)
    told: list[float] = []
    for _ in range(steps):
        loss = loss_of(model, examples)
        told.append(float(loss.detach()))
        if told[-1] < enough:
            break
        if before is not None and replay is not None:
            now = distributions(model, replay.prompts)
            loss = loss + replay.weigh * F.kl_div(now, before, reduction="batchmean", log_target=True)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if after is not None:
            after()
    return told
