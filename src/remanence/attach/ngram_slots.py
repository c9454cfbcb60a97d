"""Facts in rows addressed by the n-gram of their subject: they act where its name stands and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from remanence.attach.engram import PhraseIndex
from remanence.attach.model import Hook, Model, Place, Seen
from remanence.attach.rome import Fact, values_of
from remanence.attach.side import Side
from remanence.errors import InvalidInput

Phrase = tuple[int, ...]
"""Token ids of a name as it stands in a text."""


def spellings(model: Model, name: str) -> tuple[Phrase, ...]:
    """A name at the start of a text and after a space, where a byte-level tokenizer cuts it differently."""
    return tuple(dict.fromkeys((tuple(model.encode(name)), tuple(model.encode(" " + name)))))


class NGramSlots(Side):
    """One slot a subject beside the feed-forward output of one layer: y + delta where the subject's last token ends
    its name.

    The address is Engram's, hashed n-grams of token ids, so a name that shares its first or last word opens nothing
    and whatever holds no name stays bit for bit the model's. The value is ROME's: what makes the fact true in all its
    wordings. A slot speaks wherever its subject stands, also in questions about something else; a name that is
    split between two passes, or spelt otherwise, opens none.
    """

    def __init__(self, model: Model, layer: int, *, longest: int = 8, seed: int = 0) -> None:
        super().__init__(model)
        self.layer = layer
        self.index = PhraseIndex(longest=longest, seed=seed)
        self.values: dict[str, Tensor] = {}
        self.phrases: dict[str, tuple[Phrase, ...]] = {}
        self.opened: list[str] = []
        """Items whose slots opened since the memory was attached: what an answer can cite."""

    def hooks(self) -> dict[Place, Hook]:
        self.opened = []
        return {(self.layer, "ffn_out"): self._add}

    def _add(self, y: Tensor, seen: Seen) -> Tensor:
        if seen.ids is None:
            return y
        found = [
            (row, place, name)
            for row, ids in enumerate(seen.ids.tolist())
            for place, names in enumerate(self.index.ending(ids))
            for name in sorted(names)
        ]
        if not found:
            return y
        rows, places, said = zip(*found, strict=True)
        self.opened += [name for name in dict.fromkeys(said) if name not in self.opened]
        moved = torch.stack([self.values[name] for name in said]).to(y.dtype)
        return y.index_put((torch.tensor(rows), torch.tensor(places)), moved, accumulate=True)

    def write(
        self, facts: Sequence[Fact], phrases: Sequence[Sequence[Phrase]], *, batch: int = 10, **knobs: Any
    ) -> None:
        """Add facts, each with the phrases that name its subject; knobs are those of `Search`.

        Slots of other subjects do not move. Facts about one subject are written as one `Fact` of all their wordings.
        """
        with self.off():
            for first in range(0, len(facts), batch):
                part = facts[first : first + batch]
                _, delta = values_of(self.model, self.layer, part, **knobs)
                self.put([f.source for f in part], phrases[first : first + batch], delta)

    def put(self, sources: Sequence[str], phrases: Sequence[Sequence[Phrase]], delta: Tensor) -> None:
        """Add values [N, W] that were found before."""
        taken = {phrase: source for source, own in self.phrases.items() for phrase in own}
        for number, (source, own) in enumerate(zip(sources, phrases, strict=True)):
            if source in self.values or any(phrase in taken for phrase in own):
                raise InvalidInput(
                    f"{source!r} or its name has a slot already: forget it, and write all its facts as one"
                )
            for phrase in own:
                self.index.add(phrase, source)
            self.values[source], self.phrases[source] = delta[number].float().clone(), tuple(map(tuple, own))
            self.ledger.note(source, [len(self.values) - 1])

    def forget(self, sources: Sequence[str]) -> int:
        """Drop the slots of some items, bytes included; how many. Exactly as if they had never been written."""
        gone = [source for source in dict.fromkeys(sources) if source in self.values]
        for source in gone:
            self.index.drop(source)
            self.values.pop(source).zero_()
            del self.phrases[source]
        self.ledger.renumber(self.values)
        return len(gone)
