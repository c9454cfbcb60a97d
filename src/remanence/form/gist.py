"""A gist of the talk so far in a few sentences, and a gist of the gists of its stretches (HEMA).

Without a language model both are functions of the turns that are there, and of nothing else: a turn that is forgotten
or erased leaves them as if it had never been said, and no gist drifts to what came last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from remanence.errors import BadKnob
from remanence.language import sentences
from remanence.language.person import resolve
from remanence.language.tokens import count_tokens
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import TEXT, llm_json, object_of, said_nothing
from remanence.types import Change, Evidence, Item, Scope, Where, shared

GIST, OVERALL = "gist", "gist of gists"
SHOWN = 40
"""So many of the most central sentences are shown to a model."""
_SUMMARY = object_of(summary=TEXT)
_TASK = "Summarise what was said in at most {n} tokens, third person, names and absolute dates; keep the main thread."


@writes
def running(
    change: Change, ctx: Ctx, *, tokens: int = 60, window: int = 1000, kinds: tuple[str, ...] = ("turn",)
) -> Change:
    """One `summary` a scope, of at most `tokens` tokens: the sentences nearest to the centre of all that was told.

    Of the last `window` turns, questions left out. It rests on all of those turns. Meant for `at_sleep`.
    """
    return _renewed(change, ctx, GIST, tokens, kinds, lambda turns: [(turn, 0) for turn in turns[-window:]])


@writes
def overall(
    change: Change, ctx: Ctx, *, tokens: int = 60, block: int = 100, kinds: tuple[str, ...] = ("turn",)
) -> Change:
    """The gist of gists, of at most `tokens` tokens, over every whole stretch of `block` turns; none before the first.

    Each stretch speaks by its most central turns, the first of each before the second of any, so the early ones are
    told beside the late. Meant for `at_sleep`.
    """
    if block < 2:
        raise BadKnob(f"a stretch has at least two turns, not {block}")

    def central(turns: Sequence[Item]) -> list[tuple[Item, int]]:
        whole = len(turns) // block * block
        return [one for start in range(0, whole, block) for one in _central(turns[start : start + block], ctx)]

    return _renewed(change, ctx, OVERALL, tokens, kinds, central)


def _central(turns: Sequence[Item], ctx: Ctx, most: int = 3) -> list[tuple[Item, int]]:
    """The turns nearest to the centre of a stretch, in order, each with its rank from 0."""
    vectors = ctx.embed([turn.text for turn in turns])
    near = vectors @ vectors.mean(axis=0)
    best = np.argsort(-near, kind="stable")[:most].tolist()
    return [(turns[place], best.index(place)) for place in sorted(best)]


def _renewed(change: Change, ctx: Ctx, of: str, tokens: int, kinds: tuple[str, ...], choose: Any) -> Change:
    scopes = {shared(item.scope) for item in change.fresh if item.kind in kinds}
    if not scopes:
        return change
    draft = ChangeBuilder(change, "form.gist")
    stored = ctx.store.items(ctx.store.rows(Where(kinds=kinds)))
    every = {item.id: draft.now(item) for item in (*stored, *(one for one in change.puts if one.kind in kinds))}
    for scope in sorted(scopes, key=repr):
        chosen = choose([item for item in every.values() if shared(item.scope) == scope and item.text.strip()])
        old = next((draft.now(item) for item in _stored(ctx, of) if item.scope == scope), None)
        _tell(draft, ctx, scope, of, old, chosen, tokens)
    return draft.change()


def _tell(
    draft: ChangeBuilder,
    ctx: Ctx,
    scope: Scope,
    of: str,
    old: Item | None,
    chosen: Sequence[tuple[Item, int]],
    tokens: int,
) -> None:
    text = _text(chosen, ctx, tokens) if chosen else ""
    if not text:
        return
    turns = [turn for turn, _ in chosen]
    evidence = tuple(Evidence(turn.id, 0, len(turn.text)) for turn in turns)
    trust = min(turn.trust for turn in turns)
    data = {"of": of, "level": 1 if of == GIST else 2}
    if old is None:
        made = Item("summary", text, at=turns[0].at, scope=scope, evidence=evidence, trust=trust, data=data)
        draft.put(ctx.put(made))
    elif (old.text, old.evidence) != (text, evidence):
        draft.rewrite(old, {"text": text, "evidence": evidence, "trust": trust}, "more was said")


def _text(chosen: Sequence[tuple[Item, int]], ctx: Ctx, tokens: int) -> str:
    """The sentences nearest to the centre of all, in order, within the budget; the model's telling of them with one.

    Sentences of turns of a lower rank come first.
    """
    said = [(resolve(s.of(x.text), x.who or "").text, rank) for x, rank in chosen for s in sentences.split(x.text)]
    stated = [one for one in said if not one[0].rstrip().endswith(("?", "？"))] or said
    told = [text for text, _ in stated]
    vectors = ctx.embed(told)
    near = vectors @ vectors.mean(axis=0)
    places = np.lexsort((-near, np.array([rank for _, rank in stated])))
    order = list(dict.fromkeys(told[place] for place in places.tolist()))
    shown = [text for text in dict.fromkeys(told) if text in set(order[:SHOWN])]
    reply = llm_json(ctx.llm, ctx.degraded, "gist", _TASK.format(n=tokens), {"sentences": shown}, _SUMMARY)
    if reply is not None:
        if written := _cut(" ".join(str(reply["summary"])[: 40 * tokens].split()), tokens):
            return written
        said_nothing(ctx.degraded, "gist", "wrote nothing")
    kept: list[str] = []
    room = tokens
    for text in order:
        price = count_tokens(text) + 1
        if price <= room:
            kept.append(text)
            room -= price
    return " ".join(text for text in dict.fromkeys(told) if text in kept) or _cut(order[0], tokens)


def _cut(text: str, tokens: int) -> str:
    words = text.split()
    while words and count_tokens(" ".join(words)) > tokens:
        words.pop()
    return " ".join(words)


def _stored(ctx: Ctx, of: str) -> list[Item]:
    return [item for item in ctx.store.items(ctx.store.rows(Where(kinds=("summary",)))) if item.data.get("of") == of]
