"""Guards what enters memory and takes back what should not have: admission, quarantine, rollback."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from remanence.language import secrets
from remanence.language.lazy_pattern import lazy_pattern
from remanence.stage import Ctx, writes
from remanence.types import Change, Item, JournalRow, Link, Retire, StoreView, Update, Where

ORDERS = lazy_pattern(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|earlier|all|your)\b.{0,30}"
    r"\b(?:instructions?|prompts?|rules|messages|guidelines)\b"
    r"|\byou (?:are|must) now (?:be|act|behave|pretend|obey|remember|believe|answer|reply)\b"
    r"|\b(?:reveal|print|repeat|show)\b.{0,20}\b(?:system prompt|hidden instructions?)\b"
    r"|</?(?:system|assistant|instructions?)>"
    r"|\b(?:from now on|always)\b.{0,40}\b(?:recommend|answer (?:with|that)|reply with|say that|tell the user)\b"
    r"|\b(?:from now on|always)\b.{0,40}\b(?:send|forward)\b.{0,40}\b(?:user|chat|talk|memor(?:y|ies)|password)",
    re.I | re.S,
)
"""Text that gives orders to a model instead of telling it something."""
_CARD = lazy_pattern(r"(?<![\d.])(?:\d[ -]?){13,19}(?!\d|\.\d)")
RULES = ("orders", "secrets", "cards", "empty")


@writes
def admit(
    change: Change,
    ctx: Ctx,
    *,
    refuse: tuple[str, ...] = RULES,
    least_trust: float = 0.0,
    orders_from: float = 0.7,
) -> Change:
    """Put what breaks a rule into quarantine: stored and counted, but in no recall until it is released.

    "orders" is text that commands a model, from a source trusted less than `orders_from`; "secrets" are keys
    and passwords; "cards" are payment card numbers (by their check digit); "empty" has no word. Anything
    trusted less than `least_trust` goes there too. A derived item goes where its sources are.
    The reason is on the item (`data["quarantine"]`); `govern.release` or `Memory.restore` lets it in.
    """
    held: dict[str, str] = {}
    puts: list[Item] = []
    for item in change.puts:
        why = _fault(item, refuse, least_trust, orders_from) or next(
            (f"made of {one.id}: {held[one.id]}" for one in item.evidence if one.id in held), ""
        )
        if why:
            held[item.id] = why
            item = replace(item, tier="archived", data={**item.data, "quarantine": why})
        puts.append(item)
    if not held:
        return change
    return replace(change, puts=tuple(puts)).plus(notes=[f"{len(held)} items are in quarantine"])


def _fault(item: Item, refuse: Sequence[str], least_trust: float, orders_from: float) -> str:
    text = item.key
    if item.trust < least_trust:
        return f"trust {item.trust:g} is below {least_trust:g}"
    if "orders" in refuse and item.trust < orders_from and ORDERS.search(text):
        return "orders to a model"
    if "secrets" in refuse and secrets.find(text):
        return "a key or password"
    if "cards" in refuse and any(_check_digit(found.group()) for found in _CARD.finditer(text)):
        return "a payment card number"
    if "empty" in refuse and not any(character.isalnum() for character in text):
        return "no word in it"
    return ""


def _check_digit(number: str) -> bool:
    """Luhn's rule: double every second digit from the right; the sum of digits ends in 0."""
    digits = [int(character) for character in number if character.isdigit()]
    if len(set(digits)) == 1:
        return False
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


@writes
def shadow(change: Change, ctx: Ctx, *, probes: tuple[str, ...], k: int = 5, most: float = 0.5) -> Change:
    """Recall some probes as if the change were in, before it is; what would push out better answers is held back.

    A put goes into quarantine when, for more than `most` of the probes, it would stand among the `k` nearest in
    the place of an item that is trusted more: one text that comes up on everything is not news but flooding.
    """
    puts = [item for item in change.puts if item.tier == "hot"]
    if not puts or not probes:
        return change
    vectors = ctx.embed([item.key for item in puts])
    pushed = np.zeros(len(puts))
    trust = np.array([item.trust for item in puts])
    for probe in probes:
        vector = ctx.embed([probe])[0]
        rows, scores = ctx.store.nearest(vector, k)
        if len(rows) == k:
            last = float(ctx.store.columns.trust[rows[-1]])
            pushed += (vectors @ vector > scores[-1]) & (trust < last - 1e-6)
    held = {
        item.id: f"would push out better answers to {int(count)} of {len(probes)} probes"
        for item, count in zip(puts, pushed.tolist(), strict=True)
        if count > most * len(probes)
    }
    if not held:
        return change
    puts_now = [
        replace(item, tier="archived", data={**item.data, "quarantine": held[item.id]}) if item.id in held else item
        for item in change.puts
    ]
    return replace(change, puts=tuple(puts_now)).plus(notes=[f"{len(held)} items are in quarantine"])


def quarantined(view: StoreView) -> list[Item]:
    """What is in quarantine, oldest first."""
    rows = view.rows(Where(tiers=("archived",)))
    return [item for item in view.items(rows) if item.data.get("quarantine")]


@writes
def release(change: Change, ctx: Ctx) -> Change:
    """Let the given items out of quarantine: they are hot again and lose the mark."""
    return change.plus(
        updates=[
            Update(item.id, {"tier": "hot", "data": {"quarantine": None}}, "released", "govern.release")
            for item in change.given
            if item.data.get("quarantine")
        ]
    )


_STATE = ("kind", "text", "who", "at", "until", "salience", "tier", "evidence", "source")


def rollback(view: StoreView, row: JournalRow) -> Change:
    """A change that takes back one commit: applied next, recall is again what it was before.

    What the commit put is retired, what it rewrote or ended gets its earlier fields back, links that it made
    are closed, and links that it closed are made again. What it retired is put again under a new id, linked
    `same_as` nothing: its old id stays in history. Uses and strengths are not taken back.
    Rolling back a commit on which later ones rest undoes their effect on the same items too.
    """
    before = row.at - timedelta(microseconds=1)
    everything = {"tiers": (), "ended": True}
    old = {item.id: item for item in view.items(view.rows(Where(known_as_of=before, **everything)))}  # type: ignore[arg-type]
    then = {item.id: item for item in view.items(view.rows(Where(known_as_of=row.at, **everything)))}  # type: ignore[arg-type]
    now = {item.id: item for item in view.items(view.rows(Where(**everything)))}  # type: ignore[arg-type]
    reason = f"rollback of commit {row.commit}"
    retires = [Retire(id, reason, "govern.rollback") for id in then if id not in old and id in now]
    updates = []
    for id, item in then.items():
        if id in old and id in now and item.version != old[id].version:
            updates.append(Update(id, _undone(now[id], old[id]), reason, "govern.rollback"))
    puts = [
        replace(item, id="", version=1, retired=None) for id, item in old.items() if id not in then and id not in now
    ]
    touched = [link for link in view.links(list(now)) if link.seen == row.at]
    return Change(
        puts=tuple(puts),
        updates=tuple(update for update in updates if update.fields),
        retires=tuple(retires),
        unlinks=tuple(Link(link.src, link.rel, link.dst) for link in touched),
        reason=reason,
    )


def _undone(now: Item, old: Item) -> dict[str, object]:
    fields: dict[str, object] = {
        name: getattr(old, name) for name in _STATE if getattr(old, name) != getattr(now, name)
    }
    if now.data != old.data:
        fields["data"] = {**dict.fromkeys(now.data), **old.data}
    return fields
