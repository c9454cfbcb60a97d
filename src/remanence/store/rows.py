"""How an item becomes a stored row and back, with the checksum that is verified at every read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from remanence.blake import blake2b
from remanence.errors import IntegrityError, InvalidInput
from remanence.types import MAX_TEXT, TIERS, Evidence, Item, Scope, check_data_each, micros_each, moments

FIELDS = (
    "id, version, kind, text, who, at, until, seen, retired, source, user, agent, session, app, "
    "trust, salience, tier, data, evidence, checksum"
)
COUNT = 20
TEXT, AT, RETIRED, CHECKSUM = 3, 5, 8, 19
MAX_WORD = 1_024
"""Longest `who`, `source`, id or stage name, in characters."""

COLUMNS = "n, item, kind, who, at, until, seen, retired, user, agent, session, app, trust, tier"
"""What a search filters by; read into the index without the texts, under a checksum of its own."""

LINK = "src, rel, dst, weight, at, until, seen, retired, reason"
USE = "item, strength, utility, uses, used"
"""The fields of a link and of an item's uses, each under a checksum of its own too."""

Row = tuple[Any, ...]


def check(*values: Any) -> int:
    """32 bits over stored values and their types, for whatever is read without its row."""
    return zlib.crc32(repr(values).encode("utf-8", "backslashreplace"))


def checks(rows: Iterable[Sequence[Any]]) -> list[int]:
    """`check` of each."""
    return [check(*row) for row in rows]


def columns_of(n: int, item: int, row: Sequence[Any]) -> tuple[Any, ...]:
    """`COLUMNS` of a stored row."""
    return (
        n, item, row[2], row[4], row[5], row[6], row[7], row[8], row[10], row[11], row[12], row[13], row[14], row[16],
    )  # fmt: skip


def columns_each(stored: Iterable[tuple[int, int, Row]]) -> list[tuple[Any, ...]]:
    """`columns_of` each (n, n of the first version, row)."""
    return [columns_of(n, item, row) for n, item, row in stored]


def checks_of(
    stored: Iterable[tuple[int, int, Row]],
    records: Iterable[Sequence[Any]],
    blobs: Iterable[tuple[int, bytes, int]],
) -> tuple[Iterator[int], Iterator[int]]:
    """What is written beside everything that is stored at once: (`check` of the columns of rows and of records,
    `words_check` of (n, data, flags)), each in order.
    """
    crcs = checks((*columns_each(stored), *records))
    return iter(crcs), iter([words_check(data, flags) for _, data, flags in blobs])


def pack(item: Item, *, seen: int, retired: int | None = None) -> Row:
    """The stored fields of an item, checked; `InvalidInput` names the field that cannot be kept."""
    return pack_each([item], seen=seen, retired=[retired])[0]


def pack_each(items: Sequence[Item], *, seen: int, retired: Sequence[int | None]) -> list[Row]:
    """`pack` each of some items of one moment."""
    for item in items:
        _refuse(item)
    times = micros_each([moment for item in items for moment in (item.at, item.until)])
    data = check_data_each([(item.kind, item.data) for item in items])
    found: list[Row] = []
    for item, at, until, gone, told in zip(items, times[::2], times[1::2], retired, data, strict=True):
        scope = item.scope
        row: list[Any] = [
            item.id, item.version, item.kind, item.text, item.who, at, until, seen, gone,
            item.source, scope.user, scope.agent, scope.session, scope.app, float(item.trust), float(item.salience),
            item.tier, told, _evidence(item.evidence),
        ]  # fmt: skip
        try:
            "".join(field for field in row if type(field) is str).encode()
            row.append(checksum(row))
        except UnicodeEncodeError:
            raise InvalidInput(
                "text holds lone surrogates, which are not Unicode; replace them, then try again"
            ) from None
        found.append(tuple(row))
    return found


def stored_each(
    items: Sequence[Item], numbers: Sequence[int], firsts: Sequence[int], *, seen: int, retired: Sequence[int | None]
) -> tuple[list[tuple[int, int, Row]], list[tuple[Any, ...]]]:
    """(n, n of the first version, `pack`) of each of some items of one moment, and `COLUMNS` of each."""
    stored = list(zip(numbers, firsts, pack_each(items, seen=seen, retired=retired), strict=True))
    return stored, columns_each(stored)


def _refuse(item: Item) -> None:
    """`InvalidInput` for a field that cannot be kept."""
    if not isinstance(item.text, str):
        raise InvalidInput(f"text must be a string, not {type(item.text).__name__}")
    if len(item.text) > MAX_TEXT:
        raise InvalidInput(f"text has {len(item.text):,} characters; at most {MAX_TEXT:,} are kept: split it")
    for name in ("who", "source", "id"):
        word = getattr(item, name)
        if word is not None and (not isinstance(word, str) or len(word) > MAX_WORD):
            raise InvalidInput(f"{name} must be a string of at most {MAX_WORD} characters")
    if item.tier not in TIERS:
        raise InvalidInput(f"tier {item.tier!r} is none of {', '.join(TIERS)}")
    for name in ("trust", "salience", "strength", "utility"):
        number = getattr(item, name)
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not abs(number) < 1e300:
            raise InvalidInput(f"{name} must be a finite number, not {number!r}")
    if not 0 <= item.trust <= 1:
        raise InvalidInput(f"trust lies in [0, 1], not {item.trust!r}")


def _evidence(evidence: tuple[Evidence, ...]) -> str:
    return json.dumps([[e.id, e.start, e.end] for e in evidence], separators=(",", ":")) if evidence else "[]"


def checksum(row: list[Any] | Row) -> bytes:
    """Eight bytes over every stored field in front of it."""
    return blake2b(repr(tuple(row[:CHECKSUM])).encode(), digest_size=8).digest()


def closed(row: Row, when: int | None) -> Row:
    """A stored row that is no longer believed since `when` microseconds (None: still believed), checksum included."""
    fields = list(row)
    fields[RETIRED] = when
    fields[CHECKSUM] = checksum(fields)
    return tuple(fields)


def sound(row: Row) -> bool:
    """True when a stored row still matches its checksum."""
    return bool(checksum(row) == row[CHECKSUM])


def unpack(row: Row) -> Item:
    """The item of a stored row, without its uses; `IntegrityError` when it does not match its checksum."""
    return unpack_each([(row, None)])[0]


def unpack_each(stored: Iterable[tuple[Row, tuple[Any, ...] | None]]) -> list[Item]:
    """The items of stored rows with their uses (number, strength, utility, uses, used), in order."""
    whole = [(row, use or _UNUSED) for row, use in stored]
    for row, _ in whole:
        if not sound(row):
            raise IntegrityError(
                f"item {row[0]!r} (version {row[1]}) does not match its checksum: the file is damaged; "
                "run: remanence doctor --deep"
            )
    times = moments([when for row, use in whole for when in (*row[AT : RETIRED + 1], use[4])])
    return [_item(row, use, times[5 * n : 5 * n + 5]) for n, (row, use) in enumerate(whole)]


_UNUSED = (0, None, None, None, None)


def _item(row: Row, use: tuple[Any, ...], times: Sequence[datetime | None]) -> Item:
    (id, version, kind, text, who, _, _, _, _, source, user, agent, session, app, trust, salience, tier,
     data, evidence, _) = row  # fmt: skip
    at, until, seen, retired, last = times
    _, strength, utility, uses, _ = use
    said = (kind, text, id, who, at, until, seen, retired, source)
    return Item(
        *said,
        scope=_scope(user, agent, session, app),
        evidence=() if evidence == "[]" else tuple(Evidence(*one) for one in json.loads(evidence)),
        trust=trust,
        strength=1.0 if strength is None else strength,
        salience=salience,
        utility=utility or 0.0,
        uses=uses or 0,
        used=last,
        tier=tier,
        version=version,
        data={} if data == "{}" else json.loads(data),
    )


@lru_cache(4096)
def _scope(user: str, agent: str | None, session: str | None, app: str | None) -> Scope:
    """A stored scope; the rows of a space have few."""
    return Scope(user, agent, session, app)


def words_check(data: bytes, flags: int) -> int:
    """32 bits over the stored words of a row and what a glance at its text told."""
    return zlib.crc32(data, flags)


def keyed(secret: bytes, value: bytes) -> bytes:
    """Sixteen bytes that only a holder of the space's secret can compare: digests of contents, marks of erasure."""
    return blake2b(value, key=secret, digest_size=16).digest()


@lru_cache(4096)
def scope_key(scope: Scope) -> str:
    """One word for a scope, as the queue and the receipts keep it."""
    return json.dumps([scope.user, scope.agent, scope.session, scope.app])


@lru_cache(4096)
def scope_of(key: str) -> Scope:
    """The scope of a `scope_key`."""
    return Scope(*json.loads(key))


def tombstone_scope(scope: Scope) -> str:
    """Whose marks of erasure count: a session is part of what was said, not of who said it."""
    return scope_key(Scope(scope.user, scope.agent, None, scope.app))
