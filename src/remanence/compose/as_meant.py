"""An answer as its evidence means it: a day for "a week tomorrow", no yes for a plan, doubt for somebody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from remanence.compose.another_day import another_day
from remanence.compose.answer_extraction import TURNS
from remanence.compose.called_off import CANCELLED, called_off, of_the_thing_itself
from remanence.compose.cited import Answer, answer_of, from_known, line_of, put_instead
from remanence.compose.contrasted import in_contrast, taken_over
from remanence.compose.fence import escape
from remanence.compose.gone import given_up, told_of_the_gone
from remanence.compose.kin_meant import kin_told
from remanence.compose.meant import (
    Bearing,
    amount_meant,
    bearings,
    day_meant,
    denies_another,
    nobody_such,
    place_meant,
    set_right,
    whether,
    wrong_person,
)
from remanence.compose.mind_changed import mind_changed
from remanence.compose.moved import moved_since
from remanence.compose.name_given import named_otherwise
from remanence.compose.number_of import of_another
from remanence.compose.reading import CORRECTING
from remanence.compose.stands_in import stands_in
from remanence.compose.statement_answer import relation
from remanence.compose.whose_clause import done_by_the_speaker, is_of_now, only_ones_kins, said_of_the_speaker
from remanence.language.money import other_amount, owed_by_another
from remanence.language.question import Question
from remanence.language.statements.whose_body import of_anothers_body
from remanence.stage import Ctx
from remanence.stage.question import question
from remanence.stage.standing import stated_by
from remanence.types import EVERYTHING, Cue, Hits, Item

_DIGIT = re.compile(r"\d")
DOUBT = 0.4
"""What is left of the confidence where the evidence speaks of somebody else, or of nothing that is asked."""


def as_meant(found: Answer, cue: Cue, hits: Hits, ctx: Ctx) -> Answer:
    """The answer as its evidence means it: a day for "a week tomorrow", no yes for what was only planned."""
    asked = question(cue, ctx)
    whose = relation(asked, cue, ctx)
    if whose is not None:
        return from_known(whose, ctx)
    if not found.evidence:
        return found
    cited = found.evidence[0].item
    looked_up = found.evidence[0].why.keys() == {"path"}
    if not looked_up and done_by_the_speaker(found.short, cited, asked):
        found = put_instead(cited.who or "", cited, found)
    other = stands_in(found.short, cited, hits.top(CORRECTING), asked)
    if other is not None:
        return put_instead(*other, found)
    known = () if looked_up else stated_by(hits.top(TURNS), cue, ctx)
    wrong = not looked_up and (nobody_such(cited, asked) or wrong_person(found.short, cited, known, asked))
    wrong = wrong or (_DIGIT.search(found.short) is not None and of_another(cited, asked, cue, ctx))
    wrong = wrong or (
        not looked_up and (said_of_the_speaker(found.short, cited, asked) or only_ones_kins(cited, asked))
    )
    wrong = wrong or (len(found.evidence) == 1 and not looked_up and is_of_now(cited, asked))
    wrong = wrong or (asked.expected.form == "date" and of_the_thing_itself(cited, asked))
    wrong = wrong or named_otherwise(found.short, cited.text, asked)
    mine = cited.who is not None and cited.who in asked.subjects
    wrong = wrong or (mine and of_anothers_body(asked.text, cited.text, (one.text for one in hits.top(TURNS).items)))
    wrong = wrong or owed_by_another(cited.text, cited.who or "", asked.text, asked.asker or "")
    if wrong or told_of_the_gone(found.short, cited, known, asked):
        return replace(found, confidence=found.confidence * DOUBT)
    moved = moved_since(cited, asked, cue, ctx) if asked.expected.form == "date" else None
    moved = moved or another_day(found.short, cited, asked, cue, ctx)
    if moved is not None:
        return put_instead(*moved, found)
    if asked.whether:
        verdict = _verdict_as_meant(found, bearings(hits, asked), asked, looked_up)
        over = given_up(verdict.evidence[0].item, known, hits.top(TURNS).items, asked) if known else None
        if over is not None and verdict.short == "yes":
            return put_instead("no", over, verdict)
        other = mind_changed(verdict.short, verdict.evidence[0].item, hits.top(CORRECTING), asked)
        return put_instead(*other, verdict) if other is not None and other[0] != verdict.short else verdict
    off = called_off(hits.top(CORRECTING), found.evidence[0], asked, found.short)
    if off is not None:
        lines = f"{CANCELLED}: {line_of(off[0].item, off[1])}"
        return answer_of(lines, CANCELLED, found.confidence, [off[0]])
    instead = None if looked_up else in_contrast(found.short, cited, asked)
    if instead is None and not looked_up and _DIGIT.search(found.short) is not None:
        instead = other_amount(found.short, cited.text, asked.text)
    if instead is not None:
        return replace(found, short=escape(instead), text=f"{escape(instead)}: {line_of(cited, cited.text)}")
    later = None if looked_up else taken_over(found.short, cited, hits.top(CORRECTING), asked)
    if later is not None:
        lines = f"{escape(later[0])}: {line_of(later[1].item, later[1].item.text)}\n  {line_of(cited, cited.text)}"
        return answer_of(lines, escape(later[0]), found.confidence, [later[1], *found.evidence[:1]])
    told = kin_told(found.short, cited, asked, cue, ctx)
    told = told or (None if asked.expected.value else _form_meant(found.short, cited, asked, cue))
    if told is not None:
        found = replace(found, short=escape(told), text=f"{escape(told)}: {line_of(cited, cited.text)}")
    right = set_right(found.short, cited, _behind(cited, cue, ctx), asked) if not looked_up else None
    return found if right is None else put_instead(*right, found)


def _form_meant(short: str, cited: Item, asked: Question, cue: Cue) -> str | None:
    """The day, the amount or the place that an answer's words mean, where no value of a form is asked for."""
    match asked.expected.form:
        case "date" if not asked.many and not _same_day(cited, cue):
            return day_meant(short, cited, asked)
        case "number":
            return amount_meant(short, cited, asked)
        case "place":
            return place_meant(short, cited)
        case _:
            return None


def _same_day(cited: Item, cue: Cue) -> bool:
    """Whether it is asked on the day on which it was said: "tonight" still means what it says."""
    said = cited.said_at
    return said is not None and cue.at.astimezone(said.tzinfo).date() == said.date()


def _behind(cited: Item, cue: Cue, ctx: Ctx) -> list[Item]:
    """The turns that follow an item, three at most."""
    row = ctx.store.rows_of([cited.id], EVERYTHING)
    rows = ctx.store.around(row[row >= 0], 0, 3, cue.where)[:, 1:].ravel()
    return list(ctx.store.items(rows[rows >= 0]))


def _verdict_as_meant(found: Answer, every: Sequence[Bearing], asked: Question, looked_up: bool) -> Answer:
    """Yes or no by what the sentences say happened; doubted where the text holds no word of the question."""
    cited = found.evidence[0].item
    verdict = whether(found.short, cited, every, asked)
    if verdict is not None:
        short, one = verdict
        return answer_of(f"{short}: {line_of(one.hit.item, one.sentence)}", short, found.confidence, [one.hit])
    mine = [one.held for one in every if one.hit.item.id == cited.id]
    nothing = found.short in ("yes", "no") and max(mine, default=1.0) == 0.0
    if not looked_up and (nothing or (found.short == "no" and denies_another(cited.text, asked))):
        return replace(found, confidence=found.confidence * DOUBT)
    return found
