"""Cuts what was remembered into pieces: talk into episodes, long texts into passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from remanence import form, language
from remanence.algo.boundaries import Signal, cuts
from remanence.algo.boundaries import signal as novelty_of
from remanence.errors import BadKnob
from remanence.language import sentences
from remanence.language.tokens import count_tokens
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.excerpt import excerpt
from remanence.types import Change, Evidence, Item, Link, keys_of

BY = ("topic", "surprise", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """Put consecutive turns of a session that are about one thing into an episode, with a summary as its text.

    by: "topic" compares the turns before a place with those after it, "surprise" each turn with the one before,
    "time" cuts at gaps alone. A place is cut where the signal exceeds mean + threshold * deviation of the 64
    turns around it, at gaps longer than `gap_hours` (None for never) and after `max_turns`.
    signal: "distance", "contrast", "novelty", or a function of the turns' unit vectors [N, D] -> [N].
    The summary is made of up to `summary_sentences` of the turns' own sentences. Turns link `part_of` their episode.
    Meant for `at_sleep`: an episode never reaches beyond the turns that the stage is given.
    """

    by: str = "topic"
    signal: str | Signal | None = None
    threshold: float = 1.0
    gap_hours: float | None = 6.0
    min_turns: int = 2
    max_turns: int = 25
    summary_sentences: int = 3
    kinds: tuple[str, ...] = ("turn",)

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        if self.by not in BY:
            raise BadKnob(f"episodes are cut by {', '.join(BY)}, not {self.by!r}")
        puts: list[Item] = []
        links: list[Link] = []
        for turns in runs(item for item in change.fresh if item.kind in self.kinds):
            starts = self._starts(turns, ctx)
            for start, end in zip(starts, [*starts[1:], len(turns)], strict=True):
                episode = episode_of(ctx, turns[start:end], self.summary_sentences)
                puts.append(episode)
                links += [Link(turn.id, "part_of", episode.id) for turn in turns[start:end]]
        return change.plus(puts=puts, links=links)

    def _starts(self, turns: Sequence[Item], ctx: Ctx) -> list[int]:
        """The places in a run of turns at which an episode begins."""
        series: NDArray[np.floating] = np.zeros(len(turns))
        if self.by != "time":
            name = self.signal or {"topic": "contrast", "surprise": "distance"}[self.by]
            series = novelty_of(name, ctx.embed(keys_of(turns)))
        return cuts(
            series,
            gaps=_gaps(turns, self.gap_hours),
            threshold=self.threshold,
            min_steps=self.min_turns,
            max_steps=self.max_turns,
        )


episodes = writes(Episodes)


def runs(items: Iterator[Item]) -> list[list[Item]]:
    """Items by scope (session included), each in order."""
    found: dict[object, list[Item]] = {}
    for item in items:
        found.setdefault(item.scope, []).append(item)
    return list(found.values())


def _gaps(turns: Sequence[Item], hours: float | None) -> list[bool]:
    if hours is None:
        return [False] * len(turns)
    longest = timedelta(hours=hours)
    times = [turn.at for turn in turns]
    return [
        bool(step and times[step - 1] and times[step] and abs(times[step] - times[step - 1]) > longest)  # type: ignore[operator]
        for step in range(len(times))
    ]


def episode_of(ctx: Ctx, turns: Sequence[Item], most: int) -> Item:
    """An `episode` of consecutive turns, with up to `most` of their sentences as its text."""
    text = form.distil.summarised(ctx, turns, most, told_by="episodes")
    phrases = language.phrases.keyphrases("\n".join(turn.text for turn in turns), 3)
    return ctx.put(
        Item(
            "episode",
            text or turns[0].text[:200],
            at=turns[0].at,
            scope=turns[0].scope,
            evidence=tuple(Evidence(turn.id, 0, len(turn.text)) for turn in turns),
            trust=min(turn.trust for turn in turns),
            salience=max(turn.salience for turn in turns),
            data={
                "turns": [turn.id for turn in turns],
                "topic": ", ".join(phrase.text for phrase in phrases),
                "keys": " ".join(phrase.text for phrase in phrases),
            },
        )
    )


@writes
def passages(
    change: Change,
    ctx: Ctx,
    *,
    tokens: int = 200,
    overlap: int = 0,
    kinds: tuple[str, ...] = ("turn", "chunk", "file"),
) -> Change:
    """Cut texts that are longer than `tokens` into passages of whole sentences; shorter ones stay as they are.

    `overlap` repeats so many sentences of the passage before. A passage is a `chunk` with its span as evidence;
    it links `part_of` its text and `next` to the following passage.
    """
    if tokens < 1 or overlap < 0:
        raise BadKnob(f"passages need tokens >= 1 and overlap >= 0, not {tokens} and {overlap}")
    puts: list[Item] = []
    links: list[Link] = []
    for item in change.fresh:
        if item.kind not in kinds or item.data.get("part") or count_tokens(item.text) <= tokens:
            continue
        before: Item | None = None
        for place, (start, end) in enumerate(_stretches(item.text, tokens, overlap)):
            data = {"part": place + 1}
            if item.data.get("title"):
                data["title"] = item.data["title"]
            piece = ctx.put(excerpt(item, "chunk", start, end, salience=item.salience, data=data))
            puts.append(piece)
            links.append(Link(piece.id, "part_of", item.id))
            if before is not None:
                links.append(Link(before.id, "next", piece.id))
            before = piece
    return change.plus(puts=puts, links=links)


def _stretches(text: str, tokens: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Spans [start, end) of whole sentences that hold at most `tokens`; one longer sentence stands alone."""
    spans = sentences.split(text)
    costs = [count_tokens(span.of(text)) for span in spans]
    first = 0
    while first < len(spans):
        last, spent = first + 1, costs[first]
        while last < len(spans) and spent + costs[last] <= tokens:
            spent += costs[last]
            last += 1
        yield spans[first].start, spans[last - 1].end
        if last == len(spans):
            return
        first = max(first + 1, last - overlap)
