"""Copying and finding: repeat a string after a delay, or only its marked tokens; find one needle in noise."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.tasks.task import Task, task


@task
def copy(*, symbols: int = 8, size: int = 8, delay: int = 16) -> Task:
    """Say the string again once the sign to start comes; blank is 0, the sign 1.

    With size=3, delay=2: inputs 5 3 7 0 0 1 0 0, labels . . . . . 5 3 7.
    """

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        string = torch.randint(2, 2 + symbols, (batch, size), generator=generator)
        x, y = torch.zeros(batch, length, dtype=torch.long), torch.full((batch, length), -100)
        x[:, :size], x[:, size + delay] = string, 1
        y[:, size + delay :] = string
        return x, y

    length = 2 * size + delay
    return Task("copy", draw, 2 + symbols, 1 / symbols, length, vocab=2 + symbols)


@task
def selective_copy(*, symbols: int = 8, size: int = 8, length: int = 40) -> Task:
    """The string lies scattered among blanks; say it in order once the sign comes.

    With size=2, length=5: inputs 0 5 0 0 3 | 1 0, labels . . . . . | 5 3.
    """

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        string = torch.randint(2, 2 + symbols, (batch, size), generator=generator)
        at = torch.rand(batch, length, generator=generator).argsort(-1)[:, :size].sort(-1).values
        x, y = torch.zeros(batch, length + size, dtype=torch.long), torch.full((batch, length + size), -100)
        x.scatter_(1, at, string)
        x[:, length] = 1
        y[:, length:] = string
        return x, y

    return Task("selective_copy", draw, 2 + symbols, 1 / symbols, length + size, vocab=2 + symbols)


@task
def needle(*, keys: int = 8, values: int = 16, noise: int = 32, length: int = 64, longer: int = 4) -> Task:
    """One key and its value somewhere in noise, the key again at the end; tested on `longer` times the noise.

    With length=6: inputs n n k3 v7 n k3, labels . . . . . v7.  Keys and values never occur as noise.
    """
    vocab = keys + values + noise

    def drawn(batch: int, generator: torch.Generator, length: int) -> tuple[Tensor, Tensor]:
        x = torch.randint(keys + values, vocab, (batch, length), generator=generator)
        y = torch.full((batch, length), -100)
        key = torch.randint(keys, (batch,), generator=generator)
        value = torch.randint(keys, keys + values, (batch,), generator=generator)
        at, rows = torch.randint(length - 2, (batch,), generator=generator), torch.arange(batch)
        x[rows, at], x[rows, at + 1], x[:, -1], y[:, -1] = key, value, key, value
        return x, y

    return Task(
        "needle",
        lambda batch, generator: drawn(batch, generator, length),
        vocab,
        1 / values,
        length,
        vocab=vocab,
        draw_test=lambda batch, generator: drawn(batch, generator, longer * length),
    )
