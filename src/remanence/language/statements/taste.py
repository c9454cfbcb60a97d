"""What somebody likes, eats, cannot eat, and which languages they speak."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import NOT_NAMES, Sentence, clip, grammar, make, on, polarity_of
from remanence.language.statements.kin import names_listed
from remanence.language.statements.statement import Statement

_LIKES = grammar(
    r"<START> (?P<w>love|loves|like|likes|enjoy|enjoys|adore|adores|hate|hates|dislike|dislikes|"
    r"prefer|prefers|loved|liked|hated|into|(?:a )?(?:big |huge |massive |real )?fans? of|"
    r"obsessed with|passionate about|fond of|crazy about|not a fan of|can['’]t stand) <VALUE>"
)
_NO_TASTE = lazy_pattern(
    r"(?:it|that|this|them|you|your|him|her|how|when|what|where|if|the way|being here|seeing you|"
    r"to (?:see|hear|know|join|help|chat|talk|learn|try|get|meet|visit|come|check|ask|think|say|look|"
    r"imagine|be|share)|"
    r"is|are|was|were|will|can|has|have|from|and|in|of|for|to$|hearing|knowing|those|these|me|us|"
    r"everything|everyone|what|all the|all of|so|some|there|each other|my job to|the idea|a (?:lot|"
    r"bit)|more|one)\b",
    re.I,
)
_LIKENESS = lazy_pattern(r"(?:['’](?:m|re|s)|\sam|\sare|\sis)\s(?:\w+\s){0,2}like\s")
_HATES = listed("hate hates hated dislike dislikes")


@on(
    "love loves like likes enjoy enjoys adore adores hate hates dislike dislikes prefer prefers loved liked "
    "hated into fan fans obsessed passionate fond crazy stand",
    _LIKES,
)
def _tastes(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    word = m["w"]
    if word == "into" and not re.search(r"(?:['’]m|\sam|['’]re|\sare|['’]s|\sis)\s(?:\w+\s){0,2}into", m.group()):
        return
    if word in ("love", "like") and re.search(
        r"\b(?:would|['’]d)\s+(?:\w+\s+)?$", s.text[max(0, m.start("w") - 12) : m.start("w")]
    ):
        return
    if s.text[max(0, m.start() - 6) : m.start()].strip().lower() in ("looks", "feels", "sound", "feel"):
        return
    if _NO_TASTE.match(m["v"]) or (word == "like" and _LIKENESS.search(m.group())):
        return
    start, end = clip(s, *m.span("v"))
    if s.text[start : start + 5] == "both ":
        start += 5
    if start >= end or s.text[start:end] == "to" or len(s.text[start:end].split()) > 9:
        return
    minus = word in _HATES or "stand" in word or word.startswith("not a fan")
    polarity = -1 if minus != (polarity_of(m) < 0) else 1
    if word.startswith("prefer"):
        over = re.search(r"\s(?:over|to|rather than|instead of)\s", s.text[start:end])
        if over is not None:
            yield from make(s, m, "prefers", value=s.text[start : start + over.start()], span=(start, end))
            return
        yield from make(s, m, "prefers", span=(start, end))
        return
    past = word in ("loved", "liked", "hated")
    if past and not m["no"]:
        return
    yield from make(s, m, "likes", span=(start, end), polarity=polarity, certain=not past)


_FAVOURITE = grammar(
    r"<MY>(?: (?:all-time|absolute|current|new|personal))? (?:favou?rite|fave|"
    r"fav) (?P<r>(?:[a-z'’-]+ ){1,4}?)(?:is|are|has (?:always )?been|would be|has to be|was|"
    r"['’]s)(?P<no> not| no longer| definitely| probably| actually| still| now|"
    r" by far){0,1} <VALUE>"
)
_MY_FAVOURITE = grammar(
    r"(?<!\w)(?P<v>[A-Z][\w'’-]*(?: [\w'’-]+){0,4}|[a-z]+ing) (?:is|are|['’]s)(?: definitely| still|"
    r" now| probably| by far)? (?P<my>my|our) (?:all-time |absolute |new )?(?:favou?rite|fave|"
    r"fav) (?P<r>[a-z-]+(?: [a-z-]+){0,2})"
)


_FAVOURITES_WORDS = "favorite favourite fave fav favorites favourites"


@on(_FAVOURITES_WORDS, _FAVOURITE)
def _favourites(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    start, end = clip(s, *m.span("v"))
    denied = (m["no"] or "").strip() in ("not", "no longer")
    slot = "favourite " + " ".join(m["r"].split()).lower()
    but = re.match(r"(?:not\s)?(.+?),?\s(?:but|it['’]s)\s(.+)", s.text[start : m.end("v")])
    if denied and but is not None:
        yield from make(s, m, slot, value=but[1], polarity=-1)
        yield from make(s, m, slot, value=but[2], polarity=1)
        return
    yield from make(s, m, slot, span=(start, end), polarity=-1 if denied else 1)


@on(_FAVOURITES_WORDS, _MY_FAVOURITE)
def _my_favourite(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    words = m["v"].split()
    if words[0] in NOT_NAMES:
        return
    role = re.split(r"\s(?:and|but|because|so|to|for|in|of|since|when|too)\b", m["r"])[0]
    if role:
        yield from make(s, m, "favourite " + role.lower(), value=m["v"])


_DIET = grammar(
    r"<START> (?:(?:went|turned|become|became|going|being|eat|eating) )?(?:a |an |strictly |mostly |"
    r"fully )?(?P<v>vegetarian|vegan|pescatarian|pescetarian|gluten[ -]free|dairy[ -]free|"
    r"lactose[ -]intolerant|kosher|halal|keto|paleo|celiac|coeliac|diabetic)\b"
)
_EAT = grammar(
    r"<START> (?P<w>eat|eats|drink|drinks|eating|drinking) (?P<v>(?:any )?(?:meat|fish|seafood|dairy|"
    r"gluten|pork|beef|chicken|eggs|alcohol|coffee|sugar|nuts|shellfish|red meat|animal products|"
    r"caffeine))\b"
)
_ALLERGIC = grammar(
    r"<SUBJECT>(?:['’]m| am|['’]s| is|['’]re| are)(?P<no> not| no longer)?<ADVERBS>(?: severely|"
    r" highly| deathly| very| mildly)? allergic to <VALUE>"
)
_ALLERGY = grammar(
    r"<START> (?:have|has|got) (?:a|an)(?: severe| bad| mild)? (?P<v>[a-z]+(?: [a-z]+)?) (?:allergy|intolerance)\b"
)


_FOOD_WORDS = (
    "vegetarian vegan pescatarian pescetarian gluten dairy lactose kosher halal keto paleo celiac coeliac "
    "diabetic eat eats drink drinks eating drinking allergic allergy intolerance"
)


@on(_FOOD_WORDS, _DIET)
def _diet(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    yield from make(s, m, "diet", value=m["v"].lower())


@on(_FOOD_WORDS, _EAT)
def _eaten(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    verb = "drinks" if m["w"].startswith("drink") else "eats"
    yield from make(s, m, "diet", value=f"{verb} {m['v'].removeprefix('any ')}")


@on(_FOOD_WORDS, _ALLERGIC)
def _allergic_to(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    start, end = clip(s, *m.span("v"))
    for value in re.split(r",\s*(?:and\s)?|\sand\s|\sor\s", s.text[start:end]):
        yield from make(s, m, "allergy", value=value, span=(start, end))


@on(_FOOD_WORDS, _ALLERGY)
def _allergies(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    yield from make(s, m, "allergy", value=m["v"])


_SPEAK = grammar(
    r"<START> (?P<w>speak|speaks|speaking|fluent in|learning|studying|learn) (?:fluent |some |"
    r"a little |a bit of )?(?P<v>[A-Z][a-z]{3,15}(?:(?:, (?:and )?| and )[A-Z][a-z]{3,15}){0,4})"
)
_TONGUES = listed(
    """English French German Spanish Italian Portuguese Dutch Swedish Norwegian Danish Finnish Polish Czech Russian
    Ukrainian Greek Turkish Arabic Hebrew Hindi Urdu Bengali Tamil Punjabi Chinese Mandarin Cantonese
    Japanese Korean Vietnamese Thai Indonesian Malay Tagalog Swahili Latin Romanian Hungarian Catalan
    Persian Farsi Gujarati Marathi Telugu Welsh Irish"""
)


@on("speak speaks speaking fluent learning studying learn", _SPEAK)
def _languages(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    slot = "learning" if m["w"].startswith(("learn", "study")) else "language"
    for tongue in names_listed(m["v"]):
        if tongue in _TONGUES:
            yield from make(s, m, slot, value=tongue)


RULES = (_tastes, _favourites, _my_favourite, _diet, _eaten, _allergic_to, _allergies, _languages)
