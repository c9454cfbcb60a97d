"""Quarters, halves, numbered weeks and holidays of a year, "since" and "from" with a month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language import dates

SAID = datetime(2025, 2, 13, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "before"),
    [
        ("the second quarter of 2023", "2023-04-01", "2023-07-01"),
        ("the first half of 2024", "2024-01-01", "2024-07-01"),
        ("the last quarter of 2024", "2024-10-01", "2025-01-01"),
        ("second half of last year", "2024-07-01", "2025-01-01"),
        ("week 50 of 2022", "2022-12-12", "2022-12-19"),
        ("calendar week 50 in 2022", "2022-12-12", "2022-12-19"),
        ("the first week of 2023", "2023-01-02", "2023-01-09"),
        ("the last week of 2020", "2020-12-28", "2021-01-04"),
        ("for easter", "2025-04-20", "2025-04-21"),
        ("easter monday", "2025-04-21", "2025-04-22"),
        ("good friday", "2025-04-18", "2025-04-19"),
        ("Pentecost 2024", "2024-05-19", "2024-05-20"),
        ("vegetarian since january, so no meat when we meet", "2025-01-01", "2025-02-01"),
        ("I'm off sick since monday", "2025-02-10", "2025-02-11"),
        ("rent goes up to 780 from may", "2025-05-01", "2025-06-01"),
    ],
)
def test_a_part_of_a_year_is_a_time(text, since, before):
    (one,) = dates.find(text, SAID)

    assert (since, before) == (f"{one.at:%Y-%m-%d}", f"{one.until:%Y-%m-%d}")


@pytest.mark.parametrize(
    "text", ["it may be late", "a letter from April", "week 3 of the course", "the second quarter of the game"]
)
def test_what_only_looks_like_one_is_none(text):
    assert [] == dates.find(text, SAID)
