"""Where somebody lives and comes from, when they were born, what they are called and how old they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language import dates
from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import NOT_NAMES, WHOLE, Sentence, clip, grammar, make, on, polarity_of
from remanence.language.statements.statement import Statement

_LIVE = grammar(
    r"<START> (?P<w>live|lives|living|lived|reside|resides|residing|based|settled|staying|moved|move|"
    r"moving|relocated|relocating)"
    r"(?: (?:out|over|down|up|back|here|there|permanently|again|to (?:my|our) (?:new )?(?:place|"
    r"apartment|house)|away|abroad|from (?P<f>[A-Z][\w ]{1,30}?)))?"
    r" (?P<p>in|to|into|near|at) <VALUE>"
)
_PLACE = lazy_pattern(
    r"\b[A-Z][a-z]|\b(?:city|town|suburbs?|apartment|house|flat|condo|country|village|place|downtown|"
    r"coast|countryside|farm|studio|dorm|island|neighbou?rhood|area|state)\b"
)


@on(
    "live lives living lived reside resides residing based settled moved move moving relocated relocating staying",
    _LIVE,
)
def _home(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    word, prep = m["w"], m["p"]
    moving = word.startswith(("mov", "reloc"))
    if moving != (prep in ("to", "into")) or word == "staying":
        return
    start, end = clip(s, *m.span("v"))
    if not _PLACE.search(s.text[start:end]):
        return
    used = (m["no"] or m["no2"] or "").strip()
    slot, polarity = "home", polarity_of(m)
    if used in ("used to",) or (word == "lived" and not re.search(r"(?:have|has|['’]ve)\s", m.group() + " ")):
        slot, polarity = ("home", -1) if used else ("lived in", 1)
    elif word in ("moving", "relocating", "move"):
        yield from make(s, m, "plan", value=f"move to {s.text[start:end]}", span=(start, end))
        return
    yield from make(s, m, slot, span=(start, end), polarity=polarity)
    if m["f"]:
        yield from make(s, m, "home", value=m["f"], span=(start, end), polarity=-1)


_FROM = grammar(
    r"<SUBJECT>(?:['’]m| am|['’]re| are|['’]s| is| come| comes| was| were| grew| hail|"
    r" hails)(?P<no> not)?<ADVERBS>(?: born and raised| raised| up)? (?:from|in) <VALUE>"
)
_HOMETOWN = grammar(
    r"<MY> (?:home country|hometown|home town|homeland|native country|birthplace)(?: is|['’]s|,) <VALUE>"
)


_ORIGIN_WORDS = "from grew raised country hometown town homeland birthplace hail"


@on(_ORIGIN_WORDS, _FROM)
def _origin(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    words = m.group().lower()
    if " in " in words and " grew up in " not in words and "raised in" not in words:
        return
    start, end = clip(s, *m.span("v"), short=True)
    if s.text[start : start + 1].isupper():
        yield from make(s, m, "from", span=(start, end))


@on(_ORIGIN_WORDS, _HOMETOWN)
def _hometown(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    start, end = clip(s, *m.span("v"), short=True)
    if s.text[start : start + 1].isupper():
        yield from make(s, m, "from", span=(start, end))


_BORN = grammar(r"<SUBJECT> (?:was|were) born (?:(?P<d>on|in) )?<VALUE>")


_BIRTHDAY = grammar(r"<MY>(?: (?P<rel>[a-z]{2,15})['’]s)? birthday(?: is|['’]s| falls)(?: on)? ?")
_BIRTH_WORDS = "born birthday"


@on(_BIRTH_WORDS, _BORN)
def _born(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    if m["n"] and "the city of" in m["v"]:
        return
    times = [e for e in dates.find(s.text, None) if m.start("v") <= e.start < m.end("v") + 20]
    place = re.match(r"(?:the city of\s)?([A-Z][\w'’-]+(?:,?\s[A-Z][\w'’-]+){0,3})", m["v"])
    if times:
        yield from make(s, m, "birthday", value=dates.say(times[0].at, times[0].precision),
                         span=(times[0].start, times[0].end))  # fmt: skip
    if place is not None and m["d"] == "in" and not (times and times[0].start <= m.start("v") + 1):
        yield from make(s, m, "birthplace", value=place[1])


@on(_BIRTH_WORDS, _BIRTHDAY)
def _birthday(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    times = [e for e in s.when() if e.start >= m.end() - 1 and e.start <= m.end() + 16 and e.precision == "day"]
    if not times:
        return
    day = times[0].at
    spelled = f"{day.day} {dates.say(day, 'month').split()[0]}"
    subject = m["owner"] or s.speaker
    if m["rel"]:
        subject = f"{subject}'s {m['rel']}" if subject else ""
    if subject:
        yield Statement(
            subject,
            "birthday",
            spelled,
            at=s.said_at,
            start=s.offset + m.start(),
            end=s.offset + times[0].end,
            speaker=s.speaker,
        )


_CALLED = grammar(
    r"(?:<MY> (?:full |first )?name(?:['’]s| is)|(?<!\w)(?:call me|I(?:['’]m| am) (?:called|named)|I go by)) <NAME>",
)
_I_AM_NAME = grammar(r"(?<![\w'’])(?P<i>I)(?:['’]m| am) <NAME>(?=\s{0,2}(?:[.,!]|$|and\b|by the way|from\b))")


@on("name name's call called named go", _CALLED)
def _name(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    if not _DO_NOT.search(s.text, max(0, m.start() - 8), m.start()):
        yield from make(s, m, "name", value=m["v"])


@on("name name's call called named go i'm am", _I_AM_NAME)
def _i_am(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    if m["v"].split()[0].lower() not in _NATIONS and not m["v"].isupper() and m["v"] not in NOT_NAMES:
        yield from make(s, m, "name", value=m["v"], certain=False)


_DO_NOT = lazy_pattern(r"(?:n['’]t|not|never)\s$", re.I)
_NATIONS = listed(
    """american british english french german italian spanish indian chinese japanese korean canadian australian
    irish scottish swedish norwegian danish dutch polish russian mexican brazilian christian muslim jewish
    buddhist catholic hindu ok okay in"""
)
_AGED = grammar(
    r"(?:<SUBJECT>(?:['’]m| am|['’]s| is| turned| just turned| turn| will be|['’]ll be)|"
    r"<MY> age is)(?: now| already| only| just)? (?P<v>\d{1,3})(?: years old| years of age|"
    r" yrs old|(?= ?(?:[.,!;)]|$|today|yesterday|now|this|last|next|on|in)))"
)


@on("old turned turn age i'm am is i'll aged", WHOLE)
def _age(s: Sentence, _: re.Match[str]) -> Iterator[Statement]:
    if not any(w.isdigit() for w in s.words):
        return
    for m in _AGED.finditer(s.text):
        if 1 <= int(m["v"]) <= 120:
            yield from make(s, m, "age", value=m["v"], certain="old" in m.group() or "turn" in m.group())


RULES = (_home, _origin, _hometown, _born, _birthday, _name, _i_am, _age)
