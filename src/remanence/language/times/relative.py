"""Times that count from the time of speaking: ago, in a week, last Friday, tomorrow, the 5th, the end of the month."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from remanence.language.calendar import (
    DAYS,
    GRAIN,
    MONTHS,
    PARTS,
    SEASONS,
    UNIT_OF,
    Precision,
    cell,
    grammar,
    how_many,
    midnight,
    months_on,
    shifted,
)
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.times.reading import (
    BREAK,
    Found,
    Reading,
    from_now,
    narrow,
    part_of,
    season_near,
    tense_of,
    weekday_near,
)
from remanence.records import dataclass

_AGO = grammar(r"(?<![\w.])(?:(?P<n><COUNT>) )?(?P<u><UNIT>|(?:<DOW>)s?)(?P<half> and a half)? (?P<w>ago|back)\b")


_ASKED = grammar(
    r"(?:\d|hundred|thousand|million|billion|how (?:many|much|long|few)(?: more)?|many|so many|twice|times) $"
)


@from_now("ago back", _AGO)
def ago(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    back = m["w"] == "back"
    if back and (m["n"] is None or r.low[m.end() : m.end() + 3] in (" to", " in", " an", " at", " on")):
        return None
    if m["n"] is None and (_ASKED.search(r.before(m.start())) or m["u"] not in UNIT_OF):
        return None
    unit_word = m["u"]
    weekday = DAYS.get(unit_word.rstrip("s")) if unit_word not in UNIT_OF else None
    if m["n"] is None:
        if not unit_word.endswith("s"):
            return None
        low, high = 2.0, 10.0
    else:
        low, high = how_many(m["n"])
    if m["half"]:
        low, high = low + 0.5, high + 0.5
    if weekday is not None:
        last = now - timedelta(days=(now.weekday() - weekday - 1) % 7 + 1)
        return r.cell(m.start(), m.end(), last - timedelta(days=7 * (high - 1)), "day")
    unit = UNIT_OF[unit_word]
    if unit == "weekend":
        start = cell(now, "week")[0] + timedelta(days=5 - 7 * high)
        return Found(m.start(), m.end(), start, start + timedelta(days=2), "week", low == high)
    grain = GRAIN[unit]
    if low == 0.5 or m["half"]:
        grain = {"year": "month", "month": "week", "day": "hour", "hour": "minute", "decade": "year"}.get(grain, grain)  # type: ignore[assignment]
    at = cell(shifted(now, -high, unit), grain)[0]
    until = cell(shifted(now, -low, unit), grain)[1]
    if unit_word.startswith("night"):
        at, until = at + timedelta(hours=18), until + timedelta(hours=6)
    return Found(m.start(), m.end(), at, until, grain, low == high and not back)


_IN = grammar(
    r"\b(?:(?P<w>in|within|after)(?: about| around| roughly| just| exactly| another| the next)? (?P<n><COUNT>)"
    r" (?P<u><UNIT>)"
    r"(?P<t>['’]?s?['’]? time)?|(?P<n2><COUNT>) (?P<u2><UNIT>) from (?:now|today))\b"
)


def _counted(m: re.Match[str]) -> tuple[str, str]:
    """The words of a number and the unit that it counts, on whichever side of the pattern they stand."""
    words, unit = (m["n"], m["u"]) if m["n"] else (m["n2"], m["u2"])
    return words, UNIT_OF[unit]


@from_now("in within from after", _IN)
def ahead(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    words, unit = _counted(m)
    low, high = how_many(words)
    if unit == "second":
        return None
    plain = m["n"] is not None and not m["t"]
    if plain:
        tense = tense_of(r.low, m.start(), m.end(), 0)
        single = words.split()[0] in ("a", "an", "one") and unit != "fortnight"
        if tense < 0 or (single and tense <= 0) or r.before(m.start()).rstrip().endswith(("time", "times", "once")):
            return None
        if r.low[m.end() : m.end() + 3] in (" a ", "-ol", " an", " of"):
            return None
        if m["w"] == "after" and (tense < 0 or single or r.before(m.start(), 2).strip() not in ("", ".", ",")):
            return None  # "after 15 days the cast comes off" counts from today, "he left after two days" does not
    if m["w"] == "within" or "next" in m.group():
        until = shifted(now, high, unit)
        return Found(m.start(), m.end(), now, until, GRAIN[unit], low == high)
    grain = GRAIN[unit]
    at = cell(shifted(now, low, unit), grain)[0]
    return Found(m.start(), m.end(), at, cell(shifted(now, high, unit), grain)[1], grain, low == high)


_SIDE = grammar(
    r"(?<!\w)(?P<m>(?:(?:in|over|during|for|of|within|throughout) )?(?:the|these) (?:past|last|next|"
    r"coming|previous)|this past|this coming|this last|this|"
    r"last|next|past|coming|previous)[ ](?:(?P<n><COUNT>) )?"
    r"(?P<u><UNIT>|<DOW>|<MONTH>|<SEASON>|<PART>)(?![\w-])(?:[ ](?P<p><PART>)\b)?"
)


_LEAVE = {"sat", "sun", "wed", "may", "march", "mar"}  # also verbs or nouns: need a capital


@from_now("this last next past coming previous", _SIDE)
def beside(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    if m["u"] in _LEAVE and not r.capital(m.start("u")):
        return None
    start, words = m.start(), m["m"].split()
    if words[0] in ("in", "over", "during", "for", "of", "within", "throughout"):
        start += len(words[0]) + (1 if r.low[start + len(words[0])].isspace() else 0)
        while r.low[start].isspace():
            start += 1
    side = 1 if words[-1] in ("next", "coming") else 0 if words[-1] == "this" else -1
    beside = _Beside(r, now, start, m.end(), m["u"], words, side, m["n"], m["p"])
    found = beside.read()
    if found is not None:
        return found
    return None


@dataclass(frozen=True, slots=True)
class _Beside:
    """ "the past two weeks", "this morning", "next Friday": a word beside the time of speaking, side -1, 0 or 1."""

    r: Reading
    now: datetime
    start: int
    end: int
    word: str
    words: list[str]
    side: int
    count: str | None
    part: str | None

    def read(self) -> Found | None:
        unit = UNIT_OF.get(self.word)
        if self.count is not None:
            return self._counted(unit, self.count)
        if self.word in PARTS or self.word == "night":
            return self._part()
        if unit is not None:
            return self._unit(unit)
        if self.word in DAYS:
            return weekday_near(
                self.r, self.start, self.end, DAYS[self.word], self.side, self.part, "coming" in self.words
            )
        if self.word in SEASONS:
            return season_near(self.start, self.end, self.now, SEASONS[self.word], self.side)
        return self._month(MONTHS[self.word])

    @property
    def rolling(self) -> bool:
        """Counted from this very day, not by weeks or months of the calendar."""
        return "past" in self.words or ("the" in self.words and self.count is not None)

    def _counted(self, unit: str | None, count: str) -> Found | None:
        if unit is None or unit == "second" or (count in ("a", "an", "second", "half a") and not self.rolling):
            return None
        if self.side == 0 or (not self.word.endswith("s") and count not in ("one", "1")):
            return None
        low, high = how_many(count)
        there = shifted(self.now, self.side * high, unit)
        at, until = (there, self.now) if self.side < 0 else (self.now, there)
        if unit not in ("minute", "hour"):
            at, until = midnight(at), midnight(until) + timedelta(days=1)
        return Found(self.start, self.end, at, until, GRAIN[unit], low == high)

    def _part(self) -> Found | None:
        if self.words[-1] not in ("last", "this") or (self.word == "morning" and self.side != 0):
            return None
        base = midnight(self.now)
        if self.side < 0:
            if self.word not in ("night", "evening", "afternoon"):
                return None
            base -= timedelta(days=1)
        return part_of(self.start, self.end, base, self.word)

    def _unit(self, unit: str) -> Found | None:
        start, end, now, side = self.start, self.end, self.now, self.side
        if unit in ("second", "minute", "day") or self.word.endswith("s") or (unit == "hour" and not self.rolling):
            return None
        if unit == "weekend":
            monday = cell(now, "week")[0]
            if side == 0 and now.weekday() < 3 and tense_of(self.r.low, start, end, 1) < 0:
                side = -1
            if side < 0 and "past" in self.words and now.weekday() == 6:
                side = 0
            at = monday + timedelta(days=5 + 7 * side)
            return Found(start, end, at, at + timedelta(days=2), "week", True)
        if self.rolling and side < 0:
            at = shifted(now, -1, unit)
            until = now if unit == "hour" else midnight(now) + timedelta(days=1)
            return Found(start, end, at if unit == "hour" else midnight(at), until, GRAIN[unit], True)
        if unit == "quarter":
            base = midnight(now).replace(month=(now.month - 1) // 3 * 3 + 1, day=1)
            at = months_on(base, 3 * side)
            return Found(start, end, at, months_on(at, 3), "month", True)
        if unit == "fortnight":
            at = midnight(now) + timedelta(days=14 * side)
            return Found(start, end, at, at + timedelta(days=14), "week", True)
        anchor = cell(now, GRAIN[unit])[0]
        return self.r.cell(start, end, shifted(anchor, side, unit), GRAIN[unit])

    def _month(self, month: int) -> Found | None:
        if self.word == "may" and self.words[-1] == "this" and _MAY_VERB.match(self.r.low[self.end : self.end + 12]):
            return None
        base = midnight(self.now).replace(day=1, month=month)
        if self.side < 0 and base >= cell(self.now, "month")[0]:
            base = months_on(base, -12)
        if self.side > 0 and base <= self.now:
            base = months_on(base, 12)
        at, until = cell(base, "month")
        return Found(self.start, self.end, at, until, "month", True)


_MAY_VERB = lazy_pattern(r"\s+(?:be|have|not|also|help|seem|sound|take)\b")


_THE_WEEKEND = grammar(r"\b(?:over|on|at|during|for) (?P<w>the weekend)\b(?! (?:of|before|after))")


@from_now("weekend", _THE_WEEKEND)
def the_weekend(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    past = tense_of(r.low, m.start(), m.end(), -1 if now.weekday() < 3 else r.lean) < 0
    at = cell(now, "week")[0] + timedelta(days=-2 if past and now.weekday() < 5 else 5)
    return Found(m.start("w"), m.end(), at, at + timedelta(days=2), "week", False)


_TWICE = grammar(r"(?<!\w)(?:the )?(?P<u>week|weekend|month|year|night|<SEASON>|<DOW>) (?P<d>before last|after next)\b")


@from_now("before after", _TWICE)
def twice_removed(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    side = -2 if m["d"].startswith("before") else 2
    word, start, end = m["u"], m.start(), m.end()
    if word in DAYS:
        once = weekday_near(r, start, end, DAYS[word], side // 2, None)
        day = once.at + timedelta(days=7 * (side // 2))
        return Found(start, end, day, day + timedelta(days=1), "day", True)
    if word in SEASONS:
        once = season_near(start, end, now, SEASONS[word], side // 2)
        at = months_on(once.at, 12 * (side // 2))
        return Found(start, end, at, months_on(at, 3), "season", True)
    if word == "weekend":
        at = cell(now, "week")[0] + timedelta(days=5 + 7 * side)
        return Found(start, end, at, at + timedelta(days=2), "week", True)
    if word == "night":
        return part_of(start, end, now + timedelta(days=side), "night")
    precision = GRAIN[word]
    return r.cell(start, end, shifted(cell(now, precision)[0], side, word), precision)


_DAYWORD = grammar(
    r"(?<!\w)(?P<w>(?:the )?day before yesterday|(?:the )?day after tomorrow|yesterday|tomorrow|tmrw|"
    r"today|tonight|tonite|"
    r"the other (?:day|night|week))\b(?: (?P<p><PART>)\b)?"
)


@from_now("yesterday tomorrow tmrw today tonight tonite other", _DAYWORD)
def day_words(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    word = m["w"]
    if "other" in word:
        at = midnight(now) - timedelta(days=21 if word.endswith("week") else 7)
        grain: Precision = "week" if word.endswith("week") else "day"
        return Found(m.start(), m.end(), at, midnight(now), grain, False)
    step = -2 if "before" in word else 2 if "after" in word else -1 if word == "yesterday" else 0
    if word in ("tomorrow", "tmrw"):
        step = 1
    part = "night" if word in ("tonight", "tonite") else m["p"]
    return part_of(m.start(), m.end(), now + timedelta(days=step), part)


_WEEKDAY = grammar(
    r"(?<!\w)(?:(?P<q>on|by|until|till|since|from|before|after|for|every|each|most|and|or|come|was|is|"
    r"earlier) (?:the )?)?"
    r"(?P<d><DOW>)\b(?!['’]?s\b)\.?(?:[ ](?P<p><PART>)(?![\w-]))?"
)


_PREPOSITIONS = {"on", "by", "until", "till", "since", "from", "before", "after", "for", "come"}


@from_now(DAYS, _WEEKDAY)
def bare_weekday(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    word, prep = m["d"], m["q"]
    start = m.start("d")
    end = m.end() if m["p"] or r.low[m.end() - 1 : m.end()] != "." else m.end() - 1
    full = word.endswith("day")
    if prep in ("every", "each", "most"):
        return None
    if not full and not (r.capital(start) and prep in _PREPOSITIONS):
        return None
    after = r.text[end : end + 2]
    small = not r.capital(start) and prep not in _PREPOSITIONS and not m["p"]
    if small and (after.strip(".,;!?)\n") or tense_of(r.low, start, end, 2) == 2):
        return None  # but "applied again wednesday."
    if prep is None:
        before = r.text[max(0, start - 25) : start].rstrip()
        last = before.split()[-1] if before.split() else ""
        if last[:1].isupper() and last[-1:].isalpha() and last not in ("See", "Thanks", "Until"):
            return None  # Black Friday, Easter Monday
    if len(after) == 2 and after[0].isspace() and after[1].isupper() and r.text[end + 1 : end + 3] not in ("I ", "I'"):
        return None  # Thursday FC
    tense = tense_of(r.low, start, end, 2)
    side = r.lean if tense == 2 else tense
    found = weekday_near(r, start, end, DAYS[word], side, m["p"], coming=True)
    if side < 0 and now.weekday() == DAYS[word] and prep == "on" and m["p"] is None:
        found = weekday_near(r, start, end, DAYS[word], -1, None)
    return _marked(found, certain=tense != 2 and prep is not None)


def _marked(found: Found, *, certain: bool) -> Found:
    found.certain = certain
    return found


_ORDINAL_DAY = grammar(
    r"\b(?:(?P<q>on|by|until|till|since|from|before|after|for) )?the (?P<d>\d{1,2})(?:st|nd|rd|"
    r"th)\b(?: ?(?:to|until|till|-|–) ?(?:the )?(?P<e>\d{1,2})(?:st|nd|rd|th)\b)?"
    r"(?P<o> of (?P<w>this|next|last|the) month)?"
    r"(?![ ](?:floor|time|place|birthday|century|grade|anniversary|day|of|street|st|ave|attempt|try|"
    r"page|edition|hole|largest|most|amendment|round|season|episode))"
)


@from_now("the", _ORDINAL_DAY)
def ordinal_day(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    day = int(m["d"])
    after = r.low[m.end() : m.end() + 1]
    nxt = re.match(r"\s+([a-z]+)", r.low[m.end() : m.end() + 20])
    if not 1 <= day <= 31 or after == "-" or (nxt and nxt[1] in MONTHS):
        return None
    if m["q"] is None and m["o"] is None and m["e"] is None and after not in ("", ".", ",", "!", "?", ";", ")"):
        return None
    start = m.start("d") - 4 if m["q"] is None else m.start("q") + len(m["q"]) + 1
    today = midnight(now)
    step = {"next": 1, "last": -1}.get(m["w"] or "", 0)
    if m["o"]:
        months = [step]
    else:
        tense = tense_of(r.low, start, m.end(), 0)
        ahead = day >= today.day
        months = [0] if not tense else [0 if ahead else 1] if tense > 0 else [0 if day <= today.day else -1]
    try:
        at = months_on(today.replace(day=1), months[0]).replace(day=day)
        last = at.replace(day=max(int(m["e"] or day), day))
    except ValueError:
        return None
    return Found(start, m.end(), at, last + timedelta(days=1), "day", m["q"] is not None or m["o"] is not None)


_EDGE = grammar(
    r"(?<!\w)(?:the )?(?P<e>end|beginning|start|middle) of (?P<w>the|this|next|last) (?P<u>week|month|"
    r"year|decade|<SEASON>)\b"
)


@from_now("end beginning start middle", _EDGE)
def edges(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    side = {"next": 1, "last": -1}.get(m["w"], 0)
    if m["u"] in SEASONS:
        whole = season_near(m.start(), m.end(), now, SEASONS[m["u"]], side)
        at, until, precision = whole.at, whole.until, whole.precision
    else:
        precision = GRAIN[m["u"]]
        at, until = cell(shifted(cell(now, precision)[0], side, m["u"]), precision)
    at, until = narrow(at, until, m["e"])
    return Found(m.start(), m.end(), at, until, precision, m["w"] != "the" or m["u"] not in SEASONS)


_FOR = grammar(
    r"(?<![\w.])(?:(?P<f>for)(?: about| around| almost| nearly| over| more than| at least| like|"
    r" roughly)? (?P<n><COUNT>) (?P<u><UNIT>)(?P<w> now)?"
    r"|(?P<n2><COUNT>) (?P<u2><UNIT>) now)\b"
)


_PERFECT = lazy_pattern(r"(?:\b(?:have|has|haven't|hasn't|been|(?:was|were) [a-z ]{0,30}part of)\b|'ve\b|’ve\b)")


@from_now("for now", _FOR)
def so_far(r: Reading, m: re.Match[str], now: datetime) -> Found | None:
    words, unit = _counted(m)
    if unit in ("second", "minute", "hour", "weekend"):
        return None
    sure = m["w"] is not None or m["n2"] is not None
    if not sure:
        left = r.before(m.start(), 80)
        breaks = [b.end() for b in BREAK.finditer(left)]
        if not _PERFECT.search(left[breaks[-1] :] if breaks else left):
            return None
        if unit == "day" and how_many(words)[0] <= 1:
            return None
    low, high = how_many(words)
    grain = GRAIN[unit]
    at, until = cell(shifted(now, -high, unit), grain)
    until = cell(shifted(now, -low, unit), grain)[1]
    start = m.start("n") if m["n"] else m.start("n2")
    return Found(start, m.end(), at, until, grain, sure and low == high, "since")
