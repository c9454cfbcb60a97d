"""Dates and words for days in German, Spanish, French, Italian, Portuguese and Dutch: what is said in one way only.

A word that means something else in another language ("hier", "morgen" as morning) counts only where its neighbours say
so; anything else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from remanence.language.calendar import MONTHS, day_of, midnight
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import Found, Reading

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
_MORGEN = lazy_pattern(
    r"(?<![\w-])(?:(?:bis|ab|erst|schon|dann|also)\s)?(?P<w>morgen)"
    r"(?=\s(?:früh|abend|mittag|um|ist|habe|muss|gehe|kommt|wird)\b)"
)
_MANANA = lazy_pattern(r"(?<!la\s)(?<!\w)(?P<w>mañana)(?!\w)")


def month_days(r: Reading) -> Iterator[Found]:
    """ "17. März 2025", "5 de mayo", "le 3 mars"; "22. April" by its stop, "22 April" is read as English."""
    for m in _DATE.finditer(r.low):
        if m["m"] in MONTHS and r.low[m.end("d")] != ".":
            continue
        yield from _day(r, m.start("d"), m.end(), int(m["d"]), MONTH_WORDS[m["m"]], m["y"])
    for m in _GERMAN_DAY.finditer(r.low):
        yield from _day(r, m.start("d"), m.end(), int(m["d"]), int(m["m"]), m["y"])


def _day(r: Reading, start: int, end: int, day: int, month: int, year: str | None) -> Iterator[Found]:
    try:
        if year:
            yield r.cell(start, end, day_of(int(year), month, day, r.zone), "day")
            return
        guess = r.nearest(start, end, lambda y: day_of(y, month, day, r.zone))
    except ValueError:
        return
    if guess is not None:
        yield r.cell(start, end, guess[0], "day", guess[1])


def day_words(r: Reading) -> Iterator[Found]:
    """ "gestern", "ayer", "demain"; "morgen" only before what it can only be tomorrow of."""
    if r.now is None:
        return
    today = midnight(r.now)
    for m in _STEP.finditer(r.low):
        yield r.cell(m.start(), m.end(), today + timedelta(days=STEPS[m["w"]]), "day")
    for pattern in (_MORGEN, _MANANA):
        for m in pattern.finditer(r.low):
            yield r.cell(m.start("w"), m.end("w"), today + timedelta(days=1), "day")


TRIGGERS = (
    frozenset(MONTH_WORDS) | frozenset(re.findall(r"[^\W\d_]+", " ".join(STEPS))) | {"morgen", "mañana", "am", "ab"}
)
