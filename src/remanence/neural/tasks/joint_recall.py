"""Joint recall: the value of a key depends on the context that it was told in (HAX)."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.tasks.task import Task, shuffled, task


@task
def joint_recall(*, contexts: int = 5, keys: int = 5, values: int = 16) -> Task:
    """Every context tells all keys with values of its own; then all is asked again in another order.

    With contexts=2, keys=2: BOS, SEP are 0, 1, contexts A, B, keys k, l, values 1-4:

        inputs   0  A k 3 l 1  B l 2 k 4  1  B k 4 l 2  A l 1 k 3
        labels   .  . . . . .  . . . . .  .  . 4 . 2 .  . 1 . 3 .
    """
    vocab = 2 + contexts + keys + values
    part = contexts * (1 + 2 * keys)

    def half(orders: Tensor, inner: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """orders: [B, C] contexts; inner: [B, C, K] keys; told: [B, C, K] value of (context, key)."""
        batch = orders.shape[0]
        rows = told.gather(1, orders[..., None].expand(-1, -1, keys)).gather(2, inner)
        tokens = torch.stack([2 + contexts + inner, 2 + contexts + keys + rows], -1).flatten(2)
        x = torch.cat([2 + orders[..., None], tokens], -1).reshape(batch, part)
        y = torch.full((batch, contexts, 1 + 2 * keys), -100)
        y[:, :, 1::2] = 2 + contexts + keys + rows
        return x, y.reshape(batch, part)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        told = torch.randint(values, (batch, contexts, keys), generator=generator)

        def order() -> tuple[Tensor, Tensor]:
            inner = shuffled(batch * contexts, keys, generator).reshape(batch, contexts, keys)
            return shuffled(batch, contexts, generator), inner

        first, _ = half(*order(), told)
        second, labels = half(*order(), told)
        bos, sep = torch.zeros(batch, 1, dtype=torch.long), torch.ones(batch, 1, dtype=torch.long)
        quiet = torch.full((batch, part + 2), -100)
        return torch.cat([bos, first, sep, second], 1), torch.cat([quiet, labels], 1)

    return Task("joint_recall", draw, vocab, 1 / values, 2 * part + 2, vocab=vocab)
