"""Times in running text become intervals with a grain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from remanence.language.dates import cue_interval, find, say

SAID = datetime(2023, 5, 25, 13, 14, tzinfo=UTC)  # a Thursday


def read(text: str, said: datetime | None = SAID) -> list[tuple[str, str, str, str]]:
    return [(e.text, f"{e.at:%Y-%m-%d}", f"{e.until:%Y-%m-%d}", e.precision) for e in find(text, said)]


@pytest.mark.parametrize(
    ("text", "words", "at", "until", "precision"),
    [
        ("I ran a race last Saturday.", "last Saturday", "2023-05-20", "2023-05-21", "day"),
        ("Crete is the 27th to the 30th.", "the 27th to the 30th", "2023-05-27", "2023-05-31", "day"),
        ("We joined last Tues", "last Tues", "2023-05-23", "2023-05-24", "day"),
        ("I went on Friday", "Friday", "2023-05-19", "2023-05-20", "day"),
        ("I have a show on Friday", "Friday", "2023-05-26", "2023-05-27", "day"),
        ("see you next Tue", "next Tue", "2023-05-30", "2023-05-31", "day"),
        ("this past Sunday", "this past Sunday", "2023-05-21", "2023-05-22", "day"),
        ("three Fridays ago", "three Fridays ago", "2023-05-05", "2023-05-06", "day"),
        ("I saw it yesterday", "yesterday", "2023-05-24", "2023-05-25", "day"),
        ("the day before yesterday", "the day before yesterday", "2023-05-23", "2023-05-24", "day"),
        ("last night", "last night", "2023-05-24", "2023-05-25", "day"),
        ("this morning", "this morning", "2023-05-25", "2023-05-25", "day"),
        ("a couple of days ago", "a couple of days ago", "2023-05-23", "2023-05-24", "day"),
        ("ten years ago", "ten years ago", "2013-01-01", "2014-01-01", "year"),
        ("two weeks ago", "two weeks ago", "2023-05-08", "2023-05-15", "week"),
        ("two weekends ago we camped", "two weekends ago", "2023-05-13", "2023-05-15", "week"),
        ("last week was wild", "last week", "2023-05-15", "2023-05-22", "week"),
        ("camping next month", "next month", "2023-06-01", "2023-07-01", "month"),
        ("we met last year", "last year", "2022-01-01", "2023-01-01", "year"),
        ("our trip last summer", "last summer", "2022-06-01", "2022-09-01", "season"),
        ("in the summer of 2019", "summer of 2019", "2019-06-01", "2019-09-01", "season"),
        ("in a fortnight", "in a fortnight", "2023-06-05", "2023-06-12", "week"),
        ("Seven years now", "Seven years now", "2016-01-01", "2017-01-01", "year"),
        ("I have painted since 2016", "2016", "2016-01-01", "2017-01-01", "year"),
        ("the week before 9 June 2023", "the week before 9 June 2023", "2023-06-02", "2023-06-09", "week"),
        ("two days before Christmas 2022", "two days before Christmas 2022", "2022-12-23", "2022-12-24", "day"),
        ("the first weekend of August 2023", "the first weekend of August 2023", "2023-08-05", "2023-08-07", "week"),
        ("Friday next week", "Friday next week", "2023-06-02", "2023-06-03", "day"),
        ("a week from Friday", "a week from Friday", "2023-06-02", "2023-06-03", "day"),
        ("Any fun over the weekend?", "weekend", "2023-05-27", "2023-05-29", "week"),
        ("at the end of May", "the end of May", "2023-05-21", "2023-06-01", "month"),
        ("it is due on the 15th", "the 15th", "2023-06-15", "2023-06-16", "day"),
        ("on August 6, 1945, it", "August 6, 1945", "1945-08-06", "1945-08-07", "day"),
        ("the 13th of August 2021", "13th of August 2021", "2021-08-13", "2021-08-14", "day"),
        ("from May 8-10, 2023", "May 8-10, 2023", "2023-05-08", "2023-05-11", "day"),
        ("in March I went", "March", "2023-03-01", "2023-04-01", "month"),
        ("I ordered the sofa, a red one, comes in july", "july", "2023-07-01", "2023-08-01", "month"),
        ("born 8.5.1990", "8.5.1990", "1990-05-08", "1990-05-09", "day"),
        ("on 5/13/23", "5/13/23", "2023-05-13", "2023-05-14", "day"),
        ("made in the 1990s", "1990s", "1990-01-01", "2000-01-01", "decade"),
        ("the war of 1914-1918", "1914-1918", "1914-01-01", "1919-01-01", "year"),
        ("於2023年5月8日", "2023年5月8日", "2023-05-08", "2023-05-09", "day"),
        ("我昨天去了", "昨天", "2023-05-24", "2023-05-25", "day"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_mean_it(text: str, words: str, at: str, until: str, precision: str) -> None:
    """Weekdays with tense, relative and absolute dates, seasons, durations and composed times."""
    found = read(text)

    # the article in front of a composed time may or may not belong to it
    assert [(words.removeprefix("the "), at, until, precision)] == [(f[0].removeprefix("the "), *f[1:]) for f in found]


@pytest.mark.parametrize(
    "text",
    [
        "May I ask you a second question?", "They march on every time.", "The sun is bright and we sat down.",
        "We now know that it will last for ages.", "Hold on a minute.", "June is a nice name.",
        "How many weeks ago is not a date.",
        "a million years ago", "It costs 1200 euros.", "Version 1.2.3 of Python 3.11", "Every Friday",
        "Black Friday sales", "the score was 4-1", "Call 555-1234", "She is 25 years old", "the 5th floor",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_times(text: str) -> None:
    """ "may", "march", "sun", "second", "now" and "we" stay words."""
    assert [] == read(text)


def test_a_clock_time_joins_its_day_from_either_side() -> None:
    """Minute precision comes from "at 7 pm" after or before the day."""
    after = find("See you tomorrow at 7 pm", SAID)
    before = find("1:56 pm on 8 May, 2023", SAID)

    assert [(datetime(2023, 5, 26, 19, 0, tzinfo=UTC), "minute")] == [(e.at, e.precision) for e in after]
    assert [(datetime(2023, 5, 8, 13, 56, tzinfo=UTC), "minute")] == [(e.at, e.precision) for e in before]


def test_relative_words_need_a_time_of_speaking() -> None:
    """Without `said_at` only absolute dates are found."""
    found = read("last week, and on 3 June 2021", None)

    assert [("3 June 2021", "2021-06-03", "2021-06-04", "day")] == found


def test_times_keep_the_zone_of_speaking() -> None:
    """ "today" is the day of the speaker, not of UTC."""
    tokyo = timezone(timedelta(hours=9))

    (today,) = find("today", datetime(2023, 5, 25, 1, 0, tzinfo=tokyo))

    assert datetime(2023, 5, 25, tzinfo=tokyo) == today.at


def test_vague_and_guessed_times_are_not_certain() -> None:
    """ "a few years ago" and an ambiguous 3/4/2023 say so."""
    certain = {e.text: e.certain for e in find("a few years ago, on 3/4/2023, or last week", SAID)}

    assert {"a few years ago": False, "3/4/2023": False, "last week": True} == certain


@pytest.mark.parametrize(
    ("question", "at", "until", "certain"),
    [
        ("What did I do last Tuesday?", "2023-05-23", "2023-05-24", True),
        ("What happened in April 2023?", "2023-04-01", "2023-05-01", True),
        ("What did I buy between May 8 and May 10?", "2023-05-08", "2023-05-11", True),
        ("What happened between March and June 2021?", "2021-03-01", "2021-07-01", True),
        ("What happened from 3 May to 5 May 2025?", "2025-05-03", "2025-05-06", True),
        ("What happened between November and February 2022?", "2021-11-01", "2022-03-01", True),
        ("What happened between last June and 5 May 2023?", "2022-06-01", "2023-05-06", True),
        ("What happened between 29 February and 3 March 2024?", "2024-02-29", "2024-03-04", True),
        ("What have I read since 2016?", "2016-01-01", "2023-05-25", True),
        ("Where did I live before 2020?", "0001-01-01", "2020-01-01", True),
        ("What happened on Friday?", "2023-05-19", "2023-05-20", True),
        ("What did we do the other day?", "2023-05-18", "2023-05-25", False),
    ],
)
def test_a_question_gives_the_interval_it_asks_about(question: str, at: str, until: str, certain: bool) -> None:
    """Open ends are closed at now or at the beginning; two ends are one interval."""
    found = [(e.at.date().isoformat(), e.until.date().isoformat(), e.certain) for e in cue_interval(question, SAID)]

    assert [(at, until, certain)] == found


@pytest.mark.parametrize(
    "question", ["How many bikes do I own?", "What is my dog's name?", "How long have I known Ann?"]
)
def test_a_question_without_a_time_is_not_filtered(question: str) -> None:
    """No time named, no interval."""
    assert [] == cue_interval(question, SAID)


def test_dates_are_said_at_their_grain() -> None:
    """Every precision has its wording; the week beside the day of speaking is named from it."""
    at = datetime(2022, 6, 4, 13, 56, tzinfo=UTC)

    said = [say(at, p) for p in ("minute", "hour", "day", "week", "month", "season", "year", "decade")]

    assert [
        "1:56 pm on 4 June 2022", "1 pm on 4 June 2022", "4 June 2022", "the week of 4 June 2022", "June 2022",
        "the summer of 2022", "2022", "the 2020s",
    ] == said  # fmt: skip
    assert "the week before 9 June 2023" == say(datetime(2023, 5, 29), "week", datetime(2023, 6, 9))
    assert "the weekend of 4 June 2022" == say(at, "week", until=at + timedelta(days=2))


BUSINESS = datetime(2025, 3, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "until"),
    [
        ("numbers are due in Q3", "2025-07-01", "2025-10-01"),
        ("Q4 2024 was slow", "2024-10-01", "2025-01-01"),
        ("Q1 was bad", "2025-01-01", "2025-04-01"),
        ("H2 2025", "2025-07-01", "2026-01-01"),
        ("Lieferung in KW 14", "2025-03-31", "2025-04-07"),
        ("calendar week 2 of nothing, calendar week 9", "2025-02-24", "2025-03-03"),
        ("see you a week on Friday", "2025-03-21", "2025-03-22"),
        ("Friday week then", "2025-03-21", "2025-03-22"),
        ("a week tomorrow", "2025-03-20", "2025-03-21"),
        ("the week of 3 March", "2025-03-03", "2025-03-10"),
        ("the day after tomorrow", "2025-03-14", "2025-03-15"),
        ("Zahnarzt am 22. April", "2025-04-22", "2025-04-23"),
        ("seit 17. März", "2025-03-17", "2025-03-18"),
        ("el 5 de mayo", "2025-05-05", "2025-05-06"),
        ("das war gestern", "2025-03-11", "2025-03-12"),
        ("llegó ayer", "2025-03-11", "2025-03-12"),
        ("am 17.3. um neun", "2025-03-17", "2025-03-18"),
        ("the exam moved to Tuesday 28 October", "2025-10-28", "2025-10-29"),
        ("signed up for it, it's Sunday 6 April", "2025-04-06", "2025-04-07"),
    ],
)
def test_times_of_offices_of_talk_and_of_other_languages(text: str, at: str, until: str) -> None:
    """Said on Wednesday 12 March 2025; a named weekday chooses the year."""
    assert (at, until) == (f"{find(text, BUSINESS)[-1].at:%Y-%m-%d}", f"{find(text, BUSINESS)[-1].until:%Y-%m-%d}")


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("half past six", "06:30"),
        ("half past six tonight", "18:30"),
        ("quarter to nine tomorrow", "08:45"),
        ("tonight at eight", "20:00"),
    ],
)
def test_the_clock_as_it_is_spoken(text: str, clock: str) -> None:
    """Evening where the words say so."""
    (found,) = find(text, BUSINESS)

    assert clock == f"{found.at:%H:%M}"


@pytest.mark.parametrize(
    "text",
    ["guten Morgen", "por la mañana", "week 3 of the course", "Q10 is a part", "ten to one odds", "sie ist hier"],
)
def test_words_that_only_look_like_times_are_none(text: str) -> None:
    """Precision first."""
    assert [] == find(text, BUSINESS)


def test_today_is_the_speakers_day() -> None:
    """At 23:30 on the 11th in London it is the 12th in Tokyo."""
    tokyo = datetime(2025, 3, 12, 8, 30, tzinfo=timezone(timedelta(hours=9)))
    (today,) = find("today", tokyo)

    assert datetime(2025, 3, 12, tzinfo=timezone(timedelta(hours=9))) == today.at


@pytest.mark.parametrize(
    ("text", "at", "until", "precision"),
    [
        ("we sold more last quarter", "2024-10-01", "2025-01-01", "month"),
        ("this quarter is slow", "2025-01-01", "2025-04-01", "month"),
        ("next quarter we move", "2025-04-01", "2025-07-01", "month"),
        ("due on the 5th of last month", "2025-02-05", "2025-02-06", "day"),
        ("on the 5th of next month", "2025-04-05", "2025-04-06", "day"),
        ("in the middle of last month", "2025-02-10", "2025-02-19", "month"),
        ("the middle of May", "2025-05-11", "2025-05-21", "month"),
        ("mid March", "2025-03-11", "2025-03-21", "month"),
        ("the middle of the week", "2025-03-12", "2025-03-14", "week"),
        ("at the beginning of next week", "2025-03-17", "2025-03-19", "week"),
        ("the end of last week", "2025-03-07", "2025-03-10", "week"),
        ("the end of this month", "2025-03-21", "2025-04-01", "month"),
        ("at the start of last year", "2024-01-01", "2024-05-02", "year"),
        ("a day there is not, the 31st of last month", "2025-02-01", "2025-03-01", "month"),
    ],
)
def test_quarters_days_of_a_month_and_parts_of_a_time(text: str, at: str, until: str, precision: str) -> None:
    """Said on Wednesday 12 March 2025; a part is about a third of the whole."""
    (found,) = find(text, BUSINESS)

    assert (at, until, precision) == (f"{found.at:%Y-%m-%d}", f"{found.until:%Y-%m-%d}", found.precision)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We go 3 to 10 June.", "3 to 10 June 2023"),
        ("We go on 3 June.", "3 June 2023"),
    ],
)
def test_several_days_are_told_from_the_first_to_the_last(text: str, told: str) -> None:
    """A single day is told alone."""
    (e,) = find(text, SAID)

    assert say(e.at, e.precision, SAID, e.until) == told


def test_what_is_set_down_for_a_month_lies_ahead() -> None:
    """A check "in march" is told of in January, whatever was dropped before; a review that went well was."""
    said = datetime(2026, 1, 12, 20, tzinfo=UTC)

    (ahead,) = find("only 1 puff in the evening now, morning one dropped, check in march", said)
    (over,) = find("the review in march went fine", said)

    assert ("2026-03", "2025-03") == (f"{ahead.at:%Y-%m}", f"{over.at:%Y-%m}")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("wedding's fixed: 12 june, town hall", 2027),
        ("it is set for 12 june", 2027),
        ("the roof was fixed on 12 june", 2026),
        ("it's fixed: 12 june it was", 2026),
    ],
)
def test_what_is_fixed_for_a_day_lies_ahead(text: str, year: int) -> None:
    """In November, June is half a year back and half a year ahead; what follows may tell that it is over."""
    (one,) = find(text, datetime(2026, 11, 5, tzinfo=UTC))
    assert year == one.at.year


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Dobler has his hip since the 14th, they'd been short of a bed.", "2025-05-14"),
        ("Dobler gets his hip on the 14th, then rests.", "2025-06-14"),
        ("the new one got lost in the post. applied again wednesday", "2025-05-28"),
        ("he has worked in the yard since all saints", "2024-11-01"),
    ],
)
def test_a_bare_day_lies_where_its_verb_says(text: str, day: str) -> None:
    """On 3 June: since the 14th is since May, and what was done on a wednesday was done on the last one."""
    (found,) = find(text, datetime(2025, 6, 3, 10, tzinfo=UTC))
    assert found.at.date().isoformat() == day


@pytest.mark.parametrize("text", ["wednesday blues are real", "the wednesday group applied", "my monday"])
def test_a_weekday_in_small_letters_without_a_verb_of_its_time_is_none(text: str) -> None:
    assert not find(text, datetime(2025, 6, 3, 10, tzinfo=UTC))
