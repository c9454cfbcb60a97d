"""Lets trust count in what is recalled: a weaker statement never stands before the stronger one that it rivals.

Text that came from a tool or from outside is shown as such, and keeps its place among unlike texts: only where a more
trusted item says nearly the same of the same thing does the weaker one step behind it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.text import STOP
from remanence.memory.echo import words_of
from remanence.stage import Ctx
from remanence.stage.question import question
from remanence.types import EVERYTHING, FIRM, Cue, Floats, Hits, Item, Rows

GAP = 0.05
"""Trust that differs by less counts as the same."""
COMPARED = 50
"""So many of the best hits are compared with one another."""
NEAR, SAME = 0.4, 0.8
"""Cosines from which a report, and from which a weaker statement of a person or an assistant, rivals a text."""
MUCH = 0.5
"""Share of a report's keywords with which what somebody says of oneself stands before it."""
SHARED = 0.5
"""Share of the telling words of the shorter text that rivals share, two at least."""


def ranked(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """The hits with every weaker rival behind its stronger one, and the trust of reports in their `why`."""
    if not len(hits.rows) or ctx.store.least_trust() >= 1 - GAP:
        return hits
    trust = ctx.store.columns.trust[hits.rows]
    scores = hits.scores.copy()
    order, mine, rivals = _compared(cue, hits, trust, ctx, MUCH)
    if rivals.any():
        scores[order] = _stepped_back(scores[order], mine, rivals)
    elif float(trust.min()) >= FIRM:
        return hits
    shown = np.where(trust < FIRM, trust, np.float32(np.nan)).astype(np.float32)
    return hits.ranked(scores, channels={"trust": shown})


def unrivalled(cue: Cue, hits: Hits, ctx: Ctx) -> Hits:
    """The hits without those that a more trusted one rivals."""
    if not len(hits.rows) or ctx.store.least_trust() >= 1 - GAP:
        return hits
    order, _, rivals = _compared(cue, hits, ctx.store.columns.trust[hits.rows], ctx)
    keep = np.ones(len(hits), np.bool_)
    keep[order] = ~rivals.any(axis=0)
    return hits if keep.all() else hits.take(keep)


def claims_about_people(item: Item, ctx: Ctx) -> bool:
    """True for a text about the user, the reader, somebody whom this memory hears, or of whom people told it.

    Of whom people told it: a name that a text begins with or that owns something there ("Mira's"), and that does so
    in a text of a person or an assistant too.
    """
    subject = str(item.data.get("subject") or "")
    said = set(words_of(f"{item.text} {subject}"))
    known = {part for name in ctx.store.speakers() if name != item.who for part in words_of(name)}
    told_of = _subjects(item.text) | ({subject} if subject else set())
    return bool(said & (_PERSONS | known)) or any(_is_told_of(name, ctx) for name in told_of)


def _subjects(text: str) -> set[str]:
    """Capitalised words that a sentence of a text begins with or that own something in it."""
    return {found[1] or found[2] for found in _SUBJECT.finditer(text)}


def _is_told_of(name: str, ctx: Ctx) -> bool:
    where = replace(EVERYTHING, min_trust=FIRM)
    rows, _ = ctx.store.matching(ctx.store.terms(name), 5, where)
    return any(name in _subjects(one.text) for one in ctx.store.items(rows))


_SUBJECT = lazy_pattern(r"(?:^|[.!?]\s+|\bthat |: )([A-Z]\w+)(?= [a-z])|\b([A-Z]\w+)['’]s\b")
_BITS = frozenset("abcdefghijklmnopqrstuvwxyz")
"""What is left of "'s" and "'m"."""
_ONESELF = frozenset({"i", "my", "me", "mine", "we", "our"})
_PERSONS = frozenset({"i", "my", "me", "mine", "we", "our", "you", "your", "yours", "user"})


def _compared(
    cue: Cue, hits: Hits, trust: Floats, ctx: Ctx, share: float = 1.0
) -> tuple[Rows, Floats, NDArray[np.bool_]]:
    """(positions of the best hits, their trust, who is the stronger rival of whom among them).

    share: of a report's keywords that are enough for what somebody says of oneself.
    """
    order = np.argsort(-hits.scores, kind="stable")[:COMPARED]
    mine = trust[order]
    if float(mine.max() - mine.min()) < GAP:
        return order, mine, np.zeros((len(order), len(order)), np.bool_)
    best = hits.take(order)
    return order, mine, _rivals(cue, best, mine, ctx) | _answer_alike(cue, best, mine, ctx, share)


def _stepped_back(scores: Floats, trust: Floats, rivals: NDArray[np.bool_]) -> Floats:
    """Scores where none is above a stronger rival's: [i, j] of `rivals` says that i is the stronger of two."""
    stepped = scores.copy()
    for weak in np.argsort(-trust, kind="stable").tolist():
        stronger = np.flatnonzero(rivals[:, weak])
        if len(stronger):
            stepped[weak] = min(stepped[weak], np.float32(0.999) * stepped[stronger].max())
    return stepped


def _rivals(cue: Cue, hits: Hits, trust: Floats, ctx: Ctx) -> NDArray[np.bool_]:
    """bool [N, N]: i is trusted more than j, states something, and j says nearly the same of the same thing.

    A report that holds every telling word of the cue, two at least, rivals a text that holds them too, however little
    alike they are otherwise: "Who has the spare key? Igor." is written to be found.
    """
    stronger = trust[:, None] > trust[None, :] + GAP
    vectors = ctx.store.vectors(hits.rows)
    cosines = vectors @ vectors.T
    items = hits.items
    bags = [frozenset(words_of(item.text)) - STOP - _BITS for item in items]
    asked = frozenset(words_of(cue.text)) - STOP - _BITS
    whole = np.array([len(asked) > 1 and asked <= bag for bag in bags])
    rivals = np.zeros(stronger.shape, np.bool_)
    for i, j in zip(*np.nonzero(stronger), strict=True):
        if _asks(items[i]) or not bags[i] or not bags[j]:
            continue
        shared = len(bags[i] & bags[j])
        much = shared >= 2 and shared >= SHARED * min(len(bags[i]), len(bags[j]))
        near = cosines[i, j] >= (NEAR if trust[j] < FIRM else SAME)
        rivals[i, j] = much and (near or bool(whole[i] and whole[j] and trust[j] < FIRM))
    return rivals


def _answer_alike(cue: Cue, hits: Hits, trust: Floats, ctx: Ctx, share: float) -> NDArray[np.bool_]:
    """bool [N, N]: i is trusted more than the report j, is about whom the cue asks, and has as many of its keywords.

    Who asks of "me" is told by texts that speak of "me"; a `share` of the report's keywords is enough there, for a
    report may hold the question itself.
    """
    asked = question(cue, ctx)
    keywords = frozenset(ctx.store.terms(" ".join(asked.keywords)))
    held = np.array([len(keywords & set(ctx.store.terms(item.text))) for item in hits.items])
    subjects = {part for name in (*asked.subjects, *asked.names) for part in words_of(name)}
    oneself = np.array([_of_oneself(item) for item in hits.items]) & bool(_ONESELF & set(words_of(cue.text)))
    about = np.array([bool(subjects & _people_of(item)) for item in hits.items]) | oneself
    states = about & np.array([not _asks(item) for item in hits.items])
    weaker = (trust[:, None] > trust[None, :] + GAP) & (trust < FIRM)[None, :]
    enough = np.where(oneself, share, 1.0)[:, None] * held[None, :]
    alike = (held[:, None] >= enough) & (held > 0)[None, :]
    return np.asarray(weaker & alike & states[:, None], np.bool_)


def _people_of(item: Item) -> set[str]:
    """Words of whom a text is by and about."""
    return set(words_of(item.who or "")) | set(words_of(item.text))


def _of_oneself(item: Item) -> bool:
    return bool(_ONESELF & set(words_of(item.text)))


def _asks(item: Item) -> bool:
    return item.text.rstrip().endswith(("?", "？"))
