"""Times: aware `datetime`s in UTC outside, microseconds since 1970 in columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

NEVER = -(2**63)
"""`at` of an item without a time, in a column."""
OPEN = 2**63 - 1
"""`until` or `retired` that is still open, in a column."""


class Clock(Protocol):
    """Says what time it is, aware and in UTC."""

    def __call__(self) -> datetime: ...


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def micros(moment: datetime | None) -> int | None:
    """Microseconds since 1970 (UTC); naive times are taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def micros_each(moments: Iterable[datetime | None]) -> list[int | None]:
    """`micros` of each."""
    return [None if moment is None else micros(moment) for moment in moments]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: int | None) -> datetime | None:
    """The time that `micros` came from."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def moments(values: Iterable[int | None]) -> tuple[datetime | None, ...]:
    """`moment` of each."""
    return tuple(None if value is None else _EPOCH + timedelta(microseconds=value) for value in values)


def iso(value: datetime | None) -> str | None:
    """ISO 8601 with an offset, or None."""
    return None if value is None else value.astimezone(UTC).isoformat()
