"""A tiny Llama that learns a toy language of facts here and now, so that every proof has a model without a download."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

from remanence.attach.model import Layer, Llama, Shape
from remanence.errors import InvalidInput

PAD, SEP, ASK, SAY, ARROW, BOS = range(6)
"""Ask: `ASK rel ent ARROW val`; the other wording: `SAY ent rel ARROW val`; a fact in context: `rel ent val SEP`."""


@dataclass(frozen=True, slots=True)
class Language:
    """Facts (relation, entity) -> value as tokens; entities below `known` have facts that live in the weights."""

    entities: int = 200
    relations: int = 2
    values: int = 64
    known: int = 100
    seed: int = 7

    @property
    def vocab(self) -> int:
        return 8 + self.relations + self.entities + self.values

    def relation(self, number: int) -> int:
        return 8 + number

    def entity(self, number: int) -> int:
        return 8 + self.relations + number

    def value(self, number: int) -> int:
        return 8 + self.relations + self.entities + number

    def facts(self) -> Tensor:
        """The values of the world, [relations, entities]; only those of `known` entities are ever trained."""
        chance = torch.Generator().manual_seed(self.seed)
        return torch.randint(self.values, (self.relations, self.entities), generator=chance)

    def told(self, relation: int, entity: int, value: int) -> list[int]:
        """A fact as it stands in a context."""
        return [self.relation(relation), self.entity(entity), self.value(value), SEP]

    def asked(self, relation: int, entity: int, *, other: bool = False) -> list[int]:
        """A question, in its first wording or the other one; the value comes next."""
        r, e = self.relation(relation), self.entity(entity)
        return [SAY, e, r, ARROW] if other else [ASK, r, e, ARROW]


def tiny(language: Language | None = None, *, width: int = 96, layers: int = 3, seed: int = 0) -> Llama:
    """An untrained model for a language: about 360,000 weights."""
    words = language or Language()
    shape = Shape(words.vocab, width, layers, 4, 4, width * 8 // 3, rope_base=100_000.0, context=512)
    return _copying(Llama(shape, seed=seed), seed)


@torch.no_grad()
def _copying(model: Llama, seed: int) -> Llama:
    """Start two heads of a copy circuit, so that it is there after some hundred steps and not after some thousand.

    Head (0, 0) looks at the token before: all tokens share a constant in dimension 0; its query is one vector, its key
    the same turned by one step; it writes a projection R of that token along P. Head (1, 0) asks with R of its own
    token and head (1, 1) with the token before it; both look where P says the same, and copy the token there.
    Matches use the slow rotary pairs alone, so that distance does not blur them.
    """
    shape, size = model.shape, model.shape.head_dim
    half, chance = size // 2, torch.Generator().manual_seed(seed + 1)

    def frame() -> Tensor:
        drawn = torch.randn(shape.width - 1, size, generator=chance)
        return torch.cat([torch.zeros(size, 1), torch.linalg.qr(drawn).Q.T], 1)  # [D, W], blind to the constant

    reads, writes, copies = frame(), frame(), frame()
    slow = torch.tensor([i % half >= half // 3 for i in range(size)])[:, None]
    model.embed[:, 0] = 0.1
    for block in model.blocks:  # what else is written starts small, or it would drown the circuit
        cast(Layer, block).o.mul_(0.05), cast(Layer, block).down.mul_(0.05)
    rate = shape.rope_base ** (-torch.arange(half) / half)
    first, second = cast(Layer, model.blocks[0]), cast(Layer, model.blocks[1])
    for weight, real, turned in ((first.q, torch.ones(half), torch.zeros(half)), (first.k, rate.cos(), rate.sin())):
        weight[:size] *= 0.1
        weight[:half, 0], weight[half:size, 0] = 1.8 * real, 1.8 * turned
    first.v[:size], first.o[:, :size] = reads, 0.05 * writes.T
    for head, asks in ((0, reads), (1, writes)):
        rows = slice(head * size, (head + 1) * size)
        second.q[rows], second.k[rows] = 2.0 * slow * asks, 2.0 * slow * writes
        second.v[rows], second.o[:, rows] = copies, 0.2 * copies.T
    return model


def batches(language: Language, *, size: int = 32, length: int = 64, seed: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """(ids [size, length], scored [size, length]) for ever: cyclic strings, facts in context, facts in weights.

    Random strings with a random period teach the copy circuit; a fixed period does not.
    """
    chance = torch.Generator().manual_seed(seed)
    facts = language.facts()

    def dice(high: int, count: int = 1) -> list[int]:
        return torch.randint(high, (count,), generator=chance).tolist()

    def cyclic() -> tuple[list[int], list[bool]]:
        period = 4 + dice(22)[0]
        ids = [8 + n for n in dice(language.vocab - 8, period)] * (length // period + 1)
        return ids, [place >= period for place in range(len(ids))]

    def in_context() -> tuple[list[int], list[bool]]:
        chosen = torch.randperm(language.entities, generator=chance)[: 2 + dice(6)[0]].tolist()
        told = [(dice(language.relations)[0], e, dice(language.values)[0]) for e in chosen]
        ids = [token for fact in told for token in language.told(*fact)]
        scored = [False] * len(ids)
        while len(ids) + 6 < length:
            r, e, v = told[dice(len(told))[0]]
            ids += [*language.asked(r, e, other=dice(3)[0] == 0), language.value(v), SEP]
            scored += [False] * 4 + [True, False]
        return ids, scored

    def in_weights() -> tuple[list[int], list[bool]]:
        ids, scored = list[int](), list[bool]()
        while len(ids) < length:
            r, e = dice(language.relations)[0], dice(language.known)[0]
            ids += [*language.asked(r, e, other=dice(3)[0] == 0), language.value(int(facts[r, e])), SEP]
            scored += [False] * 4 + [True, False]
        return ids, scored

    kinds: Sequence[Callable[[], tuple[list[int], list[bool]]]] = (cyclic, in_context, in_weights)
    while True:
        share = torch.rand(size, generator=chance).tolist()
        rows = [kinds[0 if s < 0.35 else 1 if s < 0.75 else 2]() for s in share]
        pad = [(ids + [PAD] * length, scored + [False] * length) for ids, scored in rows]
        yield torch.tensor([ids[:length] for ids, _ in pad]), torch.tensor([scored[:length] for _, scored in pad])


def scored_loss(model: Llama, ids: Tensor, scored: Tensor) -> Tensor:
    """Cross-entropy of the scored tokens, each after those before it."""
    logits = model.forward(ids).logits[:, :-1]
    keep = scored[:, 1:]
    return F.cross_entropy(logits[keep], ids[:, 1:][keep])


def train(
    language: Language, steps: int, *, model: Llama | None = None, seed: int = 0, lr: float = 2e-3, every: int = 0
) -> Llama:
    """Teach a tiny model its language with AdamW (cosine to a tenth, 100 steps of warm-up)."""
    learner = model or tiny(language, seed=seed)
    optimiser = torch.optim.AdamW(learner.parameters(), lr=lr, betas=(0.9, 0.98), weight_decay=0.01)

    def slope(step: int) -> float:
        return min(1.0, (step + 1) / 100) * (0.1 + 0.45 * (1 + math.cos(math.pi * step / steps)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, slope)
    for step, (ids, scored) in zip(range(steps), batches(language, seed=seed + 1), strict=False):
        loss = scored_loss(learner, ids, scored)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if every and step % every == every - 1:
            print(step + 1, f"loss {loss.item():.3f}", f"weights {closed_book(learner, language):.3f}",
                  f"context {in_context(learner, language):.3f}", flush=True)  # fmt: skip
    learner.retouched()
    return learner.requires_grad_(False)


def answers(model: Llama, prompts: Sequence[Sequence[int]]) -> Tensor:
    """The likeliest next token of each prompt, all of one length: [N]."""
    with torch.no_grad():
        return model.forward(torch.tensor([list(p) for p in prompts]), keep=1).logits[:, -1].argmax(-1)


def closed_book(model: Llama, language: Language, *, other: bool = False) -> float:
    """Share of the known facts that the weights answer."""
    facts = language.facts()
    pairs = [(r, e) for r in range(language.relations) for e in range(language.known)]
    said = answers(model, [language.asked(r, e, other=other) for r, e in pairs])
    return float((said == torch.tensor([language.value(int(facts[r, e])) for r, e in pairs])).float().mean())


def contexts(language: Language, many: int, *, facts: int = 6, seed: int = 5, low: int = 0) -> list[list[tuple[int, int, int]]]:  # fmt: skip # noqa: E501
    """`many` random contexts of `facts` (relation, entity, value); entities from `low` up, each once."""
    chance = torch.Generator().manual_seed(seed)
    made = []
    for _ in range(many):
        chosen = (low + torch.randperm(language.entities - low, generator=chance)[:facts]).tolist()
        values = torch.randint(language.values, (facts,), generator=chance).tolist()
        which = torch.randint(language.relations, (facts,), generator=chance).tolist()
        made.append(list(zip(which, chosen, values, strict=True)))
    return made


def in_context(model: Llama, language: Language, *, many: int = 100, facts: int = 6, low: int = 0) -> float:
    """Share of facts told in the context that are answered, one question a context."""
    told = contexts(language, many, facts=facts, low=low)
    prompts, want = [], []
    for number, context in enumerate(told):
        r, e, v = context[number % facts]
        prompts.append([token for fact in context for token in language.told(*fact)] + language.asked(r, e))
        want.append(language.value(v))
    return float((answers(model, prompts) == torch.tensor(want)).float().mean())


def save(model: Llama, path: Path) -> None:
    """The weights in half precision, as safetensors."""
    save_file({name: weight.detach().half() for name, weight in model.named_parameters()}, str(path))


def load(path: Path, language: Language | None = None) -> Llama:
    """A tiny model that `save` wrote; its layers and width are read from the file."""
    if not path.is_file():
        raise InvalidInput(f"no tiny model at {path}: make it with python -m remanence.attach tiny --out {path}")
    weights = load_file(str(path))
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
    model = tiny(language, width=weights["embed"].shape[1], layers=layers)
    model.load_state_dict({name: weight.float() for name, weight in weights.items()})
    return model.requires_grad_(False)
