"""The grammar that readers of sentences share: who is meant, where a value ends, which time goes with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from remanence.language import dates
from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.statement import CERTAIN, LOOSE, Statement
from remanence.records import dataclass

# The first letter comes before the look back at it: that lets the matcher skip to capitals, "w" and "i".
# Group i is set for I and we; group n holds a name without its first letter.
SUBJECT = (
    r"[A-Zwi](?<![\w'’.][A-Zwi])(?:(?P<i>(?<=I)(?!\w)|(?<=[Ww])e(?!\w)|(?<=i)(?!\w))"
    r"|(?P<n>(?<=[A-Z])[a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,2}(?!\w)))"
)
ADVERBS = (
    r"(?: (?:really|also|just|still|always|often|usually|currently|recently|actually|totally|"
    r"definitely|absolutely|truly|"
    r"now|finally|already|even|mostly|originally|both|simply|particularly|especially|primarily|"
    r"officially|once|so|quite|"
    r"been|kinda|basically|proudly|happily|soon|have|has|had)){0,3}"
)
NO = (
    r"(?P<no>(?: no longer| never| don['’]t| do not| doesn['’]t| does not| didn['’]t| did not| used to|['’]d used to|"
    r" stopped| quit| gave up| can['’]t| cannot| won['’]t| am not|['’]m not|['’]m no longer|"
    r" am no longer| is not| is no longer| isn['’]t|['’]s not| wasn['’]t|['’]s no longer))?"
)
AM = r"(?:['’]m| am|['’]re| are|['’]s| is|['’]ve| have| has)?"
START = rf"{SUBJECT}{NO}{AM}{NO.replace('P<no>', 'P<no2>')}{ADVERBS}"
VALUE = r"(?P<v>[^.,;:!?\n()\"“”—–]{1,90}(?:(?<=[A-Z])\.[A-Z]\.|(?<=\b[A-Z][a-z]), (?=[A-Z]))?)"
MY = r"(?<![\w'’])(?P<my>[Mm]y|[Oo]ur|(?P<owner>[A-Z][a-z]{1,20})['’]s)"
NAME = r"(?P<v>[A-Z][\w'’-]{1,25}(?: [A-Z][\w'’-]{1,25}){0,2})"
_SPACE = lazy_pattern(" ")

CUT = lazy_pattern(
    r"\s(?:and (?:i|we|it|he|she|they|my|our|the|that|now|then|so|have|had|was|am|is|it's|i'm|i've|"
    r"want|need|got|love|just)\b|"
    r"but|because|so (?:i|we|that|it|my)|since|when|while|which|who|where|if|though|although|as (?:i|"
    r"it|we|a|an|my|well)|after|before|until|"
    r"lately|recently|these days|nowadays|anymore|any more|too|again|right now|now|at the moment|"
    r"already|though|lol|haha|"
    r"with my|to (?:be|help|get|keep|make|see|start|try|work|live|save|support|find|relax|unwind|"
    r"stay)|for (?:a|the|my|about|over|almost|\d+|two|three|four|five|six|years|months)|- )(?=\s|$|\b)",
    re.I,
)
CUT_SHORT = lazy_pattern(r"\s(?:and|or|to|for|with|from|in|on|at|by|that|about|this|last|next)\b", re.I)
EDGES = " \t'’\"-*_~<>&"


@dataclass(slots=True)
class Sentence:
    """One sentence of a text with its offset, its time expressions and who speaks."""

    text: str
    low: str
    offset: int
    speaker: str
    said_at: datetime | None
    all_times: Callable[[], Sequence[dates.TimeExpression]]
    words: frozenset[str] = frozenset()
    times: list[dates.TimeExpression] | None = None

    def when(self) -> list[dates.TimeExpression]:
        """The time expressions of this sentence, with spans in the sentence."""
        if self.times is None:
            end = self.offset + len(self.text)
            self.times = [
                replace(e, start=e.start - self.offset, end=e.end - self.offset)
                for e in self.all_times()
                if self.offset <= e.start and e.end <= end
            ]
        return self.times


Reader = Callable[[Sentence, re.Match[str]], Iterator[Statement]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A reader of each match of a pattern in a sentence; it runs only where one of the trigger words occurs."""

    triggers: frozenset[str]
    pattern: re.Pattern[str]
    read: Reader


def on(triggers: str, pattern: re.Pattern[str]) -> Callable[[Reader], Rule]:
    """Make a rule of a reader, what it reads, and the words that call for it."""
    return lambda reader: Rule(listed(triggers), pattern, reader)


WHOLE = lazy_pattern(r"(?s).+")
"""For a rule that looks for itself in the whole sentence."""


_PARTS = {
    "SUBJECT": SUBJECT, "ADVERBS": ADVERBS, "START": START, "VALUE": VALUE, "MY": MY, "NAME": NAME,
}  # fmt: skip


def grammar(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern in which a space stands for one or two, and <START>, <VALUE>, ... for the parts above."""
    for name, part in _PARTS.items():
        pattern = pattern.replace(f"<{name}>", part)
    return lazy_pattern(_SPACE.sub(r"\\s{1,2}", pattern), flags)


NOT_NAMES = listed(
    """I He She It They We You That This There Here What Who When Where How Why My Our Your His Her Their The Yes
    No Yeah Thanks Wow Hey Hi And But So Then Now Just Also Never Always Well Maybe Everyone Someone Nobody
    Everybody People Today Tomorrow Yesterday Which One Life Since If As Because After Before Currently
    Recently Actually Originally Still Not"""
)
UNREAL = lazy_pattern(r"\b(?:if|wish|wishes|whether|would|could|might|unless|imagine|as if|suppose|hope)\W{1,2}$", re.I)


def subject_of(s: Sentence, m: re.Match[str]) -> str | None:
    """The subject of a match, or None where it is no person, or the clause is a wish or a condition."""
    if UNREAL.search(s.text, max(0, m.start() - 14), m.start()):
        return None
    groups = m.groupdict()
    if groups.get("my") is not None:
        return groups.get("owner") or s.speaker or None
    if groups.get("i") is not None:
        return s.speaker or None
    if groups.get("n") is None:
        return s.speaker or None
    name = s.text[m.end("n") - len(groups["n"]) - 1 : m.end("n")]
    first = name.split()[0]
    if first in NOT_NAMES:
        rest = name.split(" ", 1)
        name = rest[1] if len(rest) > 1 else ""
        if not name or name.split()[0] in NOT_NAMES:
            return None
    return name


def polarity_of(m: re.Match[str]) -> int:
    groups = m.groupdict()
    return -1 if any(groups.get(g) for g in ("no", "no2", "no3")) else 1


def clip(s: Sentence, start: int, end: int, short: bool = False) -> tuple[int, int]:
    """Trim a captured value at clause words, at a time expression and of loose marks."""
    for e in s.when():
        if start < e.start < end:
            cut = e.start
            lead = _TIME_LEAD.search(s.text, start, cut)
            end = lead.start() if lead is not None else cut
            break
    m = CUT.search(s.text, start, end)
    if m is not None and m.start() > start:
        end = m.start()
    if short:
        m = CUT_SHORT.search(s.text, start, end)
        if m is not None and m.start() > start:
            end = m.start()
    while start < end and (s.text[start] in EDGES or s.text[start].isspace()):
        start += 1
    while end > start and (s.text[end - 1] in EDGES or s.text[end - 1].isspace()):
        end -= 1
    return start, end


_TIME_LEAD = lazy_pattern(r"\s(?:in|on|at|since|for|by|from|until|around|about|back in|during|the|,)*\s*$")


def make(
    s: Sentence, m: re.Match[str], slot: str, *, value: str | None = None, span: tuple[int, int] | None = None,
    polarity: int | None = None, subject: str | None = None, certain: bool = True,
) -> Iterator[Statement]:  # fmt: skip
    who = subject if subject is not None else subject_of(s, m)
    if not who:
        return
    if span is None and value is None:
        span = clip(s, *m.span("v"))
    text = value if value is not None else s.text[span[0] : span[1]] if span else ""
    if not text.strip():
        return
    end = max(span[1] if span else m.end(), m.start() + 1)
    at, until = s.said_at, None
    pick = time_of(s, m.start(), end)
    if pick is not None:
        at = pick.at
        until = pick.until if slot in ("plan", "wants") else None
    yield Statement(
        who,
        slot,
        " ".join(text.split()),
        polarity_of(m) if polarity is None else polarity,
        at,
        until,
        s.offset + m.start(),
        s.offset + end,
        CERTAIN if certain else LOOSE,
        "planned" if slot == "plan" else "wished" if slot == "wants" else "asserted",
        s.speaker,
    )


def time_of(s: Sentence, start: int, end: int) -> dates.TimeExpression | None:
    """The time expression of the sentence that lies nearest to the fact."""
    times = [e for e in s.when() if e.precision != "decade" or start <= e.start < end]
    if not times:
        return None
    return min(times, key=lambda e: 0 if start <= e.start < end else min(abs(e.start - end), abs(start - e.end)))
