"""Who stands in for whom an answer names: "Haddad is on leave, talk to Mr Lind" for "Who is our contact now?"."""

from __future__ import annotations

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
    r"on\ssabbatical|away|out|off|ill|sick|leaving|gone|retiring|retired)\b|\b(?:left|leaves|quit|retires|resigned)\b",
)
_NAME = r"(?P<v>(?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)?[A-ZÀ-Þ][\w-]{1,20}(?:\s[A-ZÀ-Þ][\w-]{1,20})?)"
_TAKES = (
    r"(?:is\staking\sover|has\staken\sover|takes|took\sover|replaces|steps\sin|stands\sin|"
    r"(?:is\s|will\s)?cover(?:s|ing)?)"
)
_INSTEAD = lazy_pattern(
    rf"\b(?:(?:talk|speak|write|go|turn|report|send\s\w+)\sto|ask|call|contact|use)\s{_NAME}"
    rf"|{_NAME.replace('?P<v>', '?P<w>')}\s{_TAKES}\b"
)


def stands_in(short: str, cited: Item, hits: Iterable[Hit], asked: Question) -> tuple[str, Item] | None:
    """The one who a later turn says is there instead of whom an answer names, and that turn; None where none does.

    Not where it is asked what was before, and not once the one who was away is back by the turn's own words ("until
    Monday").
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
        for span in split(hit.item.text[:2_000]):
            sentence = span.of(hit.item.text)
            away = _AWAY.search(sentence)
            if away is None or told[-1] not in words(sentence[: away.start()]):
                continue
            instead = _INSTEAD.search(sentence)
            if instead is not None and not _is_back(sentence, hit.item, asked):
                found = instead["v"] or instead["w"], hit.item
    return found


def _is_back(sentence: str, item: Item, asked: Question) -> bool:
    times = dates.find(sentence, item.said_at)
    return any(one.sense == "until" and one.until <= asked.at for one in times)
