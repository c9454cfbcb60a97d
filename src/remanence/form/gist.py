"""A running gist: one short summary that takes each new turn in, and now and then a gist of the gists (HEMA)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.language import sentences
from remanence.language.person import resolve
from remanence.language.tokens import count_tokens
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import llm_json
from remanence.types import Change, Evidence, Item, Scope, Where, shared

_MOST_SOURCES = 1000
GIST, OVERALL = "gist", "gist of gists"
_SUMMARY = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}
_TASK = (
    "Rewrite the running summary so that it takes the new messages in. At most {n} tokens, third person, names and "
    "absolute dates; keep the main thread, let details go."
)


@writes
def running(change: Change, ctx: Ctx, *, tokens: int = 60, kinds: tuple[str, ...] = ("turn",)) -> Change:
    """One `summary` a scope, of at most `tokens` tokens, made anew from itself and the turns that came: S' = f(S, u).

    Without a language model it keeps the sentences nearest to the centre of all that was said, by the older summary
    and the new turns; the centre is carried along in `data["centre"]` as a running mean, so it does not drift to what
    came last.
    """
    return _renewed(change, ctx, GIST, tokens, [item for item in change.fresh if item.kind in kinds])


@writes
def overall(change: Change, ctx: Ctx, *, tokens: int = 60) -> Change:
    """The gist of gists: takes the present running gist in, and lets it begin anew. Meant for `every(100)`."""
    scopes = {shared(item.scope) for item in change.fresh}
    gists = [item for item in _stored(change, ctx, GIST) if shared(item.scope) in scopes and item.text]
    return _renewed(change, ctx, OVERALL, tokens, gists)


def _renewed(change: Change, ctx: Ctx, of: str, tokens: int, new: Sequence[Item]) -> Change:
    draft = ChangeBuilder(change, f"gist.{'running' if of == GIST else 'overall'}")
    by_scope: dict[Scope, list[Item]] = {}
    for item in new:
        if item.text.strip():
            by_scope.setdefault(shared(item.scope), []).append(item)
    known = {item.scope: draft.now(item) for item in _stored(change, ctx, of)} if by_scope else {}
    for scope, items in by_scope.items():
        old = known.get(scope)
        told = _taken_in(ctx, old, items, tokens)
        fields: dict[str, Any] = {
            "text": " ".join(one for one in told.sentences if one),
            "evidence": tuple(Evidence(id) for id in dict.fromkeys(told.sources)),
            "trust": min([*(item.trust for item in items), *([old.trust] if old else [])]),
            "data": {
                "of": of,
                "level": 1 if of == GIST else 2,
                "centre": [round(float(value), 5) for value in told.centre],
                "count": told.count,
                "sentences": told.sentences,
                "from": told.sources,
            },
        }
        if old is None:
            draft.put(ctx.put(Item("summary", scope=scope, at=items[0].at, **fields)))
        else:
            draft.rewrite(old, fields, "more was said")
    return draft.change()


@dataclass(frozen=True, slots=True)
class _Gist:
    """Sentences, the item that each comes from, the centre [D] of all that was said, and of how many sentences."""

    sentences: list[str]
    sources: list[str]
    centre: NDArray[np.float64]
    count: int


def _taken_in(ctx: Ctx, old: Item | None, items: Sequence[Item], tokens: int) -> _Gist:
    """The gist of an old one and of what came since."""
    said = [(resolve(one.of(x.text), x.who or "").text, x.id) for x in items for one in sentences.split(x.text)]
    said = [(text, id) for text, id in said if not text.rstrip().endswith(("?", "？"))] or said
    before = list(zip(old.data["sentences"], old.data["from"], strict=True)) if old else []
    vectors = ctx.embed([text for text, _ in said])
    count = int(old.data["count"]) if old else 0
    centre = np.asarray(old.data["centre"], np.float64) if old else np.zeros(vectors.shape[1])
    centre = (centre * count + vectors.sum(axis=0)) / max(count + len(said), 1)
    material = {"summary": old.text if old else "", "messages": [{"who": x.who, "text": x.text} for x in items]}
    reply = llm_json(ctx.llm, ctx.degraded, "gist", _TASK.format(n=tokens), material, _SUMMARY)
    if reply is not None and str(reply["summary"]).strip():
        whole = _cut(" ".join(str(reply["summary"]).split()), tokens)
        sources = list(dict.fromkeys(id for _, id in (*before, *said)))[-_MOST_SOURCES:]
        return _Gist([whole, *[""] * (len(sources) - 1)], sources, centre, count + len(said))
    pool = list(dict.fromkeys([*before, *said]))
    near = ctx.embed([text for text, _ in pool]) @ centre
    kept: list[int] = []
    room = tokens
    for place in np.argsort(-near, kind="stable").tolist():
        price = count_tokens(pool[place][0]) + 1
        if price <= room:
            kept.append(place)
            room -= price
    chosen = [pool[place] for place in sorted(kept)] or [(_cut(pool[0][0], tokens), pool[0][1])]
    return _Gist([text for text, _ in chosen], [id for _, id in chosen], centre, count + len(said))


def _cut(text: str, tokens: int) -> str:
    words = text.split()
    while words and count_tokens(" ".join(words)) > tokens:
        words.pop()
    return " ".join(words)


def _stored(change: Change, ctx: Ctx, of: str) -> list[Item]:
    rows = ctx.store.rows(Where(kinds=("summary",)))
    both = {item.id: item for item in (*ctx.store.items(rows), *change.puts) if item.kind == "summary"}
    return [item for item in both.values() if item.data.get("of") == of]
