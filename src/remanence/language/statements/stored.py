"""Statements as facts that are stored, and back: the data of an item of kind `fact`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast, get_args

from remanence.language.statements.attributes import canonical_each
from remanence.language.statements.statement import CERTAIN, LOOSE, SURE, Change, Modality, Statement
from remanence.types import Item

MODALITIES: tuple[str, ...] = get_args(Modality)
CHANGES: tuple[str, ...] = get_args(Change)


def fact_data(one: Statement) -> dict[str, Any]:
    """`data` of a fact: subject, slot (the attribute), value, polarity, modality, certainty, change, speaker, keys.

    `certain` and `changed` say in one bit what `certainty` and `change` say in full.
    """
    keys = " ".join(dict.fromkeys(f"{one.subject} {one.attribute} {one.value}".replace("_", " ").split()))
    data: dict[str, Any] = {
        "subject": one.subject,
        "slot": one.attribute,
        "value": one.value,
        "polarity": one.polarity > 0,
        "keys": keys,
        "certain": one.certainty >= SURE,
        "certainty": round(one.certainty, 3),
        "changed": one.change in ("changed", "ended", "corrected") or one.polarity < 0,
    }
    if one.modality != "asserted":
        data["modality"] = one.modality
    if one.change:
        data["change"] = one.change
    if one.replaces:
        data["replaces"] = one.replaces
    if one.speaker and one.speaker != one.subject:
        data["speaker"] = one.speaker
    if one.values:
        data["values"] = list(one.values)
    return data


def fact_data_each(statements: Iterable[Statement]) -> list[dict[str, Any]]:
    """`fact_data` of each."""
    return [fact_data(one) for one in statements]


def statement_of(item: Item) -> Statement | None:
    """The statement that a stored fact is, None for an item without subject and attribute.

    Facts of older spaces, of other stores and of a model have no modality or certainty: they are asserted and certain
    unless they say otherwise.
    """
    return statements_of([item])[0]


def statements_of(items: Sequence[Item]) -> list[Statement | None]:
    """`statement_of` each."""
    slots = [item.data.get("attribute") or item.data.get("slot") for item in items]
    names = canonical_each([str(slot or "") for slot in slots])
    return [
        _statement(item, name) if slot and item.data.get("subject") else None
        for item, slot, name in zip(items, slots, names, strict=True)
    ]


def _statement(item: Item, attribute: str) -> Statement:
    data = item.data
    modality, change = str(data.get("modality") or "asserted"), str(data.get("change") or "")
    certain = CERTAIN if data.get("certain") is not False else LOOSE
    span = item.evidence[0] if item.evidence else None
    return Statement(
        str(data["subject"]),
        attribute,
        str(data.get("value") or ""),
        -1 if data.get("polarity") is False else 1,
        item.at,
        item.until,
        span.start if span is not None else 0,
        span.end if span is not None else 0,
        float(data.get("certainty", certain)),
        cast("Modality", modality if modality in MODALITIES else "asserted"),
        str(data.get("speaker") or item.who or data["subject"]),
        tuple(str(value) for value in data.get("values") or ()),
        cast("Change", change if change in CHANGES else "changed" if data.get("changed") else ""),
        str(data.get("replaces") or ""),
    )
