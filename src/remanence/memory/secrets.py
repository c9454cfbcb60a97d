"""One policy for credentials that come in: keep them as they are, hide them in all that is made of them, or refuse.

"mask": the message keeps its words; facts, summaries, names, contexts, answers and what a language model is asked show
`[secret: GitHub token]` in their place. "refuse": a message with a credential is not kept. "keep": nothing is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from remanence.errors import InvalidInput
from remanence.language.secrets import Hider, Secret, any_in, mask, strings_of, within
from remanence.types import EVERYTHING, Change, Chat, Item, Messages, Schema, StoreView, Update

POLICIES = ("mask", "keep", "refuse")


def policy_of(value: object) -> str:
    """The value as a policy, or `InvalidInput`."""
    if not isinstance(value, str) or value not in POLICIES:
        raise InvalidInput(f"secrets is one of {', '.join(POLICIES)}, not {value!r}")
    return value


def kinds(found: Sequence[Secret]) -> str:
    """What was found, each kind once: "GitHub token, private key"."""
    return ", ".join(dict.fromkeys(one.kind for one in found))


def note(found: Sequence[Secret]) -> tuple[str, ...]:
    """What a receipt says of credentials that were kept in their messages."""
    if not found:
        return ()
    count = f"{len(found)} secret{'s' if len(found) > 1 else ''}"
    return (f"{count} ({kinds(found)}) kept in the message, hidden in facts, summaries and contexts",)


class MaskedChat:
    """A language model that is never shown a credential."""

    def __init__(self, inner: Chat) -> None:
        self._inner = inner

    def complete(self, messages: Messages, *, schema: Schema | None = None, max_tokens: int | None = None) -> str:
        return self._inner.complete(within(messages, mask), schema=schema, max_tokens=max_tokens)

    def json(self, messages: Messages, schema: Schema) -> dict[str, Any]:
        return self._inner.json(within(messages, mask), schema)


def masked(change: Change, view: StoreView) -> Change:
    """The change with no credential in what is derived, not even a part of one that stands in a source.

    Messages stay as they are. A name that is nothing but a credential is left out, with its links.
    """
    derived = [item for item in change.puts if item.evidence]
    if not derived and not any("text" in one.fields or "data" in one.fields for one in change.updates):
        return change
    hide = Hider()
    secret = hide.learn(*(text for item in _sources(change, derived, view) for text in _texts(item)))
    told = [[item.text, item.data] for item in derived] + [one.fields for one in change.updates]
    if not secret and not any_in(strings_of(told)):
        return change
    puts: list[Item] = []
    gone: set[str] = set()
    for item in change.puts:
        if not item.evidence:
            puts.append(item)
            continue
        text, data = hide(item.text), within(item.data, hide) if item.data else item.data
        same = text == item.text and data is item.data
        if item.kind == "entity" and not same:
            gone.add(item.id)
        else:
            puts.append(item if same else item.with_(text=text, data=data))
    updates = tuple(_update(one, hide, view) for one in change.updates)
    links = tuple(link for link in change.links if not gone & {link.src, link.dst})
    return replace(change, puts=tuple(puts), updates=updates, links=links)


def _texts(item: Item) -> list[str]:
    return [item.text, *(str(item.data[name]) for name in ("caption", "keys") if item.data.get(name))]


def _sources(change: Change, derived: Sequence[Item], view: StoreView) -> list[Item]:
    """What the derived items were made of: of this change, and of the store."""
    known = {item.id: item for item in (*change.given, *change.puts)}
    missing = dict.fromkeys(e.id for item in derived for e in item.evidence if e.id not in known)
    rows = view.rows_of(list(missing), EVERYTHING) if missing else None
    stored = view.items(rows[rows >= 0]) if rows is not None else []
    return [*(item for item in known.values() if not item.evidence), *stored]


def _update(one: Update, hide: Hider, view: StoreView) -> Update:
    """An update of a derived item, without credentials."""
    if "text" not in one.fields and "data" not in one.fields:
        return one
    rows = view.rows_of([one.id], EVERYTHING)
    if not (rows >= 0).all() or not view.items(rows)[0].evidence:
        return one
    fields = within(dict(one.fields), hide)
    return replace(one, fields=fields)
