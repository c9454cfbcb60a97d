"""State tracking: follow a state that every token changes, tested on longer sequences than trained on."""

from __future__ import annotations

from itertools import permutations

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.tasks.task import Task, task


@task
def state_tracking(*, group: str = "parity", length: int = 32, longer: int = 2) -> Task:
    """Label every token with the product of all tokens so far in a group: parity, mod3 or s3 (permutations).

    parity: inputs 1 0 1 1, labels 1 1 0 1.  mod3: inputs 1 2 2, labels 1 0 2.
    Tested on `longer` times the length, on the second half only of which labels count.
    """
    table = _table(group)
    size = len(table)

    def drawn(batch: int, generator: torch.Generator, length: int, first: int) -> tuple[Tensor, Tensor]:
        x = torch.randint(size, (batch, length), generator=generator)
        state, y = torch.zeros(batch, dtype=torch.long), torch.full_like(x, -100)
        for t in range(length):
            state = table[state, x[:, t]]
            if t >= first:
                y[:, t] = state
        return x, y

    return Task(
        "state_tracking",
        lambda batch, generator: drawn(batch, generator, length, 0),
        size,
        1 / size,
        length,
        vocab=size,
        draw_test=lambda batch, generator: drawn(batch, generator, longer * length, longer * length // 2),
    )


def _table(group: str) -> Tensor:
    """The multiplication table [state, token] -> state, 0 is the identity."""
    if group in ("parity", "mod3"):
        n = 2 if group == "parity" else 3
        return (torch.arange(n)[:, None] + torch.arange(n)) % n
    if group == "s3":
        members = list(permutations(range(3)))
        return torch.tensor([[members.index(tuple(a[b[i]] for i in range(3))) for b in members] for a in members])
    raise InvalidInput(f"group is parity, mod3 or s3, got {group!r}")
