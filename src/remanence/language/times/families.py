"""The grammar of times: every way to say one, in the order in which a text is read for them."""

from __future__ import annotations

from remanence.language.times import absolute, business, clock, other_languages, relative, relative_words
from remanence.language.times.reading import Family

FAMILIES: tuple[Family, ...] = (
    relative.ago,
    relative.ahead,
    relative.beside,
    relative.the_weekend,
    relative.twice_removed,
    relative.day_words,
    relative.bare_weekday,
    absolute.month_day,
    absolute.month_only,
    absolute.iso,
    absolute.numeric,
    absolute.year_spans,
    absolute.years,
    absolute.decades,
    absolute.centuries,
    absolute.seasons,
    absolute.holidays,
    relative.ordinal_day,
    relative.edges,
    relative.so_far,
    clock.clock,
    business.quarters,
    business.week_numbers,
    business.week_on,
    business.spoken_clock,
    business.spoken_hour,
    other_languages.month_days,
    other_languages.german_days,
    other_languages.day_words,
    other_languages.tomorrow,
    *relative_words.FAMILIES,
)
"""Each yields candidates, of which `dates.find` chooses."""
