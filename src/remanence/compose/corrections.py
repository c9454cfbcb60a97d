"""What a later turn among the hits sets right: "no wait, the party is the 23rd" counts, and what it corrects does not.

The reader reads every hit by itself, so the earlier turn, which says the most about the question, looks best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from remanence.compose.reading import Read, when
from remanence.language import dates
from remanence.language.contrast import NUMBER, contrasts
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import split
from remanence.language.statements.corrects import sets_right, turned_down
from remanence.language.statements.happened import stems
from remanence.language.text import content_words
from remanence.language.value_forms import values
from remanence.types import Item

WORN = 0.3
"""What is left of the weight of a hit that a later one sets right."""
STRONG = 0.6
"""Share of the best reading's weight that a hit has which is worth setting right."""
ANSWERS, NEARLY = 0.6, 0.3
"""How likely a turn answers itself, of how likely that does what it takes back: alone, and with a word of the question
in both."""
READS = 0.3
"""From this probability on the reader's own words of the correcting turn are taken."""
_NAMES_WRONG = lazy_pattern(r"(?:wrote|said|thought|typed|meant|not)\b", re.I)
_CLAUSE = lazy_pattern(r"[,;:.!?]\s|\s(?:and|but|und|aber|y|pero|et|mais)\s")
_NUMBER = lazy_pattern(
    r"(?<![\w.,/-])[-+−$€£]?\d[\d.,:]*(?<=\d)(?:\s?(?:%|[ap]\.?m\.?|[€£$]|(?:cm|km|kg|mm|mg|ml|min|h|g|m|l)\b))?", re.I
)


def as_corrected(reads: Sequence[Read], asked: Question) -> list[Read]:
    """The readings with little left of those that a later one takes back, and that one with what is right; by weight.

    It must name the wrong number, or speak of what is asked just behind what it takes back, or answer nearly as likely:
    who was measured barefoot sets nothing right where it is asked who teaches the class.
    A turn takes back the earlier hits with which it shares a word beside the question's persons, and those of its own
    speaker and session. Of several the one counts that speaks most of what is asked, the latest of those that speak
    equally much. Of dates and numbers the value comes from the correcting words where the reader finds none there.
    """
    if asked.whether:
        return list(reads)
    most = max((one.weight for one in reads), default=0.0)
    found: list[tuple[int, tuple[float, str], list[Read]]] = []
    for place, one in enumerate(reads):
        marker = sets_right(one.hit.item.text)
        if marker is None or one.hit.item.at is None:
            continue
        at, end = marker
        zone = _zone(one.hit.item.text, at)
        of_it = _of_what_is_asked(zone, asked)
        named = _named_wrong(one.hit.item.text, (other.hit.item for other in reads if other is not one))
        wrong = [
            n
            for n, other in enumerate(reads)
            if _takes_back(one.hit.item, zone, other, asked) and _says(other.hit.item.text, named)
        ]
        best = max((reads[n] for n in wrong), key=lambda other: other.weight, default=one)
        behind = bool(wrong) and _just_behind(one.hit.item, best.hit.item)
        of_it = of_it or int(behind)
        topic = stems(content_words(zone)) - stems(content_words(one.hit.item.text[at:end]))
        topic &= stems(asked.essence) & stems(content_words(best.hit.item.text[:2_000]))
        least = ANSWERS if not topic else 0.0 if behind else NEARLY
        if not named and one.answerable < least * best.answerable:
            continue  # it sets something else right
        if asked.expected.value and _of_form(one.hit.item.text, best, at, asked) is None:
            continue
        if of_it and wrong and max(best.weight, one.weight) >= STRONG * most:
            out = [replace(other, weight=other.weight * WORN) if n in wrong else other for n, other in enumerate(reads)]
            out[place] = _value(one, best, at, asked)
            found.append((of_it, when(one.hit.item), out))
    if not found:
        return list(reads)
    return sorted(max(found, key=lambda each: each[:2])[2], key=lambda one: -one.weight)


def amount_set_right(short: str, cited: Item, items: Iterable[Item]) -> tuple[str, Item] | None:
    """A stated amount with the number that its speaker later put in its place ("it's 960, I misread the contract").

    The later turn says that something was wrong and holds a number of the same size; None where none does.
    """
    old = _NUMBER.search(short)
    if old is None:
        return None
    found: tuple[str, Item] | None = None
    known = list(items)
    later = [one for one in known if one.who == cited.who and when(one) > when(cited)]
    for item in sorted(later, key=when):
        text = item.text[:2_000]
        if sets_right(text) is None or not _says(short, _named_wrong(text, (one for one in known if one is not item))):
            continue
        near = [m for m in _NUMBER.finditer(text) if _like(m.group(), old.group()) and not turned_down(text, m.start())]
        if near and near[0].group().strip() not in short:
            found = short[: old.start()] + near[0].group().strip() + short[old.end() :], item
    return found


def _named_wrong(text: str, others: Iterable[Item]) -> frozenset[str]:
    """The numbers that a turn names as wrong ("1280, not 1320") and another one says: those alone it takes back."""
    gone = (text[slice(*one.gone)] for one in contrasts(text))
    named = frozenset(number for value in gone for number in NUMBER.findall(value))
    return named if any(not named.isdisjoint(NUMBER.findall(item.text)) for item in others) else frozenset()


def _says(text: str, named: frozenset[str]) -> bool:
    """Whether a text says one of the numbers; any text does where none is named."""
    return not named or not named.isdisjoint(NUMBER.findall(text))


def _like(one: str, other: str) -> bool:
    """Whether two numbers are of the same size: as many digits, and no more than a third apart."""
    left, right = ("".join(c for c in text if c.isdigit()) for text in (one, other))
    if len(left) != len(right) or not left:
        return False
    return abs(int(left) - int(right)) * 3 <= max(int(left), int(right))


def _of_what_is_asked(zone: str, asked: Question) -> int:
    """How many words of the question the correcting words hold, names of its persons included."""
    low = zone.casefold()
    people = [name for name in asked.people if name.split()[0].casefold() in low]
    return len(stems(content_words(zone)) & stems(asked.essence)) + len(people)


def _takes_back(item: Item, zone: str, other: Read, asked: Question) -> bool:
    """Whether a correcting turn is about what an earlier hit says; on the same day a person's name is enough.

    Of another day it is for the same speaker any other name that both hold.
    """
    if other.hit.item.at is None or when(item) <= when(other.hit.item) or other.weight <= 0:
        return False
    shared = stems(content_words(zone)) & stems(content_words(other.hit.item.text))
    if item.session is None or item.session != other.hit.item.session:
        names = asked.people if item.who == other.hit.item.who else (*asked.people, *asked.names)
        shared -= stems(word for name in names for word in content_words(name))
    return bool(shared) or (item.session == other.hit.item.session and item.who == other.hit.item.who)


def _just_behind(item: Item, old: Item) -> bool:
    """Whether a speaker says it within two days of what it takes back; such a turn names its topic seldom."""
    return item.who == old.who and 0 < when(item)[0] - when(old)[0] <= 2 * 86_400


def _zone(text: str, at: int) -> str:
    """The sentence with the correcting words and the two behind it."""
    every = split(text[:2_000])
    place = next((n for n, span in enumerate(every) if span.start <= at < span.end), 0)
    return " ".join(span.of(text) for span in every[place : place + 3]) or text


def _value(one: Read, old: Read, at: int, asked: Question) -> Read:
    """What the correcting turn says: a date or a number of the correcting words, the reader's words, or nothing."""
    text, named = one.hit.item.text, None
    fits = bool(one.said) and one.answerable >= READS and one.said.casefold() != old.said.casefold()
    fits = fits and not turned_down(text, one.start) and not _NAMES_WRONG.match(one.said)
    if asked.expected.value:
        named, fits = _of_form(text, old, at, asked), False
    elif asked.expected.form == "date":
        named, fits = _date(text, old, at, asked), False
    elif (asked.expected.form == "number" or re.search(r"\d", old.said)) and not (fits and re.search(r"\d", one.said)):
        named = _number(text, old, at, asked)
    start, end, said = named or ((one.start, one.end, one.said) if fits else (at, at, ""))
    weight, likely = max(one.weight, old.weight), max(one.answerable, old.answerable)
    one = replace(one, same=one.same or named is not None, found=max(one.found, old.found))
    return replace(one, start=start, end=end, said=said, weight=weight, answerable=likely, corrects=True)


def _date(text: str, old: Read, at: int, asked: Question) -> tuple[int, int, str] | None:
    """The day that the correcting words name, in the month of the one that they take back."""
    before = _day_of(old)
    own = dates.find(text[:2_000], before or old.hit.item.said_at)
    days = [one for one in own if one.precision in ("day", "hour", "minute") and not turned_down(text, one.start)]
    if not days:
        return None
    best = min(
        days,
        key=lambda one: (
            -_asked_in(text, one.start, asked),
            before is not None and one.at.date() == before.date(),
            one.start < at,
            one.start,
        ),
    )
    return best.start, best.end, dates.say(best.at, "day", until=best.until)


def _asked_in(text: str, start: int, asked: Question) -> int:
    """How many words of the question the clause round a place holds, without those that name persons."""
    cuts = [m.end() for m in _CLAUSE.finditer(text)]
    left = max([cut for cut in cuts if cut <= start], default=0)
    right = min([cut for cut in cuts if cut > start], default=len(text))
    return len(stems(content_words(text[left:right])) & stems(asked.essence))


def _day_of(old: Read) -> datetime | None:
    """The day that an earlier hit names where it is read."""
    times = dates.find(old.hit.item.text[:2_000], old.hit.item.said_at)
    inside = [one for one in times if one.start < old.end + 12 and old.start - 12 < one.end] or times
    return inside[0].at if inside else None


def _of_form(text: str, old: Read, at: int, asked: Question) -> tuple[int, int, str] | None:
    """The value of the asked form in the correcting words, not the one that they take back; as exact as that is."""
    form = asked.expected.value
    every = values(text[:2_000], form, asked.expected.counts)
    exact = any(one.exact for one in values(old.hit.item.text, form, asked.expected.counts))
    new = [one for one in every if one.of(text) not in old.said and (one.exact or not exact)]
    found = [one for one in new if not turned_down(text, one.start)] or new
    return _likeliest([(one.start, one.end) for one in found], text, at, asked)


def _number(text: str, old: Read, at: int, asked: Question) -> tuple[int, int, str] | None:
    """The number of the correcting words which is not the one that they take back."""
    taken = {m.group().strip() for m in _NUMBER.finditer(old.said)}
    found = [m for m in _NUMBER.finditer(text[:2_000]) if not turned_down(text, m.start())]
    return _likeliest([m.span() for m in found if m.group().strip() not in taken], text, at, asked)


def _likeliest(spans: Sequence[tuple[int, int]], text: str, at: int, asked: Question) -> tuple[int, int, str] | None:
    """The span whose clause says most of the question, rather behind the correcting words; None of none."""
    if not spans:
        return None
    start, end = min(spans, key=lambda span: (-_asked_in(text, span[0], asked), span[0] < at, span[0]))
    return start, end, text[start:end].strip()
