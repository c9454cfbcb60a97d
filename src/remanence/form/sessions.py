"""A whole chat as one unit, at several grains: its text, its summary and its key words, each found on its own."""

from __future__ import annotations

from dataclasses import replace

from remanence.form.distil import summarised
from remanence.form.segment import runs
from remanence.language.phrases import keyphrases
from remanence.stage import Ctx, writes
from remanence.types import Change, Evidence, Item, Link

LONGEST = 4_000
"""So many characters of a chat stand in its own unit."""


@writes
def grains(
    change: Change, ctx: Ctx, *, keywords: int = 12, sentences: int = 5, kinds: tuple[str, ...] = ("turn",)
) -> Change:
    """For each run of turns of a session an `episode` (its words), a `summary` and a `note` (its key words).

    The summary and the note are `part_of` the episode, as the turns are (MemGAS's four grains, the turns being one).
    Meant for `at_sleep`.
    """
    puts: list[Item] = []
    links: list[Link] = []
    for turns in runs(item for item in change.fresh if item.kind in kinds and item.text.strip()):
        text = "\n".join(f"{turn.who}: {turn.text}" if turn.who else turn.text for turn in turns)
        phrases = [phrase.text for phrase in keyphrases(text, keywords)]
        whole = ctx.put(
            Item(
                "episode",
                text[:LONGEST],
                at=turns[0].at,
                scope=turns[0].scope,
                evidence=tuple(Evidence(turn.id, 0, len(turn.text)) for turn in turns),
                trust=min(turn.trust for turn in turns),
                data={"turns": [turn.id for turn in turns], "topic": ", ".join(phrases[:3])},
            )
        )
        gist = summarised(ctx, turns, sentences, told_by="sessions")
        of = {"of": f"session {turns[0].session}", "level": 1}
        parts = [ctx.put(replace(whole, id="", kind="summary", text=gist, data=of))] if gist else []
        if phrases:
            words = {"keywords": phrases}
            parts.append(ctx.put(replace(whole, id="", kind="note", text=", ".join(phrases), data=words)))
        puts += [whole, *parts]
        links += [Link(one.id, "part_of", whole.id) for one in (*turns, *parts)]
    return change.plus(puts=puts, links=links)
