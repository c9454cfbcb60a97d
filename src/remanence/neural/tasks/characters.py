"""A tiny language of characters: generated sentences whose ends can only be known from earlier sentences."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.tasks.task import Task, task

NAMES = ("ann", "bob", "cleo", "dan", "eva", "finn", "gus", "hana")
THINGS = ("cup", "hat", "boat", "drum", "lamp", "coin", "kite", "ring")
COLOURS = ("red", "blue", "green", "white", "black", "grey", "pink", "gold")
LETTERS = "\n abcdefghijklmnopqrstuvwxyz."


def story(generator: torch.Generator, length: int) -> str:
    """Write sentences such as "ann has a red cup." and later "the cup of ann is red." up to `length` letters."""

    def pick(options: int) -> int:
        return int(torch.randint(options, (1,), generator=generator))

    owned: dict[str, tuple[str, str]] = {}
    text = ""
    while len(text) < length:
        name = NAMES[pick(len(NAMES))]
        if name in owned and pick(2):
            colour, thing = owned[name]
            text += f"the {thing} of {name} is {colour}. "
        else:
            owned[name] = COLOURS[pick(len(COLOURS))], THINGS[pick(len(THINGS))]
            text += "{} has a {} {}. ".format(name, *owned[name])
    return text[:length]


@task
def characters(*, length: int = 128) -> Task:
    """Predict the next letter of generated text; half of the colours can be known from memory alone.

    "ann has a red cup. the cup of ann is r" is followed by "ed": inputs are letters, labels the next ones.
    """

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        rows = [[LETTERS.index(c) for c in story(generator, length + 1)] for _ in range(batch)]
        ids = torch.tensor(rows)
        return ids[:, :-1], ids[:, 1:]

    return Task("characters", draw, len(LETTERS), 1 / len(LETTERS), length, vocab=len(LETTERS))
