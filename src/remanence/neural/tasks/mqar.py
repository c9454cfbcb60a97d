"""Multi-query associative recall in four forms: token, stacked, forgetting, compositional (Zoology).

A sequence tells key-value pairs, then asks for the value of every key.  The stacked forms put a key and its
value into one vector, so that no shift is needed and one layer suffices.
"""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.tasks.task import Task, shuffled, sphere, task


@task
def token_mqar(*, pairs: int = 4, length: int = 32, vocab: int = 64, power: float = 0.01) -> Task:
    """Keys and values as tokens, questions scattered at distances of a power law.

    With pairs=2, length=12, vocab=16 (keys 1-7, values 8-15, 0 is filler):

        inputs   3  9  5 14 | 5  0  0  0  3  0  0  0
        labels   .  .  .  . |14  .  .  .  9  .  .  .
    """
    half, space = vocab // 2, (length - 2 * pairs) // 2
    if pairs >= half or space < pairs:
        raise InvalidInput(f"token_mqar: {pairs} pairs do not fit into vocab={vocab}, length={length}")
    odds = torch.arange(1, space + 1, dtype=torch.float) ** (power - 1)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        keys = 1 + shuffled(batch, half - 1, generator)[:, :pairs]
        values = half + shuffled(batch, vocab - half, generator)[:, :pairs]
        x = torch.zeros(batch, length, dtype=torch.long)
        y = torch.full_like(x, -100)
        x[:, : 2 * pairs : 2], x[:, 1 : 2 * pairs : 2] = keys, values
        gaps = torch.multinomial(odds.expand(batch, -1), pairs, generator=generator)
        at = 2 * pairs + 2 * gaps
        return x.scatter(1, at, keys), y.scatter(1, at, values)

    return Task("token_mqar", draw, vocab, 1 / (vocab - half), length, vocab=vocab)


@task
def stacked_mqar(*, pairs: int = 16, width: int = 32, codes: int = 512) -> Task:
    """One vector [key; value] per pair, then one [key; 0] per question, in another order.

    With pairs=2: inputs [k3; v9] [k5; v14] | [k5; 0] [k3; 0], labels . . | 14 9.
    Keys and values are fixed unit vectors, drawn without repetition in a sequence.
    """
    return _stacked("stacked_mqar", pairs, 0, width, codes)


@task
def forgetting_mqar(*, pairs: int = 16, updates: int = 8, width: int = 32, codes: int = 512) -> Task:
    """As stacked, but `updates` of the keys are told again with another value; the last one counts.

    With pairs=2, updates=1: inputs [k3; v9] [k5; v14] [k3; v2] | [k5; 0] [k3; 0], labels . . . | 14 2.
    """
    return _stacked("forgetting_mqar", pairs, updates, width, codes)


@task
def compositional_mqar(*, side: int = 4, width: int = 32, codes: int = 512) -> Task:
    """Two-part keys on a grid of `side` x `side`: neither part alone tells the value.

    With side=2: inputs [a; c; v1] [a; d; v2] [b; c; v3] [b; d; v4] (shuffled) | [a; d; 0] ..., labels ... | 2 ...
    """
    pairs = side * side
    key_codes, value_codes = sphere(codes, width, 1), sphere(codes, width, 2)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        first, second = (shuffled(batch, codes, generator)[:, :side] for _ in range(2))
        values = shuffled(batch, codes, generator)[:, :pairs]
        told, asked = shuffled(batch, pairs, generator), shuffled(batch, pairs, generator)
        keys = torch.cat(
            [key_codes[first.repeat_interleave(side, 1)], key_codes[second.repeat(1, side)]], -1
        )  # [B, pairs, 2 width]
        return _assemble(keys, values, told, asked, value_codes)

    return Task("compositional_mqar", draw, codes, 1 / pairs, 2 * pairs, features=3 * width, codes=value_codes)


def _stacked(name: str, pairs: int, updates: int, width: int, codes: int) -> Task:
    if pairs > codes or updates > pairs:
        raise InvalidInput(f"{name}: {pairs} pairs, {updates} updates do not fit into {codes} codes")
    key_codes, value_codes = sphere(codes, width, 1), sphere(codes, width, 2)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        keys = key_codes[shuffled(batch, codes, generator)[:, :pairs]]
        values = shuffled(batch, codes, generator)[:, : pairs + updates]
        told = shuffled(batch, pairs, generator)
        again = shuffled(batch, pairs, generator)[:, :updates]
        asked = shuffled(batch, pairs, generator)
        newest = values[:, :pairs].scatter(1, again, values[:, pairs:])
        x, y = _assemble(keys, newest, torch.cat([told, again], 1), asked, value_codes)
        first = value_codes[values[:, :pairs].gather(1, told)]
        x[:, :pairs, keys.shape[-1] :] = first  # what was told first, also where it changes later
        return x, y

    return Task(name, draw, codes, 1 / pairs, 2 * pairs + updates, features=2 * width, codes=value_codes)


def _assemble(keys: Tensor, values: Tensor, told: Tensor, asked: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
    """Pairs in the order `told`, then bare keys in the order `asked`; labels are value ids."""
    batch = keys.shape[0]
    rows = torch.arange(batch)[:, None]
    pairs = torch.cat([keys[rows, told], codes[values.gather(1, told)]], -1)
    questions = torch.cat([keys[rows, asked], torch.zeros(batch, asked.shape[1], codes.shape[1])], -1)
    nothing = torch.full(told.shape, -100)
    return torch.cat([pairs, questions], 1), torch.cat([nothing, values.gather(1, asked)], 1)
