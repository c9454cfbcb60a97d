"""What a question asks for: its subject, its speakers, its time, and what kind of answer would do.

Only rules, no model; every rule may stay silent, and then the field is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from remanence.algo.dates import cue_interval
from remanence.algo.names import names_in
from remanence.algo.text import STOP, content_words, words
from remanence.stage import Ctx
from remanence.types import Cue

_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|we|our|us)\b", re.I)
_TO_YOU = re.compile(
    r"\b(?:did|have|had|were) you\b|\byou(?:'ve| have| had)? (?:\w+ed|told|said|gave|given|wrote|made|put)\b"
    r"|\byour (?:advice|answer|explanation|idea|list|plan|recipe|recommendation|response|suggestion|tip)",
    re.I,
)
_MANY = re.compile(
    r"\bhow many\b|\blist\b|\ball (?:the|of)\b|\bboth\b|\beach\b|\bin what ways\b|\bsummar|\border in which\b",
    re.I,
)
_WHICH = re.compile(r"\b(?:what|which)((?:\s+\w+){1,2})", re.I)
_NO_PLURAL = frozenset({"does", "has", "this", "news", "series", "always", "perhaps"})
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("how long", re.compile(r"\bhow (?:long|often)\b", re.I)),
    ("how many", re.compile(r"\bhow (?:many|much|old|far)\b", re.I)),
    ("when", re.compile(r"\bwhen\b|\b(?:what|which) (?:\w+ )?(?:date|day|month|year|time|week)\b", re.I)),
    ("where", re.compile(r"\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|country|place|state|town)\b", re.I)),
    ("who", re.compile(r"\bwho(?:m|se)?\b", re.I)),
    ("why", re.compile(r"\bwhy\b|\bfor what reason\b|\bhow come\b", re.I)),
    ("how", re.compile(r"\bhow\b", re.I)),
    ("which", re.compile(r"\bwhich\b", re.I)),
    ("what", re.compile(r"\bwhat\b", re.I)),
    ("whether", re.compile(r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.I)),
)
_LATEST = re.compile(
    r"\b(?:now|currently|current|latest|newest|most recent(?:ly)?|these days|at the moment|still)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A cue, read.

    `terms` are index terms of what it is about, without its speakers' names when anything else is left.
    `speakers` are those of this store that it names; `asker` and `asked` say that it speaks of "I" or of "you".
    `names` are its capitalised names. `interval` is a time that it certainly names, [since, before).
    `asks` is a question word, "whether", or "" for no question; `many` that several answers are wanted,
    `latest` that the newest one is.
    """

    terms: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    interval: tuple[datetime, datetime] | None = None
    asks: str = ""
    asker: bool = False
    asked: bool = False
    many: bool = False
    latest: bool = False


def read(cue: Cue, ctx: Ctx) -> Reading:
    """Read a cue against what the store knows; once per verb."""
    key = ("reading", cue.text, cue.at)
    known = ctx.memo.get(key)
    if not isinstance(known, Reading):
        known = ctx.memo[key] = _read(cue, ctx)
    return known


def _read(cue: Cue, ctx: Ctx) -> Reading:
    text = cue.text
    speakers = ctx.called(text)
    spoken = {word for name in speakers for word in words(name)}
    about = [word for word in content_words(text) if re.split(r"['’]", word)[0] not in spoken]
    terms = ctx.store.terms(" ".join(about)) or ctx.store.terms(" ".join(content_words(text)))
    return Reading(
        terms=tuple(dict.fromkeys(terms or ctx.store.terms(text))),
        speakers=speakers,
        names=names_in(text),
        interval=_interval(cue),
        asks=next((kind for kind, pattern in _KINDS if pattern.search(text)), ""),
        asker=bool(_FIRST_PERSON.search(text)),
        asked=bool(_TO_YOU.search(text)),
        many=bool(_MANY.search(text)) or _plural(text),
        latest=bool(_LATEST.search(text)),
    )


def _plural(text: str) -> bool:
    """ "which books", "what outdoor activities": a plural right after the question word."""
    for match in _WHICH.finditer(text):
        for word in match.group(1).lower().split():
            if len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in _NO_PLURAL:
                return True
            if word in STOP:
                break
    return False


def _interval(cue: Cue) -> tuple[datetime, datetime] | None:
    certain = [time for time in cue_interval(cue.text, cue.at) if time.certain]
    return (certain[0].at, certain[0].until) if len(certain) == 1 else None
