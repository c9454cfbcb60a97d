"""What a question asks for: its subject, its speakers, its time, and what kind of answer would do.

Only rules, no model; every rule may stay silent, and then the field is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from remanence.language.dates import cue_interval
from remanence.language.names import names_in
from remanence.language.text import content_words, words
from remanence.stage import Ctx
from remanence.types import Cue

_TO_YOU = re.compile(
    r"\b(?:did|have|had|were) you\b|\byou(?:'ve| have| had)? (?:\w+ed|told|said|gave|given|wrote|made|put)\b"
    r"|\byour (?:advice|answer|explanation|idea|list|plan|recipe|recommendation|response|suggestion|tip)",
    re.I,
)
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A cue, read.

    `terms` are index terms of what it is about, without its speakers' names when anything else is left.
    `speakers` are those of this store that it names; `asked` says that it wants what "you" said.
    `names` are its capitalised names. `interval` is a time that it certainly names, [since, before).
    `asks` is a question word, "whether", or "" for no question.
    """

    terms: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    interval: tuple[datetime, datetime] | None = None
    asks: str = ""
    asked: bool = False


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
    joined = _joined(about, cue, ctx) if terms else []
    return Reading(
        terms=tuple(dict.fromkeys([*terms, *joined] or ctx.store.terms(text))),
        speakers=speakers,
        names=names_in(text),
        interval=_interval(cue),
        asks=next((kind for kind, pattern in _KINDS if pattern.search(text)), ""),
        asked=bool(_TO_YOU.search(text)),
    )


def _joined(about: list[str], cue: Cue, ctx: Ctx) -> list[str]:
    """Two words of the cue side by side that the store writes as one: "soap bar" in "soapbar", "road trip"."""
    inside = {word for word in about if word.isalpha()}
    ends = {word: ctx.store.terms(word) for word in inside}
    pairs = [a + ends[b][0] for a, b in pairwise(words(cue.text)) if a in inside and b in inside and len(ends[b]) == 1]
    return [term for term, idf in zip(pairs, ctx.store.idf(pairs, cue.where), strict=True) if idf > 0] if pairs else []


def _interval(cue: Cue) -> tuple[datetime, datetime] | None:
    certain = [time for time in cue_interval(cue.text, cue.at) if time.certain]
    return (certain[0].at, certain[0].until) if len(certain) == 1 else None
