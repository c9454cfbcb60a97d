"""Times in two tables, said on a Wednesday in March and on the last evening of a year; calendars, summaries, people."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from remanence.errors import InvalidInput
from remanence.language import calendar
from remanence.language.dates import find
from remanence.language.sentences import split
from remanence.language.speakers import match_speakers, resolve_subjects, strip_speakers
from remanence.language.summary import extractive
from remanence.language.text_flags import ASKS, NUMBER, TIME, text_flags

WEDNESDAY = datetime(2025, 3, 12, 10, tzinfo=UTC)
NEW_YEARS_EVE = datetime(2023, 12, 31, 23, 30, tzinfo=UTC)

SAID_ON_A_WEDNESDAY = """
yesterday | 2025-03-11 | 2025-03-12 | day | sure | at
today | 2025-03-12 | 2025-03-13 | day | sure | at
tomorrow | 2025-03-13 | 2025-03-14 | day | sure | at
the day before yesterday | 2025-03-10 | 2025-03-11 | day | sure | at
tonight | 2025-03-12T18:00 | 2025-03-13T06:00 | day | sure | at
last night | 2025-03-11T18:00 | 2025-03-12T06:00 | day | sure | at
this morning | 2025-03-12T06:00 | 2025-03-12T12:00 | day | sure | at
yesterday evening | 2025-03-11T18:00 | 2025-03-12 | day | sure | at
tomorrow at noon | 2025-03-13T12:00 | 2025-03-13T12:01 | minute | sure | at
at midnight | 2025-03-12 | 2025-03-12T00:01 | minute | guess | at
two days ago | 2025-03-10 | 2025-03-11 | day | sure | at
3 weeks ago | 2025-02-17 | 2025-02-24 | week | sure | at
a month ago | 2025-02-01 | 2025-03-01 | month | sure | at
half a year ago | 2024-09-01 | 2024-10-01 | month | sure | at
a couple of years ago | 2023-01-01 | 2024-01-01 | year | sure | at
a few days ago | 2025-03-07 | 2025-03-11 | day | guess | at
in two weeks | 2025-03-24 | 2025-03-31 | week | sure | at
three years from now | 2028-01-01 | 2029-01-01 | year | sure | at
10 minutes ago | 2025-03-12T09:50 | 2025-03-12T09:51 | minute | sure | at
an hour ago | 2025-03-12T09:00 | 2025-03-12T10:00 | hour | sure | at
last week | 2025-03-03 | 2025-03-10 | week | sure | at
this week | 2025-03-10 | 2025-03-17 | week | sure | at
next week | 2025-03-17 | 2025-03-24 | week | sure | at
last month | 2025-02-01 | 2025-03-01 | month | sure | at
next month | 2025-04-01 | 2025-05-01 | month | sure | at
last year | 2024-01-01 | 2025-01-01 | year | sure | at
this year | 2025-01-01 | 2026-01-01 | year | sure | at
next year | 2026-01-01 | 2027-01-01 | year | sure | at
last weekend | 2025-03-08 | 2025-03-10 | week | sure | at
next weekend | 2025-03-22 | 2025-03-24 | week | sure | at
this weekend | 2025-03-15 | 2025-03-17 | week | sure | at
the last three months | 2024-12-12 | 2025-03-13 | month | sure | at
the next two weeks | 2025-03-12 | 2025-03-27 | week | sure | at
the week before last | 2025-02-24 | 2025-03-03 | week | sure | at
the month after next | 2025-05-01 | 2025-06-01 | month | sure | at
last decade | 2010-01-01 | 2020-01-01 | decade | sure | at
last Monday | 2025-03-10 | 2025-03-11 | day | sure | at
next Monday | 2025-03-17 | 2025-03-18 | day | sure | at
this Monday | 2025-03-17 | 2025-03-18 | day | sure | at
on Friday | 2025-03-14 | 2025-03-15 | day | guess | at
on Wednesday | 2025-03-19 | 2025-03-20 | day | guess | at
last Wednesday | 2025-03-05 | 2025-03-06 | day | sure | at
next Wednesday | 2025-03-19 | 2025-03-20 | day | sure | at
we met on Tuesday | 2025-03-11 | 2025-03-12 | day | sure | at
we will meet on Tuesday | 2025-03-18 | 2025-03-19 | day | sure | at
Sunday evening | 2025-03-16T18:00 | 2025-03-17 | day | guess | at
last Friday night | 2025-03-07T18:00 | 2025-03-08T06:00 | day | sure | at
Monday morning | 2025-03-17T06:00 | 2025-03-17T12:00 | day | guess | at
last summer | 2024-06-01 | 2024-09-01 | season | sure | at
next summer | 2025-06-01 | 2025-09-01 | season | sure | at
this winter | 2025-12-01 | 2026-03-01 | season | sure | at
in the summer of 2020 | 2020-06-01 | 2020-09-01 | season | sure | at
last spring | 2024-03-01 | 2024-06-01 | season | sure | at
in autumn | 2025-09-01 | 2025-12-01 | season | guess | at
winter 2019 | 2019-12-01 | 2020-03-01 | season | sure | at
in May | 2025-05-01 | 2025-06-01 | month | sure | at
last May | 2024-05-01 | 2024-06-01 | month | sure | at
next May | 2025-05-01 | 2025-06-01 | month | sure | at
in December | 2024-12-01 | 2025-01-01 | month | sure | at
since January | 2025-01-01 | 2025-02-01 | month | sure | since
early May | 2025-05-01 | 2025-05-11 | month | sure | at
mid June | 2025-06-11 | 2025-06-21 | month | sure | at
late 2023 | 2023-09-01 | 2024-01-01 | year | sure | at
the end of 2024 | 2024-09-01 | 2025-01-01 | year | sure | at
the beginning of April | 2025-04-01 | 2025-04-11 | month | sure | at
since 2016 | 2016-01-01 | 2017-01-01 | year | sure | since
until June | 2025-06-01 | 2025-07-01 | month | sure | until
before 2020 | 2020-01-01 | 2021-01-01 | year | sure | before
by Friday | 2025-03-14 | 2025-03-15 | day | guess | until
8 May | 2025-05-08 | 2025-05-09 | day | sure | at
May 8 | 2025-05-08 | 2025-05-09 | day | sure | at
8 May 2023 | 2023-05-08 | 2023-05-09 | day | sure | at
May 8, 2023 | 2023-05-08 | 2023-05-09 | day | sure | at
the 8th of May | 2025-05-08 | 2025-05-09 | day | sure | at
8th May 2023 | 2023-05-08 | 2023-05-09 | day | sure | at
8.5.2023 | 2023-05-08 | 2023-05-09 | day | guess | at
5/8/2023 | 2023-05-08 | 2023-05-09 | day | guess | at
13/8/2023 | 2023-08-13 | 2023-08-14 | day | sure | at
2023-05-08 | 2023-05-08 | 2023-05-09 | day | sure | at
2023/05/08 | 2023-05-08 | 2023-05-09 | day | sure | at
2023-05 | 2023-05-01 | 2023-06-01 | month | sure | at
20 May at 5 pm | 2025-05-20T17:00 | 2025-05-20T17:01 | minute | sure | at
May 8th, 1999 at 10:30 | 1999-05-08T10:30 | 1999-05-08T10:31 | minute | sure | at
Sept 3rd | 2025-09-03 | 2025-09-04 | day | guess | at
3 Sep 2021 | 2021-09-03 | 2021-09-04 | day | sure | at
from 3 to 5 May | 2025-05-03 | 2025-05-06 | day | sure | at
3-5 May 2023 | 2023-05-03 | 2023-05-06 | day | sure | at
May 3-5, 2023 | 2023-05-03 | 2023-05-06 | day | sure | at
2010-2015 | 2010-01-01 | 2016-01-01 | year | sure | at
in 1998 | 1998-01-01 | 1999-01-01 | year | sure | at
in the 1990s | 1990-01-01 | 2000-01-01 | decade | sure | at
in the 90s | 1990-01-01 | 2000-01-01 | decade | guess | at
the early 1980s | 1980-01-01 | 1983-05-02 | decade | sure | at
in 2030 | 2030-01-01 | 2031-01-01 | year | sure | at
back in 2005 | 2005-01-01 | 2006-01-01 | year | sure | at
Christmas | 2024-12-25 | 2024-12-26 | day | guess | at
last Christmas | 2024-12-25 | 2024-12-26 | day | sure | at
next Easter | 2025-04-20 | 2025-04-21 | day | sure | at
on New Year's Eve | 2024-12-31 | 2025-01-01 | day | sure | at
Thanksgiving 2022 | 2022-11-24 | 2022-11-25 | day | sure | at
Halloween | 2024-10-31 | 2024-11-01 | day | guess | at
Mother's Day | 2025-05-11 | 2025-05-12 | day | guess | at
at 5 pm | 2025-03-12T17:00 | 2025-03-12T17:01 | minute | guess | at
at 17:30 | 2025-03-12T17:30 | 2025-03-12T17:31 | minute | guess | at
at 5:15 am | 2025-03-12T05:15 | 2025-03-12T05:16 | minute | guess | at
at noon | 2025-03-12T12:00 | 2025-03-12T12:01 | minute | guess | at
half past six | 2025-03-12T06:30 | 2025-03-12T06:31 | minute | guess | at
ten past four | 2025-03-12T04:10 | 2025-03-12T04:11 | minute | guess | at
two weeks before Christmas | 2024-12-09 | 2024-12-16 | week | sure | at
the day after Christmas | 2024-12-26 | 2024-12-27 | day | sure | at
three days after 3 May 2024 | 2024-05-06 | 2024-05-07 | day | sure | at
the week before 9 June 2023 | 2023-06-02 | 2023-06-09 | week | sure | at
the weekend before 5 May 2024 | 2024-04-27 | 2024-04-29 | week | sure | at
the Friday before 15 July 2023 | 2023-07-14 | 2023-07-15 | day | sure | at
the first weekend of August | 2025-08-02 | 2025-08-04 | week | guess | at
the second Tuesday of May 2024 | 2024-05-14 | 2024-05-15 | day | sure | at
the last Sunday of March | 2025-03-30 | 2025-03-31 | day | sure | at
Q3 | 2025-07-01 | 2025-10-01 | month | guess | at
Q1 2024 | 2024-01-01 | 2024-04-01 | month | sure | at
H2 2023 | 2023-07-01 | 2024-01-01 | month | sure | at
KW 12 | 2025-03-17 | 2025-03-24 | week | sure | at
calendar week 20 | 2025-05-12 | 2025-05-19 | week | sure | at
a week on Friday | 2025-03-21 | 2025-03-22 | day | sure | at
a week tomorrow | 2025-03-20 | 2025-03-21 | day | sure | at
a fortnight from now | 2025-03-24 | 2025-03-31 | week | sure | at
the other day | 2025-03-05 | 2025-03-12 | day | guess | at
recently | none
a while ago | none
once upon a time | none
for three days | none
since last Tuesday | 2025-03-11 | 2025-03-12 | day | sure | since
in five minutes | 2025-03-12T10:05 | 2025-03-12T10:06 | minute | sure | at
earlier this week | 2025-03-10 | 2025-03-17 | week | sure | at
later this month | 2025-03-01 | 2025-04-01 | month | sure | at
at the start of the year | 2025-01-01 | 2025-05-02 | year | sure | at
this time last year | 2024-01-01 | 2025-01-01 | year | sure | at
on the 5th | 2025-03-05 | 2025-03-06 | day | sure | at
on the 20th | 2025-03-20 | 2025-03-21 | day | sure | at
the 5th of next month | 2025-04-05 | 2025-04-06 | day | sure | at
"""

SAID_ON_NEW_YEARS_EVE = """
yesterday | 2023-12-30 | 2023-12-31 | day | sure | at
tomorrow | 2024-01-01 | 2024-01-02 | day | sure | at
the day before yesterday | 2023-12-29 | 2023-12-30 | day | sure | at
last night | 2023-12-30T18:00 | 2023-12-31T06:00 | day | sure | at
this morning | 2023-12-31T06:00 | 2023-12-31T12:00 | day | sure | at
yesterday evening | 2023-12-30T18:00 | 2023-12-31 | day | sure | at
tomorrow at noon | 2024-01-01T12:00 | 2024-01-01T12:01 | minute | sure | at
two days ago | 2023-12-29 | 2023-12-30 | day | sure | at
3 weeks ago | 2023-12-04 | 2023-12-11 | week | sure | at
a month ago | 2023-11-01 | 2023-12-01 | month | sure | at
half a year ago | 2023-06-01 | 2023-07-01 | month | sure | at
a couple of years ago | 2021-01-01 | 2022-01-01 | year | sure | at
a few days ago | 2023-12-26 | 2023-12-30 | day | guess | at
in two weeks | 2024-01-08 | 2024-01-15 | week | sure | at
10 minutes ago | 2023-12-31T23:20 | 2023-12-31T23:21 | minute | sure | at
an hour ago | 2023-12-31T22:00 | 2023-12-31T23:00 | hour | sure | at
last week | 2023-12-18 | 2023-12-25 | week | sure | at
this week | 2023-12-25 | 2024-01-01 | week | sure | at
next week | 2024-01-01 | 2024-01-08 | week | sure | at
last month | 2023-11-01 | 2023-12-01 | month | sure | at
next month | 2024-01-01 | 2024-02-01 | month | sure | at
last year | 2022-01-01 | 2023-01-01 | year | sure | at
this year | 2023-01-01 | 2024-01-01 | year | sure | at
next year | 2024-01-01 | 2025-01-01 | year | sure | at
last weekend | 2023-12-23 | 2023-12-25 | week | sure | at
next weekend | 2024-01-06 | 2024-01-08 | week | sure | at
this weekend | 2023-12-30 | 2024-01-01 | week | sure | at
the last three months | 2023-09-30 | 2024-01-01 | month | sure | at
the next two weeks | 2023-12-31 | 2024-01-15 | week | sure | at
the week before last | 2023-12-11 | 2023-12-18 | week | sure | at
the month after next | 2024-02-01 | 2024-03-01 | month | sure | at
last decade | 2010-01-01 | 2020-01-01 | decade | sure | at
last Monday | 2023-12-25 | 2023-12-26 | day | sure | at
next Monday | 2024-01-01 | 2024-01-02 | day | sure | at
this Monday | 2024-01-01 | 2024-01-02 | day | sure | at
on Friday | 2024-01-05 | 2024-01-06 | day | guess | at
on Wednesday | 2024-01-03 | 2024-01-04 | day | guess | at
last Wednesday | 2023-12-27 | 2023-12-28 | day | sure | at
next Wednesday | 2024-01-03 | 2024-01-04 | day | sure | at
we met on Tuesday | 2023-12-26 | 2023-12-27 | day | sure | at
we will meet on Tuesday | 2024-01-02 | 2024-01-03 | day | sure | at
last Friday night | 2023-12-29T18:00 | 2023-12-30T06:00 | day | sure | at
last summer | 2023-06-01 | 2023-09-01 | season | sure | at
next summer | 2024-06-01 | 2024-09-01 | season | sure | at
this winter | 2023-12-01 | 2024-03-01 | season | sure | at
last spring | 2023-03-01 | 2023-06-01 | season | sure | at
in autumn | 2024-09-01 | 2024-12-01 | season | guess | at
in May | 2024-05-01 | 2024-06-01 | month | guess | at
last May | 2023-05-01 | 2023-06-01 | month | sure | at
next May | 2024-05-01 | 2024-06-01 | month | sure | at
in December | 2023-12-01 | 2024-01-01 | month | sure | at
early May | 2024-05-01 | 2024-05-11 | month | guess | at
8 May | 2024-05-08 | 2024-05-09 | day | guess | at
May 8 | 2024-05-08 | 2024-05-09 | day | guess | at
the 8th of May | 2024-05-08 | 2024-05-09 | day | guess | at
from 3 to 5 May | 2024-05-03 | 2024-05-06 | day | guess | at
Christmas | 2023-12-25 | 2023-12-26 | day | guess | at
last Christmas | 2023-12-25 | 2023-12-26 | day | sure | at
next Easter | 2024-03-31 | 2024-04-01 | day | sure | at
on New Year's Eve | 2023-12-31 | 2024-01-01 | day | sure | at
Halloween | 2023-10-31 | 2023-11-01 | day | guess | at
two weeks before Christmas | 2023-12-11 | 2023-12-18 | week | sure | at
the day after Christmas | 2023-12-26 | 2023-12-27 | day | sure | at
the first weekend of August | 2023-08-05 | 2023-08-07 | week | sure | at
the last Sunday of March | 2024-03-31 | 2024-04-01 | day | sure | at
Q3 | 2024-07-01 | 2024-10-01 | month | guess | at
KW 12 | 2024-03-18 | 2024-03-25 | week | sure | at
a week on Friday | 2024-01-12 | 2024-01-13 | day | sure | at
a week tomorrow | 2024-01-08 | 2024-01-09 | day | sure | at
a while ago | none
since last Tuesday | 2023-12-26 | 2023-12-27 | day | sure | since
in five minutes | 2023-12-31T23:35 | 2023-12-31T23:36 | minute | sure | at
earlier this week | 2023-12-25 | 2024-01-01 | week | sure | at
later this month | 2023-12-01 | 2024-01-01 | month | sure | at
this time last year | 2022-01-01 | 2023-01-01 | year | sure | at
on the 5th | 2023-12-05 | 2023-12-06 | day | sure | at
on the 20th | 2023-12-20 | 2023-12-21 | day | sure | at
the 5th of next month | 2024-01-05 | 2024-01-06 | day | sure | at
"""


def told(text, now):
    found = find(text, now)
    if not found:
        return "none"
    first = found[0]
    ends = [f"{end:%Y-%m-%dT%H:%M}".removesuffix("T00:00") for end in (first.at, first.until)]
    return " | ".join([*ends, first.precision, "sure" if first.certain else "guess", first.sense])


@pytest.mark.parametrize(
    ("now", "table"),
    [(WEDNESDAY, SAID_ON_A_WEDNESDAY), (NEW_YEARS_EVE, SAID_ON_NEW_YEARS_EVE)],
    ids=["March", "December"],
)
def test_a_time_is_read_as_it_was_meant_when_it_was_said(now, table):
    """[at, until), grain, whether it is sure, and a word that opens it."""
    rows = dict(row.split(" | ", 1) for row in table.strip().splitlines())

    assert rows == {text: told(text, now) for text in rows}


# --- calendars -------------------------------------------------------------------------------------


def test_months_are_counted_with_their_lengths():
    """The last day stays the last where there is none; years roll over."""
    leap = datetime(2024, 1, 31, 9, 30, tzinfo=UTC)

    told = {
        months: f"{calendar.months_on(leap, months):%Y-%m-%d %H:%M}"
        for months in (0, 1, 2, 11, 12, 13, -1, -2, -11, 25)
    }

    assert {
        0: "2024-01-31 09:30", 1: "2024-02-29 09:30", 2: "2024-03-31 09:30", 11: "2024-12-31 09:30",
        12: "2025-01-31 09:30", 13: "2025-02-28 09:30", -1: "2023-12-31 09:30", -2: "2023-11-30 09:30",
        -11: "2023-02-28 09:30", 25: "2026-02-28 09:30",
    } == told  # fmt: skip
    for months in range(240):
        later = calendar.months_on(datetime(2000, 1, 1), months)
        assert (2000 + months // 12, 1 + months % 12, 1) == (later.year, later.month, later.day)


@pytest.mark.parametrize(
    ("amount", "unit", "moved"),
    [
        (1, "second", timedelta(seconds=1)), (5, "minute", timedelta(minutes=5)), (2, "hour", timedelta(hours=2)),
        (1.5, "day", timedelta(hours=36)), (-1, "week", timedelta(days=-7)), (1, "weekend", timedelta(days=7)),
        (2, "fortnight", timedelta(days=28)), (1, "month", timedelta(days=31)), (1, "quarter", timedelta(days=92)),
        (0.5, "year", timedelta(days=184)), (1, "year", timedelta(days=365)), (-1, "decade", timedelta(days=-3653)),
        (1, "century", timedelta(days=36524)),
    ],
)  # fmt: skip
def test_a_moment_is_moved_by_units(amount, unit, moved):
    """From 12 March 2025 on."""
    assert WEDNESDAY + moved == calendar.shifted(WEDNESDAY, amount, unit)


@pytest.mark.parametrize(
    ("moment", "precision", "start", "end"),
    [
        ("2025-03-12T10:17:42", "minute", "2025-03-12T10:17", "2025-03-12T10:18"),
        ("2025-03-12T10:17:42", "hour", "2025-03-12T10:00", "2025-03-12T11:00"),
        ("2025-03-12T10:17:42", "day", "2025-03-12", "2025-03-13"),
        ("2025-03-16T10:17:42", "week", "2025-03-10", "2025-03-17"),
        ("2025-03-10T00:00:00", "week", "2025-03-10", "2025-03-17"),
        ("2025-12-31T10:17:42", "month", "2025-12-01", "2026-01-01"),
        ("2025-01-31T10:17:42", "season", "2024-12-01", "2025-03-01"),
        ("2025-03-01T00:00:00", "season", "2025-03-01", "2025-06-01"),
        ("2025-12-31T10:17:42", "season", "2025-12-01", "2026-03-01"),
        ("2025-12-31T10:17:42", "year", "2025-01-01", "2026-01-01"),
        ("2029-12-31T10:17:42", "decade", "2020-01-01", "2030-01-01"),
        ("2030-01-01T00:00:00", "decade", "2030-01-01", "2040-01-01"),
    ],
)
def test_a_cell_holds_its_first_moment_and_not_its_last(moment, precision, start, end):
    """Weeks begin on Monday, winter in December."""
    wanted = tuple(datetime.fromisoformat(text) for text in (start, end))

    assert wanted == calendar.cell(datetime.fromisoformat(moment), precision)


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("3", 3, 3), ("2.5", 2.5, 2.5), ("half a", 0.5, 0.5), ("a couple of", 2, 2), ("a few", 2, 5), ("a", 1, 1),
        ("twenty-one", 21, 21), ("twenty", 20, 20), ("a dozen", 12, 12), ("eleven", 11, 11), ("several", 3, 7),
    ],
)  # fmt: skip
def test_words_for_how_many(words, low, high):
    """A number, or the range that a vague word stands for."""
    assert (low, high) == calendar.how_many(words)


EASTER = {
    1961: (4, 2),
    1981: (4, 19),
    2000: (4, 23),
    2008: (3, 23),
    2019: (4, 21),
    2024: (3, 31),
    2025: (4, 20),
    2038: (4, 25),
}


def test_feasts_fall_on_their_days():
    """Easter by published tables; the others by their weekdays."""
    assert EASTER == {year: calendar.HOLIDAYS["easter"](year) for year in EASTER}
    for year in range(2000, 2030):
        for name, weekday, days in (
            ("thanksgiving", 3, range(22, 29)), ("mother's day", 6, range(8, 15)), ("father's day", 6, range(15, 22)),
            ("labor day", 0, range(1, 8)),
        ):  # fmt: skip
            month, day = calendar.HOLIDAYS[name](year)
            assert (weekday, True) == (date(year, month, day).weekday(), day in days)
    fixed = {"christmas": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "halloween": (10, 31),
             "new year's eve": (12, 31), "new year's day": (1, 1), "valentine's day": (2, 14),
             "independence day": (7, 4)}  # fmt: skip
    assert fixed == {name: calendar.HOLIDAYS[name](2024) for name in fixed}


# --- summaries -------------------------------------------------------------------------------------

STORY = (
    "Ada sailed to Norway in 2023.", "The boat was red and old.", "Was it cold up there?", "Ok.",
    "Norway has long fjords and Ada loved Norway.", "She came home with 3 new sails for the red boat.",
)  # fmt: skip


def importance(vectors):
    """0.55 centre + 0.15 position + 0.2 names and numbers + 0.1 length; questions half, single words three tenths."""
    from remanence.language.entities import find as find_entities
    from remanence.language.phrases import tokens

    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centre = unit.mean(axis=0)
    central = unit @ (centre / np.linalg.norm(centre))
    named = [{one.norm for one in find_entities(text)} for text in STORY]
    held = {name: sum(name in some for some in named) for some in named for name in some}
    weight = [sum(math.log1p(held[name]) for name in some) for some in named]
    scores = []
    for place, text in enumerate(STORY):
        words = len(tokens(text))
        score = 0.55 * max(0.0, central[place]) / max(central) + 0.15 / (1 + place)
        score += 0.2 * weight[place] / max(weight) + 0.1 * min(1.0, words / 8)
        scores.append(score * (0.5 if text.endswith("?") else 1) * (0.3 if words < 2 else 1))
    return scores, unit @ unit.T


@pytest.mark.parametrize("diversity", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize(("k", "budget"), [(2, None), (None, 80), (4, 70), (None, None), (6, None), (3, 5)])
def test_sentences_are_kept_by_what_they_tell_and_that_is_new(diversity, k, budget):
    """A plain loop of maximal marginal relevance over the published sum."""
    vectors = np.random.default_rng(2).standard_normal((len(STORY), 12)) + 1.0
    score, like = importance(vectors)
    most, left = (3 if budget is None else len(STORY)) if k is None else k, 10_000 if budget is None else budget
    chosen: list[int] = []
    while len(chosen) < most:
        fitting = [n for n, text in enumerate(STORY) if n not in chosen and len(text) <= left]
        if not fitting:
            break
        best = max(
            fitting,
            key=lambda n: (1 - diversity) * score[n] - diversity * max((like[n, one] for one in chosen), default=0.0),
        )
        chosen.append(best)
        left -= len(STORY[best]) + 1

    assert sorted(chosen) == extractive(STORY, vectors, k, budget=budget, diversity=diversity)


def test_a_summary_of_nothing_is_nothing_and_wrong_knobs_are_refused():
    """No sentences, none wanted, or only space."""
    texts = ["The red boat sailed far.", "Bread is baked early.", "A red boat came home.", "The boat is red and old."]

    assert [] == extractive([], k=3) == extractive(texts, k=0) == extractive(["", " "], k=2)
    for knobs in ({"k": -1}, {"budget": -1}, {"k": 1, "diversity": 1.1}, {"k": 1, "diversity": -0.1}):
        with pytest.raises(InvalidInput):
            extractive(texts, **knobs)
    for shape in ((3, 2), (4,)):
        with pytest.raises(InvalidInput):
            extractive(texts, np.ones(shape), 1)


# --- people, sentences, flags ----------------------------------------------------------------------

PEOPLE = ("Melanie Jones", "Will", "Ann", "user", "assistant")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did Melanie say?", ("Melanie Jones",)), ("Did Mel go?", ("Melanie Jones",)), ("did mel go?", ()),
        ("Ask Me now", ()), ("the jones girl melanie", ("Melanie Jones",)), ("Jones was here", ()),
        ("Where will Ann be?", ("Ann",)), ("Where is Will now?", ("Will",)), ("Will it rain?", ()),
        ("Ann's and Will's boat", ("Ann", "Will")), ("the user said", ()), ("Anne is here", ()),
    ],
)  # fmt: skip
def test_people_are_named_by_first_name_short_form_or_all_of_it(text, named):
    """A small word has to be capitalised inside a sentence; roles are no names."""
    assert named == match_speakers(text, PEOPLE)


@pytest.mark.parametrize(
    ("text", "people", "left"),
    [
        ("What does Ann like?", ("Ann",), "What does like?"), ("Ann's boat is red", ("Ann",), "boat is red"),
        ("Did Mel's dog run?", ("Melanie Jones",), "Did dog run?"),
        ("did mel run?", ("Melanie Jones",), "did mel run?"),
        ("Who is Ann?", ("Ann",), "Who is Ann?"), ("Where is the boat?", (), "Where is the boat?"),
    ],
)  # fmt: skip
def test_a_question_is_stripped_of_the_names_in_it(text, people, left):
    """Unless nothing else is left."""
    assert left.split() == strip_speakers(text, people).split()


@pytest.mark.parametrize(
    ("sentence", "speaker", "people", "subjects"),
    [
        ("I like it.", "Ann", ("Ann", "Bob"), {"Ann"}), ("You like it.", "Ann", ("Ann", "Bob"), {"Bob"}),
        ("You and I like it.", "Ann", ("Ann", "Bob"), {"Ann", "Bob"}),
        ("You like it.", "Ann", ("Ann", "Bob", "Cid"), {"Ann"}),
        ("Bob likes it.", "Ann", ("Ann", "Bob"), {"Bob"}), ("Fine.", "Ann", ("Ann",), {"Ann"}),
        ("Fine.", None, (), set()),
        ("I like it.", None, ("Ann",), set()), ("Will you, Bob?", "Bob", ("Bob",), {"Bob"}),
    ],
)  # fmt: skip
def test_a_sentence_is_about_whom_it_names_or_who_speaks(sentence, speaker, people, subjects):
    """ "You" is known only where two people talk."""
    assert frozenset(subjects) == resolve_subjects(sentence, speaker, people)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith came at 5 p.m. We left.", ["Dr. Smith came at 5 p.m.", "We left."]),
        ("J. R. Smith, e.g. him, costs 3.5 dollars.", ["J. R. Smith, e.g. him, costs 3.5 dollars."]),
        ("Wait... what? Yes… no. Then", ["Wait... what?", "Yes… no.", "Then"]),
        ('"Go!" he said. "Stay." She did.', ['"Go!" he said.', '"Stay."', "She did."]),
        ("- one\n- two\n3. three", ["- one", "- two", "3. three"]),
        ("1. First item\n2. Second item", ["1. First item", "2. Second item"]),
        ("para one\n\npara two", ["para one", "para two"]),
        ("see ```a. b. c``` here. End", ["see", "```a. b. c```", "here.", "End"]),
        ("open ```a. b", ["open", "```a. b"]),
        ("一。二！三", ["一。", "二！", "三"]),
        ("no stop", ["no stop"]),
        ("  \n ", []),
        ("Pens etc. Then home. At Acme Inc. they do.", ["Pens etc.", "Then home.", "At Acme Inc. they do."]),
        ("It is I. You know.", ["It is I.", "You know."]),
        ("Version 2.0. It works", ["Version 2.0.", "It works"]),
    ],
)
def test_a_text_is_cut_where_a_sentence_ends(text, parts):
    """Spans without the space round them."""
    spans = split(text)

    assert parts == [span.of(text) for span in spans]
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("When?", ASKS), ("When? ", ASKS), ("什么？", ASKS), ("Now.", 0), ("I left yesterday", TIME),
        ("3 boats", NUMBER),
        ("in 2023", TIME | NUMBER), ("in 1823?", NUMBER | ASKS), ("x" * 20_000 + "5", 0), ("x" * 19_999 + "5", NUMBER),
    ],
)  # fmt: skip
def test_a_glance_tells_what_a_text_has(text, flags):
    """It asks, names a time, names a number; of a long text its beginning."""
    assert flags == text_flags(text)
