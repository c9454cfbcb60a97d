"""What somebody owns, how they are reached, how many they have, and "my X is Y"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.language.common_words import listed
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.statements.clause import Sentence, clip, grammar, make, on, polarity_of
from remanence.language.statements.kin import KIN
from remanence.language.statements.statement import Statement

_BUY = grammar(
    r"<START> (?P<w>bought|purchased|ordered|own|owns|got|picked up|treated myself to|invested in|"
    r"sold|donated|gave away|traded in|lost|have|has)"
    r"(?: myself| ourselves)? (?P<c>a|an|some|two|three|four|five|my|our|this|these|the|\d+|another|"
    r"his|her)(?: brand[ -]new| new| old| used| second-hand| vintage| beautiful| cute| cool| nice|"
    r" pair of| lovely| fancy)* (?P<v>[^.,;:!?\n()]{2,70})"
)
_GOODS = lazy_pattern(
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


@on("bought purchased ordered own owns got picked treated invested sold donated gave traded lost have has", _BUY)
def _belongings(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    word = m["w"].split()[0]
    start, end = clip(s, *m.span("v"))
    value = s.text[start:end]
    cut = re.search(r"\s(?:from|at|on|in|for|to|with|off|during|by|of mine|yesterday|that|and)\b", value)
    if cut is not None and cut.start() > 1:
        end = start + cut.start()
        value = s.text[start:end]
    gone = word in _GIVEN_UP
    if gone and m["c"] not in ("my", "our", "his", "her"):
        return
    if not gone and m["c"] in ("my", "our", "the", "his", "her") and word in ("have", "has", "got", "own"):
        return
    if word in ("got", "have", "has", "lost", "gave") and not _GOODS.search(value):
        return
    if not value or len(value.split()) > 7:
        return
    yield from make(
        s,
        m,
        "owns",
        value=value,
        span=(start, end),
        polarity=-1 if gone else polarity_of(m),
        certain=word not in ("have", "has", "got", "lost"),
    )


_CONTACT = grammar(
    r"<MY>(?: new| current| work| home| cell| mobile)? (?P<k>phone(?: number)?|number|cell|mobile|"
    r"e-?mail(?: address)?|address)(?: (?:from|as of)(?: \w+){1,3}?)?(?: is| will be| has changed to|['’]s|"
    r":)(?: now)? (?P<v>\+?[\d(][\d\s().-]{5,18}\d|[\w.+-]{1,64}@[\w.-]{3,80}|"
    r"\d+ [A-Z][\w .,]{3,60})"
)


@on("phone number cell mobile email e mail address", _CONTACT)
def _contacts(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    kind = m["k"].lower()
    value = m["v"].rstrip(".,")
    slot = "email" if "@" in value else "address" if "address" in kind else "phone"
    yield from make(s, m, slot, value=value)


_COUNT = grammar(
    r"<START> (?:have|has|own|owns|got|'ve got|reached|hit|lead|leads|manage|manages|collected|read|"
    r"watched|visited|completed|finished) (?:about |around |over |almost |exactly |"
    r"a total of )?(?P<v>\$?\d[\d,.]*[kK]?|two|three|four|five|six|seven|eight|nine|ten|twelve|"
    r"twenty) (?P<u>[a-z][a-z-]*(?: [A-Za-z][\w-]*){0,4})"
)


@on(
    "have has own owns got reached hit lead leads manage manages collected read watched visited completed finished",
    _COUNT,
)
def _counts(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    unit = re.split(
        r"\s(?:and|but|so|that|which|because|to|for|from|who|waiting|now|left|already|named|called|with|"
        r"when|since|by|this|last|I|we)\b",
        m["u"],
    )[0]
    unit = re.sub(r"\s(?:on|in|at|of|my|the|a)$", "", unit)
    if (
        unit.split()[0] in _UNITS
        or unit.split()[-1] in KIN
        or unit.split()[0] in KIN
        or (not unit.split()[0].endswith("s") and len(unit.split()) == 1)
    ):
        return
    yield from make(s, m, f"number of {unit}", value=m["v"].rstrip(".,"), certain=False)


_UNITS = listed(
    """years year months month weeks week days day hours hour minutes minute seconds times more of things miles km
    pounds kg percent am pm"""
)

_MY_IS = grammar(
    r"<MY> (?P<r>(?:[a-z][a-z'’-]* ){1,4}?)(?:is|are|['’]s|was) (?:now |currently |actually |"
    r"still )?(?P<v>(?:[^.,;:!?\n()]|(?<=\d)[.,:](?=\d)){1,60})"
)
_LOOSE_VALUE = lazy_pattern(r"(?:\$?\d|[A-Z]|called\b|named\b)")


@on("my our My Our", _MY_IS)
def _attributes(s: Sentence, m: re.Match[str]) -> Iterator[Statement]:
    role = " ".join(m["r"].split()).lower()
    if not _LOOSE_VALUE.match(m["v"]) or re.search(
        r"\b(?:name|birthday|favou?rite|fave|job|email|phone|number|address|hometown|age|and|that|which|of|to)\b",
        role,
    ):
        return
    if role.split()[-1] in KIN or m["v"].split()[0] in ("I", "I'm", "My"):
        return
    start, end = clip(s, *m.span("v"))
    value = re.sub(r"^(?:called|named)\s", "", s.text[start:end])
    owned = re.match(r"([a-z]+)['’]s\s(.+)", role)
    subject = None
    if owned is not None:
        base = m["owner"] or s.speaker
        subject, role = (f"{base}'s {owned[1]}" if base else ""), owned[2]
    yield from make(s, m, role, value=value, span=(start, end), subject=subject, certain=False)


RULES = (_belongings, _contacts, _counts, _attributes)
