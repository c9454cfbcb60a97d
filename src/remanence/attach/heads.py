"""Which heads copy from the context, and which speak from the weights: scores, masks that come off, and citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from remanence.attach.blocks import Block, Source
from remanence.attach.model import ATTENTION, KV, Handle, Model, Place, Seen
from remanence.errors import InvalidInput

Head = tuple[int, int]
"""(layer, head)."""


@dataclass(frozen=True, slots=True)
class Copying:
    """A prompt whose answer stands in it: ids, the answer, and its places in the ids."""

    ids: tuple[int, ...]
    answer: tuple[int, ...]
    places: tuple[int, ...]


@torch.no_grad()
def copy_scores(model: Model, cases: Sequence[Copying], *, right_only: bool = True) -> Tensor:
    """[L, H]: how often a head's most attended place is the answer token that the model says next (Wu et al. 2024).

    Each case counts 1 / |answer| a token; cases that the model answers wrongly do not count unless asked for.
    """
    shape = model.shape
    watch: list[Place] = [(layer, ATTENTION) for layer in range(shape.layers)]
    total, counted = torch.zeros(shape.layers, shape.heads), 0
    for case in cases:
        ids = torch.tensor([[*case.ids, *case.answer[:-1]]])
        out = model.forward(ids, watch=watch, keep=len(case.answer))
        said = out.logits[0].argmax(-1).tolist()
        if right_only and said != list(case.answer):
            continue
        counted += 1
        for step, (token, place) in enumerate(zip(case.answer, case.places, strict=True)):
            if said[step] != token:
                continue
            row = ids.shape[1] - len(case.answer) + step
            best = torch.stack([out.seen[w][0, :, row].argmax(-1) for w in watch])
            total += (best == place).float() / len(case.answer)
    if not counted:
        raise InvalidInput("the model answers none of these cases, so no head can be seen copying")
    return total / counted


def ranked(scores: Tensor) -> list[Head]:
    """Heads by score, best first."""
    order = scores.flatten().argsort(descending=True).tolist()
    return [(n // scores.shape[1], n % scores.shape[1]) for n in order]


class Masked:
    """Heads silenced (or scaled) while it is on; off, the model is bit for bit what it was."""

    def __init__(self, model: Model, heads: Iterable[Head], *, scale: float = 0.0) -> None:
        self.heads, self.scale = sorted(set(heads)), scale
        by_layer: dict[int, list[int]] = {}
        for layer, head in self.heads:
            by_layer.setdefault(layer, []).append(head)
        self._model, self._by_layer, self._laid = model, by_layer, list[Handle]()

    def __enter__(self) -> Masked:
        self._laid = [self._model.attach((n, "heads"), self._silence(heads)) for n, heads in self._by_layer.items()]
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._laid:
            handle.detach()

    def _silence(self, heads: list[int]):  # type: ignore[no-untyped-def]
        def hook(x: Tensor, _: Seen) -> Tensor:
            x = x.clone()
            x[:, :, heads] *= self.scale
            return x

        return hook


@torch.no_grad()
def cited(model: Model, block: Block, asked: Sequence[int], heads: Sequence[Head]) -> Source | None:
    """The item that the copying heads look at when the answer to `asked` is about to be said, over a block.

    Each head votes with its attention to the block's tokens, summed by item; the item with the most is named.
    """
    if not heads:
        raise InvalidInput("name at least one head: see copy_scores")
    watch: list[Place] = [(layer, ATTENTION) for layer in sorted({layer for layer, _ in heads})]
    seen = model.forward(torch.tensor([list(asked)]), block.kv, watch=watch, keep=1).seen
    told = torch.stack([seen[layer, ATTENTION][0, head, -1, : len(block)] for layer, head in heads]).sum(0)
    votes: dict[Source, float] = {}
    for place, weight in enumerate(told.tolist()):
        source = block.named(place)
        if source is not None:
            votes[source] = votes.get(source, 0.0) + weight
    return max(votes, key=lambda source: votes[source]) if votes else None


# --- conflicts between context and weights (PH3) ---


@dataclass(frozen=True, slots=True)
class Conflict:
    """A prompt whose context says one thing and whose weights another."""

    ids: tuple[int, ...]
    context: int
    memory: int


@dataclass(frozen=True, slots=True)
class Sides:
    """Share of conflicts answered from the context and from the weights."""

    context: float
    memory: float


@torch.no_grad()
def sides(model: Model, conflicts: Sequence[Conflict]) -> Sides:
    """Which side the model takes."""
    said = _last(model, conflicts).argmax(-1)
    n = len(conflicts)
    context = sum(int(s) == c.context for s, c in zip(said, conflicts, strict=True))
    memory = sum(int(s) == c.memory for s, c in zip(said, conflicts, strict=True))
    return Sides(context / n, memory / n)


@torch.no_grad()
def leanings(model: Model, conflicts: Sequence[Conflict]) -> Tensor:
    """[L, H]: what silencing a head takes from logit(context) - logit(memory): positive for heads that push the
    context, negative for those that push the weights (Jin et al. 2024, by ablation in place of path patching)."""

    def gap() -> float:
        logits = _last(model, conflicts)
        rows = torch.arange(len(conflicts))
        context = logits[rows, torch.tensor([c.context for c in conflicts])]
        return float((context - logits[rows, torch.tensor([c.memory for c in conflicts])]).mean())

    whole = gap()
    told = torch.zeros(model.shape.layers, model.shape.heads)
    for layer in range(model.shape.layers):
        for head in range(model.shape.heads):
            with Masked(model, [(layer, head)]):
                told[layer, head] = whole - gap()
    return told


def _last(model: Model, conflicts: Sequence[Conflict]) -> Tensor:
    length = max(len(c.ids) for c in conflicts)
    ids = torch.zeros(len(conflicts), length, dtype=torch.long)
    for row, conflict in enumerate(conflicts):
        ids[row, : len(conflict.ids)] = torch.tensor(conflict.ids)
    last = torch.tensor([len(c.ids) - 1 for c in conflicts])
    return model.forward(ids).logits[torch.arange(len(conflicts)), last]


def prefix(kv: KV) -> int:
    """Tokens before the first new one."""
    return len(kv)
