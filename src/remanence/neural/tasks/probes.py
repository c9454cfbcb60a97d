"""Stacked recall under stress: outlying values, keys that resemble each other, pairs that are seldom told."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.tasks.mqar import stacked_mqar
from remanence.neural.tasks.task import Task, shuffled, sphere, task


@task
def value_outliers(
    *, pairs: int = 16, share: float = 0.1, scale: float = 20.0, width: int = 32, codes: int = 512
) -> Task:
    """Stacked recall in which a `share` of the pairs carry values `scale` times too long; only others are asked.

    With pairs=2: inputs [k3; v9] [k5; 20 v14] | [k3; 0] [k5; 0], labels . . | 9 .
    """
    plain = stacked_mqar(pairs=pairs, width=width, codes=codes)
    answers = sphere(codes, width, 2)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        x, y = plain.draw(batch, generator)
        wild = torch.rand(batch, pairs, generator=generator) < share
        x[:, :pairs, width:] *= torch.where(wild, scale, 1.0)[..., None]
        told = (x[:, :pairs, :width] * torch.where(wild, 1.0, 0.0)[..., None]).mT
        of_wild = ((x[:, pairs:, :width] @ told) > 0.999).any(-1)
        y[:, pairs:] = y[:, pairs:].masked_fill(of_wild, -100)
        return x, y

    return Task("value_outliers", draw, codes, 1 / pairs, 2 * pairs, features=2 * width, codes=answers)


@task
def correlated_keys(*, pairs: int = 16, common: float = 2.0, width: int = 32, codes: int = 512) -> Task:
    """Stacked recall whose keys share one large direction of length `common` before they are normalised.

    With common=2 two keys have a cosine of about 0.8 instead of 0; inputs and labels as in stacked recall.
    """
    plain = stacked_mqar(pairs=pairs, width=width, codes=codes)
    shared = common * sphere(1, width, 3)[0]

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        x, y = plain.draw(batch, generator)
        keys = F.normalize(x[..., :width] + shared, dim=-1)
        return torch.cat([keys, x[..., width:]], -1), y

    return Task("correlated_keys", draw, codes, 1 / pairs, 2 * pairs, features=2 * width, codes=plain.codes)


@task
def long_tail_recall(*, pairs: int = 16, tells: int = 48, width: int = 32, codes: int = 512) -> Task:
    """Pairs are told again and again by Zipf's law; only those that were told exactly once are asked.

    With pairs=2, tells=4: inputs [k3; v9] [k3; v9] [k5; v14] [k3; v9] | [k5; 0] [k3; 0], labels . . . . | 14 .
    """
    key_codes, value_codes = sphere(codes, width, 1), sphere(codes, width, 2)
    odds = 1 / torch.arange(1, pairs + 1, dtype=torch.float)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        keys = shuffled(batch, codes, generator)[:, :pairs]
        values = shuffled(batch, codes, generator)[:, :pairs]
        more = torch.multinomial(odds.expand(batch, -1), tells - pairs, True, generator=generator)
        told = torch.cat([torch.arange(pairs).expand(batch, -1), more], 1)
        told = told.gather(1, shuffled(batch, tells, generator))
        asked = shuffled(batch, pairs, generator)
        times = torch.zeros(batch, pairs, dtype=torch.long).scatter_add(1, told, torch.ones_like(told))
        answers = values.masked_fill(times > 1, -100).gather(1, asked)
        pair = torch.cat([key_codes[keys.gather(1, told)], value_codes[values.gather(1, told)]], -1)
        question = torch.cat([key_codes[keys.gather(1, asked)], torch.zeros(batch, pairs, width)], -1)
        return torch.cat([pair, question], 1), torch.cat([torch.full_like(told, -100), answers], 1)

    return Task("long_tail_recall", draw, codes, 1 / pairs, tells + pairs, features=2 * width, codes=value_codes)
