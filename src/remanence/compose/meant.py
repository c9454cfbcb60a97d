"""What an answer means: the day that its words name, and yes only where the evidence says that it is or was so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from remanence.compose.anniversary import began_so_long_ago
from remanence.compose.answer_extraction import dated, times_told
from remanence.compose.stated import subject_matches
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import split
from remanence.language.statements.corrected import corrected
from remanence.language.statements.happened import Happened, happened, share, stem, stems
from remanence.language.statements.kin import KIN
from remanence.language.statements.named import kind_of
from remanence.language.statements.statement import Statement
from remanence.language.text import content_words, words
from remanence.language.tools import of_the_kind
from remanence.records import dataclass
from remanence.stage.standing import Known
from remanence.types import Hit, Hits, Item

TURNS = 8
"""Hits whose sentences may decide."""
HELD = 0.5
"""Share of the question's words that a sentence must hold to bear on it."""
DECIDES = 0.6
"""Share from which on it decides by itself."""
CALLED_OFF = 0.3
"""Share from which on "cancelled" is taken to be of what is asked."""
PLANNED = "planned, not said whether it happened"
_PAST = lazy_pattern(r"^\W*(?:so |and |but )?(?:did|was|were|has|have|had)\b", re.I)
_NOW = lazy_pattern(r"^\W*(?:so |and |but )?(?:do|does|am|is|are|has|have|can)\b", re.I)
_OF_PLANS = lazy_pattern(
    r"\b(?:plan\w*|want\w*|will|would|going to|gonna|hop(?:e|es|ed|ing)|wish\w*|intend\w*|booked|think\w*|consider\w*|"
    r"suggest\w*|should|might|could|talk\w* (?:of|about)|invited|supposed)\b|\bis \w+ \w+ing\b",
    re.I,
)
_DENIES = lazy_pattern(r"\b(?:not|never|no longer)\b|n['’]t\b", re.I)
_VERDICT: dict[Happened, str] = {"affirmed": "yes", "denied": "no", "cancelled": "no", "planned": PLANNED}


@dataclass(frozen=True, slots=True)
class Bearing:
    """A sentence that bears on a yes-or-no question: its hit, how much of the question it holds, how it means it."""

    hit: Hit
    sentence: str
    held: float
    how: Happened


_SAYS_LITTLE = frozenset(
    "new old big small huge little nice good great lovely own other certain some one thing".split()
)
_WHICH_COLOUR = lazy_pattern(
    r"\bwelche(?:r|n)? farbe\b|\bqué color\b|\bquelle couleur\b|\bche colore\b|\bque cor\b", re.I
)
_COLOUR = lazy_pattern(
    r"\b(?:red|blue|green|yellow|black|white|gr[ae]y|brown|orange|purple|pink|silver|gold(?:en)?|beige|cream|navy|teal|"
    r"turquoise|violet|maroon|crimson|ivory|lilac|mustard|burgundy|bronze|charcoal|magenta|olive|mint|(?:dunkel|hell)?(?:rot|blau|grün|gelb|"
    r"grau|braun)|schwarz|weiß|rouge|bleue?|verte?|jaune|noire?|blanche?|rojo|azul|verde|amarillo|negro|blanco|rosso|giallo|nero)\b",
    re.I,
)
_TOKEN = lazy_pattern(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\s<>\"'`)\]]+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+|"
    r"(?<![\w.-])[~.]{0,2}/?(?:[\w.-]+/)+[\w.-]+|(?<![\w#])#\w+(?:-\w+)+",
    re.I,
)
"""What is one word though it holds stops and strokes: an address of the web, of mail, of a file; "#tide-alerts"."""


_SHORT_FORM, _BEFORE_IT = lazy_pattern(r"(?:m|s|t|d|re|ve|ll)\b"), lazy_pattern(r"\w{1,25} ?['’]$")
"""A word that goes on behind an apostrophe: of "I'm never ..." a span may begin with "m"."""


def echoes(span: str, asked: Question) -> bool:
    """Whether a span only repeats the question ("a new fridge" for "which brand is my fridge"), or is no colour."""
    said = {stem(word) for word in content_words(span)} - _SAYS_LITTLE
    known = {stem(word) for word in words(asked.text)}
    if _of_colour(asked):
        return _COLOUR.search(span) is None
    return said <= known


def shows_colour(text: str, asked: Question) -> bool:
    """Whether a text names a colour where one is asked for."""
    return _of_colour(asked) and _COLOUR.search(text) is not None


def _of_colour(asked: Question) -> bool:
    named = asked.expected.noun in ("colour", "color", "colours", "colors")
    return named or _WHICH_COLOUR.search(asked.text) is not None


_SPACED = 0x0E00
"""Letters below this are of scripts that set spaces between words."""


def _goes_on(letter: str) -> bool:
    return letter.isalpha() and ord(letter) < _SPACED


BESIDE = 2_000
"""Characters behind a span in which an address may end."""


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the whole of a word, an address or a short form ("I'm") that it cuts, without the stop behind it."""
    while 0 < end < len(text) and _goes_on(text[end - 1]) and _goes_on(text[end]):
        end += 1
    while 0 < start < end and _goes_on(text[start - 1]) and _goes_on(text[start]):
        start -= 1
    if _SHORT_FORM.match(text, start) and (cut := _BEFORE_IT.search(text, max(0, start - 30), start)) is not None:
        start = cut.start()
    for m in _TOKEN.finditer(text, max(0, start - 300), end + BESIDE):
        if m.start() > end:
            break
        if m.start() < end and start < m.end():
            start, end = min(start, m.start()), max(end, m.start() + len(m.group().rstrip(".,;:!?")))
    return start, end


def day_meant(short: str, item: Item, asked: Question) -> str | None:
    """The day that an answer's words mean, counted from when they were said; None where they name none.

    "a week tomorrow", said on 6 May, is 14 May. Words without a time take the one that stands nearest in their text.
    """
    times = times_told(item, asked)
    place = item.text.find(short)
    if not times or place < 0:
        return None
    if (began := began_so_long_ago(place, place + len(short), item, times)) is not None:
        return dated(began, item, asked.expected.grain)
    inside = [one for one in times if one.start < place + len(short) and place < one.end]
    if not inside and any(c.isdigit() for c in short):
        return _numbered_day(short, place, times, item, asked)
    bare = asked.expected.grain in ("", "day") and asked.tense == "past"
    if bare and _ONLY_A_CLOCK.fullmatch(short.strip()) and inside and item.said_at is not None:
        day = inside[0].at.replace(hour=0, minute=0, second=0, microsecond=0)
        of_day = replace(inside[0], at=day, until=day + timedelta(days=1), precision="day")
        return f"{dated(of_day, item, asked.expected.grain)}, {short.strip()}"
    if any(one.precision in ("minute", "hour") for one in inside[:1]) or (
        not inside and dates.NAMES_A_TIME.search(short)
    ):
        return None
    if not inside:
        span = next((s for s in split(item.text) if s.start <= place < s.end), None)
        same = [one for one in times if span is None or span.start <= one.start < span.end]
        inside = sorted(same or times, key=lambda one: min(abs(one.start - place), abs(one.end - place)))
    return dated(inside[0], item, asked.expected.grain) if inside else None


_ONLY_A_CLOCK = lazy_pattern(r"(?:at )?\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?| uhr| h)?", re.I)
_NUMBERED = lazy_pattern(r"(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)", re.I)


def _numbered_day(
    short: str, place: int, times: Sequence[dates.TimeExpression], item: Item, asked: Question
) -> str | None:
    """The day of a bare number in the month of the day told nearest: "28 June; it was going to be the 21st".

    None for other numbers, and more than two weeks off, where the next month may be meant.
    """
    number, days = _NUMBERED.fullmatch(short.strip()), [one for one in times if one.precision == "day"]
    if number is None or not days:
        return None
    near = min(days, key=lambda one: min(abs(one.start - place), abs(one.end - place)))
    off = int(number[1]) - near.at.day
    day = near.at + timedelta(days=off)
    told = replace(near, text=short, at=day, until=day + timedelta(days=1))
    return dated(told, item, asked.expected.grain) if abs(off) <= 14 else None


def bearings(hits: Hits, asked: Question) -> list[Bearing]:
    """The sentences of the best hits that bear on a yes-or-no question, of whom it asks about, oldest first."""
    found: list[Bearing] = []
    for hit in hits.top(TURNS):
        item = hit.item
        if item.kind != "turn" or not _about(item, asked):
            continue
        every = [span.of(item.text) for span in split(item.text[:4_000])] or [item.text]
        shares = [share(sentence, asked.essence) for sentence in every]
        place = shares.index(max(shares))
        told = every[place] if len(every) == 1 else f"{every[place]} {' '.join(every[place + 1 : place + 2])}"
        how = happened(every[place], asked.essence)
        if how == "planned" and happened(told, asked.essence) == "cancelled":
            how = "cancelled"
        found.append(Bearing(hit, every[place], shares[place], how))
    return sorted(found, key=lambda one: one.hit.item.at.timestamp() if one.hit.item.at else 0.0)


def _about(item: Item, asked: Question) -> bool:
    if not asked.subjects:
        return True
    text = item.text.casefold()
    return any(item.who == name or name.split()[0].casefold() in text for name in asked.subjects)


def whether(short: str, cited: Item, every: Sequence[Bearing], asked: Question) -> tuple[str, Bearing] | None:
    """The verdict on a yes-or-no question and what it rests on, where it is not what `short` already says.

    Yes needs a sentence that says it is or was so: a plan, a wish or a question is none. What was called off, or is
    denied or over later, is a no. None leaves the answer as it is.
    """
    if _DENIES.search(asked.text):
        return None
    past, now = _PAST.search(asked.text) is not None, _NOW.search(asked.text) is not None
    if not (past or now) or not every or (not past and happened(asked.text.rstrip(" ?"), asked.essence) == "over"):
        return None  # "Is the lathe gone?" asks of the end itself
    best = max(every, key=lambda one: (one.held, one.hit.item.id == cited.id))
    off = [one for one in every if one.how == "cancelled" and one.held >= CALLED_OFF]
    told = [one for one in every if one.held >= max(HELD, best.held - 0.01)]
    happens = [one for one in told if one.how in ("affirmed", "over")]
    ended = [one for one in told if one.how in ("denied", "over")]
    if off and not any(_later(one, off[-1]) for one in happens) and short != "no":
        return "no", off[-1]
    if _OF_PLANS.search(asked.text):
        if not told:
            return None
        last = told[-1]
        return ("no", last) if short == "yes" and last.how == "denied" and last.held >= DECIDES else None
    if short == "yes":
        return _yes(best, told, happens, ended, past)
    if short == "no" or best.held < DECIDES:
        return None
    last = told[-1]
    if last.how == "over":
        return ("yes", last) if past else ("no", last)
    if last.how == "planned" and happens:
        last = happens[-1]
    return (_VERDICT[last.how], last) if last.how in _VERDICT and (past or last.how != "planned") else None


def _yes(
    best: Bearing, told: Sequence[Bearing], happens: Sequence[Bearing], ended: Sequence[Bearing], past: bool
) -> tuple[str, Bearing] | None:
    """What becomes of a yes."""
    if not past and ended and not any(_later(one, ended[-1]) for one in told if one.how == "affirmed"):
        return "no", ended[-1]
    if happens or best.held < HELD:
        return None
    planned = [one for one in told if one.how == "planned"]
    if planned:
        return PLANNED, planned[-1]
    return None


def denies_another(text: str, asked: Question) -> bool:
    """Whether a text affirms what is asked of and denies something else: "no meat. fish is fine" for fish.

    Also where it denies, and holds none of the names that are asked of: "I don't speak Swedish" for Finnish.
    """
    people = {word for name in asked.people for word in words(name)}
    names = {word for name in asked.names for word in words(name)} - people - {"i"}
    if names and not names & set(_bare(text)) and _DENIES.search(text) is not None:
        return True
    thing = stem(asked.essence[-1]) if len(asked.essence) > 1 else ""
    sentences = [span.of(text) for span in split(text[:2_000])]
    of_it = [one for one in sentences if thing in stems(words(one))]
    return bool(of_it) and all(happened(one, asked.essence[-1:]) == "affirmed" for one in of_it)


def _later(one: Bearing, other: Bearing) -> bool:
    left, right = one.hit.item.at, other.hit.item.at
    return left is not None and right is not None and left > right


_AMOUNT = lazy_pattern(
    r"[$€£]\s?\d[\d.,]{0,30}(?<=\d)k?|(?<![\w.,])\d[\d.,]{0,30}(?<=\d)k?\s?"
    r"(?:€|£|\$|euros?|quid|pounds|dollars|bucks|eur|usd|gbp|chf|francs)(?!\w)",
    re.I,
)
_HOW_MUCH = lazy_pattern(
    r"\bhow much\b(?! (?:time|longer|water|milk|does \w+ weigh))|\b(?:price|cost|rent|salary|fee)\b", re.I
)
_SUM = r"\b(?:altogether|in total|overall|in all|combined|difference|insgesamt|zusammen|en total|au total|in totale)\b"
_CHANGE = r"\b(?:grow|grew|grown|gained?|put on|lost|up by|down by)\b|\bhow (?:much|many) (?:more|less|fewer)\b"
_WORKED_OUT = lazy_pattern(rf"{_SUM}|{_CHANGE}|\b(?:passed|lay|went by)\b.{{0,80}}\b(?:between|from|until)\b", re.I)
"""What asks for a sum or a difference."""
_SAYS_SO = lazy_pattern(rf"{_SUM}|{_CHANGE}|\b(?:total|together|more|less|fewer|later|passed)\b", re.I)
"""What tells one."""
_HOW_OFTEN = lazy_pattern(
    r"\b(?:every|each|per|an?|once|twice|times?|thrice|daily|weekly|fortnightly|monthly|yearly|annually|hourly|nightly|"
    r"always|never|often|seldom|rarely|usually|sometimes|most|\w+days|weekends|mornings|evenings|nights|"
    r"jede[nrms]?|täglich|wöchentlich|monatlich|jährlich|mal|cada|todos|vez|veces|chaque|tous|fois|ogni|volte)\b|每|毎",
    re.I,
)
_TIME_LEAD = lazy_pattern(r"(?:^|\s)(?:on|in|at|from|since|for)\s*$", re.I)
_PLACE_LEAD = lazy_pattern(r"^\s*(?:at|in|on|,)\s+(?:the\s)?", re.I)


def amount_meant(short: str, item: Item, asked: Question) -> str | None:
    """The amount of money for a bare number, or for another number beside the only amount; None where it is fine."""
    if asked.expected.form != "number" or not _HOW_MUCH.search(asked.text) or _AMOUNT.search(short):
        return None
    place = item.text.find(short)
    span = next((s for s in split(item.text) if s.start <= place < s.end), None)
    found = [m.group() for m in _AMOUNT.finditer(span.of(item.text) if span is not None else item.text)]
    same = [amount for amount in found if short in amount]
    return same[0] if same else found[0] if len(found) == 1 else None


def worked_out(sentence: str, asked: Question) -> bool:
    """Whether a sum or a difference is asked for that the sentence does not tell: one of its amounts is no answer."""
    return _WORKED_OUT.search(asked.text) is not None and _SAYS_SO.search(sentence) is None


def unlike(said: str, asked: Question) -> bool:
    """Whether words cannot be what is asked for: who, with digits in it; where, only a number; how often, no times.

    Nor is a program of one kind what another kind is asked for.
    """
    if not of_the_kind(said, asked.topic):
        return True
    if asked.expected.form == "frequency":
        return _HOW_OFTEN.search(said) is None
    if not any(c.isdigit() for c in said):
        return False
    return asked.expected.form == "person" or (asked.expected.form == "place" and not any(c.isupper() for c in said))


def place_meant(short: str, item: Item) -> str | None:
    """A place without the time beside it: "12 October at Tithe Barn" is Tithe Barn."""
    times = dates.find(short, item.said_at)
    if not times:
        return None
    before, after = _TIME_LEAD.sub("", short[: times[0].start]), _PLACE_LEAD.sub("", short[times[-1].end :])
    return before.strip(" ,") or after.strip(" ,") or None


def wrong_person(short: str, cited: Item, known: Sequence[Known], asked: Question) -> bool:
    """Whether what a text states of somebody else, and not of whom is asked about, is in the answer."""
    if not asked.subjects:
        return False
    if _kin(asked.text) & _kin(cited.text):  # "my daughter" is whom it is asked of, whatever her name
        return False
    told = set(words(short))
    here = [one.says for one in known if one.source == cited.id and one.says.attribute in asked.attributes[:2]]
    mine = [says.subject for says in here if asked.whether or told & set(words(says.value))]
    return bool(mine) and not any(subject_matches(mine, asked))


def nobody_such(cited: Item, asked: Question) -> bool:
    """Whether somebody's or some pet's name is asked for by kin ("my brother") of which a text says nothing."""
    kin = _kin(asked.text) if asked.expected.name or _CALLED.search(asked.text) else frozenset()
    if not kin:
        return False
    mine, theirs = _each(asked.text), _each(cited.text)
    return not kin & _kin(cited.text) or (bool(mine) and bool(theirs) and not mine & theirs)


_ANY = frozenset("child kid kids children baby twin twins pet pets".split())
_OTHERWISE = {"mom": "mother", "mum": "mother", "dad": "father", "doggo": "dog", "puppies": "dog"}


def _each(text: str) -> frozenset[str]:
    """The kin and animals of a text that are not one another, though of one group: a sister is no brother."""
    every = (_KIN_ELSEWHERE.get(word, word) for word in _bare(text))
    found = (word for word in every if KIN.get(word) not in (None, "partner", "friend") and word not in _ANY)
    return frozenset(kind_of(_OTHERWISE.get(word, word.removesuffix("s"))) for word in found)


_CALLED = lazy_pattern(r"\bhei(?:ß|ss)t\b|\bse llaman?\b|\bs['’]appelle\b|\bsi chiama\b|\bse chama\b", re.I)
_KIN_ROWS = """
    sister schwester hermana soeur sœur sorella irmã zus
    brother bruder hermano frère fratello irmão broer
    wife frau ehefrau mujer esposa femme moglie
    husband mann ehemann marido mari
    partner freundin freund novia novio
    son sohn hijo hijos fils figlio filho
    daughter tochter hija fille figlia filha
    child kind kinder
    mother mutter mama madre mère mãe moeder
    father vater papa padre père pai
    dog hund perro perra chien cane cão
    cat katze kater gato gata chat gatto
    pet haustier"""
_KIN_ELSEWHERE = {word: row.split()[0] for row in _KIN_ROWS.strip().split("\n") for word in row.split()[1:]}
"""Kin in other languages, in English."""
_GROUPS = {**KIN, "geschwister": "siblings", "eltern": "parents"}


def _kin(text: str) -> frozenset[str]:
    words_of_kin = (_KIN_ELSEWHERE.get(word, word) for word in _bare(text))
    return frozenset(group for word in words_of_kin if (group := _GROUPS.get(word)))


def _bare(text: str) -> list[str]:
    """The words of a text without what an apostrophe joins to them."""
    return [re.split(r"['’]", word)[0] for word in words(text)]


def set_right(short: str, cited: Item, behind: Sequence[Item], asked: Question) -> tuple[str, Item] | None:
    """What the same speaker's next turns make of a number or a day: "12 tomato plants" ... "sorry, 14"."""
    form = asked.expected.form
    if form not in ("date", "number") or not any(c.isdigit() for c in short):
        return None
    last = Statement(cited.who or "", "date of it" if form == "date" else "number", short, at=cited.said_at)
    for item in behind:
        right = corrected(item.text, last, item.said_at) if item.who == cited.who else None
        if right is not None:
            day = _DAY.search(right.value)
            return (day[1] if day is not None else right.value), item
    return None


_DAY = lazy_pattern(r"\((\d[^()]{5,30})\)$")
