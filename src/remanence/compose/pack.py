"""Packs hits into a token budget: dated, attributed, in the order of time, each with its source.

    <memory id="308160442917">
    [8 May 2023] conv-26
    Caroline: I went to a LGBTQ support group yesterday and it was so powerful. {D1:3}
    Melanie: Wow, that's cool, Caroline! ... {D1:4}
    </memory id="308160442917">

The budget goes to what is likely evidence and cheap; long texts are cut to the sentences that the cue is about.
What the sources of a group have in common stands in its heading, so `conv-26/D1:3` is the first one above.
An item without a source is cited by its place in `Context.sources`, as {#2}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from remanence.compose import fence
from remanence.compose.fence import escape, wrap
from remanence.language.sentences import split
from remanence.language.text import STOP, jaccard, words
from remanence.language.tokens import count_tokens
from remanence.stage import Ctx, composes
from remanence.types import Context, Cue, Hit, Hits, Item

GAP = " ... "
"""Stands where sentences were left out."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec")
_FENCE = count_tokens(wrap("", "0" * 12)) + 2


@dataclass(slots=True)
class _Piece:
    """One item as it will stand in the context."""

    hit: Hit
    number: int
    text: str
    cut: bool
    captioned: bool = True


@composes
def snippets(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    budget_tokens: int,
    *,
    lead: int = 2,
    thrift: float = 0.2,
    longest: int = 60,
    full: int = 6,
    likeness: float = 0.9,
    floor: float = 0.002,
    fenced: bool = True,
) -> Context:
    """Dated snippets in order of time, within `budget_tokens` as `count_tokens` counts them.

    lead: for so many of the best hits the question or remark that they answer comes along.
    thrift: a hit's claim on the budget is score / tokens ** thrift. longest: tokens of one text before it is cut;
    after the first `full` of them, two thirds of that.
    likeness: texts that share so many words are told once. floor: hits below this share of the best score
    are not told. fenced: put the whole between the lines of a fence.
    """
    if not len(hits):
        return Context("", 0, confidence=hits.confidence or 0.0, degraded=tuple(ctx.degraded))
    room = budget_tokens - (_FENCE if fenced else 0)
    chosen, left_out = _choose(cue, hits, ctx, room, lead, thrift, longest, full, likeness, floor)
    while True:
        text, order = _render(chosen)
        if fenced and text:
            text = fence.fenced(text, ctx.store.sign)
        tokens = count_tokens(text)
        if tokens <= budget_tokens or not chosen:
            break
        worst = min(chosen, key=lambda piece: piece.hit.score)
        chosen = [piece for piece in chosen if piece is not worst]
        left_out = True
    return Context(
        text,
        tokens,
        hits=tuple(piece.hit for piece in order),
        sources=tuple(piece.hit.item.source or piece.hit.item.id for piece in order),
        confidence=_confidence(hits),
        truncated=left_out or any(piece.cut for piece in order),
        degraded=tuple(ctx.degraded),
    )


def _confidence(hits: Hits) -> float:
    if hits.confidence is not None:
        return float(hits.confidence)
    return float(hits.scores.max()) if len(hits) else 0.0


# --- choosing ------------------------------------------------------------------------------------


def _choose(
    cue: Cue,
    hits: Hits,
    ctx: Ctx,
    room: int,
    lead: int,
    thrift: float,
    longest: int,
    full: int,
    likeness: float,
    floor: float,
) -> tuple[list[_Piece], bool]:
    """Pieces that fit `room`, best claim first, and whether something worth telling did not fit."""
    ordered = hits.top(len(hits))
    ordered = ordered.take(ordered.scores >= floor * float(ordered.scores[0]))
    numbers = ctx.store.column("number", ordered.rows)
    lengths = ctx.store.column("length", ordered.rows)
    cost = 12 + np.minimum(1.9 * lengths, longest)
    order = np.argsort(-ordered.scores / cost**thrift, kind="stable")
    most = max(8, room // 8)
    left_out = len(order) > most
    ordered = ordered.take(order[:most])
    numbers = numbers[order[:most]]
    told = list(ordered)
    leads = _leads(ordered, lead, cue, ctx)
    cue_words = frozenset(words(cue.text)) - STOP
    chosen: list[_Piece] = []
    said: list[frozenset[str]] = []
    groups: set[tuple[str | None, str]] = set()
    taken: set[int] = set()
    spent = 0
    for position, hit in enumerate(told):
        new: list[_Piece] = []
        most_here = longest if len(chosen) < full else longest * 2 // 3
        if int(numbers[position]) not in taken:
            short = _excerpt(hit.item.text, cue, cue_words, ctx, most_here)
            new.append(_Piece(hit, int(numbers[position]), *short))
        before = leads.get(position)
        if before is not None and before[1] not in taken and hit.item.text:
            short = _excerpt(before[0].item.text, cue, cue_words, ctx, longest // 2)
            new.append(_Piece(before[0], before[1], *short))
        for piece in new:
            piece.text = escape(piece.text)
            shown = str(piece.hit.item.data.get("caption") or "")
            piece.captioned = bool(shown) and (len(chosen) < full or bool(cue_words & set(words(shown))))
            bag = frozenset(words(piece.text))
            if any(_alike(bag, other, likeness) for other in said):
                continue
            group = (piece.hit.item.session, _date(piece.hit.item.at))
            price = count_tokens(_line(piece, (piece.hit.item.source or "").rpartition("/")[0], 99)) + 1
            price += 0 if group in groups else count_tokens(_heading(piece.hit.item, "")) + 1
            if spent + price > room:
                left_out = True
                continue
            chosen.append(piece)
            said.append(bag)
            groups.add(group)
            taken.add(piece.number)
            spent += price
        if room - spent < 12:
            left_out = left_out or position + 1 < len(told)
            break
    return chosen, left_out


def _alike(left: frozenset[str], right: frozenset[str], likeness: float) -> bool:
    """Whether the Jaccard index reaches `likeness`; sets of very different sizes are not compared."""
    small, large = sorted((len(left), len(right)))
    return small >= likeness * large and jaccard(left, right) >= likeness


def _leads(ordered: Hits, lead: int, cue: Cue, ctx: Ctx) -> dict[int, tuple[Hit, int]]:
    """For the best hits: the turn before, when it asks something."""
    if not lead:
        return {}
    best = ordered.take(np.argsort(-ordered.scores, kind="stable")[:lead])
    before = ctx.store.around(best.rows, 1, 0, cue.where)[:, 0]
    there = before >= 0
    if not there.any():
        return {}
    items = ctx.store.items(before[there])
    numbers = ctx.store.column("number", before[there])
    place = {int(row): position for position, row in enumerate(ordered.rows)}
    found: dict[int, tuple[Hit, int]] = {}
    for row, score, item, number in zip(best.rows[there], best.scores[there], items, numbers, strict=True):
        if item.text.rstrip().endswith(("?", "？")):
            found[place[int(row)]] = (Hit(item, float(score) * 0.5, {"path": ["asked before"]}), int(number))
    return found


def _excerpt(text: str, cue: Cue, cue_words: frozenset[str], ctx: Ctx, longest: int) -> tuple[str, bool]:
    """(text or the sentences of it that the cue is about, whether something was left out)."""
    text = text.strip()
    if len(text) <= longest * 2 or count_tokens(text) <= longest:
        return text, False
    spans = split(text[:40_000])
    sentences = [text[span.start : span.end] for span in spans]
    if len(sentences) > 1:
        near = ctx.embed(sentences) @ ctx.cue_vector(cue)
        shared = np.array([len(cue_words & set(words(sentence))) for sentence in sentences], np.float32)
        worth = near + 0.25 * shared / max(len(cue_words), 1)
        worth[0] += 0.05
    else:
        worth = np.ones(1, np.float32)
    kept: set[int] = set()
    spent = 0
    for place in np.argsort(-worth, kind="stable").tolist():
        price = count_tokens(sentences[place])
        if spent + price <= longest:
            kept.add(place)
            spent += price + 1
        if longest - spent < 6:
            break
    if not kept:
        return _clip(sentences[int(np.argmax(worth))], longest), True
    parts: list[str] = []
    last = -1
    for place in sorted(kept):
        if place > last + 1:
            parts.append(GAP.strip())
        parts.append(sentences[place])
        last = place
    if last + 1 < len(sentences):
        parts.append(GAP.strip())
    return " ".join(parts), True


def _clip(text: str, longest: int) -> str:
    """The first words of one overlong sentence."""
    every = text.split()
    low, high = 1, len(every)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(" ".join(every[:middle])) < longest:
            low = middle
        else:
            high = middle - 1
    return (" ".join(every[:low]) if len(every) > 1 else text[: longest * 4]) + GAP.rstrip()


# --- rendering -----------------------------------------------------------------------------------


def _render(chosen: Sequence[_Piece]) -> tuple[str, list[_Piece]]:
    """The text, and its pieces in reading order: groups by session, oldest first."""
    groups: dict[tuple[str | None, str], list[_Piece]] = {}
    for piece in sorted(chosen, key=lambda piece: piece.number):
        item = piece.hit.item
        groups.setdefault((item.session, _date(item.at)), []).append(piece)
    order = sorted(groups.values(), key=lambda group: (_stamp(group[0].hit.item), group[0].number))
    lines: list[str] = []
    read: list[_Piece] = []
    last = None
    for group in order:
        common = _common([piece.hit.item for piece in group])
        heading = _heading(group[0].hit.item, "" if common == last else common)
        if heading:
            lines.append(heading)
        last = common
        lines.extend(_line(piece, common, len(read) + place) for place, piece in enumerate(group, 1))
        read.extend(group)
    return "\n".join(lines), read


def _stamp(item: Item) -> float:
    return item.at.timestamp() if item.at is not None else float("-inf")


def _date(at: datetime | None) -> str:
    return "" if at is None else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _common(items: Sequence[Item]) -> str:
    """What the sources of a group share, up to the last slash."""
    heads = {item.source.rpartition("/")[0] if item.source else "" for item in items}
    return heads.pop() if len(heads) == 1 else ""


def _heading(item: Item, common: str) -> str:
    date = _date(item.at)
    return " ".join(part for part in (f"[{date}]" if date else "", escape(common)) if part)


def _line(piece: _Piece, common: str, place: int) -> str:
    item = piece.hit.item
    who = escape(item.who or item.kind).replace("\n", " ")
    text = piece.text.replace("\n", "\n  ")
    caption = item.data.get("caption")
    if caption and (piece.captioned or not text):
        text = f"{text} [shows {escape(str(caption))}]" if text else f"[shows {escape(str(caption))}]"
    text = fence.marked(text, item.trust)
    source = item.source or f"#{place}"
    if common and source.startswith(f"{common}/"):
        source = source[len(common) + 1 :]
    return f"{who}: {text} {{{escape(source)}}}"
