"""Plain facts that a text states: who, what about them, and the value, with the time when it holds.

Two sorts of sentence are read. Talk in the first person ("I moved to Oslo", "my dog Max", "I'm allergic to nuts",
"I no longer eat meat") gives facts about the speaker, or about the person named. Statements of an encyclopedia
("The capital of X is Y", "X was founded by Y") give a slot in the words of the sentence. Only what is said plainly is
taken: questions, wishes and conditions give nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from remanence.language import dates
from remanence.language.common_words import listed
from remanence.language.sentences import split


@dataclass(frozen=True, slots=True)
class Fact:
    """(subject, slot, value) as stated by source[start:end].

    `polarity` is 1 where it is affirmed and -1 where it is denied or over ("I no longer ..."). `at` is when it is true
    from (the time named in the sentence, else the time of speaking, else None) and `until` the end of a named interval
    for what happens once (events, plans). `certain` is false for loose patterns.
    """

    subject: str
    slot: str
    value: str
    polarity: int
    at: datetime | None
    until: datetime | None
    start: int
    end: int
    certain: bool


_MANY = listed(
    """likes pets children siblings parents plan event owns language learning allergy diet is hobby friend
    lives_with wants lived_in worked_at worked_as studied"""
)
MULTI_VALUED = frozenset(w.replace("_", " ") for w in _MANY)


def single_valued(slot: str) -> bool:
    """Whether a newer value of the slot replaces the older one (home, job, age, "capital"), or stands beside it.

    Slots in the words of a sentence ("author", "founded by", "favourite food") are single-valued.
    """
    return slot not in MULTI_VALUED


# ------------------------------------------------------------ pieces of grammar

# The first letter comes before the look back at it: that lets the matcher skip to capitals, "w" and "i".
# Group i is set for I and we; group n holds a name without its first letter.
_SUBJECT = (
    r"[A-Zwi](?<![\w'’.][A-Zwi])(?:(?P<i>(?<=I)(?!\w)|(?<=[Ww])e(?!\w)|(?<=i)(?!\w))"
    r"|(?P<n>(?<=[A-Z])[a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,2}(?!\w)))"
)
_ADVERBS = (
    r"(?: (?:really|also|just|still|always|often|usually|currently|recently|actually|totally|"
    r"definitely|absolutely|truly|"
    r"now|finally|already|even|mostly|originally|both|simply|particularly|especially|primarily|"
    r"officially|once|so|quite|"
    r"been|kinda|basically|proudly|happily|soon|have|has|had)){0,3}"
)
_NO = (
    r"(?P<no>(?: no longer| never| don['’]t| do not| doesn['’]t| does not| didn['’]t| did not| used to|['’]d used to|"
    r" stopped| quit| gave up| can['’]t| cannot| won['’]t| am not|['’]m not|['’]m no longer|"
    r" am no longer| is not| is no longer| isn['’]t|['’]s not| wasn['’]t|['’]s no longer))?"
)
_AM = r"(?:['’]m| am|['’]re| are|['’]s| is|['’]ve| have| has)?"
_START = rf"{_SUBJECT}{_NO}{_AM}{_NO.replace('P<no>', 'P<no2>')}{_ADVERBS}"
_VALUE = r"(?P<v>[^.,;:!?\n()\"“”—–]{1,90}(?:(?<=[A-Z])\.[A-Z]\.|(?<=\b[A-Z][a-z]), (?=[A-Z]))?)"
_MY = r"(?<![\w'’])(?P<my>[Mm]y|[Oo]ur|(?P<owner>[A-Z][a-z]{1,20})['’]s)"
_NAME = r"(?P<v>[A-Z][\w'’-]{1,25}(?: [A-Z][\w'’-]{1,25}){0,2})"
_SPACE = re.compile(" ")

_CUT = re.compile(
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
_CUT_SHORT = re.compile(r"\s(?:and|or|to|for|with|from|in|on|at|by|that|about|this|last|next)\b", re.I)
_EDGES = " \t'’\"-*_~<>&"


@dataclass(slots=True)
class _Sentence:
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


_Maker = Callable[[_Sentence], Iterator[Fact]]
_RULES: list[tuple[frozenset[str], _Maker]] = []


def _rule(triggers: str) -> Callable[[_Maker], _Maker]:
    """Register a reader of sentences; it runs only where one of the trigger words occurs."""

    def keep(function: _Maker) -> _Maker:
        _RULES.append((listed(triggers), function))
        return function

    return keep


def _compile(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(_SPACE.sub(r"\\s{1,2}", pattern), flags)


_NOT_NAMES = listed(
    """I He She It They We You That This There Here What Who When Where How Why My Our Your His Her Their The Yes
    No Yeah Thanks Wow Hey Hi And But So Then Now Just Also Never Always Well Maybe Everyone Someone Nobody
    Everybody People Today Tomorrow Yesterday Which One Life Since If As Because After Before Currently
    Recently Actually Originally Still Not"""
)
_UNREAL = re.compile(r"\b(?:if|wish|wishes|whether|would|could|might|unless|imagine|as if|suppose|hope)\W{1,2}$", re.I)


def _who(s: _Sentence, m: re.Match[str]) -> str | None:
    """The subject of a match, or None where it is no person, or the clause is a wish or a condition."""
    if _UNREAL.search(s.text, max(0, m.start() - 14), m.start()):
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
    if first in _NOT_NAMES:
        rest = name.split(" ", 1)
        name = rest[1] if len(rest) > 1 else ""
        if not name or name.split()[0] in _NOT_NAMES:
            return None
    return name


def _denied(m: re.Match[str]) -> int:
    groups = m.groupdict()
    return -1 if any(groups.get(g) for g in ("no", "no2", "no3")) else 1


def _clip(s: _Sentence, start: int, end: int, short: bool = False) -> tuple[int, int]:
    """Trim a captured value at clause words, at a time expression and of loose marks."""
    for e in s.when():
        if start < e.start < end:
            cut = e.start
            lead = _TIME_LEAD.search(s.text, start, cut)
            end = lead.start() if lead is not None else cut
            break
    m = _CUT.search(s.text, start, end)
    if m is not None and m.start() > start:
        end = m.start()
    if short:
        m = _CUT_SHORT.search(s.text, start, end)
        if m is not None and m.start() > start:
            end = m.start()
    while start < end and (s.text[start] in _EDGES or s.text[start].isspace()):
        start += 1
    while end > start and (s.text[end - 1] in _EDGES or s.text[end - 1].isspace()):
        end -= 1
    return start, end


_TIME_LEAD = re.compile(r"\s(?:in|on|at|since|for|by|from|until|around|about|back in|during|the|,)*\s*$")


def _make(
    s: _Sentence, m: re.Match[str], slot: str, *, value: str | None = None, span: tuple[int, int] | None = None,
    polarity: int | None = None, subject: str | None = None, certain: bool = True, once: bool = False,
) -> Iterator[Fact]:  # fmt: skip
    who = subject if subject is not None else _who(s, m)
    if not who:
        return
    if span is None and value is None:
        span = _clip(s, *m.span("v"))
    text = value if value is not None else s.text[span[0] : span[1]] if span else ""
    if not text.strip():
        return
    end = max(span[1] if span else m.end(), m.start() + 1)
    at, until = s.said_at, None
    pick = _time_of(s, m.start(), end)
    if pick is not None:
        at = pick.at
        until = pick.until if once else None
    yield Fact(
        who, slot, " ".join(text.split()), _denied(m) if polarity is None else polarity, at, until,
        s.offset + m.start(), s.offset + end, certain,
    )  # fmt: skip


def _time_of(s: _Sentence, start: int, end: int) -> dates.TimeExpression | None:
    """The time expression of the sentence that lies nearest to the fact."""
    times = [e for e in s.when() if e.precision != "decade" or start <= e.start < end]
    if not times:
        return None
    return min(times, key=lambda e: 0 if start <= e.start < end else min(abs(e.start - end), abs(start - e.end)))


# ------------------------------------------------------------ home and origin

_LIVE = _compile(
    rf"{_START} (?P<w>live|lives|living|lived|reside|resides|residing|based|settled|staying|moved|move|"
    rf"moving|relocated|relocating)"
    rf"(?: (?:out|over|down|up|back|here|there|permanently|again|to (?:my|our) (?:new )?(?:place|"
    rf"apartment|house)|away|abroad|from (?P<f>[A-Z][\w ]{{1,30}}?)))?"
    rf" (?P<p>in|to|into|near|at) {_VALUE}"
)
_PLACE = re.compile(
    r"\b[A-Z][a-z]|\b(?:city|town|suburbs?|apartment|house|flat|condo|country|village|place|downtown|"
    r"coast|countryside|farm|studio|dorm|island|neighbou?rhood|area|state)\b"
)


@_rule("live lives living lived reside resides residing based settled moved move moving relocated relocating staying")
def _home(s: _Sentence) -> Iterator[Fact]:
    for m in _LIVE.finditer(s.text):
        word, prep = m["w"], m["p"]
        moving = word.startswith(("mov", "reloc"))
        if moving != (prep in ("to", "into")) or word == "staying":
            continue
        start, end = _clip(s, *m.span("v"))
        if not _PLACE.search(s.text[start:end]):
            continue
        used = (m["no"] or m["no2"] or "").strip()
        slot, polarity = "home", _denied(m)
        if used in ("used to",) or (word == "lived" and not re.search(r"(?:have|has|['’]ve)\s", m.group() + " ")):
            slot, polarity = ("home", -1) if used else ("lived in", 1)
        elif word in ("moving", "relocating", "move"):
            yield from _make(s, m, "plan", value=f"move to {s.text[start:end]}", span=(start, end), once=True)
            continue
        yield from _make(s, m, slot, span=(start, end), polarity=polarity)
        if m["f"]:
            yield from _make(s, m, "home", value=m["f"], span=(start, end), polarity=-1)


_FROM = _compile(
    rf"{_SUBJECT}(?:['’]m| am|['’]re| are|['’]s| is| come| comes| was| were| grew| hail|"
    rf" hails)(?P<no> not)?{_ADVERBS}(?: born and raised| raised| up)? (?:from|in) {_VALUE}"
)
_HOMETOWN = _compile(
    rf"{_MY} (?:home country|hometown|home town|homeland|native country|birthplace)(?: is|['’]s|,) {_VALUE}"
)


@_rule("from grew raised country hometown town homeland birthplace hail")
def _origin(s: _Sentence) -> Iterator[Fact]:
    for m in _FROM.finditer(s.text):
        words = m.group().lower()
        if " in " in words and " grew up in " not in words and "raised in" not in words:
            continue
        start, end = _clip(s, *m.span("v"), short=True)
        if s.text[start : start + 1].isupper():
            yield from _make(s, m, "from", span=(start, end))
    for m in _HOMETOWN.finditer(s.text):
        start, end = _clip(s, *m.span("v"), short=True)
        if s.text[start : start + 1].isupper():
            yield from _make(s, m, "from", span=(start, end))


_BORN = _compile(rf"{_SUBJECT} (?:was|were) born (?:(?P<d>on|in) )?{_VALUE}")


@_rule("born birthday")
def _birth(s: _Sentence) -> Iterator[Fact]:
    for m in _BORN.finditer(s.text):
        if m["n"] and "the city of" in m["v"]:
            continue
        times = [e for e in dates.find(s.text, None) if m.start("v") <= e.start < m.end("v") + 20]
        place = re.match(r"(?:the city of\s)?([A-Z][\w'’-]+(?:,?\s[A-Z][\w'’-]+){0,3})", m["v"])
        if times:
            yield from _make(s, m, "birthday", value=dates.say(times[0].at, times[0].precision),
                             span=(times[0].start, times[0].end))  # fmt: skip
        if place is not None and m["d"] == "in" and not (times and times[0].start <= m.start("v") + 1):
            yield from _make(s, m, "birthplace", value=place[1])
    for m in _BIRTHDAY.finditer(s.text):
        times = [e for e in s.when() if e.start >= m.end() - 1 and e.start <= m.end() + 16 and e.precision == "day"]
        if not times:
            continue
        day = times[0].at
        spelled = f"{day.day} {dates.say(day, 'month').split()[0]}"
        subject = m["owner"] or s.speaker
        if m["rel"]:
            subject = f"{subject}'s {m['rel']}" if subject else ""
        if subject:
            yield Fact(
                subject, "birthday", spelled, 1, s.said_at, None, s.offset + m.start(), s.offset + times[0].end, True
            )


_BIRTHDAY = _compile(rf"{_MY}(?: (?P<rel>[a-z]{{2,15}})['’]s)? birthday(?: is|['’]s| falls)(?: on)? ?")

# ------------------------------------------------------------ name and age

_CALLED = _compile(
    rf"(?:{_MY} (?:full |first )?name(?:['’]s| is)|(?<!\w)(?:call me|I(?:['’]m| am) (?:called|named)|I go by)) {_NAME}",
)
_I_AM_NAME = _compile(rf"(?<![\w'’])(?P<i>I)(?:['’]m| am) {_NAME}(?=\s{{0,2}}(?:[.,!]|$|and\b|by the way|from\b))")


@_rule("name name's call called named go i'm am")
def _name(s: _Sentence) -> Iterator[Fact]:
    for m in _CALLED.finditer(s.text) if not s.words.isdisjoint(_NAMING) else ():
        yield from _make(s, m, "name", value=m["v"])
    for m in _I_AM_NAME.finditer(s.text):
        if m["v"].split()[0].lower() not in _NATIONS and not m["v"].isupper() and m["v"] not in _NOT_NAMES:
            yield from _make(s, m, "name", value=m["v"], certain=False)


_NAMING = listed("name name's call called named go")
_NATIONS = listed(
    """american british english french german italian spanish indian chinese japanese korean canadian australian
    irish scottish swedish norwegian danish dutch polish russian mexican brazilian christian muslim jewish
    buddhist catholic hindu ok okay in"""
)
_AGED = _compile(
    rf"(?:{_SUBJECT}(?:['’]m| am|['’]s| is| turned| just turned| turn| will be|['’]ll be)|"
    rf"{_MY} age is)(?: now| already| only| just)? (?P<v>\d{{1,3}})(?: years old| years of age|"
    rf" yrs old|(?= ?(?:[.,!;)]|$|today|yesterday|now|this|last|next|on|in)))"
)


@_rule("old turned turn age i'm am is i'll aged")
def _age(s: _Sentence) -> Iterator[Fact]:
    if not any(w.isdigit() for w in s.words):
        return
    for m in _AGED.finditer(s.text):
        if 1 <= int(m["v"]) <= 120:
            yield from _make(s, m, "age", value=m["v"], certain="old" in m.group() or "turn" in m.group())


# ------------------------------------------------------------ work and study

_WORK_AS = _compile(
    rf"{_START} (?:(?P<w>work|works|working|worked)(?: full[ -]time| part[ -]time| remotely)? as|"
    rf"(?:got|landed|started|have|has|took|accepted|found|lost|quit|left) (?:a|my|his|her|the) (?:new |"
    rf"old )?(?:job|role|position|gig)(?: working)? as|became|become|was promoted to|got promoted to|"
    rf"been promoted to|promoted to|was hired as|got hired as|started(?: working)? as) (?:(?:a|an|the|"
    rf"our|my) )?{_VALUE}"
)
_WORK_AT = _compile(
    rf"{_START} (?:(?P<w>work|works|working|worked) (?:at|for|with)|(?:got|landed|started|have|has|"
    rf"took|accepted|found|lost|quit|left) (?:a|an|my|his|her|the) (?:new |old )?(?:[\w-]+ )?(?:job|"
    rf"role|position|internship) (?:at|with)|joined|was hired by|got hired by) {_VALUE}"
)
_I_AM_A = _compile(rf"{_SUBJECT}(?:['’]m| am|['’]s| is)(?P<no> not| no longer)?{_ADVERBS} (?:a|an) {_VALUE}")
_JOB_IS = _compile(
    rf"{_MY} (?:new |current )?(?P<w>job|occupation|profession|job title|role|employer|boss)(?: is|"
    rf"['’]s)(?: (?:a|an|as|as an?))? {_VALUE}"
)
_TRADES = re.compile(
    r"\b(?:[a-z]{3,}(?:er|or|ist|ian|yst)|nurse|chef|cook|clerk|coach|judge|pilot|artist|intern|"
    r"student|accountant|assistant|consultant|"
    r"surgeon|architect|musician|attorney|therapist|dentist|vet|scientist|athlete|model|guard|fireman|"
    r"firefighter|policeman|cop|"
    r"freelancer|mechanic|pharmacist|electrician|plumber|barista|banker|soldier|president|CEO|CTO|"
    r"executive|analyst|journalist|entrepreneur|"
    r"teacher|professor|doctor|lawyer|engineer|designer|developer|writer|manager)\b(?!['’-])"
)
_NO_TRADE = re.compile(
    r"\b(?:bit|fan|big|huge|lover|believer|member|person|user|customer|owner|beginner|mother|father|"
    r"sister|brother|parent|mix|loser|winner|"
    r"better|other|another|number|matter|dinner|reminder|dancer at heart|survivor|supporter|lover|"
    r"newcomer|foodie|single|sucker|"
    r"reader|listener|learner|firm|night owl|morning|power|killer|bummer|factor|color|monster|"
    r"disaster|super|corner|letter|paper)\b",
    re.I,
)


@_rule(
    "work works working worked job role position gig became become promoted hired started joined "
    "internship occupation profession employer i'm am is boss"
)
def _work(s: _Sentence) -> Iterator[Fact]:
    for m in _WORK_AS.finditer(s.text):
        lost = re.search(r"\b(?:lost|quit|left)\b", m.group()) is not None
        start, end = _clip(s, *m.span("v"))
        cut = re.search(r"\s(?:at|for|with|in|on|from)\s", s.text[start:end])
        if cut is not None:
            place = s.text[start + cut.end() : end]
            if place[:1].isupper() and cut.group().strip() in ("at", "for", "with"):
                yield from _make(s, m, "employer", value=place, span=(start, end), polarity=-1 if lost else _denied(m))
            end = start + cut.start()
        if re.search(r"\b(?:became|become)\b", m.group()) and not _TRADES.search(s.text[start:end]):
            continue
        slot = "worked as" if m["w"] == "worked" and not m["no"] else "job"
        yield from _make(s, m, slot, span=(start, end), polarity=-1 if lost else _denied(m))
    for m in _WORK_AT.finditer(s.text):
        start, end = _clip(s, *m.span("v"))
        value = s.text[start:end]
        if not re.match(r"(?:the\s|an?\s)?(?:[a-z]+\s){0,2}[A-Z]", value) and not re.search(
            r"\b(?:company|startup|start-up|firm|agency|hospital|school|university|bank|studio|restaurant|"
            r"shop|store|clinic|library|office|lab|non-?profit|shelter)\b",
            value,
        ):
            continue
        if "joined" in m.group() and not value[:1].isupper():
            continue
        lost = re.search(r"\b(?:lost|quit|left)\b", m.group()) is not None
        role = re.search(r"\sas\s(?:an?\s)?(.+)$", value)
        if role is not None:
            yield from _make(s, m, "job", value=role[1], span=(start, end))
            value = value[: role.start()]
        slot = "worked at" if m["w"] == "worked" and not m["no"] else "employer"
        yield from _make(s, m, slot, value=value, span=(start, end), polarity=-1 if lost else _denied(m))
    for m in _I_AM_A.finditer(s.text):
        start, end = _clip(s, *m.span("v"))
        head = _CUT_SHORT.search(s.text, start, end)
        title_end = head.start() if head is not None else end
        value = s.text[start:title_end]
        if len(value.split()) <= 4 and _TRADES.search(value) and not _NO_TRADE.search(value):
            yield from _make(s, m, "job", value=value, span=(start, title_end), certain=m["i"] is not None)
            at = re.match(r"\s(?:at|for|with)\s([A-Z][\w&'’-]*(?:\s[A-Z][\w&'’-]*){0,3})", s.text[title_end:end])
            if at is not None:
                yield from _make(s, m, "employer", value=at[1], span=(start, title_end + at.end()))
    for m in _JOB_IS.finditer(s.text):
        slot = {"employer": "employer", "boss": "boss"}.get(m["w"], "job")
        start, end = _clip(s, *m.span("v"), short=True)
        if slot == "job" and not _TRADES.search(s.text[start:end]):
            continue
        yield from _make(s, m, slot, span=(start, end))


_STUDY = _compile(
    rf"{_START} (?:(?P<w>study|studying|studies|studied|major in|majoring in|majored in)|(?:have|has|"
    rf"got|earned|finished|completed|pursuing|doing) (?:a|an|my|his|her) (?:[\w.'’]+ )?(?:degree|major|"
    rf"bachelor['’]?s|master['’]?s|phd|PhD|diploma|certificate) in|(?P<g>graduated from|graduated at|"
    rf"went to college at|attend|attended|enrolled at|enrolled in)) {_VALUE}"
)


@_rule(
    "study studying studies studied major majoring majored degree graduated attend attended enrolled "
    "bachelor's master's phd diploma certificate"
)
def _studies(s: _Sentence) -> Iterator[Fact]:
    for m in _STUDY.finditer(s.text):
        start, end = _clip(s, *m.span("v"))
        value = s.text[start:end]
        if m["g"]:
            if value[:1].isupper() or re.search(r"\b(?:university|college|school)\b", value, re.I):
                yield from _make(s, m, "education", span=(start, end))
            continue
        at = re.search(r"\sat\s(?=[A-Z])", value)
        if at is not None:
            yield from _make(s, m, "education", value=value[at.end() :], span=(start, end))
            end = start + at.start()
        if not re.match(r"(?:for|hard|at|with|together|abroad|a lot|to|the|how)\b", value):
            yield from _make(s, m, "studied" if m["w"] == "studied" else "studies", span=(start, end))


# ------------------------------------------------------------ family, friends, pets

_KIN = {
    "wife": "partner", "husband": "partner", "partner": "partner", "girlfriend": "partner", "boyfriend": "partner",
    "fiancé": "partner", "fiancée": "partner", "fiance": "partner", "fiancee": "partner", "spouse": "partner",
    "son": "children", "daughter": "children", "child": "children", "kid": "children", "baby": "children",
    "stepson": "children", "stepdaughter": "children", "kids": "children", "children": "children", "sons": "children",
    "daughters": "children", "twins": "children", "brother": "siblings", "sister": "siblings", "twin": "siblings",
    "brothers": "siblings", "sisters": "siblings", "mother": "parents", "father": "parents", "mom": "parents",
    "mum": "parents", "dad": "parents", "friend": "friend", "dog": "pets", "cat": "pets", "puppy": "pets",
    "pup": "pets", "kitten": "pets", "hamster": "pets", "rabbit": "pets", "bunny": "pets", "parrot": "pets",
    "horse": "pets", "turtle": "pets", "fish": "pets", "bird": "pets", "snake": "pets", "guinea pig": "pets",
    "lizard": "pets", "gecko": "pets", "ferret": "pets", "dogs": "pets", "cats": "pets", "pet": "pets",
    "pets": "pets", "puppies": "pets", "kittens": "pets", "doggo": "pets", "turtles": "pets", "snakes": "pets",
}  # fmt: skip
_KIN_WORDS = "|".join(sorted(_KIN, key=len, reverse=True))
_KIN_NAMED = _compile(
    rf"{_MY} (?P<k>(?:(?:older|younger|little|big|oldest|youngest|eldest|twin|best|good|old|new|dear|"
    rf"late|sweet|beloved|first|second|pet|golden retriever|german shepherd|"
    rf"\d+-year-old) ){{0,2}}(?P<kin>{_KIN_WORDS}))(?:,|['’]s name is| is called| is named| named|"
    rf" called|s? are called|s? are named|"
    rf",? whose name is)? (?P<v>[A-Z][a-z'’-]{{1,20}}(?:(?:, (?:and )?| and |"
    rf" & )[A-Z][a-z-]{{1,20}}(?!['’]))*)(?![\w])"
)
_HAVE_KIN = _compile(
    rf"{_START} (?:have|has|had|got|adopted|bought|own|owns|rescued|welcomed|brought home|took in|"
    rf"'ve got) (?P<c>a|an|another|two|three|four|five|six|\d|this|these|my|our|one|the|some|no)"
    rf" (?P<d>(?:[a-z-]+ ){{0,3}}?)(?P<kin>{_KIN_WORDS})\b(?P<rest>(?:,| named| called| -|"
    rf":)? ?(?:named |called )?(?P<v>[A-Z][a-z]{{1,20}}(?:(?:, (?:and )?| and |"
    rf" & )[A-Z][a-z]{{1,20}})*))?"
)
_THEIR_NAME = _compile(
    r"(?:[Hh]er|[Hh]is|[Ii]ts|[Tt]heir|[Tt]he (?:dog|cat|puppy|pup|kitten))(?:['’]s)? names?(?:['’]s|"
    r" is| are) (?P<v>[A-Z][a-z]{1,20}(?:(?:, (?:and )?| and | & )[A-Z][a-z]{1,20})*)"
)
_WED = _compile(
    rf"{_START} (?:got |getting |been )?(?:married to|engaged to|dating|married|"
    rf"in a relationship with) (?P<v>[A-Z][a-z]{{1,20}}(?: [A-Z][a-z]{{1,20}})?)(?![\w'’])"
)
_STATUS = _compile(
    rf"{_SUBJECT}(?:['’]m| am|['’]re| are)(?P<no> not| no longer)?(?: now| still| currently| happily|"
    rf" recently| officially)? (?P<v>married|single|divorced|engaged|widowed)\b(?! to| parent| mom|"
    rf" mum| dad| mother| father|-)"
)
_FRIEND_NAMES = re.compile(r",\s(?:and\s)?|\sand\s|\s&\s")


@_rule(
    _KIN_WORDS.replace("guinea pig", "guinea").replace("|", " ")
    + " name names name's dating married engaged relationship single divorced widowed"
)
def _kin(s: _Sentence) -> Iterator[Fact]:
    for m in _KIN_NAMED.finditer(s.text):
        slot = _KIN[m["kin"]]
        if slot == "friend" and not re.search(r"named|called|name is|friend\s[A-Z]", m.group()):
            continue
        for name in _names_in(m["v"]):
            kind = m["kin"]
            value = (
                f"{name} ({kind})"
                if slot in ("children", "siblings", "parents", "pets") and not kind.endswith("s")
                else name
            )
            yield from _make(s, m, slot, value=value)
    for m in _HAVE_KIN.finditer(s.text):
        slot = _KIN[m["kin"]]
        if slot in ("partner", "friend", "parents") and not m["v"]:
            continue
        polarity = -1 if m["c"] == "no" else _denied(m)
        if m["v"] and m["c"] not in ("no",):
            for name in _names_in(m["v"]):
                kind = m["kin"]
                value = f"{name} ({kind})" if not kind.endswith("s") else name
                yield from _make(s, m, slot, value=value, polarity=polarity)
        elif m["c"] not in ("my", "our", "the", "this", "these"):
            count = "" if m["c"] in ("no", "another", "some") else m["c"] + " "
            yield from _make(s, m, slot, value=f"{count}{m['d']}{m['kin']}", polarity=polarity)
    for m in _WED.finditer(s.text):
        yield from _make(s, m, "partner", value=m["v"])
    for m in _STATUS.finditer(s.text):
        yield from _make(s, m, "relationship", value=m["v"])


def _names_in(value: str) -> list[str]:
    names = (re.sub(r"['’]s?$", "", n) for n in _FRIEND_NAMES.split(value))
    return [n for n in names if n and n not in _NOT_NAMES]


# ------------------------------------------------------------ tastes, food, health

_LIKES = _compile(
    rf"{_START} (?P<w>love|loves|like|likes|enjoy|enjoys|adore|adores|hate|hates|dislike|dislikes|"
    rf"prefer|prefers|loved|liked|hated|into|(?:a )?(?:big |huge |massive |real )?fans? of|"
    rf"obsessed with|passionate about|fond of|crazy about|not a fan of|can['’]t stand) {_VALUE}"
)
_NO_TASTE = re.compile(
    r"(?:it|that|this|them|you|your|him|her|how|when|what|where|if|the way|being here|seeing you|"
    r"to (?:see|hear|know|join|help|chat|talk|learn|try|get|meet|visit|come|check|ask|think|say|look|"
    r"imagine|be|share)|"
    r"is|are|was|were|will|can|has|have|from|and|in|of|for|to$|hearing|knowing|those|these|me|us|"
    r"everything|everyone|what|all the|all of|so|some|there|each other|my job to|the idea|a (?:lot|"
    r"bit)|more|one)\b",
    re.I,
)
_LIKENESS = re.compile(r"(?:['’](?:m|re|s)|\sam|\sare|\sis)\s(?:\w+\s){0,2}like\s")
_HATES = listed("hate hates hated dislike dislikes")


@_rule(
    "love loves like likes enjoy enjoys adore adores hate hates dislike dislikes prefer prefers "
    "loved liked hated into fan fans obsessed passionate fond crazy stand"
)
def _tastes(s: _Sentence) -> Iterator[Fact]:
    for m in _LIKES.finditer(s.text):
        word = m["w"]
        if word == "into" and not re.search(r"(?:['’]m|\sam|['’]re|\sare|['’]s|\sis)\s(?:\w+\s){0,2}into", m.group()):
            continue
        if word in ("love", "like") and re.search(
            r"\b(?:would|['’]d)\s+(?:\w+\s+)?$", s.text[max(0, m.start("w") - 12) : m.start("w")]
        ):
            continue
        if s.text[max(0, m.start() - 6) : m.start()].strip().lower() in ("looks", "feels", "sound", "feel"):
            continue
        if _NO_TASTE.match(m["v"]) or (word == "like" and _LIKENESS.search(m.group())):
            continue
        start, end = _clip(s, *m.span("v"))
        if s.text[start : start + 5] == "both ":
            start += 5
        if start >= end or s.text[start:end] == "to" or len(s.text[start:end].split()) > 9:
            continue
        minus = word in _HATES or "stand" in word or word.startswith("not a fan")
        polarity = -1 if minus != (_denied(m) < 0) else 1
        if word.startswith("prefer"):
            over = re.search(r"\s(?:over|to|rather than|instead of)\s", s.text[start:end])
            if over is not None:
                yield from _make(s, m, "prefers", value=s.text[start : start + over.start()], span=(start, end))
                continue
            yield from _make(s, m, "prefers", span=(start, end))
            continue
        past = word in ("loved", "liked", "hated")
        if past and not m["no"]:
            continue
        yield from _make(s, m, "likes", span=(start, end), polarity=polarity, certain=not past)


_FAVOURITE = _compile(
    rf"{_MY}(?: (?:all-time|absolute|current|new|personal))? (?:favou?rite|fave|"
    rf"fav) (?P<r>(?:[a-z'’-]+ ){{1,4}}?)(?:is|are|has (?:always )?been|would be|has to be|was|"
    rf"['’]s)(?P<no> not| no longer| definitely| probably| actually| still| now|"
    rf" by far){{0,1}} {_VALUE}"
)
_MY_FAVOURITE = _compile(
    r"(?<!\w)(?P<v>[A-Z][\w'’-]*(?: [\w'’-]+){0,4}|[a-z]+ing) (?:is|are|['’]s)(?: definitely| still|"
    r" now| probably| by far)? (?P<my>my|our) (?:all-time |absolute |new )?(?:favou?rite|fave|"
    r"fav) (?P<r>[a-z-]+(?: [a-z-]+){0,2})"
)


@_rule("favorite favourite fave fav favorites favourites")
def _favourites(s: _Sentence) -> Iterator[Fact]:
    for m in _FAVOURITE.finditer(s.text):
        start, end = _clip(s, *m.span("v"))
        denied = (m["no"] or "").strip() in ("not", "no longer")
        slot = "favourite " + " ".join(m["r"].split()).lower()
        but = re.match(r"(?:not\s)?(.+?),?\s(?:but|it['’]s)\s(.+)", s.text[start : m.end("v")])
        if denied and but is not None:
            yield from _make(s, m, slot, value=but[1], polarity=-1)
            yield from _make(s, m, slot, value=but[2], polarity=1)
            continue
        yield from _make(s, m, slot, span=(start, end), polarity=-1 if denied else 1)
    for m in _MY_FAVOURITE.finditer(s.text):
        words = m["v"].split()
        if words[0] in _NOT_NAMES:
            continue
        role = re.split(r"\s(?:and|but|because|so|to|for|in|of|since|when|too)\b", m["r"])[0]
        if role:
            yield from _make(s, m, "favourite " + role.lower(), value=m["v"])


_DIET = _compile(
    rf"{_START} (?:(?:went|turned|become|became|going|being|eat|eating) )?(?:a |an |strictly |mostly |"
    rf"fully )?(?P<v>vegetarian|vegan|pescatarian|pescetarian|gluten[ -]free|dairy[ -]free|"
    rf"lactose[ -]intolerant|kosher|halal|keto|paleo|celiac|coeliac|diabetic)\b"
)
_EAT = _compile(
    rf"{_START} (?P<w>eat|eats|drink|drinks|eating|drinking) (?P<v>(?:any )?(?:meat|fish|seafood|dairy|"
    rf"gluten|pork|beef|chicken|eggs|alcohol|coffee|sugar|nuts|shellfish|red meat|animal products|"
    rf"caffeine))\b"
)
_ALLERGIC = _compile(
    rf"{_SUBJECT}(?:['’]m| am|['’]s| is|['’]re| are)(?P<no> not| no longer)?{_ADVERBS}(?: severely|"
    rf" highly| deathly| very| mildly)? allergic to {_VALUE}"
)
_ALLERGY = _compile(
    rf"{_START} (?:have|has|got) (?:a|an)(?: severe| bad| mild)? (?P<v>[a-z]+(?: [a-z]+)?) (?:allergy|intolerance)\b"
)


@_rule(
    "vegetarian vegan pescatarian pescetarian gluten dairy lactose kosher halal keto paleo celiac "
    "coeliac diabetic eat eats drink drinks eating drinking allergic allergy intolerance"
)
def _food(s: _Sentence) -> Iterator[Fact]:
    for m in _DIET.finditer(s.text):
        yield from _make(s, m, "diet", value=m["v"].lower())
    for m in _EAT.finditer(s.text):
        verb = "drinks" if m["w"].startswith("drink") else "eats"
        yield from _make(s, m, "diet", value=f"{verb} {m['v'].removeprefix('any ')}")
    for m in _ALLERGIC.finditer(s.text):
        start, end = _clip(s, *m.span("v"))
        for value in re.split(r",\s*(?:and\s)?|\sand\s|\sor\s", s.text[start:end]):
            yield from _make(s, m, "allergy", value=value, span=(start, end))
    for m in _ALLERGY.finditer(s.text):
        yield from _make(s, m, "allergy", value=m["v"])


_SPEAK = _compile(
    rf"{_START} (?P<w>speak|speaks|speaking|fluent in|learning|studying|learn) (?:fluent |some |"
    rf"a little |a bit of )?(?P<v>[A-Z][a-z]{{3,15}}(?:(?:, (?:and )?| and )[A-Z][a-z]{{3,15}}){{0,4}})"
)
_TONGUES = listed(
    """English French German Spanish Italian Portuguese Dutch Swedish Norwegian Danish Finnish Polish Czech Russian
    Ukrainian Greek Turkish Arabic Hebrew Hindi Urdu Bengali Tamil Punjabi Chinese Mandarin Cantonese
    Japanese Korean Vietnamese Thai Indonesian Malay Tagalog Swahili Latin Romanian Hungarian Catalan
    Persian Farsi Gujarati Marathi Telugu Welsh Irish"""
)


@_rule("speak speaks speaking fluent learning studying learn")
def _languages(s: _Sentence) -> Iterator[Fact]:
    for m in _SPEAK.finditer(s.text):
        slot = "learning" if m["w"].startswith(("learn", "study")) else "language"
        for tongue in _names_in(m["v"]):
            if tongue in _TONGUES:
                yield from _make(s, m, slot, value=tongue)


# ------------------------------------------------------------ plans, belongings, contact

_PLAN = _compile(
    rf"{_SUBJECT}(?:['’]m| am|['’]re| are|['’]ve been| have been|['’]s| is)?(?P<no> not| no longer|"
    rf" don['’]t)?{_ADVERBS} (?P<w>going to|gonna|planning (?:to|on|a|for)|plan (?:to|on)|plans to|"
    rf"thinking (?:of|about)|intend to|intends to|aim to|want to|wants to|hope to|hopes to|hoping to|"
    rf"decided to|signed up (?:for|to)|scheduled (?:a|an|my|to)|booked (?:a|an|my|our))"
    rf" (?P<v>[^.,;:!?\n()]{{3,110}})"
)
_WILL = _compile(
    rf"{_SUBJECT}(?:['’]ll| will| am|['’]m|['’]re| are) (?P<v>(?:be )?[a-z]+(?:ing)? [^.,;:!?\n()]{{3,110}})"
)
_PLAN_TAIL = re.compile(r"\s(?:but|because|so (?:i|we|that)|and (?:i|we|it|was|am)|[-–—])(?=\s|\b)", re.I)
_SURELY_PLANNED = listed("plan plans planning planned decided signed scheduled booked")


@_rule(
    "going gonna planning plan plans thinking intend intends aim want wants hope hopes hoping "
    "decided signed scheduled booked"
)
def _plans(s: _Sentence) -> Iterator[Fact]:
    for m in _PLAN.finditer(s.text):
        word = m["w"].split()[0]
        value = m["v"]
        if re.match(
            r"(?:you|see you|be (?:ok|okay|fine|great|awesome|amazing)|say|tell you|let you|know|ask|thank|"
            r"have to|need to|it|that|this|them|"
            r"keep (?:it|going|pushing|at)|a few\b|the same|[A-Z])",
            value,
        ):
            continue
        if word == "thinking" and not re.match(r"[a-z]+ing\b", value):
            continue
        if word == "going" and value.split()[0] in ("the", "a", "my"):
            continue  # "going to the shop": a place, not a plan, unless dated
        slot = "wants" if word in ("want", "wants", "hope", "hopes", "hoping", "aim") else "plan"
        start, end = m.span("v")
        tail = _PLAN_TAIL.search(s.text[start:end])
        if tail is not None:
            end = start + tail.start()
        lead = (
            ""
            if m["w"].endswith(("to", "gonna"))
            else m["w"].split()[-1] + " "
            if word in ("planning", "booked", "scheduled") and m["w"].split()[-1] in ("a", "an", "my", "our")
            else ""
        )
        if word in ("signed", "booked", "scheduled"):
            lead = m["w"] + " "
        yield from _make(s, m, slot, value=lead + s.text[start:end].strip(), span=(start, end), once=True,
                         certain=word in _SURELY_PLANNED)  # fmt: skip


@_rule("i'll will going i'm am we're we'll are")
def _dated_plans(s: _Sentence) -> Iterator[Fact]:
    if s.said_at is None:
        return
    ahead = [
        e for e in s.when() if e.until > e.at and e.at >= s.said_at - timedelta(days=1) and e.precision != "minute"
    ]
    if not ahead:
        return
    for m in _WILL.finditer(s.text):
        if m["i"] is None or re.search(
            r"\b(?:planning|gonna|thinking|hoping|excited|happy|sure|glad|so)\b", m["v"][:14]
        ):
            continue
        if not re.match(r"(?:be\s)?[a-z]+ing\b", m["v"]) and not re.search(r"(?:['’]ll|\swill)\s", m.group()):
            continue
        value = _PLAN_TAIL.split(re.sub(r"^going to\s(?=(?!the|a|an|my|our)[a-z])", "", m["v"]))[0]
        yield from _make(s, m, "plan", value=value.strip(), once=True, certain=False)


_BUY = _compile(
    rf"{_START} (?P<w>bought|purchased|ordered|own|owns|got|picked up|treated myself to|invested in|"
    rf"sold|donated|gave away|traded in|lost|have|has)"
    rf"(?: myself| ourselves)? (?P<c>a|an|some|two|three|four|five|my|our|this|these|the|\d+|another|"
    rf"his|her)(?: brand[ -]new| new| old| used| second-hand| vintage| beautiful| cute| cool| nice|"
    rf" pair of| lovely| fancy)* (?P<v>[^.,;:!?\n()]{{2,70}})"
)
_GOODS = re.compile(
    r"\b(?:car|bike|bicycle|motorcycle|truck|van|house|apartment|flat|boat|guitar|piano|violin|drums?|"
    r"camera|phone|smartphone|laptop|computer|"
    r"tablet|watch|smartwatch|console|tv|television|headphones|ring|necklace|shoes|boots|dress|jacket|"
    r"hoodie|shirt|jeans|coat|bag|backpack|"
    r"tent|skis|snowboard|surfboard|kayak|book|books|novel|game|keyboard|mouse|monitor|desk|chair|"
    r"couch|sofa|bed|mattress|lamp|fridge|oven|"
    r"toaster|blender|mixer|machine|printer|drone|telescope|plant|plants|figurines?|painting|poster|"
    r"vinyl|records?|tickets?|membership|"
    r"subscription|farm|garden|kit|model|set|tools?|knife|pan|pot|mug|bowl|bracelet|earrings|sneakers|"
    r"sweater|puzzle|lens|tripod|speaker|"
    r"router|armchair|chandelier|rug|mat|faucet|shelf|shelves|instrument|scooter|studio|store|shop|business)\b",
    re.I,
)
_GIVEN_UP = listed("sold donated gave traded lost")


@_rule("bought purchased ordered own owns got picked treated invested sold donated gave traded lost have has")
def _belongings(s: _Sentence) -> Iterator[Fact]:
    for m in _BUY.finditer(s.text):
        word = m["w"].split()[0]
        start, end = _clip(s, *m.span("v"))
        value = s.text[start:end]
        cut = re.search(r"\s(?:from|at|on|in|for|to|with|off|during|by|of mine|yesterday|that|and)\b", value)
        if cut is not None and cut.start() > 1:
            end = start + cut.start()
            value = s.text[start:end]
        gone = word in _GIVEN_UP
        if gone and m["c"] not in ("my", "our", "his", "her"):
            continue
        if not gone and m["c"] in ("my", "our", "the", "his", "her") and word in ("have", "has", "got", "own"):
            continue
        if word in ("got", "have", "has", "lost", "gave") and not _GOODS.search(value):
            continue
        if not value or len(value.split()) > 7:
            continue
        yield from _make(
            s,
            m,
            "owns",
            value=value,
            span=(start, end),
            polarity=-1 if gone else _denied(m),
            certain=word not in ("have", "has", "got", "lost"),
        )


_CONTACT = _compile(
    rf"{_MY}(?: new| current| work| home| cell| mobile)? (?P<k>phone(?: number)?|number|cell|mobile|"
    rf"e-?mail(?: address)?|address)(?: is| has changed to|['’]s|"
    rf":)(?: now)? (?P<v>\+?[\d(][\d\s().-]{{5,18}}\d|[\w.+-]{{1,64}}@[\w.-]{{3,80}}|"
    rf"\d+ [A-Z][\w .,]{{3,60}})"
)


@_rule("phone number cell mobile email e mail address")
def _contacts(s: _Sentence) -> Iterator[Fact]:
    for m in _CONTACT.finditer(s.text):
        kind = m["k"].lower()
        value = m["v"].rstrip(".,")
        slot = "email" if "@" in value else "address" if "address" in kind else "phone"
        yield from _make(s, m, slot, value=value)


_COUNT = _compile(
    rf"{_START} (?:have|has|own|owns|got|'ve got|reached|hit|lead|leads|manage|manages|collected|read|"
    rf"watched|visited|completed|finished) (?:about |around |over |almost |exactly |"
    rf"a total of )?(?P<v>\$?\d[\d,.]*[kK]?|two|three|four|five|six|seven|eight|nine|ten|twelve|"
    rf"twenty) (?P<u>[a-z][a-z-]*(?: [A-Za-z][\w-]*){{0,4}})"
)


@_rule("have has own owns got reached hit lead leads manage manages collected read watched visited completed finished")
def _counts(s: _Sentence) -> Iterator[Fact]:
    for m in _COUNT.finditer(s.text):
        unit = re.split(
            r"\s(?:and|but|so|that|which|because|to|for|from|who|waiting|now|left|already|named|called|with|"
            r"when|since|by|this|last|I|we)\b",
            m["u"],
        )[0]
        unit = re.sub(r"\s(?:on|in|at|of|my|the|a)$", "", unit)
        if (
            unit.split()[0] in _UNITS
            or unit.split()[-1] in _KIN
            or unit.split()[0] in _KIN
            or (not unit.split()[0].endswith("s") and len(unit.split()) == 1)
        ):
            continue
        yield from _make(s, m, f"number of {unit}", value=m["v"].rstrip(".,"), certain=False)


_UNITS = listed(
    """years year months month weeks week days day hours hour minutes minute seconds times more of things miles km
    pounds kg percent am pm"""
)

_MY_IS = _compile(
    rf"{_MY} (?P<r>(?:[a-z][a-z'’-]* ){{1,4}}?)(?:is|are|['’]s|was) (?:now |currently |actually |"
    rf"still )?(?P<v>(?:[^.,;:!?\n()]|(?<=\d)[.,:](?=\d)){{1,60}})"
)
_LOOSE_VALUE = re.compile(r"(?:\$?\d|[A-Z]|called\b|named\b)")


@_rule("my our My Our")
def _attributes(s: _Sentence) -> Iterator[Fact]:
    for m in _MY_IS.finditer(s.text):
        role = " ".join(m["r"].split()).lower()
        if not _LOOSE_VALUE.match(m["v"]) or re.search(
            r"\b(?:name|birthday|favou?rite|fave|job|email|phone|number|address|hometown|age|and|that|which|of|to)\b",
            role,
        ):
            continue
        if role.split()[-1] in _KIN or m["v"].split()[0] in ("I", "I'm", "My"):
            continue
        start, end = _clip(s, *m.span("v"))
        value = re.sub(r"^(?:called|named)\s", "", s.text[start:end])
        owned = re.match(r"([a-z]+)['’]s\s(.+)", role)
        subject = None
        if owned is not None:
            base = m["owner"] or s.speaker
            subject, role = (f"{base}'s {owned[1]}" if base else ""), owned[2]
        yield from _make(s, m, role, value=value, span=(start, end), subject=subject, certain=False)


# ------------------------------------------------------------ events

_DID = _compile(
    rf"{_SUBJECT}(?P<no> didn['’]t| did not| never)?{_ADVERBS} (?P<v>(?:went|got|saw|met|took|made|"
    rf"came|ran|gave|had|bought|told|found|left|won|lost|ate|drove|flew|spent|wrote|read|brought|"
    rf"taught|held|heard|became|began|broke|caught|sold|led|did|was|were|put|set|cut|hit|hurt|quit|"
    rf"sang|swam|rode|threw|built|fell|felt|drew|[a-z]{{2,18}}ed)\b[^.!?;\n]{{2,160}})"
)


@_rule("i we I We")
def _events(s: _Sentence) -> Iterator[Fact]:
    if s.said_at is None:
        return
    past = [e for e in s.when() if e.sense == "at" and e.precision != "decade" and e.at <= s.said_at]
    if not past:
        return
    for m in _DID.finditer(s.text):
        if m["i"] is None:
            continue
        near = min(
            past,
            key=lambda e: 0 if m.start() <= e.start < m.end() else min(abs(e.start - m.end()), abs(m.start() - e.end)),
        )
        if not (m.start() - 40 <= near.start <= m.end()):
            continue
        if _NO_EVENT.match(m["v"]):
            continue
        start, end = m.span("v")
        tail = _EVENT_TAIL.search(s.text, start + 6, end)
        if tail is not None and tail.start() >= min(end, near.end if near.start >= start else start):
            end = tail.start()
        value = s.text[start:end].strip(" ,-")
        what = _ANTECEDENT.search(s.text, max(0, m.start() - 50), m.start())
        if what is not None:
            # "a trip we took last year": the object stands in front
            verb, _, rest = value.partition(" ")
            lead = _STRANDED.match(rest)
            if lead is not None:  # "a festival I volunteered at last month"
                verb, rest = f"{verb} {lead[1]}", rest[lead.end() :]
            value = f"{verb} {what[1].strip()} {rest}".strip()
        who = _who(s, m)
        if who:
            yield Fact(who, "event", " ".join(value.split()), -1 if m["no"] else 1, near.at, near.until,
                       s.offset + m.start(), s.offset + end, near.certain)  # fmt: skip
        return


_NO_EVENT = re.compile(
    r"(?:wanted to (?:tell|let|ask|say|check|share)|was (?:\w+ )?(?:remembering|thinking|wondering|"
    r"hoping|just)|felt like|had to say|needed to)\b"
)
_EVENT_TAIL = re.compile(
    r"\s[-–—]\s|,\s|\sand (?:it|we|i|they|he|she)\b|\s(?:because|which|but|so|reminds|means|makes)\b|"
    r"(?<!what)\s(?:is|was|were) (?:so|really|such|a|an|the)\b",
    re.I,
)
_STRANDED = re.compile(r"(at|to|in|on|with|for|from|about)\s(?=last|this|yesterday|on|in|a|two|three|the other|\d|$)")
_ANTECEDENT = re.compile(r"\b((?:a|an|the|this|that|these|those|my|our|one of)\s(?:[\w'’-]{2,18}\s){1,4}?)$")


# ------------------------------------------------------------ statements

_THING = r"(?P<x>(?:The |the |A |An |[A-Z0-9\"“'¡¿À-ÞĀ-ſ])[^!?\n]{0,119}?)"
_PLACE_OF = (
    r"(?:the (?:city|country|continent|state|town|village|language|religion|sport|position|field|"
    r"region|county|province|genre) of )?"
)
_STATEMENT_FORMS: tuple[tuple[str, str], ...] = (
    (r"The (?:name of the )?(?:current )?head of the (?P<x>.{1,80}?) government is (?P<y>.+)", "head of government"),
    (
        r"The (?:name of the )?(?:current )?head of (?P<r>state|government) (?:in|of) (?P<x>.{1,80}?) is (?P<y>.+)",
        "head of {r}",
    ),
    (
        r"The (?P<r>univers\w{0,6}|univeristy|school|college) where (?P<x>.{1,80}?) was educated is (?P<y>.+)",
        "education",
    ),
    (
        r"The (?P<r>[a-z]{3,20}(?: of [a-z]{3,20})?) that (?P<x>[A-Z].{0,80}?) (?P<q>[a-z]{3,20}s) is (?P<y>.+)",
        "{r}",
    ),
    (r"The (?P<r>[a-z]{3,20}) that (?P<q>[a-z]{3,20}(?:ed|d|t|e)) (?P<x>.{1,80}?) is (?P<y>.+)", "{r} that {q}"),
    (
        rf"(?:The|the) (?:name of the )?(?:current )?(?P<r>[A-Za-z][A-Za-z'’-]{{1,20}}(?: "
        rf"[A-Za-z'’-]{{1,20}}){{0,3}}?) of (?P<x>(?:the )?[A-Z0-9À-ÞĀ-ſ\"“'].{{0,100}}?) (?:is|was|are|"
        rf"were) (?:located in )?{_PLACE_OF}(?P<y>[^!?\n]+)",
        "{r}",
    ),
    (
        rf"{_THING} (?:is|was) (?:located|situated) (?:in|on|near) (?P<k>the (?:city|country|continent|"
        rf"state|county|province|region) of )?(?P<y>[^!?\n]+)",
        "located in",
    ),
    (rf"{_THING} (?:is|was) a citizen of {_PLACE_OF}(?P<y>[^!?\n]+)", "citizenship"),
    (rf"{_THING} was born (?:in|at) the city of (?P<y>[^!?\n]+)", "birthplace"),
    (rf"{_THING} died in {_PLACE_OF}(?P<y>[^!?\n]+)", "place of death"),
    (rf"{_THING} plays? the position of (?P<y>[^!?\n]+)", "position"),
    (rf"{_THING} speaks? the language of (?P<y>[^!?\n]+)", "language spoken"),
    (rf"{_THING} works? in the field of (?P<y>[^!?\n]+)", "field of work"),
    (rf"{_THING} worked in the city of (?P<y>[^!?\n]+)", "work city"),
    (rf"{_THING} (?:is|was) married to (?P<y>[A-Z][^!?\n]+)", "spouse"),
    (rf"{_THING} (?:is|was) employed by (?P<y>[^!?\n]+)", "employer"),
    (rf"{_THING} (?:is|was) famous for (?P<y>[^!?\n]+)", "famous for"),
    (rf"{_THING} (?:is|was) affiliated with {_PLACE_OF}(?P<y>[^!?\n]+)", "affiliation"),
    (rf"{_THING} (?:is|was) associated with {_PLACE_OF}(?P<y>[^!?\n]+)", "associated with"),
    (
        rf"{_THING} was (?P<q>[a-z]{{3,20}}(?:ed|en|ten|ung|rn|lt)) (?P<p>by|in) (?P<k>the (?P<c>city|"
        rf"country|language|state|continent) of )?(?P<y>[^!?\n]+)",
        "{q} {p}",
    ),
    (
        r"(?P<x>[A-Z0-9À-ÞĀ-ſ].{0,80}?)['’]s?\s(?P<r>[a-z]{3,20}(?: [a-z]{2,20}){0,2}) (?:is|"
        r"was) (?P<y>[A-Z0-9][^!?\n]+)",
        "{r}",
    ),
    (
        r"(?P<y>[A-Z0-9À-ÞĀ-ſ].{0,80}?) (?:is|"
        r"was) the (?:current )?(?P<r>[a-z]{3,20}(?: [a-z]{2,20}){0,2}) of (?P<x>(?:the )?[A-Z][^!?\n,]+)",
        "{r}",
    ),
)
_STATEMENTS = tuple((re.compile(pattern), slot) for pattern, slot in _STATEMENT_FORMS)
# in a numbered list of statements a subject may be written small ("12. rugby was created in ...")
_LISTED = tuple(
    (
        re.compile(
            pattern.replace(_THING, r"(?P<x>\S[^!?\n]{0,119}?)").replace(
                "(?P<x>(?:the )?[A-Z0-9À-ÞĀ-ſ\"“'].", "(?P<x>\\S."
            )
        ),
        slot,
    )
    for pattern, slot in _STATEMENT_FORMS
)
_NUMBERED = re.compile(r"\s*\d{1,7}[.)]\s+")
_STATEMENT_WORDS = listed(
    """of by in located situated citizen born died plays play speaks speak works work worked married employed famous
    affiliated associated educated that"""
)
_STATED = re.compile(r"\s(?:is|was|are|were|died|plays?|speaks?|works?|worked)\s")
_PERSONAL = re.compile(
    r"(?:I|We|You|He|She|It|They|This|That|There|These|Those|What|Who|My|Our|Your|His|Her|Their|Its|"
    r"If|When|Yes|No|So|And|But)\b(?!\sIs\b)"
)


def _statement(s: _Sentence) -> Iterator[Fact]:
    lead = _NUMBERED.match(s.text)
    begin = lead.end() if lead is not None else 0
    numbered = lead is not None
    if not numbered and (len(s.text) > 300 or _PERSONAL.match(s.text)):
        return
    if s.words.isdisjoint(_STATEMENT_WORDS) and "'" not in s.low and "’" not in s.text:
        return
    if len(s.text) > 600 or _STATED.search(s.text) is None:
        return
    stop = len(s.text)
    while stop > begin and (s.text[stop - 1].isspace() or s.text[stop - 1] in "!"):
        stop -= 1
    if stop > begin and s.text[stop - 1] == ".":
        stop -= 1
    for pattern, template in _LISTED if numbered else _STATEMENTS:
        m = pattern.fullmatch(s.text, begin, stop)
        if m is None:
            continue
        groups = {k: (v or "").strip() for k, v in m.groupdict().items()}
        slot = template.format_map(groups) if "{" in template else template
        if groups.get("c"):
            slot = f"{slot} {groups['c']}"
        if template == "located in" and groups.get("k"):
            slot = groups["k"].split()[1]
        slot = slot.lower().removeprefix("current ")
        subject, value = groups["x"], groups["y"]
        if subject.startswith("The ") and not numbered and len(subject) > 60:
            return
        if not numbered:
            value = re.split(r"(?:,\s(?:which|who|where|and|but)|;|\s\()", value)[0]
        if subject and value and len(value) <= 160:
            yield Fact(
                subject,
                slot,
                " ".join(value.split()),
                1,
                s.said_at,
                None,
                s.offset + begin,
                s.offset + stop,
                numbered or len(s.text) < 120,
            )
        return


# ------------------------------------------------------------ all of it

_WORDS = re.compile(r"[^\W_]+(?:['’][a-z]{1,2}\b)?")
_FIRST = frozenset({"i", "i'm", "i've", "i'll", "i'd", "my", "we", "we're", "we've", "we'll", "our", "me", "im"})
_NUMBER_LINE = re.compile(r"^\s{0,4}\d{1,7}\.\s+\S", re.M)


def facts(
    text: str, speaker: str = "", said_at: datetime | None = None, times: Sequence[dates.TimeExpression] | None = None
) -> list[Fact]:
    """The facts that a text states plainly, in order, without repetitions; spans are in `text`.

    `speaker` is who says "I" (empty: first-person sentences give nothing); `said_at` (naive = UTC) anchors relative
    times; `times` may hand over what `dates.find(text, said_at)` gave already. A list of numbered statements
    ("1. The capital of X is Y.") is read line by line.
    """
    if said_at is not None and said_at.tzinfo is None:
        said_at = said_at.replace(tzinfo=UTC)
    out: list[Fact] = []
    seen: set[tuple[str, str, str, int]] = set()
    known: list[Sequence[dates.TimeExpression]] = [] if times is None else [times]

    def all_times() -> Sequence[dates.TimeExpression]:
        if not known:
            known.append(dates.find(text, said_at))
        return known[0]

    pet_subject = ""
    for start, end in _pieces(text):
        if end - start < 5:
            continue
        if text[end - 1] == "?":
            pet_subject = pet_subject if end - start < 40 else ""
            continue
        sentence = text[start:end]
        low = sentence.lower()
        if "’" in low:
            low = low.replace("’", "'")
        words = frozenset(_WORDS.findall(low))
        numbered = sentence[0].isdigit() and _NUMBERED.match(sentence) is not None
        personal = not numbered and not words.isdisjoint(_FIRST)
        s = _Sentence(
            sentence, low if len(low) == len(sentence) else sentence, start, speaker, said_at, all_times, words
        )
        found: list[Fact] = []
        if personal or (not numbered and not words.isdisjoint(_THIRD_TRIGGERS)):
            chosen = 0
            for word in words:
                chosen |= _RULES_OF.get(word, 0)
            index = 0
            while chosen:
                if chosen & 1:
                    found.extend(_RULES[index][1](s))
                chosen >>= 1
                index += 1
        if not personal:
            found.extend(_statement(s))
            if pet_subject and "name" in low:
                m = _THEIR_NAME.search(sentence)
                if m is not None:
                    found.extend(
                        Fact(pet_subject, "pets", name, 1, said_at, None, start + m.start(), start + m.end(), True)
                        for name in _names_in(m["v"])
                    )
        if found:
            for fact in _settled(found) if len(found) > 1 else found:
                key = (fact.subject, fact.slot, fact.value.lower(), fact.polarity)
                if key not in seen:
                    seen.add(key)
                    out.append(fact)
        if any(f.slot == "pets" for f in found):
            pet_subject = next(f.subject for f in found if f.slot == "pets")
        elif personal:
            pet_subject = speaker if not words.isdisjoint(_PET_WORDS) else ""
    return out


# which rules a word calls for, as a bit set
_RULES_OF: dict[str, int] = {}
for _number, (_triggers, _) in enumerate(_RULES):
    for _word in _triggers:
        _RULES_OF[_word] = _RULES_OF.get(_word, 0) | 1 << _number


def _settled(found: list[Fact]) -> list[Fact]:
    """In text order, without a loose plan that repeats a plain one."""
    plain = [f for f in found if f.slot == "plan" and f.certain]
    kept = [
        f for f in found
        if f.slot != "plan" or f.certain or not any(f.start < p.end and p.start < f.end for p in plain)
    ]  # fmt: skip
    return sorted(kept, key=lambda f: (f.start, f.slot))


_PET_WORDS = frozenset(k for k, v in _KIN.items() if v == "pets")
_THIRD_TRIGGERS = listed(
    """lives moved works speaks studies loves likes hates enjoys prefers owns has born allergic married engaged
    based name named called became works joined turned is wants plans"""
)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, except that a line of a numbered list is one piece whatever full stops it holds."""
    if _NUMBER_LINE.search(text) and text.count("\n") >= 1:
        at = 0
        for line in text.splitlines(keepends=True):
            if _NUMBERED.match(line):
                body = line.rstrip()
                yield at, at + len(body)
            else:
                for span in split(line):
                    yield at + span.start, at + span.end
            at += len(line)
        return
    if _NUMBERED.match(text) and len(text) < 300:
        yield 0, len(text.rstrip())
        return
    for span in split(text):
        yield span.start, span.end
