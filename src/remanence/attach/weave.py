"""MemGen: while a text is made, a trigger at clause ends asks for memory, and a weaver inserts latent tokens for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from remanence.attach.model import KV, Model
from remanence.errors import InvalidInput

Trigger = Callable[[Tensor], bool]
"""Whether the state [W] at a delimiter calls for memory."""
Weaver = Callable[[Sequence[int]], Tensor | None]
"""Latents [n, W] for a text so far, or None where memory has nothing to say."""


@dataclass(frozen=True, slots=True)
class Woven:
    """What was made: the new ids, logits of each step, and after how many ids latents went in."""

    ids: list[int]
    logits: Tensor
    inserted: list[int] = field(default_factory=list)
    latents: int = 0


class Weave:
    """Insert latents before generation and after delimiters, at most `cap` times, where the trigger says so.

    Latents are inputs without a word: they take positions, are never scored and never appear in the ids. With the
    trigger off the text is the base model's. `masked` shows the gain: latents go in but nobody may look at them.
    """

    def __init__(
        self,
        model: Model,
        trigger: Trigger,
        weaver: Weaver,
        *,
        delimiters: Sequence[int],
        cap: int = 5,
        again: int = 1,
        masked: bool = False,
    ) -> None:
        if cap < 0 or again < 1:
            raise InvalidInput("the cap counts insertions, and at least one token is read again")
        self.model, self.trigger, self.weaver = model, trigger, weaver
        self.delimiters, self.cap, self.again, self.masked = set(delimiters), cap, again, masked

    @torch.no_grad()
    def generate(self, prompt: Sequence[int], *, most: int = 16, stop: Sequence[int] = ()) -> Woven:
        """The likeliest continuation with memory woven in."""
        place = (self.model.shape.layers - 1, "resid")
        out = self.model.forward(torch.tensor([list(prompt)]), watch=[place])
        kv, hidden, hide = out.kv, out.seen[place][0, -1], list[int]()
        logits, ids, inserted, count = out.logits[0, -1], list(prompt), list[int](), 0
        steps: list[Tensor] = []
        while len(ids) - len(prompt) < most:
            at_end = len(ids) == len(prompt) or ids[-1] in self.delimiters
            if at_end and len(inserted) < self.cap and self.trigger(hidden):
                woven = self._insert(ids, kv, hide)
                if woven is not None:
                    kv, logits, many = woven
                    inserted.append(len(ids) - len(prompt))
                    count += many
            steps.append(logits)
            word = int(logits.argmax())
            if word in stop:
                break
            ids.append(word)
            out = self.model.forward(torch.tensor([[word]]), kv, mask=_seen(len(kv), 1, hide), watch=[place])
            kv, logits, hidden = out.kv, out.logits[0, -1], out.seen[place][0, -1]
        return Woven(ids[len(prompt) :], torch.stack(steps), inserted, count)

    def _insert(self, ids: Sequence[int], kv: KV, hide: list[int]) -> tuple[KV, Tensor, int] | None:
        """Latents before the last `again` tokens, which are read again after them, so that they can look at them."""
        latents = self.weaver(ids)
        if latents is None or not len(latents):
            return None
        table = self.model.embeddings()
        again = min(self.again, len(kv))
        before = kv.pick(torch.arange(len(kv) - again))
        before = KV(before.keys, before.values, kv.end - again)
        start = len(before)
        if self.masked:
            hide += range(start, start + len(latents))
        inputs = torch.cat([latents.to(table.dtype), table[torch.tensor(list(ids[-again:]))]])[None]
        out = self.model.forward(inputs, before, mask=_seen(start, len(latents) + again, hide))
        return out.kv, out.logits[0, -1], len(latents)


def _seen(before: int, new: int, hide: Sequence[int]) -> Tensor:
    """True where a new token may look: not at hidden places, but at itself."""
    allowed = torch.ones(new, before + new, dtype=torch.bool)
    allowed[:, [n for n in hide if n < before + new]] = False
    own = torch.arange(new)
    allowed[own, before + own] = True
    return allowed


def rendered(text: str, recalled: str, *, ends: str = ".,;\n", cap: int = 5) -> str:
    """The same without a model: a memory block inserted after the first clause ends of a text, at most `cap` times."""
    made, count = list[str](), 0
    for letter in text:
        made.append(letter)
        if letter in ends and count < cap and recalled:
            made.append(f" [memory: {recalled}]")
            count += 1
    return "".join(made)
