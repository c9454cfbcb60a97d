"""Every word for a day, a month, a number or a part of a day, in all languages that are read, by what it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remanence.language.calendar import how_many
from remanence.language.dates import find

SAID = datetime(2024, 3, 13, 9, 0, tzinfo=UTC)  # a Wednesday
TODAY = datetime(2024, 3, 13, tzinfo=UTC)

DAYS_FROM_TODAY = {
    -3: "大前天",
    -2: "前天, 一昨日, おととい, 그저께, vorgestern, anteayer, avant-hier, l'altro ieri, anteontem, eergisteren",
    -1: "昨天, 昨日, 昨晚, きのう, 어제, yesterday, gestern, gestern abend, ayer, ieri, ontem, gisteren",
    0: "今天, 今日, 今晚, 오늘, today, heute, heute abend, hoy, aujourd'hui, hoje, vandaag",
    1: "明天, 明日, あした, 내일, tomorrow, demain, domani, amanhã",
    2: "后天, 後天, 明後日, あさって, 모레, übermorgen, après-demain, dopodomani, pasado mañana, depois de amanhã, "
    "overmorgen",
    3: "大后天, 大後天",
}


def read(text: str) -> list[tuple[datetime, datetime, str]]:
    return [(one.at, one.until, one.precision) for one in find(text, SAID)]


@pytest.mark.parametrize(
    ("away", "word"), [(away, word) for away, words in DAYS_FROM_TODAY.items() for word in words.split(", ")]
)
def test_a_word_for_a_day_means_so_many_days_from_today(away: int, word: str) -> None:
    ((at, _, precision),) = read(word)

    assert (TODAY + timedelta(days=away), "day") == (at.replace(hour=0), precision)


@pytest.mark.parametrize(
    ("at", "until", "words"),
    [
        ("2023-01-01", "2024-01-01", "去年 작년"),
        ("2024-01-01", "2025-01-01", "今年"),
        ("2025-01-01", "2026-01-01", "明年 来年 내년"),
        ("2024-02-01", "2024-03-01", "上个月 上個月 先月 지난달"),
        ("2024-03-01", "2024-04-01", "这个月 今月"),
        ("2024-04-01", "2024-05-01", "下个月 下個月 来月"),
        ("2024-03-04", "2024-03-11", "上周 上週 先週 지난주"),
        ("2024-03-11", "2024-03-18", "这周 本周 今週"),
        ("2024-03-18", "2024-03-25", "下周 下週 来週"),
    ],
)
def test_weeks_months_and_years_beside_this_one(at: str, until: str, words: str) -> None:
    """Also where a space stands within them."""
    expected = [tuple(datetime.fromisoformat(f"{day}T00:00+00:00") for day in (at, until))]

    for word in words.split():
        assert expected == [one[:2] for one in read(word)], word


@pytest.mark.parametrize(
    ("word", "at"), [("다음 달", "2024-04-01"), ("다음 주", "2024-03-18"), ("지난 주", "2024-03-04")]
)
def test_a_word_may_be_written_in_two(word: str, at: str) -> None:
    assert [at] == [f"{one[0]:%Y-%m-%d}" for one in read(word)]


@pytest.mark.parametrize(
    ("month", "names"),
    [
        *enumerate(
            (
                "january jan januar jänner enero janvier gennaio janeiro januari",
                "february feb februar feber febrero février fevrier febbraio fevereiro februari",
                "march mar märz maerz marzo mars março maart",
                "april apr abril avril aprile",
                "may mai mayo maggio maio mei",
                "june jun juni junio juin giugno junho",
                "july jul juli julio juillet luglio julho",
                "august aug agosto août aout augustus",
                "september sept sep septiembre septembre settembre setembro",
                "october oct oktober octubre octobre ottobre outubro",
                "november nov noviembre novembre novembro",
                "december dec dezember diciembre décembre decembre dicembre dezembro",
            ),
            1,
        )
    ],
)
def test_a_month_has_its_number_in_every_language(month: int, names: str) -> None:
    for name in names.split():
        day = datetime(2023, month, 3, tzinfo=UTC)

        assert [(day, day + timedelta(days=1), "day")] == read(f"3 {name} 2023"), name


@pytest.mark.parametrize(
    ("number", "word"),
    [
        *enumerate(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty".split(),
            1,
        ),
        *zip(range(30, 100, 10), "thirty forty fifty sixty seventy eighty ninety".split(), strict=True),
        (1, "a"), (1, "an"), (2, "a couple of"), (12, "a dozen"),
    ],
)  # fmt: skip
def test_a_number_in_words_counts_as_many(number: int, word: str) -> None:
    assert (number, number) == how_many(word)
    assert [TODAY - timedelta(days=number)] == [one[0] for one in read(f"{word} days ago")]


@pytest.mark.parametrize(
    ("word", "bounds"),
    [("a few", (2, 5)), ("several", (3, 7)), ("some", (2, 6)), ("many", (5, 15)), ("half a", (0.5, 0.5))],
)
def test_a_vague_number_has_its_bounds(word: str, bounds: tuple[float, float]) -> None:
    assert bounds == how_many(word)


@pytest.mark.parametrize(
    ("words", "day"),
    [("first 1st", 6), ("second 2nd", 13), ("third 3rd", 20), ("fourth 4th last", 27)],
)
def test_an_ordinal_picks_its_monday(words: str, day: int) -> None:
    """Of May 2024, which has four."""
    for word in words.split():
        assert [datetime(2024, 5, day, tzinfo=UTC)] == [one[0] for one in read(f"the {word} Monday of May 2024")], word


@pytest.mark.parametrize(
    ("part", "begins", "ends"),
    [("morning", 6, 12), ("afternoon", 12, 18), ("evening", 18, 24), ("night", 18, 30), ("lunchtime", 11, 14)],
)
def test_a_part_of_a_day_has_its_hours(part: str, begins: int, ends: int) -> None:
    hours = [
        tuple((moment - TODAY) / timedelta(hours=1) - 24 for moment in one[:2]) for one in read(f"tomorrow {part}")
    ]

    assert [(begins, ends)] == hours


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("mins minutes", SAID - timedelta(minutes=3)), ("hrs hours", SAID - timedelta(hours=3)),
        ("days", TODAY - timedelta(days=3)), ("weeks wks", datetime(2024, 2, 19, tzinfo=UTC)),
        ("fortnights", datetime(2024, 1, 29, tzinfo=UTC)), ("months", datetime(2023, 12, 1, tzinfo=UTC)),
        ("years yrs", datetime(2021, 1, 1, tzinfo=UTC)), ("decades", datetime(1990, 1, 1, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_three_of_a_unit_ago(words: str, at: datetime) -> None:
    """Weeks are counted from their Monday, what is longer from its first day."""
    for word in words.split():
        assert [at] == [one[0] for one in read(f"three {word} ago")], word
