"""Selective grammars: predict the next symbol of a rule across gaps, noise and distractors (SelectivBench).

The rule is one cyclic word over a small alphabet in which `ambiguities` symbols come back with different
successors, so that up to `depth` past symbols are needed to know the next.  All four tasks are solvable:
`oracle` follows the rule and scores 1.00.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.tasks.task import Task, task

GAP = 0
"""Id of the blank in a gap; noise ids follow, then the symbols of the rule."""
NOISE = 4


def cyclic_word(alphabet: int, ambiguities: int, depth: int, seed: int) -> list[int]:
    """Draw a word of alphabet + ambiguities symbols in which every `depth` symbols in a row are unique."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(10_000):
        again = torch.randint(alphabet, (ambiguities,), generator=generator)
        word = torch.cat([torch.arange(alphabet), again])
        word = word[torch.randperm(len(word), generator=generator)]
        if bool((word == word.roll(1)).any()):
            continue  # a symbol after itself would look like a distractor
        rows = torch.stack([word.roll(-d) for d in range(depth)], 1)
        if len({tuple(row) for row in rows.tolist()}) == len(word):
            found: list[int] = word.tolist()
            return found
    raise InvalidInput(f"no cyclic word with alphabet={alphabet}, ambiguities={ambiguities}, depth={depth}")


@task
def grammar_complexity(*, length: int = 64, seed: int = 0) -> Task:
    """Few short gaps: the difficulty is the rule alone.

    For the cyclic word a b a c: inputs a b _ a c a, labels b a a c a b, where _ is a gap.
    Labels start once `depth` symbols were seen; in a gap the label is the symbol that comes after it.
    """
    return _grammar("grammar_complexity", length, seed, Grammar(gap=0.1))


@task
def grammar_noisy_gaps(*, length: int = 64, seed: int = 0) -> Task:
    """Gaps are frequent and filled with noise symbols that mean nothing: inputs a b ~ # a c, labels b a a a c a."""
    return _grammar("grammar_noisy_gaps", length, seed, Grammar(gap=0.5, noise=0.4))


@task
def grammar_distractors(*, length: int = 64, seed: int = 0) -> Task:
    """Now and then a symbol of the alphabet that breaks the rule and must be ignored.

    For the cyclic word a b a c: inputs a b a b c a, where the second b is a distractor: labels b a c c a b.
    """
    return _grammar("grammar_distractors", length, seed, Grammar(gap=0.1, distract=0.3))


@task
def grammar_longer_gaps(*, length: int = 64, seed: int = 0, stretch: int = 4) -> Task:
    """Trained on gaps of one or two blanks, tested on gaps `stretch` times as long; as the first task else."""
    return _grammar("grammar_longer_gaps", length, seed, Grammar(gap=0.3, stretch=stretch))


def oracle(inputs: Tensor, word: list[int], depth: int) -> Tensor:
    """Follow the rule through `inputs` [B, T]: the next symbol at every position, -1 while it is not known."""
    first = GAP + 1 + NOISE
    guesses = torch.full_like(inputs, -1)
    for row, tokens in enumerate(inputs.tolist()):
        seen: list[int] = []
        state: int | None = None
        for t, token in enumerate(tokens):
            if token >= first:
                symbol = token - first
                if state is None:
                    seen = [*seen, symbol][-depth:]
                    places = [i for i in range(len(word)) if [word[(i + d) % len(word)] for d in range(depth)] == seen]
                    state = (places[0] + depth) % len(word) if places else None
                elif word[state] == symbol:
                    state = (state + 1) % len(word)
            if state is not None:
                guesses[row, t] = first + word[state]
    return guesses


@dataclass(frozen=True)
class Grammar:
    """How often gaps open, their share of noise, how often a distractor comes, how much longer test gaps are."""

    gap: float
    noise: float = 0.0
    distract: float = 0.0
    stretch: int = 1
    alphabet: int = 8
    ambiguities: int = 8
    depth: int = 4


def _grammar(name: str, length: int, seed: int, rule: Grammar) -> Task:
    alphabet, depth = rule.alphabet, rule.depth
    word = torch.tensor(cyclic_word(alphabet, rule.ambiguities, depth, seed))
    first, vocab = GAP + 1 + NOISE, GAP + 1 + NOISE + alphabet

    def drawn(batch: int, generator: torch.Generator, longest: int) -> tuple[Tensor, Tensor]:
        rows = torch.arange(batch)
        state = torch.randint(len(word), (batch,), generator=generator)
        told = torch.zeros(batch, dtype=torch.long)  # symbols of the rule so far
        rest = torch.zeros(batch, dtype=torch.long)  # blanks still to come in this gap
        x, y = torch.zeros(batch, length, dtype=torch.long), torch.full((batch, length), -100)
        for t in range(length):
            u = torch.rand(batch, generator=generator)
            opens = (rest == 0) & (u < rule.gap) & (told > 0)
            size = torch.randint(1, 3, (batch,), generator=generator) * longest
            rest = torch.where(opens, size, rest)
            inside = rest > 0
            wrong = ~inside & (told > depth) & (u > 1 - rule.distract)
            other = torch.randint(1, alphabet, (batch,), generator=generator)
            stray = (word[state] + other) % alphabet  # never the symbol of the rule
            fuzz = torch.rand(batch, generator=generator) < rule.noise
            blank = torch.where(fuzz, 1 + torch.randint(NOISE, (batch,), generator=generator), GAP)
            x[rows, t] = torch.where(inside, blank, first + torch.where(wrong, stray, word[state]))
            moves = ~inside & ~wrong
            state = torch.where(moves, (state + 1) % len(word), state)
            told, rest = told + moves.long(), (rest - 1).clamp(min=0)
            y[:, t] = torch.where(told >= depth, first + word[state], -100)
        return x, y

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return drawn(batch, generator, 1)

    def draw_test(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return drawn(batch, generator, rule.stretch)

    return Task(name, draw, vocab, 1 / alphabet, length, vocab=vocab, draw_test=draw_test)
