"""Who stands in for whom an answer names: "Haddad is on leave, talk to Mr Lind" for "Who is our contact now?"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from remanence.compose.reading import when
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import split
from remanence.language.text import words
from remanence.types import Hit, Item

_AWAY = lazy_pattern(
    r"(?:\b(?:is|are|was|will be|has)|['’]s)\s(?:(?:now|also|just)\s)?(?:on\s(?:\w+\s)?(?:leave|holiday|vacation)|"
    r"on\ssabbatical|away|out|off|ill|sick|leaving|gone|retiring|retired)\b|\b(?:left|leaves|quit|retires|resigned)\b"
    r"|\b(?:can(?:no|['’])t|can['’]?t|won['’]t|no\slonger|stops|stopped|isn['’]t)\s(?:\w+\s){0,2}?"
    r"(?:do|doing|make|making|work|working|come|coming|teach|teaching|run|running|take|taking|cover|covering)\b",
)
_NAME = r"(?P<v>(?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)?[A-ZÀ-Þ][\w-]{1,20}(?:\s[A-ZÀ-Þ][\w-]{1,20})?)"
_TAKES = (
    r"(?:is\staking\sover|has\staken\sover|takes|took\sover|replaces|steps\sin|stands\sin|"
    r"(?:is\s|will\s)?cover(?:s|ing)?|(?:runs|does|handles|manages|leads|has)\s(?:it|that|this|them|everything)\snow)"
)
_INSTEAD = lazy_pattern(
    rf"\b(?:(?:talk|speak|write|go|turn|report|send\s\w+)\sto|ask|call|contact|use)\s{_NAME}"
    rf"|{_NAME.replace('?P<v>', '?P<w>')}\s{_TAKES}\b"
)


def stands_in(short: str, cited: Item, hits: Iterable[Hit], asked: Question) -> tuple[str, Item] | None:
    """The one who a later turn says is there instead of whom an answer names, and that turn; None where none does.

    Not where it is asked what was before, not once the one who was away is back by the turn's own words ("until
    Monday"), nor before they go ("from April").
    """
    if asked.expected.form != "person" or asked.tense in ("before", "past") or asked.interval is not None:
        return None
    told = words(short)
    if not told:
        return None
    found: tuple[str, Item] | None = None
    for hit in sorted(hits, key=lambda one: when(one.item)):
        if when(hit.item) <= when(cited):
            continue
        said = [span.of(hit.item.text) for span in split(hit.item.text[:2_000])]
        for sentence, behind in zip(said, [*said[1:], ""], strict=True):
            away = _AWAY.search(sentence)
            if away is None or told[-1] not in words(sentence[: away.start()]):
                continue
            instead = _INSTEAD.search(sentence) or _INSTEAD.match(behind)
            if instead is not None and _is_away(sentence, hit.item, asked):
                found = instead["v"] or instead["w"], hit.item
    return found


def _is_away(sentence: str, item: Item, asked: Question) -> bool:
    """Whether somebody who is away by a sentence is so when it is asked: not back since, nor away only later."""
    times = dates.find(sentence, item.said_at)
    back = any(one.sense == "until" and one.until <= asked.at for one in times)
    return not back and not any(_FROM.search(sentence[: one.start]) and one.at > asked.at for one in times)


_FROM = lazy_pattern(r"\b(?:from|as of|starting)\s(?:the\s)?$", re.I)
