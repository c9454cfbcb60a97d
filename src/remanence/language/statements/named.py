"""What somebody's animal, child, boat or band is called, at once or later: "we got a dog ... his name is Pretzel"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from remanence.language.lazy_pattern import Patterns
from remanence.language.statements.statement import Statement

_THINGS = (
    "labrador|lab|beagle|collie|terrier|spaniel|poodle|retriever|dachshund|whippet|greyhound|husky|corgi|dalmatian|pug|"
    "chihuahua|rottweiler|alsatian|sheepdog|setter|bulldog|lurcher|tabby|tomcat|siamese|ragdoll|dog|puppy|pup|cat|"
    "kitten|horse|pony|foal|rabbit|bunny|hamster|guinea pig|parrot|budgie|bird|tortoise|turtle|goat|"
    "sheep|lamb|hen|duck|pig|snake|lizard|fish|goldfish|rat|mouse|pet|boat|ship|band|team|shop|cafe|company|startup|baby|"
    "son|daughter|sister|brother|wife|husband|girlfriend|boyfriend|cousin|nephew|niece|uncle|aunt|neighbour|neighbor|"
    "boss|flatmate|roommate|teacher|dentist|doctor|therapist|landlord|landlady|car|van|bike|blog|podcast|novel"
)
_PERSONS = frozenset(
    "baby son daughter sister brother wife husband girlfriend boyfriend cousin nephew niece uncle aunt neighbour boss "
    "flatmate teacher dentist doctor therapist landlord landlady".split()
)
"""Of them "it's called ..." says nothing."""
_SAME = {
    "puppy": "dog", "pup": "dog", "labrador": "dog", "lab": "dog", "beagle": "dog", "collie": "dog", "terrier": "dog",
    "greyhound": "dog", "husky": "dog", "corgi": "dog", "dalmatian": "dog", "pug": "dog", "chihuahua": "dog",
    "rottweiler": "dog", "alsatian": "dog", "sheepdog": "dog", "setter": "dog", "bulldog": "dog", "lurcher": "dog",
    "spaniel": "dog", "poodle": "dog", "retriever": "dog", "dachshund": "dog", "whippet": "dog", "tabby": "cat",
    "ragdoll": "cat", "tomcat": "cat", "siamese": "cat", "kitten": "cat", "pony": "horse", "foal": "horse",
    "bunny": "rabbit", "budgie": "bird", "goldfish": "fish", "lamb": "sheep", "neighbor": "neighbour",
    "roommate": "flatmate",
}  # fmt: skip
_NAME = r"(?P<v>(?-i:[A-ZÀ-Þ][\w'’-]{1,20}(?:\s[A-ZÀ-Þ][\w'’-]{1,20})?))"
_SAYS = Patterns(
    mention=rf"\b(?:an?|my|our|the|new|another|got|have|adopted)\s(?:[\w'’-]{{2,14}}\s){{0,2}}?(?P<t>{_THINGS})\b(?!['’]s)",
    it=r"its?\b",
    called=rf"\b(?:(?:his|her|its|their)\sname(?:['’]s|\sis|\swas|\swill\sbe)|(?:he|she|it|they)(?:['’]s|['’]re|\sis|\sare)\s(?:called|named)|"
    rf"(?:call|called|named)\s(?:him|her|it|them))\s{_NAME}",
    # Somebody or something new: what is called so may be that, and not what was spoken of before.
    came=r"\b(?:got|adopted|bought|rescued|hired|met|found)\s(?:an?|another)\s\w{3,}",
    at_once=rf"\b(?P<w>my|our|an?|the|new)\s(?:[\w'’-]{{2,14}}\s){{0,2}}?(?P<t>{_THINGS})(?:['’]s\sname)?(?:\sis|\sare|['’]s|,)?"
    rf"(?:\s(?:now\s)?(?:called|named)|(?<=name)\sis)\s{_NAME}",
)


def thing_mentioned(text: str) -> str:
    """The last animal, relative or thing with a name of its own that a text speaks of, "" for none."""
    found = [m["t"].lower() for m in _SAYS.mention.finditer(text[:2_000])]
    return kind_of(found[-1]) if found else ""


def kind_of(word: str) -> str:
    """One word for young and old: a puppy is a dog."""
    return _SAME.get(word, word)


def kinds_of(some: Iterable[str]) -> set[str]:
    """`kind_of` of each."""
    return {_SAME.get(word, word) for word in some}


def named_things(text: str, speaker: str, thing: str, at: datetime | None) -> Iterator[Statement]:
    """What things are called; thing: what "his name is" means where the text speaks of none before."""
    if not speaker:
        return
    text = text[:2_000]
    for m in _SAYS.at_once.finditer(text):
        yield _named(m, kind_of(m["t"].lower()), speaker, at)
    for m in _SAYS.called.finditer(text):
        before = text[: m.start()]
        about = thing_mentioned(before) or ("" if _SAYS.came.search(before) else thing)
        if about and not (about in _PERSONS and _SAYS.it.match(m.group())):
            yield _named(m, about, speaker, at)


def _named(m: re.Match[str], thing: str, speaker: str, at: datetime | None) -> Statement:
    return Statement(
        speaker,
        f"{thing} name",
        m["v"],
        at=at,
        start=m.start(),
        end=m.end(),
        certainty=0.85,
        speaker=speaker,
        in_talk=True,
    )
