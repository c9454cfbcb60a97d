"""What was asked of never took place: "How many days did I spend in Lisbon?" after "Lisbon's off"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from remanence.compose.reading import when
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import split
from remanence.language.statements.happened import happened, stems
from remanence.language.text import content_words
from remanence.types import Hit, Item

ENOUGH = 2
"""Words of the question that a sentence must hold; a name is enough, and one of a question of so few."""
CANCELLED = "it was cancelled"
_WAS = lazy_pattern(r"\b(?:did|was|were|have|has|had|hat|habe|haben|war|fui|fue|fuimos|estuv\w+)\b|了|过", re.I)
_ATTENDED = lazy_pattern(
    r"\b(?:spend|spent|eat|ate|see|saw|visit\w*|stay\w*|meet|met|enjoy\w*|like[ds]?|go|went|hike[ds]?|pick(?:ed)? up|"
    r"arriv\w+|collect\w*|wear|wore|danc\w+|play\w*|sing|sang|swim|swam|watch\w*|do (?:in|at|on|there)|move|time at|"
    r"happen\w*|last|come|came|attend\w*|perform\w*|deliver\w*|gegessen|gesehen|besucht|gemacht|"
    r"comimos|comiste|hicimos|vimos)\b"
    r"|\bhow (?:was|were)\b|[吃玩住看见]",
    re.I,
)
_OVER = lazy_pattern(r"\b(?:is|are|was|were) (?:dead|gone|dropped|closed)\b", re.I)
_ABOUT_THE_PLAN = lazy_pattern(
    r"\b(?:cancel\w*|call(?:ed)? off|off|pay|paid|cost\w*|price|book\w*|plan\w*|lose|lost|refund\w*|back|fee|"
    r"supposed|want\w*|meant|before|why|storn\w+|abgesagt|bezahl\w*|gekostet)\b",
    re.I,
)


_WILL_NOT = lazy_pattern(
    r"(?:\bnot|\bno longer|\bnever|n['’]t)\s(?:\w+\s){0,2}?(?:going|moving|coming|flying|visiting|buying|getting|"
    r"starting|joining|doing|having|leaving|travelling|traveling|marrying|selling)\b",
    re.I,
)


_TO_COME = lazy_pattern(
    r"\b(?:am|is|are)\s(?:[\w'’]+\s){1,3}?\w+ing\b|\b(?:will|going to|gonna|next|tomorrow)\b|['’]ll\b", re.I
)
_TAKES_BACK = lazy_pattern(
    r"\b(?:off|cancel\w*|not|no longer|never|scrapped|postponed|bailed|dropped|abgesagt|storniert)\b|n['’]t\b", re.I
)


_ASKS_WHEN_OFF = lazy_pattern(r"\b(?:call(?:ed)? (?:\w+ ){0,4}?off|cancel\w*|abgesagt|storniert|cancelar\w*)\b", re.I)


def of_the_thing_itself(cited: Item, asked: Question) -> bool:
    """Whether a text says nothing of calling off where it is asked when that was done: it tells when the thing was."""
    if _ASKS_WHEN_OFF.search(asked.text) is None:
        return False
    every = (span.of(cited.text) for span in split(cited.text[:2_000]))
    return not any(happened(sentence, asked.essence) in ("cancelled", "over") for sentence in every)


def _plan_off(hits: Sequence[Hit], cited: Hit, short: str) -> tuple[Hit, str] | None:
    """The hit and its sentence that later take back the plan that a text tells, or None: "we're not going after all".

    The question is of what is to come; the sentence names the value that was told, and nothing said later affirms it.
    """
    hits = [one for one in hits if one.item.who == cited.item.who and one.id != cited.id]
    if not any(_TAKES_BACK.search(one.item.text) for one in hits):
        return None
    value = stems(content_words(short))
    if not value:
        return None
    here = [span.of(cited.item.text) for span in split(cited.item.text[:2_000])]
    if not any(value <= stems(content_words(one)) and happened(one, value) == "planned" for one in here):
        return None
    found: tuple[Hit, str] | None = None
    for hit in sorted(hits, key=lambda one: when(one.item)):
        if when(hit.item) <= when(cited.item):
            continue
        for span in split(hit.item.text[:2_000]):
            sentence = span.of(hit.item.text)
            if not value <= stems(content_words(sentence)):
                continue
            how = happened(sentence, value)
            off = how in ("cancelled", "denied") or (how != "asked" and _WILL_NOT.search(sentence) is not None)
            found = (hit, sentence) if off else None if how in ("affirmed", "planned") else found
    return found


def called_off(hits: Sequence[Hit], cited: Hit, asked: Question, short: str) -> tuple[Hit, str] | None:
    """The hit and its sentence that call off what a question takes to have happened or to come, or None.

    The question is of the past and about being there ("spend", "eat", "arrive"), not about the plan or its price; the
    sentence names what it names, and nothing later says that it came about. A later answer that does not name it ("two
    days in Lund instead") says nothing of it. Of what is to come it is the plan that `short` was told of.
    """
    if asked.whether:
        return None
    if asked.tense != "before" and _TO_COME.search(asked.text):
        return _plan_off(hits, cited, short)
    if not _WAS.search(asked.text) or not _ATTENDED.search(asked.text):
        return None
    if _ABOUT_THE_PLAN.search(asked.text):
        return None
    essence = stems(asked.essence)
    names = stems(word for name in asked.names if name not in asked.people for word in content_words(name)) & essence
    found: tuple[Hit, str] | None = None
    named: frozenset[str] = frozenset()
    for hit in sorted(hits, key=lambda one: when(one.item)):
        for span in split(hit.item.text[:2_000]):
            sentence = span.of(hit.item.text)
            held = essence & stems(content_words(sentence))
            if not (len(held) >= ENOUGH or held & names or (held and len(essence) <= ENOUGH)):
                continue
            how = happened(sentence, asked.essence)
            if how != "asked" and (how == "cancelled" or _OVER.search(sentence)):
                if found is None or found[0].id != hit.id or len(held) > len(named):
                    found, named = (hit, sentence), held
            elif how == "affirmed" and found is not None and hit.id != found[0].id and named <= held:
                found = None
    if found is None or cited.id == found[0].id or when(cited.item) <= when(found[0].item):
        return found
    elsewhere = bool(named & names) and not names & stems(content_words(cited.item.text[:2_000]))
    return found if elsewhere else None
