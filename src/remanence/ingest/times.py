"""Times as people and programs write them, as aware moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from remanence.errors import InvalidInput
from remanence.language.dates import parse_when
from remanence.language.lazy_pattern import lazy_pattern

_NAMES_OFFSET = lazy_pattern(r"\d\s?[+-]\d\d:?\d\d\b")
_DIGITS = lazy_pattern(r"[+-]?\d{9,20}(?:\.\d{1,9})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WRITE_SO = "write it like 2023-05-08T13:56:00Z or '1:56 pm on 8 May, 2023'"


def when(value: object, field_name: str = "at") -> datetime:
    """A time as people and programs write it, aware and in UTC; a time without a zone is taken as UTC.

    datetime, date, ISO 8601, seconds, milli-, micro- or nanoseconds since 1970 (told apart by their size:
    from 1e11 on they are milliseconds, from 1e14 microseconds, from 1e17 nanoseconds), or words.
    """
    return _when(value, field_name)[0]


def message_time(value: object, field_name: str, extra: dict[str, Any]) -> datetime:
    """The time of a message; a `date` beside a `time` is read with it, a coarse date leaves its grain in data."""
    if field_name in ("date", "time"):
        other = extra.get("time" if field_name == "date" else "date")
        if isinstance(value, str) and isinstance(other, str):
            day, clock = (value, other) if field_name == "date" else (other, value)
            if len(day) <= 64 and len(clock) <= 32:
                try:
                    at, _ = _when(f"{day.strip()} {clock.strip()}", field_name)
                except InvalidInput:
                    pass
                else:
                    extra.pop("time" if field_name == "date" else "date")
                    return at
    at, grain = _when(value, field_name)
    if grain is not None and "at_precision" not in extra:
        extra["at_precision"] = grain
    return at


def offset_of(value: object) -> int:
    """Minutes east of UTC that a time names, 0 where it names none: by them, a day begins where the speaker is."""
    if type(value) is str and len(value) > 10 and _NAMES_OFFSET.search(value):
        try:
            value = parse_when(value.strip())[0]
        except ValueError:
            return 0
    if not isinstance(value, datetime) or (offset := value.utcoffset()) is None:
        return 0
    return round(offset.total_seconds() / 60)


def _when(value: object, field_name: str) -> tuple[datetime, str | None]:
    """The time, and its grain where that is coarser than a day."""
    try:
        if type(value) is str:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return _words(value) if len(value) <= 200 else _words(value[:200])
        elif isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            return _number(value), None
        elif isinstance(value, str):
            return _words(str(value[:200]))
        else:
            raise InvalidInput(f"must be a time, not {type(value).__name__}")
        zone = moment.tzinfo
        if zone is UTC:
            return moment, None
        return (moment.replace(tzinfo=UTC) if zone is None else moment.astimezone(UTC)), None
    except (ValueError, OverflowError) as error:  # InvalidInput is a ValueError
        reason = str(error) if isinstance(error, InvalidInput) else "is not a date in the years 1 to 9999"
        raise InvalidInput(f"{field_name} {shown(value)} {reason}; {_WRITE_SO}") from None


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[datetime, str | None]:
    text = text.strip()
    if len(text) > 100:
        raise InvalidInput("is too long for a date")
    if _DIGITS.fullmatch(text):
        return _number(float(text) if "." in text else int(text)), None
    try:
        moment, grain = parse_when(text)
    except ValueError:
        raise InvalidInput("is not a date that can be read") from None
    return moment.astimezone(UTC), None if grain in ("minute", "hour", "day") else grain


def _number(value: float) -> datetime:
    size = abs(value)
    if not size < 1e20:
        raise InvalidInput("is not a number of seconds since 1970")
    if 1_000 <= size < 10_000:
        raise InvalidInput("could be a year or a number of seconds")
    scale = 10**6 if size < 1e11 else 10**3 if size < 1e14 else 1 if size < 1e17 else 0
    if isinstance(value, int):
        micros = value * scale if scale else value // 1_000
    else:
        micros = round(value * scale) if scale else round(value / 1_000)
    return _EPOCH + timedelta(microseconds=micros)


def shown(value: object) -> str:
    """A value as an error names it: short, and no text but plain ASCII."""
    if isinstance(value, int) and abs(value) >= 10**64:
        return "(a huge number)"
    told = ascii(value) if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
    return told if len(told) <= 60 else told[:57] + "..."
