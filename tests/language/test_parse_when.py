"""Whole dates as people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from remanence.errors import InvalidInput
from remanence.language.dates import parse_when

MOMENT = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("1:56 pm on 8 May, 2023", MOMENT, "minute"),
        ("12:09 am on 13 September, 2023", datetime(2023, 9, 13, 0, 9, tzinfo=UTC), "minute"),
        ("2023-05-08T13:56:00", MOMENT, "minute"),
        ("2023-05-08T13:56:00Z", MOMENT, "minute"),
        ("2023-05-08 13:56", MOMENT, "minute"),
        ("2023-05-08 13:56 UTC", MOMENT, "minute"),
        ("2023-05-08T15:56:00+02:00", MOMENT, "minute"),
        ("2023/05/20 (Sat) 02:21", datetime(2023, 5, 20, 2, 21, tzinfo=UTC), "minute"),
        ("1683554160", MOMENT, "minute"),
        ("1683554160000", MOMENT, "minute"),
        ("1683554160.5", MOMENT + timedelta(seconds=0.5), "minute"),
        ("Mon, 08 May 2023 13:56:07 +0000", MOMENT + timedelta(seconds=7), "minute"),
        ("Mon, 08 May 2023 09:56:00 EDT", MOMENT, "minute"),
        ("Mon May  8 13:56:00 2023", MOMENT, "minute"),
        ("20230508T135600Z", MOMENT, "minute"),
        ("Mon May 8 13:56:00 UTC 2023", MOMENT, "minute"),
        ("May 8, 2023 at 1:56 PM", MOMENT, "minute"),
        ("May 8, 2023", datetime(2023, 5, 8, tzinfo=UTC), "day"),
        ("8th of May 2023", datetime(2023, 5, 8, tzinfo=UTC), "day"),
        ("Monday, 8 May 2023", datetime(2023, 5, 8, tzinfo=UTC), "day"),
        ("8.5.2023", datetime(2023, 5, 8, tzinfo=UTC), "day"),
        ("5/8/2023", datetime(2023, 5, 8, tzinfo=UTC), "day"),
        ("13/8/2023", datetime(2023, 8, 13, tzinfo=UTC), "day"),
        ("20230508", datetime(2023, 5, 8, tzinfo=UTC), "day"),
        ("May 2023", datetime(2023, 5, 1, tzinfo=UTC), "month"),
        ("2023-05", datetime(2023, 5, 1, tzinfo=UTC), "month"),
        ("2023", datetime(2023, 1, 1, tzinfo=UTC), "year"),
    ],
)
def test_a_whole_date_is_read_in_the_ways_people_write_it(text: str, expected: datetime, precision: str) -> None:
    """ISO, epoch, mail, chat and calendar forms; a date without a zone is UTC."""
    assert (expected, precision) == parse_when(text)


def test_a_zone_in_the_text_is_kept() -> None:
    """The offset that was written is the offset that comes back."""
    when, _ = parse_when("2023-05-08T15:56:00+02:00")

    assert timezone(timedelta(hours=2)) == when.tzinfo


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "yesterday",
        "31.2.2023",
        "25:99 on 8 May 2023",
        "2023-13-01",
        "hello 8 May 2023 there",
        "9" * 40,
        "x" * 500,
    ],
)
def test_what_is_no_date_is_refused_with_the_cure(text: str) -> None:
    """The message shows a form that works."""
    with pytest.raises(InvalidInput, match="give a full date"):
        parse_when(text)
