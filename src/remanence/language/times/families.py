"""The grammar of times: which words of a text call for which readers of times."""

from __future__ import annotations

from remanence.language.calendar import DAYS, MONTHS, SEASONS
from remanence.language.times import absolute, business, clock, other_languages, relative, relative_words
from remanence.language.times.reading import Family

FAMILIES: tuple[tuple[frozenset[str], Family], ...] = (
    (frozenset(("ago back").split()), relative.ago),
    (frozenset(("in within from after").split()), relative.ahead),
    (frozenset(("this last next past coming previous").split()), relative.beside),
    (frozenset(("weekend").split()), relative.the_weekend),
    (frozenset(("before after").split()), relative.twice_removed),
    (frozenset(("yesterday tomorrow tmrw today tonight tonite other").split()), relative.day_words),
    (frozenset((" ".join(DAYS)).split()), relative.bare_weekday),
    (frozenset((" ".join(MONTHS)).split()), absolute.month_day),
    (frozenset((" ".join(MONTHS)).split()), absolute.month_only),
    (frozenset(("#").split()), absolute.iso),
    (frozenset(("#").split()), absolute.numeric),
    (frozenset(("#").split()), absolute.years),
    (frozenset(("#").split()), absolute.decades),
    (frozenset((" ".join(SEASONS)).split()), absolute.seasons),
    (
        frozenset(
            (
                "christmas eve boxing year years halloween valentine valentines july independence thanksgiving "
                "mother father labor easter"
            ).split()
        ),
        absolute.holidays,
    ),
    (frozenset(("the").split()), relative.ordinal_day),
    (frozenset(("end beginning start middle").split()), relative.edges),
    (frozenset(("for now").split()), relative.so_far),
    (frozenset(("# noon midnight midday clock").split()), clock.clock),
    (frozenset(("q h").split()), business.quarters),
    (frozenset(("week kw cw wk semana").split()), business.week_numbers),
    (frozenset(("week weeks").split()), business.week_on),
    (frozenset(("past to at").split()), business.spoken_clock),
    (frozenset(("#").split()), other_languages.month_days),
    (other_languages.TRIGGERS, other_languages.day_words),
    (relative_words.COUNTED, relative_words.counted),
    (relative_words.BESIDE, relative_words.beside),
)
"""Each reader yields candidates, of which `dates.find` chooses; it only runs on texts with one of its words ("#": a
digit)."""
