"""The plain way to tell hits: a numbered list, best first, until the budget is spent."""

from __future__ import annotations

from collections.abc import Sequence

from remanence.compose import fence
from remanence.compose.fence import escape
from remanence.compose.opening import note
from remanence.language.tokens import count_tokens
from remanence.stage import Ctx, composes
from remanence.types import Context, Cue, Hit, Hits


@composes
def listing(cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int, *, fenced: bool = True) -> Context:
    """One line a hit, whole texts, best first; a text that does not fit any more is left out."""
    lines: list[str] = []
    kept: list[Hit] = []
    room = room_in(budget_tokens) if fenced else budget_tokens
    left_out = False
    for hit in hits.top(len(hits)):
        line = line_of(len(lines) + 1, hit)
        price = count_tokens(line) + 1
        if price > room:
            left_out = True
            if room < 8:
                break
            continue
        room -= price
        lines.append(line)
        kept.append(hit)
    return context_of(lines, kept, hits, ctx, cut=left_out, fenced=fenced)


def context_of(
    lines: Sequence[str], kept: Sequence[Hit], hits: Hits, ctx: Ctx, *, cut: bool, fenced: bool = True
) -> Context:
    """The context that these lines make, in a fence, with the hits that they tell. cut: something was left out."""
    text = "\n".join(lines)
    if text and fenced:
        text = fence.fenced(text, ctx.store.sign)
    return Context(
        text,
        count_tokens(text),
        hits=tuple(kept),
        sources=tuple(hit.item.source or hit.item.id for hit in kept),
        sure=0.0 if hits.sure is None else hits.sure,
        truncated=cut,
        degraded=tuple(ctx.degraded),
    )


def room_in(budget_tokens: int) -> int:
    """Tokens that are left for lines inside a fence."""
    return budget_tokens - fence.price()


def line_of(number: int, hit: Hit) -> str:
    """A hit as one numbered line: date, speaker, text, what became of it, source."""
    item = hit.item
    date = f"[{item.at:%Y-%m-%d %H:%M}] " if item.at is not None else ""
    who = f"{escape(item.who)}: " if item.who else ""
    text = fence.marked(escape(item.text).replace("\n", "\n   "), item.trust)
    return f"{number}. {date}{who}{text}{escape(note(hit.marks))} {{{escape(item.source or item.id)}}}"
