"""Commits a change that was made without the writer's lock, when the store has not moved on meanwhile.

A language model or an embedder may take minutes, so no stage runs while other writers wait. The change is made on a
view; under the lock the store's commit number is compared; when it moved, the change is made again, with the replies
and vectors of the try before, and at last under the lock, where a model is not asked anything new.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import field, replace
from typing import Any

from remanence.errors import ModelError, Moved, NotFound
from remanence.memory.handle import Handle
from remanence.memory.secrets import masked
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.store.door import Along
from remanence.types import Change, Chat, Floats, Messages, Receipt, Schema, Scope, keys_of

TRIES = 3
"""So many times a change that needs a model is made without the lock before it is made under it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change, and what is committed along with it."""

    change: Change
    along: Along = field(default_factory=Along)
    empty_too: bool = True
    """False: a change without effect is not handed to the store."""


Make = Callable[[Ctx], Proposal | Receipt | None]
"""Makes a proposal on a view; a receipt answers at once, None means that there is nothing to do."""


class Replies:
    """A model whose replies are kept: what was asked once is answered again without asking it.

    `close()` lets it answer only what it has answered before; anything new is a `ModelError`.
    """

    def __init__(self, inner: Chat) -> None:
        self._inner = inner
        self._known: dict[str, Any] = {}
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def complete(self, messages: Messages, *, schema: Schema | None = None, max_tokens: int | None = None) -> str:
        said: str = self._asked(
            ("text", messages, schema, max_tokens),
            lambda: self._inner.complete(messages, schema=schema, max_tokens=max_tokens),
        )
        return said

    def json(self, messages: Messages, schema: Schema) -> dict[str, Any]:
        said: dict[str, Any] = self._asked(("json", messages, schema), lambda: self._inner.json(messages, schema))
        return said

    def _asked(self, what: object, ask: Callable[[], Any]) -> Any:
        key = repr(what)
        if key not in self._known:
            if self._closed:
                raise ModelError("the space moved on while the model answered; this is left for later")
            self._known[key] = ask()
        return self._known[key]


def committed(handle: Handle, make: Make, scope: Scope | None = None) -> Receipt | None:
    """Make a change on a view of `scope` and commit it; None when there was nothing to commit.

    `make` may run several times, each time on a fresh view.
    """
    store = handle.store
    whose = scope or handle.scope
    replies = Replies(handle.llm) if handle.llm is not None else None
    memo: dict[str, Floats] = {}
    for _ in range(TRIES if replies is not None else 1):
        ctx = _context(handle, whose, replies, memo)
        seen = store.commit
        try:
            made = make(ctx)
        except NotFound:
            if store.commit == seen and not _moved(handle, seen):
                raise
            continue
        if not isinstance(made, Proposal):
            return made
        made = _discreet(handle, made, ctx)
        if not made.empty_too and made.change.empty:
            return None
        _embed_ahead(ctx, made.change)
        with suppress(Moved):
            return store.apply(made.change, scope=whose, embed=ctx.embed, vectors=memo, along=made.along, seen=seen)
    if replies is not None:
        replies.close()
    with store.lock:
        ctx = _context(handle, whose, replies, memo)
        made = make(ctx)
        if not isinstance(made, Proposal) or (made.change.empty and not made.empty_too):
            return made if isinstance(made, Receipt) else None
        made = _discreet(handle, made, ctx)
        return store.apply(made.change, scope=whose, embed=ctx.embed, vectors=memo, along=made.along)


def _discreet(handle: Handle, made: Proposal, ctx: Ctx) -> Proposal:
    """The proposal without credentials in what it derives, unless they are to be kept."""
    change = made.change if handle.secrets == "keep" else masked(made.change, ctx.store)
    return made if change is made.change else replace(made, change=change)


def _context(handle: Handle, scope: Scope, replies: Replies | None, vectors: dict[str, Floats]) -> Ctx:
    ctx = handle.ctx(scope, llm=replies)
    ctx.memo["vectors"] = vectors
    return ctx


def _moved(handle: Handle, seen: int) -> bool:
    handle.store.refresh()
    return handle.store.commit != seen


def _embed_ahead(ctx: Ctx, change: Change) -> None:
    """Vectors of the new texts, before anybody waits; an embedder that fails is told about by the store."""
    texts = keys_of((*change.earlier, *change.puts))
    for update in change.updates:
        if "text" in update.fields or "data" in update.fields:
            with suppress(NotFound):
                item = ctx.store.get(update.id)
                data = {**item.data, **update.fields.get("data", {})}
                text = update.fields.get("text", item.text)
                texts.append(item.with_(text=text, data={k: v for k, v in data.items() if v is not None}).key)
    with suppress(ModelError):
        ctx.embed(texts)
