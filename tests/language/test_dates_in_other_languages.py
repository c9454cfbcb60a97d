"""Times that count from the day of speaking, in languages other than English."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.dates import find

SAID = datetime(2024, 3, 13, 9, 0, tzinfo=UTC)  # a Wednesday


def day(text: str) -> str | None:
    found = find(text, SAID)
    return f"{found[0].at:%Y-%m-%d} {found[0].precision}" if len(found) == 1 else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In vier Tagen kommt der Klempner", "2024-03-17 day"),
        ("Das Paket kam vor zwei Wochen", "2024-02-26 week"),
        ("Nächsten Montag habe ich Probe", "2024-03-18 day"),
        ("Letzten Montag war Probe", "2024-03-11 day"),
        ("Nächste Woche sind wir weg", "2024-03-18 week"),
        ("Hace tres meses dejé el coro", "2023-12-01 month"),
        ("El lunes que viene es la prueba", "2024-03-18 day"),
        ("Pasado mañana llega mi tía", "2024-03-15 day"),
        ("Dans cinq jours je pars", "2024-03-18 day"),
        ("Jeudi dernier on a joué", "2024-03-07 day"),
        ("Il y a deux ans", "2022-01-01 year"),
        ("Fra quattro giorni parto", "2024-03-17 day"),
        ("Due settimane fa", "2024-02-26 week"),
        ("Anteontem choveu", "2024-03-11 day"),
        ("Daqui a três semanas", "2024-04-01 week"),
        ("Overmorgen komt oma", "2024-03-15 day"),
        ("Vier dagen geleden", "2024-03-09 day"),
        ("大后天交房租", "2024-03-16 day"),
        ("三天前买的", "2024-03-10 day"),
        ("あさって歯医者に行く", "2024-03-15 day"),
        ("来週の木曜日に会う", "2024-03-21 day"),
        ("다음 주에 이사해", "2024-03-18 week"),
        ("After 10 days the stitches come out", "2024-03-23 day"),
    ],
)
def test_a_time_that_counts_from_today_is_found(text: str, expected: str) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Letzten Endes egal",
        "He left after 10 days",
        "Den nächsten Tag schlief ich",
        "Es ist ein Tag wie jeder",
        "3日間",
    ],
)
def test_words_that_only_look_like_one_are_left(text: str) -> None:
    """What counts from another day, or from none, is no day."""
    assert day(text) is None
