"""Times counted from the time of speaking in German, Spanish, French, Italian, Portuguese and Dutch.

"in drei Tagen", "hace dos semanas", "mardi prochain", "la settimana scorsa": a number and a unit, or a day, week, month
or year with a word that says which. One table a language; what is said in another way is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from remanence.language.calendar import GRAIN, cell, midnight, shifted
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import Family, Found, Reading, from_now
from remanence.records import dataclass

Words = Mapping[str, str]
"""The words of one language by their part, alternatives parted by "|" as in a pattern.

days: Monday to Sunday. units: day, week, month, year. numbers: one and up, each word one number. ahead, back: in front
of a count; ago: behind it. following, last: in front of a day or unit; after_following, after_last: behind it.
"""
_PARTS = "days units numbers ahead back ago following last after_following after_last".split()


def _words(rows: str) -> Words:
    """One row for each part; "-" is a part that the language has no word for."""
    return {
        part: r"(?!)" if row.strip() == "-" else row.strip()
        for part, row in zip(_PARTS, rows.strip().split("\n"), strict=True)
    }


LANGUAGES: tuple[Words, ...] = (
    _words(r"""
        montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag
        tag(?:en|e)? wochen? monat(?:en|e|s)? jahr(?:en|es|e)?
        ein|eine|einem|einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn
        in
        vor
        -
        nächste[nrs]?|kommende[nrs]?
        letzte[nrs]?|vorige[nrs]?|vergangene[nrs]?
        -
        -"""),
    _words(r"""
        lunes martes mi[ée]rcoles jueves viernes s[áa]bado domingo
        d[íi]as? semanas? mes(?:es)? años?
        un|una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
        en|dentro\sde
        hace
        -
        pr[óo]xim[oa]
        pasad[oa]
        que\sviene|pr[óo]xim[oa]
        pasad[oa]"""),
    _words(r"""
        lundi mardi mercredi jeudi vendredi samedi dimanche
        jours? semaines? mois ans?|ann[ée]es?
        un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
        dans
        il\sy\sa
        -
        -
        -
        prochaine?|qui\svient
        derni[èe]re?|pass[ée]e?"""),
    _words(r"""
        luned[ìi] marted[ìi] mercoled[ìi] gioved[ìi] venerd[ìi] sabato domenica
        giorn[oi] settiman[ae] mes[ei] ann[oi]
        un|una due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici
        tra|fra
        -
        fa
        prossim[oa]
        scors[oa]
        prossim[oa]
        scors[oa]|passat[oa]"""),
    _words(r"""
        segunda(?:-feira)? ter[çc]a(?:-feira)? quarta(?:-feira)? quinta(?:-feira)? sexta(?:-feira)? s[áa]bado domingo
        dias? semanas? m[êe]s(?:es)? anos?
        um|uma dois|duas tr[êe]s quatro cinco seis sete oito nove dez onze doze treze quatorze|catorze quinze
        em|daqui\sa|dentro\sde
        há
        atr[áa]s
        pr[óo]xim[oa]
        -
        que\svem|pr[óo]xim[oa]
        passad[oa]"""),
    _words(r"""
        maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
        dag(?:en)? we(?:ek|ken) maand(?:en)? ja(?:ar|ren)
        één|een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien
        over
        -
        geleden
        volgende|komende
        vorige|afgelopen
        -
        -"""),
)
_UNITS = ("day", "week", "month", "year")


@dataclass(frozen=True, slots=True)
class _Grammar:
    counted: re.Pattern[str]
    beside: re.Pattern[str]
    numbers: Mapping[str, int]
    names: tuple[re.Pattern[str], ...]


def _grammar(words: Words) -> _Grammar:
    numbers = {
        spelled: number for number, group in enumerate(words["numbers"].split(), 1) for spelled in _spelled(group)
    }
    count = rf"(?P<n>\d{{1,3}}|{'|'.join(sorted(numbers, key=len, reverse=True))})"
    units = words["units"].split()
    unit = "|".join(f"(?:{one})" for one in units)
    days = words["days"].split()
    named = "|".join(f"(?:{one})" for one in (*days, *units))
    return _Grammar(
        lazy_pattern(
            rf"(?<![\w-])(?:(?:(?P<ahead>{words['ahead']})|(?P<back>{words['back']}))\s{count}\s(?P<u>{unit})"
            rf"|{count.replace('<n>', '<n2>')}\s(?P<u2>{unit})\s(?:{words['ago']}))(?![\w-])"
        ),
        lazy_pattern(
            rf"(?<![\w-])(?:(?:(?P<f>{words['following']})|(?P<l>{words['last']}))\s(?P<w>{named})"
            rf"|(?P<w2>{named})\s(?:(?P<f2>{words['after_following']})|(?P<l2>{words['after_last']})))(?![\w-])"
        ),
        numbers,
        tuple(lazy_pattern(rf"(?:{one})\Z") for one in (*units, *days)),
    )


def _spelled(group: str) -> list[str]:
    """The words of a pattern that holds no more than "[xy]" and "|"."""
    found: list[str] = []
    for word in group.split("|"):
        m = re.search(r"\[(\w+)\]", word)
        found += [word.replace(m.group(), one) for one in m[1]] if m is not None else [word]
    return found


GRAMMARS: tuple[_Grammar, ...] = tuple(_grammar(one) for one in LANGUAGES)


def _counted(one: _Grammar, r: Reading, m: re.Match[str], now: datetime) -> Found:
    """ "in drei Tagen", "hace dos semanas", "tre mesi fa"."""
    words, unit_word = (m["n"], m["u"]) if m["n"] else (m["n2"], m["u2"])
    number = int(words) if words.isdigit() else one.numbers[words]
    unit = _unit(one, unit_word)
    return r.cell(m.start(), m.end(), shifted(now, number if m["ahead"] else -number, unit), GRAIN[unit])


def _beside(one: _Grammar, r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    """ "nächsten Dienstag", "el martes que viene", "la semaine dernière": from the day of speaking on."""
    today = midnight(now)
    word, side = m["w"] or m["w2"], 1 if m["f"] or m["f2"] else -1
    place = next(n for n, name in enumerate(one.names) if name.match(word))
    if place == 0:
        return None  # "den nächsten Tag": counted from what was told
    if place < len(_UNITS):
        unit = _UNITS[place]
        return r.cell(m.start(), m.end(), shifted(cell(now, GRAIN[unit])[0], side, unit), GRAIN[unit])
    weekday = place - len(_UNITS)
    step = (weekday - today.weekday() - 1) % 7 + 1 if side > 0 else -((today.weekday() - weekday - 1) % 7 + 1)
    return r.cell(m.start(), m.end(), today + timedelta(days=step), "day")


def _unit(one: _Grammar, word: str) -> str:
    return _UNITS[next(n for n, name in enumerate(one.names) if name.match(word))]


COUNTED = frozenset(
    """tag tage tagen woche wochen monat monate monaten jahr jahre jahren día días dia dias semana semanas mes meses mês
    año años ano anos jour jours semaine semaines mois an ans année années giorno giorni settimana settimane mese mesi
    anno anni dag dagen week weken maand maanden jaar jaren""".split()
)
"""Words of which a counted time holds one."""
BESIDE = frozenset(
    """nächste nächsten nächster nächstes kommende kommenden kommender kommendes letzte letzten letzter letztes vorige
    vorigen voriger voriges vergangene vergangenen vergangener próximo próxima proximo proxima pasado pasada viene
    prochain prochaine vient dernier derniere dernière passé passée passe prossimo prossima scorso scorsa passato
    passata vem passado passada volgende komende afgelopen""".split()
)
"""Words of which a time beside the time of speaking holds one."""

FAMILIES: tuple[Family, ...] = (
    *(from_now(COUNTED, one.counted)(partial(_counted, one)) for one in GRAMMARS),
    *(from_now(BESIDE, one.beside)(partial(_beside, one)) for one in GRAMMARS),
)
"""How each language counts from the time of speaking."""
