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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime

import numpy as np

from remanence.compose import fence
from remanence.compose.fence import escape_each
from remanence.compose.opening import note, what_is_so
from remanence.language.sentences import split
from remanence.language.text import STOP, words
from remanence.language.tokens import count_tokens
from remanence.records import dataclass
from remanence.stage import Ctx, composes
from remanence.stage.question import cue_vector
from remanence.types import FIRM, Context, Cue, Hit, Hits, Item

GAP = " ... "
"""Stands where sentences were left out."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec")
AT_ONCE = 8
"""So many hits are made at once."""
PASSAGE = 2
"""So many times as long as what somebody said may be what nobody said, at most a third of the budget."""
OPENING = 6
"""At most one part in so many of the budget tells what is so, ahead of the evidence."""


@dataclass(slots=True)
class _Piece:
    """One item as it will stand in the context."""

    hit: Hit
    number: int
    text: str
    cut: bool
    said: str
    """Who said it, the text, its picture and what became of it, as they are shown."""
    date: str
    alone: str
    """`said` with the source as it is cited where nothing else is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    """How much of one text is told, and when two texts are one."""

    max_snippet_tokens: int = 90
    full_snippets: int = 6
    max_jaccard: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippets(_Sizes):
    """Dated snippets in order of time, within `budget_tokens` as `count_tokens` counts them.

    include_question: for so many of the best hits the question that they answer comes along.
    length_penalty: a hit's claim on the budget is score / tokens ** length_penalty.
    max_snippet_tokens: of what somebody said before it is cut, `PASSAGE` times as much of what nobody said; after the
    first `full_snippets` two thirds of that.
    max_jaccard: texts that share so many words are told once. floor: hits below this share of the best score
    are not told. fenced: put the whole between the lines of a fence.
    """

    include_question: int = 2
    length_penalty: float = 0.2
    floor: float = 0.002
    fenced: bool = True

    def __call__(self, cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int) -> Context:
        if not len(hits.rows):
            return Context("", 0, sure=0.0 if hits.sure is None else hits.sure, degraded=tuple(ctx.degraded))
        room = budget_tokens - (fence.price() if self.fenced else 0)
        opening = what_is_so(cue, hits, ctx, room // OPENING)
        room -= opening.tokens
        chosen, left_out = self._chosen(cue, hits, ctx, room)
        while True:
            text, order = _render(chosen, len(opening.sources))
            text = "\n".join([*opening.lines, text] if text else opening.lines)
            if self.fenced and text:
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
            hits=(*opening.hits, *(piece.hit for piece in order)),
            sources=(*opening.sources, *(piece.hit.item.source or piece.hit.item.id for piece in order)),
            sure=0.0 if hits.sure is None else hits.sure,
            truncated=left_out or any(piece.cut for piece in order),
            degraded=tuple(ctx.degraded),
        )

    def _chosen(self, cue: Cue, hits: Hits, ctx: Ctx, room: int) -> tuple[list[_Piece], bool]:
        """The pieces that the budget goes to, and whether something was left out."""
        ordered = hits.top(len(hits.rows))
        ordered = ordered.take(ordered.scores >= self.floor * float(ordered.scores[0]))
        ordered, more = self._by_claim(ordered, ctx, max(8, room // 8))
        asked = _questions_before(ordered, self.include_question, cue, ctx)
        packing = _Packing(cue, ctx, room, self)
        return packing.chosen, _choose(packing, ordered, asked) or more

    def _by_claim(self, ordered: Hits, ctx: Ctx, most: int) -> tuple[Hits, bool]:
        """The `most` hits with the best score for their length, and whether there were more."""
        lengths = ctx.store.columns.length[ordered.rows]
        cost = 12 + np.minimum(1.9 * lengths, self.max_snippet_tokens)
        order = np.argsort(-ordered.scores / cost**self.length_penalty, kind="stable")
        return ordered.take(order[:most]), len(order) > most


snippets = composes(Snippets)


# --- choosing ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Packing:
    """A context in the making: what it may spend, and what is in it so far."""

    cue: Cue
    ctx: Ctx
    room: int
    sizes: _Sizes
    cue_words: frozenset[str] = frozenset()
    chosen: list[_Piece] = field(default_factory=list)
    bags: list[frozenset[str]] = field(default_factory=list)
    groups: set[tuple[str | None, str]] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    spent: int = 0

    def __post_init__(self) -> None:
        self.cue_words = frozenset(words(self.cue.text)) - STOP

    def longest(self, item: Item) -> int:
        """Tokens of one text: what nobody said is told longer, since it seldom says its point in one sentence."""
        most = self.sizes.max_snippet_tokens
        return most if item.who else max(most, min(PASSAGE * most, self.room // 3))

    def piece(self, hit: Hit, number: int, longest: int) -> _Piece:
        """A hit as it would stand here, cut to `longest` tokens."""
        text, cut = _excerpt(hit.item.text, self.cue, self.cue_words, self.ctx, longest)
        shown = str(hit.item.data.get("caption") or "")
        captioned = bool(shown) and (
            len(self.chosen) < self.sizes.full_snippets or bool(self.cue_words & set(words(shown)))
        )
        item, after = hit.item, note(hit.marks) if hit.marks else ""
        source = _cited(item.source, (item.source or "").rpartition("/")[0], 99)
        who, text, shown, after, source = escape_each([item.who or item.kind, text, shown, after, source])
        said = text.replace("\n", "\n  ")
        if shown and (captioned or not said):
            said = f"{said} [shows {shown}]" if said else f"[shows {shown}]"
        said = said if item.trust >= FIRM else fence.marked(said, item.trust)
        said = f"{who.replace(chr(10), ' ')}: {said}{after}"
        return _Piece(hit, number, text, cut, said, _date(item.said_at), f"{said} {{{source}}}")

    def add(self, piece: _Piece) -> bool:
        """Take a piece in; False when it does not fit. What is told already is passed over."""
        bag = frozenset(words(piece.text))
        if any(_alike(bag, other, self.sizes.max_jaccard) for other in self.bags):
            return True
        group = (piece.hit.item.scope.session, piece.date)
        heading = "" if group in self.groups else f"[{group[1]}]\n" if group[1] else "\n"
        price = count_tokens(f"{heading}{piece.alone}") + 1
        if self.spent + price > self.room:
            return False
        self.chosen.append(piece)
        self.bags.append(bag)
        self.groups.add(group)
        self.taken.add(piece.number)
        self.spent += price
        return True


def _choose(packing: _Packing, ordered: Hits, asked: Mapping[int, tuple[Hit, int]]) -> bool:
    """Take in what fits, best claim first, each with the question before it; True when something did not fit."""
    numbers = packing.ctx.store.columns.number[ordered.rows].tolist()
    left_out = False
    for position, hit in enumerate(_each(ordered)):
        whole = packing.longest(hit.item)
        longest = whole if len(packing.chosen) < packing.sizes.full_snippets else whole * 2 // 3
        new: list[_Piece] = []
        if numbers[position] not in packing.taken:
            new.append(packing.piece(hit, numbers[position], longest))
        before = asked.get(position)
        if before is not None and before[1] not in packing.taken and hit.item.text:
            new.append(packing.piece(*before, whole // 2))
        for piece in new:
            left_out = not packing.add(piece) or left_out
        if packing.room - packing.spent < 12:
            return left_out or position + 1 < len(numbers)
    return left_out


def _each(hits: Hits) -> Iterator[Hit]:
    """The hits in order, made a few at a time: the room is seldom enough for all of them."""
    for low in range(0, len(hits.rows), AT_ONCE):
        yield from hits[low : low + AT_ONCE]


def _alike(left: frozenset[str], right: frozenset[str], least: float) -> bool:
    """Whether the Jaccard index reaches `least`; two empty sets are equal."""
    shared = len(left & right)
    return shared >= least * (len(left) + len(right) - shared) - 1e-9


def _questions_before(ordered: Hits, most: int, cue: Cue, ctx: Ctx) -> dict[int, tuple[Hit, int]]:
    """For the `most` best hits: the turn before, when it asks something, by their positions."""
    if not most:
        return {}
    best = ordered.take(np.argsort(-ordered.scores, kind="stable")[:most])
    before = ctx.store.around(best.rows, 1, 0, cue.where)[:, 0]
    there = before >= 0
    if not there.any():
        return {}
    items = ctx.store.items(before[there])
    numbers = ctx.store.columns.number[before[there]]
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
        near = ctx.embed(sentences) @ cue_vector(cue, ctx)
        shared = np.array([len(cue_words & set(words(sentence))) for sentence in sentences], np.float32)
        value = near + 0.25 * shared / max(len(cue_words), 1)
        value[0] += 0.05
    else:
        value = np.ones(1, np.float32)
    kept: set[int] = set()
    spent = 0
    for place in np.argsort(-value, kind="stable").tolist():
        price = count_tokens(sentences[place])
        if spent + price <= longest:
            kept.add(place)
            spent += price + 1
        if longest - spent < 6:
            break
    if not kept:
        return _clip(sentences[int(np.argmax(value))], longest), True
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


def _render(chosen: Sequence[_Piece], told: int) -> tuple[str, list[_Piece]]:
    """The text, and its pieces in reading order: groups by session, oldest first; `told` sources are cited before."""
    groups: dict[tuple[str | None, str], list[_Piece]] = {}
    for piece in sorted(chosen, key=lambda piece: piece.number):
        groups.setdefault((piece.hit.item.scope.session, piece.date), []).append(piece)
    order = sorted(groups.values(), key=lambda group: (_stamp(group[0].hit.item), group[0].number))
    read = [piece for group in order for piece in group]
    common = [_common([piece.hit.item for piece in group]) for group in order]
    shared = [mine for mine, group in zip(common, order, strict=True) for _ in group]
    cited = [
        _cited(piece.hit.item.source, mine, told + place)
        for place, (piece, mine) in enumerate(zip(read, shared, strict=True), 1)
    ]
    safe = iter(escape_each([*common, *cited]))
    heads = [next(safe) for _ in common]
    lines: list[str] = []
    for place, group in enumerate(order):
        date = group[0].date
        head = "" if place and common[place] == common[place - 1] else heads[place]
        if date or head:
            lines.append(" ".join(part for part in (f"[{date}]" if date else "", head) if part))
        lines.extend(f"{piece.said} {{{next(safe)}}}" for piece in group)
    return "\n".join(lines), read


def _stamp(item: Item) -> float:
    return item.at.timestamp() if item.at is not None else float("-inf")


def _date(at: datetime | None) -> str:
    return "" if at is None else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _common(items: Sequence[Item]) -> str:
    """What the sources of a group share, up to the last slash."""
    heads = {item.source.rpartition("/")[0] if item.source else "" for item in items}
    return heads.pop() if len(heads) == 1 else ""


def _cited(source: str | None, common: str, place: int) -> str:
    """A source without what stands in its heading; one that has none is cited by its place."""
    source = source or f"#{place}"
    return source[len(common) + 1 :] if common and source.startswith(f"{common}/") else source
