"""A yes or a no of somebody who has changed their mind since: "changed my mind about e-bikes, so yes from May"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from remanence.compose.reading import when
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import split
from remanence.language.statements.happened import stems
from remanence.language.text import content_words
from remanence.types import Hit, Item

_CHANGED = lazy_pattern(r"\bchanged (?:my|our|his|her|their) minds?\b", re.I)
_YES = lazy_pattern(r"\b(?:yes|yeah|yep)\b", re.I)
_NO = lazy_pattern(r"\b(?:no|nope|not)\b(?! (?:more|only|just))|n['’]t\b", re.I)


def mind_changed(short: str, cited: Item, hits: Iterable[Hit], asked: Question) -> tuple[str, Item] | None:
    """The verdict of the last later turn of the same speaker that changes it, and that turn; None where none does.

    The turn says so in these words and shares a word with the question. What it says first behind them counts, a yes
    or a no; where it says neither it is the other one than before.
    """
    if short not in ("yes", "no") or asked.ever or asked.interval is not None or asked.tense in ("past", "before"):
        return None
    topic = stems(asked.essence)
    later = [hit.item for hit in hits if hit.item.who == cited.who and when(hit.item) > when(cited)]
    found: tuple[str, Item] | None = None
    for item in sorted(later, key=when):
        for span in split(item.text[:2_000]):
            sentence = span.of(item.text)
            changed = _CHANGED.search(sentence)
            if changed is None or not topic & stems(content_words(sentence)):
                continue
            yes, no = (one.search(sentence, changed.end()) for one in (_YES, _NO))
            if yes is not None and (no is None or yes.start() < no.start()):
                found = "yes", item
            elif no is not None:
                found = "no", item
            else:
                found = "no" if short == "yes" else "yes", item
    return found
