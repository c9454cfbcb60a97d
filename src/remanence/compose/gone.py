"""What is gone since it was told of is not told as so: "What car do I have?" once it is sold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from remanence.compose.kin_meant import bare_name
from remanence.compose.reading import when
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.statements.attributes import DIED, OVER, SOMEBODY
from remanence.language.statements.values import value_words
from remanence.stage.standing import Known
from remanence.types import Item

ENDINGS = (OVER, DIED)
"""Attributes of statements that end others and put nothing in their place."""
_OF_THEN = ("date", "duration", "reason")


def told_of_the_gone(short: str, cited: Item, known: Sequence[Known], asked: Question) -> bool:
    """Whether an answer names, or counts, what the turn that it is read from told of and a later one ended.

    known: the statements of the hits. A question of the past, of a time, or of when and why is not of what is so now.
    """
    if asked.ever or asked.interval is not None or asked.tense in ("past", "before") or asked.expected.form in _OF_THEN:
        return False
    told = value_words(short)
    for one in known:
        ended = one.says.attribute == OVER and not one.over and one.says.subject == cited.who
        if (
            ended
            and _OF_NOW.search(asked.text)
            and told
            and told <= value_words(one.says.value)
            and when(one.fact) > when(cited)
        ):
            return True  # "bye Halden"
        if one.by is None or one.by.data.get("slot") not in ENDINGS or not one.over:
            continue
        ends = cited.id in {hit.id for hit in one.by.evidence}
        if one.source != cited.id and not ends:
            continue
        if any(other.state == "holds" and _says(other) == _says(one) for other in known):
            continue  # it is back
        counted = asked.expected.form == "number" and one.says.attribute in SOMEBODY
        gone = value_words(bare_name(one.says.value))
        part = told and told <= gone and one.says.modality != "planned"
        if ends and gone & told:
            return True  # "sold the Skoda"
        if one.source == cited.id and ((counted and one.says.attribute in asked.attributes) or gone <= told or part):
            return True
    return False


def given_up(cited: Item, known: Sequence[Known], items: Sequence[Item], asked: Question) -> Item | None:
    """The one of the items that says that what is asked is over: "I quit Dutch" for "Does she still learn it?".

    known: the statements of the items. Only what was said later than the cited one counts.
    """
    if asked.ever or asked.interval is not None or asked.tense in ("past", "before"):
        return None
    topic, about = value_words(" ".join(asked.topic)), {who.casefold() for who in asked.subjects}
    over = {
        one.source
        for one in known
        if one.says.attribute == OVER
        and one.state not in ("ended", "corrected")
        and value_words(one.says.value) <= topic
        and (not about or one.says.subject.casefold() in about)
    }
    found = [one for one in items if one.id in over and when(one) > when(cited)]
    return max(found, key=when, default=None)


_OF_NOW = lazy_pattern(r"\b(?:is|am|are|do|does|has|have|now|still)\b|['’](?:s|m|re)\b", re.I)


def _says(one: Known) -> tuple[str, str, str]:
    return one.says.subject, one.says.attribute, one.says.value
