"""Dates and words for days in German, Spanish, French, Italian, Portuguese and Dutch: what is said in one way only.

A word that means something else in another language ("hier", "morgen" as morning) counts only where its neighbours say
so; anything else is left out.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from remanence.language.calendar import MONTHS, day_of, midnight
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import Found, Reading, anywhere, from_now

MONTH_WORDS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "januar jänner enero janvier gennaio janeiro januari",
        "februar feber febrero février fevrier febbraio fevereiro februari",
        "märz maerz marzo mars março maart",
        "abril avril aprile april", "mai mayo maggio maio mei", "juni junio juin giugno junho",
        "juli julio juillet luglio julho",
        "agosto août aout august augustus", "septiembre septembre settembre september setembro",
        "oktober octubre octobre ottobre outubro", "noviembre novembre november novembro",
        "dezember diciembre décembre decembre dicembre dezembro december",
    ),
    1,
):  # fmt: skip
    for _name in _names.split():
        MONTH_WORDS[_name] = _number
_DATE = lazy_pattern(
    r"(?<![\w./])(?:(?:am|ab|vom|bis|el|le|il|del|du|al|seit|den|zum)\s)?(?P<d>\d{1,2})(?:\.|er|º|°)?\s(?:de\s|di\s)?"
    rf"(?P<m>{'|'.join(sorted(MONTH_WORDS, key=len, reverse=True))})(?!\w)(?:\s(?:de\s|del\s)?(?P<y>20\d\d|19\d\d)\b)?"
)
_GERMAN_DAY = lazy_pattern(r"(?<!\w)(?:am|ab|bis|vom|zum|seit)\s(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>20\d\d)?(?!\w)")
STEPS = {
    "vorgestern": -2, "gestern": -1, "heute": 0, "übermorgen": 2, "anteayer": -2, "ayer": -1, "hoy": 0, "ieri": -1,
    "aujourd'hui": 0, "demain": 1, "domani": 1, "avant-hier": -2, "après-demain": 2, "dopodomani": 2,
    "pasado mañana": 2, "l'altro ieri": -2, "anteontem": -2, "ontem": -1, "hoje": 0, "amanhã": 1,
    "depois de amanhã": 2,
    "eergisteren": -2, "gisteren": -1, "vandaag": 0, "overmorgen": 2, "gestern abend": -1, "heute abend": 0,
}  # fmt: skip
_STEP = lazy_pattern(rf"(?<![\w'’-])(?P<w>{'|'.join(sorted(map(re.escape, STEPS), key=len, reverse=True))})(?![\w'’-])")
_TOMORROW = lazy_pattern(
    r"(?<![\w-])(?:(?:bis|ab|erst|schon|dann|also)\s)?(?P<w>morgen)"
    r"(?=\s(?:früh|abend|mittag|um|ist|habe|muss|gehe|kommt|wird)\b)|(?<!la\s)(?<!\w)(?P<w2>mañana)(?!\w)"
)

WORDS = frozenset(MONTH_WORDS) | frozenset(re.findall(r"[^\W\d_]+", " ".join(STEPS))) | {"morgen", "mañana", "am", "ab"}


@anywhere("#", _DATE)
def month_days(r: Reading, m: re.Match[str]) -> Found | None:
    """ "17. März 2025", "5 de mayo", "le 3 mars"; "22. April" by its stop, "22 April" is read as English."""
    if m["m"] in MONTHS and r.low[m.end("d")] != ".":
        return None
    return _day(r, m, MONTH_WORDS[m["m"]])


@anywhere("#", _GERMAN_DAY)
def german_days(r: Reading, m: re.Match[str]) -> Found | None:
    """ "am 17.3." and "bis 17.3.2025"."""
    return _day(r, m, int(m["m"]))


def _day(r: Reading, m: re.Match[str], month: int) -> Found | None:
    start, end, day, year = m.start("d"), m.end(), int(m["d"]), m["y"]
    try:
        if year:
            return r.cell(start, end, day_of(int(year), month, day, r.zone), "day")
        guess = r.nearest(start, end, lambda y: day_of(y, month, day, r.zone))
    except ValueError:
        return None
    return None if guess is None else r.cell(start, end, guess[0], "day", guess[1])


@from_now(WORDS, _STEP)
def day_words(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    """ "gestern", "ayer", "demain"."""
    return r.cell(m.start(), m.end(), midnight(now) + timedelta(days=STEPS[m["w"]]), "day")


@from_now(WORDS, _TOMORROW)
def tomorrow(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    """ "morgen" and "mañana", only before what it can only be tomorrow of."""
    word = "w" if m["w"] else "w2"
    return r.cell(m.start(word), m.end(word), midnight(now) + timedelta(days=1), "day")
