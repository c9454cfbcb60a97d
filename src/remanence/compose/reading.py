"""What a learned reader finds in the best hits: for each the span that answers, and how likely it answers at all."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from remanence.compose.candidates import Candidate, CandidateSentence
from remanence.compose.in_its_own_words import shares_a_word
from remanence.compose.listed_items import in_another_point
from remanence.compose.meant import echoes, shows_colour, unlike, whole
from remanence.compose.whose_clause import is_of_now
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.money import amounts_asked, role_asked
from remanence.language.question import Question
from remanence.language.sentences import asks, split
from remanence.language.speakers import ASSISTANTS, USERS
from remanence.language.statements.corrects import CONTRADICTS, changes, sets_right, turned_down
from remanence.language.statements.happened import stems
from remanence.language.text import content_words, words
from remanence.language.value_forms import Value, counting, values
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.passages import FIRST, passages, read_each
from remanence.stage.question import question
from remanence.types import Cue, Hit, Hits, Item

TURNS, CORRECTING = 14, 20
"""Hits that are read, and hits among which one that sets something right is read too."""
ENOUGH = 0.5
"""How likely one of the first hits answers where the others are not read: what these would say instead is wrong as
often as right (docs/log.d/ask.md)."""
ASKING, NOT_YOURS = 0.5, 0.05
"""What a reading counts whose sentence asks, and one of somebody else where it is asked what "you" said."""
RIVAL, RIVAL_THEN = 0.7, 0.4
"""From this probability on a later reading may stand for the one that counts most, or one of the time that is asked."""
AGREEMENT, READ = 3.0, 1.0
"""What a candidate gains by saying what the reader says of its hit, and by standing in a hit that answers (logits)."""
BEARS_OUT, SURER = 0.3, 0.4
"""From this probability on a reading bears out what is stated, or speaks against it where none does."""
CLOSE = 0.6
"""Share of the best reading's weight that makes another one a rival."""
STALE, ECHO, READ_WELL, RANKED = 0.3, 0.1, 1.5, 0.35
"""What a hit counts that states what is over, where it is asked what is so; what is left of a reading whose words only
repeat the question; the powers to which the reader's probability and the hit's share of the best score weigh."""
LINE = 200
"""Characters to each side in which the number of what is asked for is looked for."""
REACH = 30
"""Characters between what was and what is: "from Tuesdays to the Thursdays"."""
INEXACT = 0.5
"""What counts of a reading whose value lacks the unit, the currency or the noun that is asked for."""
ELSEWHERE = 0.3
"""What counts of a reading whose hit holds no word of what a value is asked of, while another one does."""
USUAL = 0.08
"""How likely a hit is evidence that is read, where the recipe does not say."""
NEVER_WAS = ("cancelled", "corrected", "denied")  # states of what never held, whatever time is asked about


@dataclass(frozen=True, slots=True)
class Read:
    """One hit as the reader read it: [start, end) of its text, empty where the answer is who spoke.

    said is the answer's words; answerable, yes and no are probabilities; weight is what it counts among the hits.
    corrects: it takes back what another hit says; said is empty where its words do not say what is right.
    same: the words are the reader's own, and not only a value of the asked form that stands near them.
    found: how likely recall holds the hit for evidence. elsewhere: of an amount of money, its hit holds no word of what
    is asked for, while another one does.
    """

    number: int
    hit: Hit
    start: int
    end: int
    said: str
    answerable: float
    yes: float
    no: float
    weight: float
    corrects: bool
    same: bool = True
    found: float = USUAL
    elsewhere: bool = False


def read_hits(cue: Cue, hits: Hits, ctx: Ctx) -> list[Read]:
    """The best hits as the reader reads them, those that count most first; nothing without a reader."""
    if ctx.reader is None or not len(hits.rows):
        return []
    best, asked = _worth_reading(hits), question(cue, ctx)
    given = passages(cue, best, ctx)
    if len(best.rows) > FIRST and max(one.answerable for one in read_each(given, FIRST, ctx.reader)) >= ENOUGH:
        kept = [n for n, item in enumerate(best.items) if n < FIRST or sets_right(item.text) is not None]
        best, given = best.take(np.array(kept, int)), given.of(kept)
    texts = given.whole(len(best.rows))
    readings = read_each(given, len(texts), ctx.reader)
    top, evidence = max(float(best.scores[0]), 1e-6), best.channels.get("evidence")
    timeless = asked.tense != "before" and asked.interval is None and cue.where.as_of is None
    wrong = _set_right(best, cue, ctx)
    yours = any(item.who in ASSISTANTS for item in best.items)
    essence = stems(word for word in asked.essence if asked.expected.value != "money" or not role_asked(word))
    topics = [essence & stems(content_words(item.text[:2_000])) for item in best.items]
    found: list[Read] = []
    for number, (hit, head, passage, one) in enumerate(zip(best, given.heads, texts, readings, strict=True)):
        begins = given.starts[number] - len(head)
        outside = passage[one.start : one.end].strip() if one.start < len(head) else None
        told = said_in(hit.item, one.start + begins, one.end + begins, outside, asked)
        never = hit.id in wrong or any(mark.state in NEVER_WAS for mark in hit.marks)
        guessed = getattr(one, "by", "") == "signs" and not shares_a_word(asked.essence, passage)
        guessed = guessed or in_another_point(passage, one.start, essence)
        likely = one.answerable * (ECHO if guessed else 1.0)
        weight = likely**READ_WELL * max(hit.score / top, 0.0) ** RANKED
        weight *= STALE if never or (timeless and is_over(hit, asked)) else 1.0
        weight *= ASKING if _asks(hit.item.text, one.start + begins) else 1.0
        weight *= NOT_YOURS if asked.to_you and hit.item.who not in ASSISTANTS and yours else 1.0
        weight *= 1.0 if told.exact else INEXACT
        elsewhere = bool(asked.expected.value) and not topics[number] and any(topics)
        weight *= ELSEWHERE if elsewhere else 1.0
        place = (told.start, told.end) if outside is None else (0, 0)
        counts, likely = weight if told.said else 0.0, likely * told.likely
        chance = _chance(evidence, number)
        other = elsewhere and asked.expected.value == "money"
        found.append(
            Read(number, hit, *place, told.said, likely, one.yes, one.no, counts, False, told.same, chance, other)
        )
    return sorted(found, key=lambda one: -one.weight)


@dataclass(frozen=True, slots=True)
class Said:
    """What a span says, as the asked form has it: [start, end) of its text and its words, none where it says nothing.

    same: the words are the span's own. likely: what is left of the reader's probability. exact: with its unit or noun.
    """

    start: int
    end: int
    said: str
    same: bool = True
    likely: float = 1.0
    exact: bool = True


def said_in(item: Item, start: int, end: int, outside: str | None, asked: Question) -> Said:
    """What [start, end) of an item's text says; outside: words that stand before the text, as its speaker's name."""
    text = item.text
    if outside is None:
        start, end = whole(text, start, end)
    said = text[start:end].strip() if outside is None else "" if _who_is(asked) else _speaker(outside, item)
    if asked.expected.value:
        value = _valued(text, start, end, asked)
        if value is None:
            return Said(0, 0, text[:0], False, ECHO)
        same = value.start < end and start < value.end
        start, end = _with_the_next(text, value, asked)
        return Said(start, end, text[start:end].strip(), same, exact=value.exact)
    if outside is None and not _DIGIT.search(said) and (numbered := _numbered(text, start, asked)) is not None:
        return Said(*numbered, text[slice(*numbered)])
    if not asked.whether and (echoes(said, asked) or unlike(said, asked) or _given_up(text, start, end, asked)):
        return Said(start, end, "", likely=ECHO)
    return Said(start, end, said)


_NO_MORE = lazy_pattern(r"\b(?:no more|no longer(?:\s\w+)?|instead of|rather than)\s(?:(?:the|my|our|any)\s)?$", re.I)


_DOES_NOT = lazy_pattern(
    r"\s(?:can(?:not|['’]?t)|won['’]?t|doesn['’]?t|didn['’]?t|isn['’]?t|wasn['’]?t|couldn['’]?t|no longer|never|"
    r"(?:does|did|is|was|will|could) not)\b",
    re.I,
)


def _given_up(text: str, start: int, end: int, asked: Question) -> bool:
    """Whether words are told as being no more, or somebody as not doing it: "no more chess", "Holub can't deliver"."""
    if _NEGATIVE.search(asked.text):
        return False
    if asked.expected.form == "person" and _DOES_NOT.match(text, end):
        return True
    return asked.tense not in ("before", "past") and _NO_MORE.search(text[max(0, start - 40) : start]) is not None


_NEGATIVE = lazy_pattern(r"\b(?:not|no|never|stop\w*|quit|g[ai]ve up|instead)\b|n['’]t\b", re.I)


def _chance(likely: NDArray[np.float32] | None, number: int) -> float:
    """How likely a hit is evidence by the channel that says so; a usual one where there is none."""
    return USUAL if likely is None or np.isnan(likely[number]) else float(likely[number])


def values_asked(text: str, asked: Question) -> list[Value]:
    """The values of a text in the form that is asked for; of money those that went the way that is asked."""
    if asked.expected.value == "money":
        return amounts_asked(text, asked.whole or asked.text)
    return values(text, asked.expected.value, asked.expected.counts)


def _valued(text: str, start: int, end: int, asked: Question) -> Value | None:
    """The value of the asked form that the reader's words hold or stand nearest to, None where there is none.

    Of "from Tuesdays to Thursdays" the first is what was before, the second what is.
    """
    every = values_asked(text, asked)
    if asked.expected.value == "count" and not any(one.start < end and start < one.end for one in every):
        every = [one for one in counting(text) if one.start < end and start < one.end] or every
    gone = [one for one in every if turned_down(text, one.start) or _gave_way(text, one, every)]
    held = [one for one in every if one not in gone]
    left = (gone or held) if asked.tense == "before" else (held or gone)
    return min(left, key=lambda one: (max(one.start - end, start - one.end, 0), one.start), default=None)


def _numbered(text: str, start: int, asked: Question) -> tuple[int, int] | None:
    """Where the line that the reader reads names one of what is asked for by its number: which worker is "worker-2"."""
    which = _WHICH.search(asked.text)
    if which is None or asked.many:
        return None
    first = max(text.rfind("\n", 0, start) + 1, start - LINE)
    line = text[first : start + LINE].split("\n", 1)[0]
    m = re.search(rf"\b{re.escape(which[1])}[-_ #]?\d[\w-]*", line, re.I)
    return (first + m.start(), first + m.end()) if m is not None else None


_DIGIT = lazy_pattern(r"\d")
_WHICH = lazy_pattern(r"\bwhich\s(\w{3,30})\b", re.I)
_AND = lazy_pattern(r"\s*(?:,|&|\+|and|or|und|y|et|e|en)?\s*(?:(?:and|on|at|the|und|am)\s+){0,2}", re.I)


def _with_the_next(text: str, value: Value, asked: Question) -> tuple[int, int]:
    """Where several are asked for, the values that stand in a row: "tuesdays and fridays"."""
    start, end = value.start, value.end
    if asked.many:
        every = values(text, asked.expected.value, asked.expected.counts)
        for one in every:
            if one.start >= end and _AND.fullmatch(text, end, one.start):
                end = one.end
        for one in reversed(every):
            if one.end <= start and _AND.fullmatch(text, one.end, start):
                start = one.start
    return start, end


_FROM = lazy_pattern(r"\b(?:from|von|vom|de|del|du|da|dal|van)\s+(?:the\s|an?\s)?$", re.I)
_TO = lazy_pattern(r"\b(?:to|auf|zu|a|al|à|au|naar)\s+(?:the\s|an?\s)?$|(?:->|→)\s*$", re.I)


def _gave_way(text: str, one: Value, every: Sequence[Value]) -> bool:
    """Whether a value is the first one of "from this to that"."""
    behind = (other for other in every if 0 < other.start - one.end < REACH)
    if _FROM.search(text[max(0, one.start - 12) : one.start]) is None:
        return any(text[one.end : other.start].strip() in ("->", "→") for other in behind)
    return any(_TO.search(text[one.end : other.start]) for other in behind)


def _worth_reading(hits: Hits) -> Hits:
    """The best hits, and those a little behind them that set something right."""
    behind = hits.top(CORRECTING).items[TURNS:]
    late = [TURNS + n for n, item in enumerate(behind) if sets_right(item.text) is not None]
    return hits.take(np.array([*range(min(TURNS, len(hits.rows))), *late], int)) if late else hits.top(TURNS)


def is_over(hit: Hit, asked: Question) -> bool:
    """Whether a hit states what is over; a day that lies behind is still the day that is asked for.

    What is disputed stands beside the other, and is not over.
    """
    dated = asked.expected.form == "date"
    marks = [one for one in hit.marks if one.state != "disputed"]
    return any(not (dated and one.state == "ended" and one.attribute.startswith("date of")) for one in marks)


def _asks(text: str, start: int) -> bool:
    """Whether the sentence at a place asks, in a text of several."""
    span = next((one for one in split(text[:2_000]) if one.start <= max(start, 0) < one.end), None)
    return span is not None and asks(span.of(text))


def answers_nothing(reads: Sequence[Read], asked: Question) -> bool:
    """Whether no reading has words that the question has not ("a new fridge" for its brand), nor shows a colour."""
    return not any(one.said for one in reads) and not any(shows_colour(one.hit.item.text, asked) for one in reads)


def chosen(reads: Sequence[Read], asked: Question) -> Read:
    """The reading that counts most, or another time's of those that count nearly as much.

    Asked for what is so it is the latest, for what was before a change the earliest, and for a time that is over the
    latest that was said by then. Another one stands for it only where it speaks of what the first one speaks of: all
    words of the question that the first one holds are in it.
    """
    best, until = _of_before(reads, asked), asked.as_of
    if until is None and (asked.tense == "past" or asked.interval is not None):
        return best
    sure = RIVAL if until is None and asked.tense != "before" else RIVAL_THEN
    close = [one for one in reads if one.weight >= CLOSE * best.weight and one.answerable >= sure]
    close = [one for one in close if one.hit.item.who == best.hit.item.who and one.hit.item.at is not None]
    if until is not None:
        close = [one for one in close if one.hit.item.at is not None and one.hit.item.at < until]
    mine = _shared(best, asked)
    close = [one for one in close if (mine <= _shared(one, asked) if sure == RIVAL else _shared(one, asked))]
    earliest = until is None and asked.tense == "before"
    return max(close, key=lambda one: when(one.hit.item)[0] * (-1 if earliest else 1), default=best)


def _of_before(reads: Sequence[Read], asked: Question) -> Read:
    """The first reading; asked what was before, one that does not tell only what is so now, of the same speaker."""
    best = reads[0]
    if asked.tense != "before" or not _is_new(best.hit.item, asked):
        return best
    mine = _shared(best, asked)
    others = (one for one in reads[1:] if one.said and one.hit.item.who == best.hit.item.who)
    fit = (one for one in others if mine <= _shared(one, asked) and not _is_new(one.hit.item, asked))
    return next((one for one in fit if one.answerable >= BEARS_OUT), best)


def _is_new(item: Item, asked: Question) -> bool:
    """Whether a turn tells only what is so now, or changes what was: "make it 250"."""
    return is_of_now(item, asked) or changes(item.text)


def when(item: Item) -> tuple[float, str]:
    """What orders items by when they were said; those without a time come first."""
    return (item.at.timestamp() if item.at is not None else -math.inf, item.id)


def _shared(one: Read, asked: Question) -> frozenset[str]:
    """The words of the question, without its persons, that a hit holds."""
    return frozenset(stems(asked.essence) & stems(content_words(one.hit.item.text[:2_000])))


def agreed(found: Sequence[Candidate], said: Sequence[CandidateSentence], reads: Sequence[Read]) -> list[Candidate]:
    """Candidates with what the reader says added to their scores: its words (token F1), and its weight of their hit."""
    most = max(max(one.weight for one in reads), 1e-6)
    by_hit = {one.number: one for one in reads}
    scored = []
    for one in found:
        read = by_hit.get(said[one.said].hit)
        if read is not None:
            share = read.weight / most
            gain = share * (AGREEMENT * overlap(one.text, read.said) + READ)
            one = replace(one, score=one.score + gain)
        scored.append(one)
    return sorted(scored, key=lambda one: -one.score)


def bears_out(short: str, reads: Sequence[Read]) -> bool:
    """Whether a reading says what is stated, or none is sure of other words: it may be stated of something else."""
    same = [_is_said(short, one.said) for one in reads]
    mine = max((one.answerable for one, is_so in zip(reads, same, strict=True) if is_so), default=0.0)
    other = max((one.answerable for one, is_so in zip(reads, same, strict=True) if not is_so and one.said), default=0.0)
    return mine >= BEARS_OUT or other < SURER


def _is_said(short: str, said: str) -> bool:
    low, told = short.casefold(), said.casefold()
    return bool(told) and (low in told or told in low or overlap(short, said) >= 0.5)


def overlap(left: str, right: str) -> float:
    """F1 of the words that two texts share."""
    ours, theirs = set(words(left)), set(words(right))
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _who_is(asked: Question) -> bool:
    """Whether it is only asked who a named one is: that is told in the text, and is not whoever speaks of them."""
    words_of_names = {word.casefold() for name in (*asked.people, *asked.names) for word in words(name)}
    return asked.asks == "who" and set(asked.topic) <= words_of_names


def _speaker(span: str, item: Item) -> str:
    """A span outside the text is the speaker's name, or nothing; a role ("user") is nobody's name."""
    if not item.who or item.who.casefold() in (*USERS, *ASSISTANTS):
        return ""
    return item.who if span.casefold() in item.who.casefold() else ""


def _set_right(best: Hits, cue: Cue, ctx: Ctx) -> frozenset[str]:
    """Ids of hits which the turn behind them corrects: "It's the tower." - "No, it's the silo." """
    right = np.array(
        [row for row, item in zip(best.rows, best.items, strict=True) if CONTRADICTS.match(item.text)], int
    )
    before = ctx.store.around(right, 1, 0, cue.where)[:, 0] if len(right) else right
    return frozenset(item.id for item in ctx.store.items(before[before >= 0]))
