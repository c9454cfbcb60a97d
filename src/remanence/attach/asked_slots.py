"""Facts in slots that open where their subject was named and they are asked for: other questions find them shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from remanence.attach.engram import PhraseIndex
from remanence.attach.model import Hook, Model, Place, Seen
from remanence.attach.ngram_slots import Phrase
from remanence.attach.rome import Fact, keys_of, values_of
from remanence.attach.side import Example, Side
from remanence.errors import InvalidInput

GATE = "ffn_in"
ASIDES = (
    "{who} was born in the year", "{who} is married to", "The best friend of {who} is called",
    "{who} was seen yesterday near the", "{who} drives a", "Everybody knows that {who} likes", "{who} went to the",
    "{who} owns a", "{who} is", "The name of {who}'s father was", "{who} said that", "{who} is wearing a",
)  # fmt: skip
"""What else is said about a person: what a fact about them must be told from."""


def asides(model: Model, who: str) -> tuple[Example, ...]:
    """`ASIDES` about a subject, with the place where its name ends."""

    def ends(front: str) -> int:
        return len(model.encode(front + who)) - 1

    cut = [aside.partition("{who}") for aside in ASIDES]
    return tuple(Example(tuple(model.encode(a + who + b)), (), who, ends(a)) for a, _, b in cut)


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact: its value [W], a detector [W] and the detector's mean readings (of asides, of wordings)."""

    value: Tensor
    detector: Tensor
    means: tuple[float, float]
    phrases: tuple[Phrase, ...]

    def fit(self, z: Tensor) -> Tensor:
        """How much states [..., W] ask for the fact: about 1 where its wordings end, about 0 where asides do."""
        low, high = self.means
        return (z @ self.detector - low) / (high - low)


class AskedSlots(Side):
    """One slot a fact beside the feed-forward output of one layer: y + delta at a token that asks for it.

    Two gates in a row. The name of the subject must have ended at the token or up to `reach` tokens before it (hashed
    n-grams, as in `NGramSlots`), so whatever does not name it stays bit for bit the model's. And Fisher's linear
    discriminant between the ends of the fact's wordings and of asides (other questions about the same subject),
    whitened by the second moment of ordinary states at the gate, must pass `open_at`. Where several slots pass the
    best one acts.
    A name that stands in an earlier pass, is spelt otherwise or is replaced by a pronoun opens none. Without a moment
    slots can be held that were written before, and none can be written.
    """

    def __init__(
        self, model: Model, layer: int, moment: Tensor | None, *, open_at: float = 0.5, reach: int = 16,
        longest: int = 8, ridge: float = 0.3,
    ) -> None:  # fmt: skip
        super().__init__(model)
        self.layer, self.open_at, self.reach = layer, open_at, reach
        self._whiten: Tensor | None = None
        if moment is not None:
            even = ridge * float(moment.diagonal().mean()) * torch.eye(len(moment), dtype=torch.float64)
            self._whiten = torch.linalg.inv(moment + even)
        self.index = PhraseIndex(longest=longest)
        self.slots: dict[str, Slot] = {}
        self.opened: list[str] = []
        """Items whose slots opened since the memory was attached: what an answer can cite."""

    def hooks(self) -> dict[Place, Hook]:
        self.opened = []
        looked: list[Tensor] = []

        def look(x: Tensor, _: Seen) -> Tensor:
            looked[:] = [x]
            return x

        return {(self.layer, GATE): look, (self.layer, "ffn_out"): lambda y, seen: self._add(y, looked[0], seen)}

    def _add(self, y: Tensor, z: Tensor, seen: Seen) -> Tensor:
        if seen.ids is None:
            return y
        best = torch.full(y.shape[:2], self.open_at)
        chosen: dict[tuple[int, int], str] = {}
        for row, ids in enumerate(seen.ids.tolist()):
            for place, names in enumerate(self.index.ending(ids)):
                for name in sorted(names):
                    after = slice(place, place + self.reach + 1)
                    fit = self.slots[name].fit(z[row, after].float())
                    for step in (fit > best[row, after]).nonzero()[:, 0].tolist():
                        chosen[row, place + step] = name
                        best[row, place + step] = fit[step]
        if not chosen:
            return y
        self.opened += [name for name in dict.fromkeys(chosen.values()) if name not in self.opened]
        rows, places = zip(*chosen, strict=True)
        moved = torch.stack([self.slots[name].value for name in chosen.values()]).to(y.dtype)
        return y.index_put((torch.tensor(rows), torch.tensor(places)), moved, accumulate=True)

    def write(self, facts: Sequence[Fact], phrases: Sequence[Sequence[Phrase]], **knobs: Any) -> None:
        """Add facts with asides, each with the phrases that name its subject; knobs are those of `Search`.

        The value stands at the last token of the prompt, where the question is complete. Other slots do not move.
        """
        with self.off():
            asked = [Fact(tuple(map(_at_end, fact.wordings))) for fact in facts]
            self.put(facts, phrases, values_of(self.model, self.layer, asked, **{"essence": 0.0, **knobs})[1])

    def put(self, facts: Sequence[Fact], phrases: Sequence[Sequence[Phrase]], delta: Tensor) -> None:
        """Add facts whose values [N, W] were found before: the detectors are fitted here."""
        if self._whiten is None:
            raise InvalidInput("writing needs the second moment of ordinary states: AskedSlots(model, layer, moment)")
        for fact, own, value in zip(facts, phrases, delta, strict=True):
            if not fact.asides:
                raise InvalidInput(f"{fact.source!r} comes without asides: there is nothing to tell it from")
            asks, others = (
                keys_of(self.model, self.layer, [_at_end(e) for e in examples], GATE)
                for examples in (fact.wordings, fact.asides)
            )
            detector = self._whiten @ (asks.mean(0) - others.mean(0))
            means = float((others @ detector).mean()), float((asks @ detector).mean())
            self.hold(fact.source, Slot(value.float().clone(), detector.float(), means, tuple(map(tuple, own))))

    def hold(self, source: str, slot: Slot) -> None:
        """Add a slot that was written before."""
        if source in self.slots:
            raise InvalidInput(f"{source!r} has a slot already: forget it first")
        self.slots[source] = slot
        for phrase in slot.phrases:
            self.index.add(phrase, source)
        self.ledger.note(source, [len(self.slots) - 1])

    def forget(self, sources: Sequence[str]) -> int:
        """Drop the slots of some items, bytes included; how many. Exactly as if they had never been written."""
        gone = [source for source in dict.fromkeys(sources) if source in self.slots]
        for source in gone:
            self.index.drop(source)
            slot = self.slots.pop(source)
            slot.value.zero_()
            slot.detector.zero_()
        self.ledger.renumber(self.slots)
        return len(gone)


def _at_end(example: Example) -> Example:
    return replace(example, subject=len(example.prompt) - 1)
