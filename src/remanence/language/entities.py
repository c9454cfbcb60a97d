"""Who and what a text names: people, places, works, groups, tags, addresses and amounts, by rules.

A name is a run of capitalised words ("University of Pisa", "Ursula K. Le Guin"). The first word of a sentence proves
nothing, so a single first word is kept only when it does not look like an ordinary word, or when `known` - a
statistic of the store - says that it is usually written with a capital.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Literal

from remanence.language.calendar import DAYS, MONTHS
from remanence.language.common_words import STOP, VERBS, listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.records import dataclass

Label = Literal["name", "title", "acronym", "hashtag", "handle", "email", "url", "quantity"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention: `text == source[start:end]`; `norm` is the same for spellings of a name; `label` says what sort."""

    start: int
    end: int
    text: str
    norm: str
    label: Label


_CALENDAR = frozenset([*MONTHS, *DAYS, *(f"{day}s" for day in DAYS if day.endswith("day"))])
_TALK = listed(
    """aww awww aw ah ahh aha ahh haha hahaha hehe appreciate oof remind reminds way together little lucky cherish
    rock care pets lemme y'all kudos phew hah ha gotcha setbacks lol omg btw fyi imo idk tbh asap rsvp oh
    ooh oops ouch ugh uh uhh um umm hmm hm mhm mm woah whoa wow woohoo yay yippee yep yup yeah yea yes nope
    nah no ok okay okey k hi hey hello hiya howdy bye goodbye cheers congrats congratulations thanks thank
    thx please sorry sure absolutely definitely totally exactly indeed agreed awesome amazing cool great
    good nice perfect wonderful fantastic lovely sweet beautiful brilliant excellent super true right wrong
    alright anyway anyways anyhow well so plus also besides however meanwhile moreover furthermore therefore
    thus hence still yet instead otherwise actually honestly basically seriously literally apparently
    obviously unfortunately fortunately luckily sadly hopefully finally eventually recently lately currently
    today tomorrow yesterday tonight now then later soon once twice again maybe perhaps probably certainly
    clearly glad happy excited proud looking hoping sounds sound looks seems seem feels feel bet guess hope
    wish love loved loving hate like keep let lets let's go going gone got get getting give take taking make
    making made try trying tried start started starting stay see seeing saw watch check come coming can
    could would should will might must may do does did don't doing done have has had having be been being am
    is are was were isn't aren't wasn't ain't what what's which who whose whom where when why how i i'm i've
    i'd i'll me my mine myself we we're we've us our ours you you're you've your yours he he's she she's it
    it's its they they're them their this that that's these those there there's here here's the a an and or
    but nor if because since while although though unless until after before during for from to in into on
    onto of off at by with without about above across against along among around as than between beyond both
    each either every everyone everybody everything someone somebody something anyone anything nothing
    nobody none some any all most many much more few several other others another such same own just only
    even ever never always often sometimes usually rarely very too quite really pretty almost enough first
    second third last next previous new old one two three four five six seven eight nine ten hundred
    thousand million mom mum dad mommy daddy mama papa grandma grandpa granny grandmother grandfather mother
    father sis bro dude buddy girl boy guy guys man bud friend friends family people folks sir madam ma'am
    mr mrs ms dr prof work working think thinking thought know knowing knew need needed want wanted tell
    told say said ask asked call called find found finding meet met meeting feel felt feeling keep kept
    leave left lose lost losing win won build building help helped helping play playing played run running
    ran move moved moving turn turned bring brought believe remember remembering imagine consider
    considering speaking talk talking hear heard hearing read reading write writing wrote spend spent cook
    cooking baking painting dancing hiking camping running swimming growing having being life time day days
    week weeks month months year years morning night evening weekend summer winter spring autumn fall art
    music books book movie movies food home house job kids children nature dance yoga money overall
    especially mostly mainly basically generally specifically according based given including due unlike
    despite throughout within upon under over through per via note step example question answer yesterday's
    today's whatever whenever wherever whoever whichever no-one lots plenty couple bunch best better worst
    worse big small long short high low early late ready free full open close fun funny crazy wild hard easy
    tough kinda sorta gonna wanna gotta cause cuz tho coz nothing's everything's everyone's someone's self
    user assistant ai ps pps p.s ceo cfo cto tv pc diy id faq url pdf q a&q re fw fwd cc tl;dr eta aka vs
    etc ie eg"""
)
# these never begin a name of several words in the middle of a sentence
_NEVER_FIRST = listed(
    """i i'm i've i'd i'll we you he she it they my your our his her its their this that these those hey hi hello
    thanks thank bye wow yes yeah yep no ok okay please when what where who why how if and but or so because
    while ceo cfo cto"""
)
_HEADS = listed(
    """society council institute institution center centre foundation association committee department ministry
    school office fund award prize academy agency bureau board union museum college university club order
    church court house bank party army campaign conference journal commission organization organisation
    federation league alliance network program programme project medal run walk race march minister
    secretary ambassador center championship"""
)
_COLLECTIVE = listed(
    """men women children people king queen kings queens farmers workers teachers veterans night world today father
    mother saint st valentine all new mcdonald men's"""
)
_HONORIFICS = listed(
    """mr mrs ms dr prof sir lady lord king queen prince princess president pope saint st captain general senator
    judge uncle aunt auntie coach professor doctor mount mt lake fort"""
)

# The class comes first and looks back over itself: that lets the matcher skip to capitals and digits.
_CAP = lazy_pattern(
    r"[A-Z\d](?<![\w@#/&][A-Z\d])(?:\.(?:[A-Z]\.){1,5}(?:[A-Z]\b)?|\.(?=\s?[A-Z])|\w*(?:['’&.+-]\w+)*)"
    r"|[a-z](?<![\w@#/&.][a-z])[a-z]?[A-Z]\w+"
)
_CAP_ASCII = lazy_pattern(
    r"[A-Z\d](?<![\w@#/&][A-Z\d])(?:\.(?:[A-Z]\.){1,5}(?:[A-Z]\b)?|\.(?=\s?[A-Z])|\w*(?:['’&.+-]\w+)*)"
)
# Outside ASCII a name starts with any letter that is no Latin-1 small letter; its case is checked after.
_CAP_ANY = lazy_pattern(
    r"[^\W_a-zß-öø-ÿ](?<![\w@#/&][^\W_a-zß-öø-ÿ])(?:\.(?:[A-Z]\.){1,5}(?:[A-Z]\b)?|\.(?=\s?[A-Z])|\w*(?:['’&.+-]\w+)*)"
)
_CAMEL = lazy_pattern(r"\b[a-z]{1,2}[A-Z]")
_DOTTED = frozenset({"Mr", "Mrs", "Ms", "Dr", "St", "Mt", "Prof", "Jr", "Sr", "Inc", "Ltd", "Co"})
# what may stand between two words of one name
_LINKS = (
    "of|of the|the|de|de la|de los|del|da|do|dos|di|du|des|van|van der|van de|von|von der|der|den|la|le|el|al|bin|"
    "ibn|&|y|e|et|und"
)
_CONNECTORS = frozenset([" ", ", Jr", ", D", *(f" {word} " for word in _LINKS.split("|"))])
_OF_CONNECTORS = {" for ", " for the ", " of ", " of the ", " on "}
_OPENING = frozenset('.!?\n:;•*"“”(—–>|…]')

_EMAIL = lazy_pattern(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_URL = lazy_pattern(r"(?<!\w)(?:https?://|www\.)[^\s<>\"'“”)\]]{2,500}")
_HASHTAG = lazy_pattern(r"(?<![\w&/#])#(?=\w{0,59}[^\W\d_])\w{2,60}")
_HANDLE = lazy_pattern(r"(?<![\w.@/])@[A-Za-z_][\w.]{1,29}\b")
_QUOTED = lazy_pattern(
    r"\"([^\"\n]{2,80})\"|“([^”\n]{2,80})”|«([^»\n]{2,80})»|``\s?([^`'\n]{2,80}?)\s?''|"
    r"(?<!\w)['‘]([A-Z][^'’‘\n]{2,60})['’](?!\w)"
)
_QUANTITY = lazy_pattern(
    r"(?<![\w.,])(?:[$€£¥]\s?\d[\d,.]{0,15}(?:\s?(?:million|billion|trillion|thousand|bn|[kKmM])\b)?"
    r"|\d[\d,.]{0,15}\s?(?:%|°[CF]?|percent\b|km²?\b|kilomet(?:er|re)s?\b|kg\b|kilos?\b|g\b|mg\b|"
    r"lbs?\b|pounds?\b|ounces?\b|oz\b|miles?\b|mi\b|"
    r"met(?:er|re)s?\b|m\b|cm\b|mm\b|ft\b|feet\b|inch(?:es)?\b|acres?\b|lit(?:er|re)s?\b|gallons?\b|"
    r"kWh\b|MW\b|GB\b|MB\b|TB\b|"
    r"mph\b|km/h\b|dollars\b|euros\b|bucks\b|USD\b|EUR\b|GBP\b|calories\b|kcal\b|steps\b|people\b|"
    r"pages\b|points\b|followers\b))"
)
_QUOTE_MARK = lazy_pattern(r"[\"“«`‘]|(?<!\w)'[A-Z]")
_DIGIT = lazy_pattern(r"\d")
_ORDINARY_END = lazy_pattern(
    r"(?:ing|ed|ly|ness|ment|ity|ful|ous|able|ible|ive|tion|sion|ance|ence|est|'s|’s|n't|n’t)$"
)


@lru_cache(maxsize=20_000)
def norm(name: str) -> str:
    """One form for all spellings of a name: no case, accents, article, possessive, quotes or doubled spaces.

    "The Beatles'" -> "beatles", "U.S." -> "us", "Rogério Ceni" -> "rogerio ceni".
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("`", "'")
    text = " ".join(text.split()).strip(" \"'“”«».,;:!?()[]*_")
    if "://" in text or "@" in text:
        return text
    if text.endswith("'s"):
        text = text[:-2]
    for article in ("the ", "a ", "an "):
        if text.startswith(article) and len(text) > len(article) + 1:
            text = text[len(article) :]
            break
    if "." in text:
        text = re.sub(r"\b(\w)\.(?=\w\b|\s|$)", r"\1", text)
    return text or name.strip().casefold()


def find(text: str, known: Callable[[str], bool] | None = None) -> list[Entity]:
    """Every entity in order, without overlaps; the spans slice the text.

    `known(norm)` may answer from the store whether a single word is usually a name; it decides about single words at
    the start of a sentence and, when it says no, nothing else is dropped.
    """
    return find_each([text], known)[0]


def find_each(texts: Iterable[str], known: Callable[[str], bool] | None = None) -> list[list[Entity]]:
    """`find` in each text."""
    return [_find(text, known) for text in texts]


def _find(text: str, known: Callable[[str], bool] | None) -> list[Entity]:
    found: list[tuple[int, int, Label]] = []
    if "@" in text:
        found += [(m.start(), m.end(), "email") for m in _EMAIL.finditer(text)]
        found += [(m.start(), m.end(), "handle") for m in _HANDLE.finditer(text)]
    if "://" in text or "www." in text:
        for m in _URL.finditer(text):
            found.append((m.start(), m.start() + len(m.group().rstrip(".,;:!?")), "url"))
    if "#" in text:
        found += [(m.start(), m.end(), "hashtag") for m in _HASHTAG.finditer(text)]
    if _QUOTE_MARK.search(text):
        for m in _QUOTED.finditer(text):
            group = m.lastindex or 1
            if _is_title(m[group]):
                found.append((m.start(group), m.start(group) + len(m[group].rstrip(" .,;")), "title"))
    if _DIGIT.search(text):
        found += [(m.start(), m.end(), "quantity") for m in _QUANTITY.finditer(text)]
    found += _names(text, known)
    if not found:
        return []
    found.sort(key=lambda f: (f[0], _RANK[f[2]], f[0] - f[1]))
    out: list[Entity] = []
    end = -1
    for start, stop, label in found:
        if start < end:
            if label in ("title", "url", "email") and out and out[-1].label in ("name", "acronym") and stop > end:
                out.pop()
            else:
                continue
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if stop <= start:
            continue
        words = text[start:stop]
        out.append(Entity(start, stop, words, norm(words), label))
        end = stop
    return out


_RANK: dict[Label, int] = {
    "email": 0,
    "url": 0,
    "title": 1,
    "hashtag": 2,
    "handle": 2,
    "quantity": 3,
    "acronym": 4,
    "name": 4,
}


def _is_title(quoted: str) -> bool:
    """Whether quoted words are a name of something rather than something said."""
    words = quoted.split()
    if not 1 <= len(words) <= 9 or (quoted[-1:] in ".,?;" and len(words) > 3):
        return False
    capitals = sum(w[:1].isupper() or w[:1].isdigit() for w in words)
    return words[0][:1].isupper() and (capitals * 2 >= len(words)) and words[0].lower() not in ("i", "i'm", "we", "you")


def _opens(text: str, start: int) -> bool:
    """Whether a sentence (or quote, or list item) begins at `start`."""
    i = start - 1
    while i >= 0 and text[i] in " \t'‘":
        i -= 1
    return i < 0 or text[i] in _OPENING or (text[i] in "-" and (i == 0 or text[i - 1].isspace()))


_LONGEST = 12
"""Capitalised words in one name; a longer run is cut."""


def _names(text: str, known: Callable[[str], bool] | None) -> Iterator[tuple[int, int, Label]]:
    run: list[tuple[int, int, str]] = []
    capitals = _CAP_ANY if not text.isascii() else _CAP if _CAMEL.search(text) else _CAP_ASCII
    for m in capitals.finditer(text):
        start, end, word = m.start(), m.end(), m.group()
        number = word[0].isdigit()
        if number:
            if not word.isdigit() or len(word) > 4 or _MORE_NUMBER.match(text, end):
                continue
        elif not word[0].isupper() and not (capitals is _CAP and word[0].islower()):
            continue
        elif word in _DOTTED and text[end : end + 1] == ".":
            end += 1
            word += "."
        ends_here = False
        if word[-2:] in ("'s", "’s"):
            ends_here = word[:-2].lower() not in _COLLECTIVE
            if ends_here:
                end -= 2
                word = word[:-2]
        elif "'" in word or "’" in word:
            tail = re.split(r"['’]", word)[-1].lower()
            if tail in ("m", "ve", "ll", "d", "re", "t"):
                cut = max(word.rfind("'"), word.rfind("’"))
                if tail == "t" or word[:cut].lower() in STOP or word[:cut].lower() in _TALK:
                    if run:
                        yield from _finish(text, run, known)
                    run = []
                    continue
                end, word, ends_here = start + cut, word[:cut], True
        if len(run) >= _LONGEST:
            yield from _finish(text, run, known)
            run = []
        if run:
            gap = text[run[-1][1] : start]
            if number:
                joined = gap == " " and _numbered(text, run, end)
            else:
                joined = gap in _CONNECTORS or (gap in _OF_CONNECTORS and run[-1][2].lower() in _HEADS)
            if joined:
                run.append((start, end, word))
                if ends_here or text[end : end + 2] in ("' ", "’ "):
                    yield from _finish(text, run, known)
                    run = []
                continue
            yield from _finish(text, run, known)
            run = []
        if number:
            if len(word) == 4 and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
                before = text[max(0, start - 5) : start].lower().split()
                if not before or before[-1] not in ("in", "since", "by", "of", "until", "from", "and", "to"):
                    run = [(start, end, word)]
            continue
        run = [(start, end, word)]
        if ends_here or text[end : end + 2] in ("' ", "’ "):
            yield from _finish(text, run, known)
            run = []
    if run:
        yield from _finish(text, run, known)


_MORE_NUMBER = lazy_pattern(r"[.,:%/-]\w")


def _numbered(text: str, run: list[tuple[int, int, str]], end: int) -> bool:
    """ "Apollo 11", "Windows 10", not "May 5", "Room 3 people" or "Ida 134 cm"."""
    last = run[-1][2].lower()
    return last not in _CALENDAR and last not in _TALK and not _COUNTED.match(text, end)


_COUNTED = lazy_pattern(
    r"\s[a-z]{2,20}s\b(?<!was)(?<!is)(?<!has)|\s?(?:cm|mm|km|kg|mg|ml|lbs?|EUR|USD|GBP|€|%|°|puff|am|pm)(?!\w)"
)


def _finish(
    text: str, run: list[tuple[int, int, str]], known: Callable[[str], bool] | None
) -> Iterator[tuple[int, int, Label]]:
    opening = _opens(text, run[0][0])
    # strip words that are no part of a name from both ends
    while run:
        low = run[0][2].lower().rstrip(".")
        if low in _CALENDAR and len(run) > 1 and run[1][2][:1].isdigit():
            return
        plain = low in _TALK or low in STOP or (low in _CALENDAR and len(run) == 1)
        plain = plain or (opening and len(run) > 1 and low in VERBS and text[run[0][1] : run[1][0]] == " ")
        if plain and low in _HONORIFICS and len(run) > 1:
            break
        if (
            not plain
            and opening
            and len(run) > 1
            and text[run[0][1] : run[1][0]] == " "
            and low.endswith("ing")
            and low not in _HONORIFICS
        ):
            plain = True
        if not plain or (not opening and len(run) > 1 and low not in _NEVER_FIRST):
            break
        run = run[1:]
    while run:
        low = run[-1][2].lower()
        if low == "i" and len(run) > 1 and text[run[-1][1] : run[-1][1] + 4] == " of ":
            break  # Albert I of Belgium
        if low in ("i", "we", "he", "she", "they", "you", "it", "i'm", "the", "and") or (
            len(run) > 1 and low in _CALENDAR and len(run) < 3
        ):
            run = run[:-1]
            continue
        break
    if not run or all(w[0].isdigit() for _, _, w in run):
        return
    start, end = run[0][0], run[-1][1]
    if len(run) == 1:
        word = run[0][2]
        if len(word) < 2 or (len(word) == 2 and word[1] == "."):
            return
        low = word.lower()
        if low in _CALENDAR or low in _TALK or low in STOP:
            return
        bare = word.replace(".", "").replace("&", "")
        if bare.isupper() and bare.isalpha():
            if len(bare) > 6 and not word.endswith("Q"):
                return
            yield start, end, "acronym"
            return
        if opening and not _surely(text, word, start, known):
            return
    yield start, end, "name"


def _surely(text: str, word: str, start: int, known: Callable[[str], bool] | None) -> bool:
    """Whether a single word at the start of a sentence is a name."""
    if known is not None:
        return known(norm(word))
    # the talk around: said again inside a sentence with a capital, or somewhere without
    around = text[max(0, start - 1000) : start + 1000]
    again = around.find(" " + word)
    while again > 0:
        if around[again - 1].islower() or around[again - 1] == ",":
            return True
        again = around.find(" " + word, again + 1)
    low = word.lower()
    if _ORDINARY_END.search(low) or f" {low} " in around or f" {low}." in around:
        return False
    return _NAME_THEN.match(text, start + len(word)) is not None


# what follows a name at the start of a sentence: a comma, a verb in the third person, the end
_NAME_THEN = lazy_pattern(
    r"[,!?:;]|['’]s\b|\s*$|\.\s|\s(?:is|was|has|had|will|would|and|or|said|says|just|also|never|"
    r"always|went|got|told|came|did|does|"
    r"can|made|took|gave|met|won|lost|ran|[a-z]{2,20}(?:ed|[^s\W]s))\b"
)


_NICKNAMES: dict[str, frozenset[str]] = {}
for _group in (
    "melanie mel",
    "caroline caro carrie",
    "michael mike mikey mick",
    "robert rob bob bobby robbie",
    "william will bill billy",
    "elizabeth liz lizzie beth eliza betty",
    "katherine kate katie kathy catherine cathy kat",
    "james jim jimmy jamie",
    "john johnny jack",
    "jonathan jon jonny",
    "jennifer jen jenny",
    "jessica jess jessie",
    "joanna jo joanne",
    "thomas tom tommy",
    "richard rick dick richie",
    "david dave davey",
    "daniel dan danny",
    "samuel sam sammy",
    "samantha sam",
    "alexander alex al xander",
    "alexandra alex sasha",
    "christopher chris",
    "christine chris christina tina",
    "nicholas nick nicky",
    "nathan nate nathaniel",
    "benjamin ben benny",
    "matthew matt matty",
    "andrew andy drew",
    "anthony tony",
    "joseph joe joey",
    "edward ed eddie ted",
    "theodore theo ted",
    "timothy tim timmy",
    "deborah deb debbie",
    "rebecca becky becca",
    "susan sue susie",
    "margaret maggie meg peggy",
    "patricia pat patty trish",
    "patrick pat paddy",
    "stephen steve steven",
    "stephanie steph",
    "victoria vicky tori",
    "gregory greg",
    "gabriel gabe",
    "gabriella gabby",
    "isabella bella izzy",
    "amanda mandy",
    "angela angie",
    "barbara barb",
    "charles charlie chuck",
    "charlotte charlie lottie",
    "donald don donnie",
    "evelyn evie",
    "frederick fred freddie",
    "jacob jake",
    "joshua josh",
    "kenneth ken kenny",
    "kimberly kim",
    "lawrence larry",
    "leonard leo len",
    "maximilian max",
    "maxwell max",
    "natalie nat",
    "olivia liv",
    "peter pete",
    "philip phil",
    "raymond ray",
    "ronald ron ronnie",
    "sarah sara",
    "vincent vince",
    "zachary zach zack",
    "audrey aud",
    "calvin cal",
    "deborah debra",
    "evan ev",
    "jolene jo",
    "nathaniel nate",
    "tiffany tiff",
    "vanessa ness",
):
    _names_of = _group.split()
    for _name in _names_of:
        _NICKNAMES[_name] = _NICKNAMES.get(_name, frozenset()) | frozenset(_names_of)


def aliases(name: str) -> frozenset[str]:
    """Normal forms under which a name may be mentioned: itself, first and last word, short forms, initials, singular.

    "Melanie Smith" -> {"melanie smith", "melanie", "smith", "mel", ...}; "New York City" -> {..., "nyc"};
    "Mercury (planet)" -> {"mercury (planet)", "mercury"}. Short forms are likely, not certain.
    """
    base = norm(name)
    out = {base}
    plain = norm(re.sub(r"\s*\([^()]{0,80}\)", "", base)) if "(" in base else base
    plain = plain.split(", ")[0] if ", " in plain else plain
    out.add(plain)
    words = plain.split()
    if len(words) > 1:
        content = [w for w in words if w not in ("of", "the", "and", "for", "de", "la", "in")]
        initials = "".join(w[0] for w in content)
        if len(initials) > 2:
            out.add(initials)
        if not any(w in ("of", "the", "and", "for") for w in words) and len(words) <= 3:
            if words[0] not in _HONORIFICS and len(words[0]) > 2:
                out.add(words[0])
                out |= _NICKNAMES.get(words[0], frozenset())
            if len(words[-1]) > 2:
                out.add(words[-1])
    elif words:
        out |= _NICKNAMES.get(words[0], frozenset())
        if len(plain) > 4 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
            out.add(plain[:-1])
    return frozenset(a for a in out if a)
