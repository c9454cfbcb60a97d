"""Reading a series from text: separators, decimal commas, times as people write them, and refusals in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.bio.rows import RowReader
from remanence.errors import InvalidInput


def read(*lines: str, **knobs: object) -> list[tuple[float, datetime | None]]:
    reader = RowReader(**knobs)  # type: ignore[arg-type]
    rows = [reader.cells(line) for line in lines]
    header = reader.settle(rows[0])
    return [reader.read(row) for row in rows[int(header) :]]


@pytest.mark.parametrize("separator", ["\t", ";", "|", ","])
def test_the_first_line_tells_what_separates_columns(separator: str) -> None:
    """Tabs, semicolons, bars and commas are found by themselves, with or without a header."""
    lines = [f"2026-01-0{i}{separator}{i}.5" for i in (1, 2)]

    assert [1.5, 2.5] == [value for value, _ in read(*lines)]
    assert [1.5, 2.5] == [value for value, _ in read(f"time{separator}cpu", *lines)]


@pytest.mark.parametrize(
    ("text", "value"), [("3,5", 3.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("-0,25", -0.25), ("1e-3", 0.001)]
)
def test_a_comma_is_the_decimal_sign_where_it_does_not_separate(text: str, value: float) -> None:
    """Of a point and a comma in one number the later one is the decimal sign."""
    assert [(value, datetime(2026, 1, 1))] == read(f"2026-01-01;{text}")


def test_a_decimal_comma_between_commas_is_refused_with_its_reason() -> None:
    """A row that has more columns than the first one cannot be read, and the message says why."""
    with pytest.raises(ValueError, match="a decimal comma needs another separator"):
        read("time,value", "2026-01-01,3,5")


def test_two_numbers_and_a_comma_alone_are_refused_by_name() -> None:
    """`3,5` may be two columns or one number: the reader asks instead of guessing; without times it is a number."""
    with pytest.raises(InvalidInput, match="--separator"):
        read("3,5", "3,7")

    assert [(3.5, None)] == read("3,5", separator="semicolon")
    assert [5.0] == [value for value, _ in read("3,5", separator="comma")]


@pytest.mark.parametrize("ticks", ["1767225600", "1767225600000", "1767225600000000", "1767225600000000000"])
def test_ticks_since_1970_are_read_in_their_unit(ticks: str) -> None:
    """Seconds, milli-, micro- and nanoseconds all give the first of January 2026."""
    assert [(1.0, datetime(2026, 1, 1, tzinfo=UTC))] == read(f"{ticks},1")


def test_milliseconds_that_look_like_a_day_of_the_year_1700_are_milliseconds() -> None:
    """1700 01 02, 00:00 to the letter; in truth an evening of November 2023, as are the rows around it."""
    told = [at for _, at in read("1700010199000,1", "1700010200000,1")]

    assert [datetime(2023, 11, 15, 1, 3, 19, tzinfo=UTC), datetime(2023, 11, 15, 1, 3, 20, tzinfo=UTC)] == told


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("02/01/2026 3:04", datetime(2026, 2, 1, 3, 4)),
        ("02/01/2026 3:04:05 PM", datetime(2026, 2, 1, 15, 4, 5)),
        ("02/01/2026 12:00 am", datetime(2026, 2, 1, 0, 0)),
        ("01.02.2026 03:04", datetime(2026, 2, 1, 3, 4)),
        ("31/01/2026", datetime(2026, 1, 31)),
        ("2026-02-01T03:04:05", datetime(2026, 2, 1, 3, 4, 5)),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, at: datetime) -> None:
    """Month first with slashes, day first with points, or where the first number says so."""
    assert [(1.0, at)] == read(f"{text};1")


def test_days_come_first_when_told_and_a_contradiction_is_refused() -> None:
    """`day_first` settles what no row shows; once a row has shown it, another order is an error."""
    assert [datetime(2026, 1, 2)] == [at for _, at in read("02/01/2026;1", day_first=True)]
    with pytest.raises(ValueError, match="no date as day/month"):
        read("31/01/2026;1", "01/31/2026;1")
