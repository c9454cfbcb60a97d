"""An answer with its citations, or an honest "not in memory".

Without a language model the answer is extracted: a date, number, name or phrase of the evidence and the sentence it
stands in; with one, it is written from the packed context and must cite it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from remanence.compose.answer_extraction import (
    TURNS,
    Asked,
    asked_of,
    candidate_sentences,
    candidates,
    choose,
    times_told,
)
from remanence.compose.as_meant import DOUBT, as_meant
from remanence.compose.bands import (
    QUOTE,
    THRESHOLD,
    Signs,
    bar_of_quotes,
    chance,
    of_quote,
    of_rules,
    of_span,
    of_verdict,
)
from remanence.compose.candidates import Candidate, CandidateSentence
from remanence.compose.cited import NOT_IN_MEMORY, Answer, answer_of, from_known, line_of, put_instead, source_of
from remanence.compose.corrections import amount_set_right, as_corrected
from remanence.compose.fence import escape
from remanence.compose.from_now_on import as_of_now
from remanence.compose.in_so_many_words import FORMS, in_so_many_words
from remanence.compose.meant import echoes, worked_out
from remanence.compose.multi_hop import Chain, chain, hits_of, mostly_statements
from remanence.compose.reading import CORRECTING, Read, agreed, answers_nothing, bears_out, chosen, read_hits, when
from remanence.compose.stated import stated
from remanence.compose.statement_answer import from_statements, is_sure_of
from remanence.compose.together import as_read_together
from remanence.compose.written import written
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import SHORT, clause_round, sentence_at
from remanence.language.text import STOP, words
from remanence.language.value_forms import values
from remanence.stage import Ctx
from remanence.stage.question import question
from remanence.types import Context, Cue, Hits, Later
from remanence.weights import Table, table

FITTED = table("answer", "answer")

PLAIN = 0.45
"""Share of the question that plain statements must account for to be its answer."""
BY_RULE = ("duration", "choice", "number", "reason")
"""Forms of answer that rules take out of the sentences better than the reader does (docs/log.d/ask.md)."""
OR_RULES = ("number", "reason")
"""Of these one is told in the reader's words where it finds any, and by rules where it finds none."""
VERDICT = 0.8
"""From this probability on the reader's yes or no counts; below it the words of the sentences decide."""
QUOTED = 3
"""Sentences that are quoted where no value is told."""
UNSTATED = 0.35
"""Most confidence in a memory of plain statements when none of them is what the question asks for."""
OF_THE_DAY = 0.85
"""Confidence of what was told on the day that is asked for, whatever it was."""
STATED = 0.6
"""Share of a yes-or-no question that one sentence must hold to decide it."""


def answer(cue: Cue, hits: Hits, context: Context | None, ctx: Ctx, *, threshold: float | None = None) -> Answer:
    """Answer a question from what was recalled and packed for it.

    threshold: the least confidence with which anything is told (0 always answers; default 0.62).
    With `ctx.llm` the model answers from `context` and cites it; without one, or when it fails (then `degraded` says
    so), the answer is extracted from the hits, and no context is needed.
    """
    least = THRESHOLD if threshold is None else threshold
    packed = context if context is not None else Context("", 0)
    sure = hits.sure if hits.sure is not None else packed.sure
    if ctx.llm is not None and packed.hits:
        told = written(cue, packed, ctx, float(sure))
        if told is not None:
            return told
    found = extracted(cue, hits, ctx, sure, least)
    if found is not None:
        found = as_meant(found, cue, hits, ctx)
    if found is None or found.confidence < least:
        doubt = found.confidence if found is not None else 0.0
        nearest = tuple(hits.top(3))
        found = Answer(f"Not in memory (confidence {doubt:.2f}).", NOT_IN_MEMORY, doubt, False, (), nearest)
    return replace(found, context=packed.text, degraded=tuple(dict.fromkeys((*packed.degraded, *ctx.degraded))))


# --- extracted -----------------------------------------------------------------------------------


def extracted(
    cue: Cue, hits: Hits, ctx: Ctx, sure: float | Later, least: float = 0.0, fitted: Table = FITTED
) -> Answer | None:
    """The answer as the evidence says it, whatever its confidence; None without hits.

    sure: how likely memory holds an answer. With a reader a value is told where it is likely right (`least` and
    more), with that chance; otherwise the sentences are quoted, with the chance that they hold the answer.
    """
    if not len(hits.rows):
        return None
    plain, read = mostly_statements(hits), question(cue, ctx)
    known = None if plain or read.to_you else from_statements(stated(cue, hits, ctx), read, cue)
    if (
        known is not None
        and not (read.expected.form == "person" and echoes(known.short, read))
        and not (read.expected.form in ("place", "thing") and known.short.casefold() in cue.text.casefold())
        and (read.expected.value != "clock" or values(known.short, "clock"))
        and (read.people or is_sure_of(known) or bears_out(known.short, read_hits(cue, hits, ctx)))
    ):
        return _as_set_right(from_known(known, ctx), hits)
    day = _of_the_day(hits, read)
    if day is None and (read.expected.value or read.expected.form) in ("date", *FORMS):
        day = in_so_many_words(hits, read)
    if day is not None:
        return day
    steps = chain(cue, hits, ctx)
    if steps is not None and steps.covered >= PLAIN:
        return _from_chain(steps, hits, float(sure))
    asked = asked_of(cue, ctx)
    said = candidate_sentences(cue, hits, ctx, asked)
    if not said:
        return None
    reads = as_read_together(as_corrected(read_hits(cue, hits, ctx), asked.question), cue, ctx)
    reads = as_of_now(reads, asked.question)
    there = min(float(sure), UNSTATED) if plain else float(sure)
    told, signs = _value(cue, hits, asked, said, reads, ctx, there, fitted)
    if not reads:
        return told if told is not None else _closest_quoted(hits, said, reads, asked, there)
    right = chance(there, signs)
    if told is not None and right >= least:
        return replace(told, confidence=right)
    first = chosen(reads, asked.question)
    holds = chance(there, of_quote(first), fitted=QUOTE)
    silent = first.elsewhere or (told is None and answers_nothing(reads, asked.question))
    if silent or holds < bar_of_quotes(least):
        holds = there * DOUBT
    return _closest_quoted(hits, said, reads, asked, holds)


_DONE = r"(?:do|did|done|happen\w*|going on|gemacht|getan|passiert|hice|hicimos|pasó)"
_DOING = lazy_pattern(_DONE.replace(" on", ""), re.I)
_WHAT_WAS_DONE = lazy_pattern(rf"^\W*(?:what|was|qué|que|che)\b.{{0,40}}\b{_DONE}\b", re.I)


def _of_the_day(hits: Hits, asked: Question) -> Answer | None:
    """What was told in the time that a question names, where it asks of nothing but that time; None for others."""
    if asked.interval is None or not _WHAT_WAS_DONE.search(asked.text) or not _says_only_when(asked):
        return None
    since, before = asked.interval
    said = [hit for hit in hits.top(TURNS) if hit.item.at is not None and since <= hit.item.at < before]
    if not said:
        return None
    said = sorted(said, key=lambda hit: when(hit.item))[:QUOTED]
    lines = [line_of(hit.item, sentence_at(hit.item.text, 0)) for hit in said]
    return answer_of("\n  ".join(lines), escape(" ".join(said[0].item.text[:SHORT].split())), OF_THE_DAY, said)


def _says_only_when(asked: Question) -> bool:
    """Whether a question has no word beside those of its time, its people and doing."""
    rest = asked.text
    for one in reversed(dates.find(rest, asked.at)):
        rest = rest[: one.start] + rest[one.end :]
    people = {part.casefold() for name in asked.people for part in name.split()}
    return all(word in people or word in STOP or _DOING.fullmatch(word) for word in words(rest))


def _value(
    cue: Cue,
    hits: Hits,
    asked: Asked,
    said: Sequence[CandidateSentence],
    reads: Sequence[Read],
    ctx: Ctx,
    sure: float,
    fitted: Table,
) -> tuple[Answer | None, Signs]:
    """The likeliest value with its sentence, and what speaks for it; None where no value can be told.

    The reader's, or by rules where they do better: numbers, reasons, lists, spans of time, this or that, and a day
    that the reader's words do not name, such as the one on which it was said.
    """
    best, form = hits.top(TURNS), asked.expected.form
    if reads and form == "whether":
        one = chosen(reads, asked.question)
        if max(one.yes, one.no) < VERDICT or _ASKS_MAYBE.match(cue.text):
            return _decided(cue, best, asked, said, sure), of_verdict(one, reads)
        verdict = "yes" if one.yes >= one.no else "no"
        line = line_of(one.hit.item, sentence_at(one.hit.item.text, one.start))
        return answer_of(f"{verdict}: {line}", verdict, sure, [one.hit]), of_verdict(one, reads)
    by_rule = asked.expected.many or form in BY_RULE
    first = chosen(reads, asked.question) if reads else None
    by_rule = by_rule or (form == "date" and first is not None and not _names_a_time(first, asked))
    by_rule = by_rule and not asked.expected.value
    if first is not None:
        told, signs = _as_read(first, reads, asked, sure)
        if not by_rule or first.corrects or (told is not None and form in OR_RULES):
            return told, signs
    if form == "choice":
        which = _chosen(best, asked, said, ctx, sure)
        return which, of_rules([which.short], None, reads, form)
    if form == "whether":
        return _decided(cue, best, asked, said, sure), {}
    found = candidates(cue, hits, ctx, asked, said, fitted)
    if reads:
        found = agreed(found, said, reads)
    found = choose(found, said, asked.expected.many)
    if not found:
        return None, {}
    hit = said[found[0].said].hit
    return _told(best, said, found, sure), of_rules([one.text for one in found], hit, reads, form)


def _as_read(one: Read, reads: Sequence[Read], asked: Asked, sure: float) -> tuple[Answer | None, Signs]:
    """The words of a reading with their sentence."""
    amount = asked.expected.value not in ("", "count")
    if not one.said or one.elsewhere or (amount and worked_out(one.hit.item.text, asked.question)):
        return None, {}
    short = escape(" ".join(one.said.split()))
    line = line_of(one.hit.item, sentence_at(one.hit.item.text, one.start))
    return answer_of(f"{short}: {line}", short, sure, [one.hit]), of_span(one, reads, asked.expected.form)


def _names_a_time(one: Read, asked: Asked) -> bool:
    if any(c.isdigit() for c in one.said) or dates.NAMES_A_TIME.search(one.said):
        return True
    return any(e.start < one.end and one.start < e.end for e in times_told(one.hit.item, asked.question))


def _closest_quoted(
    hits: Hits, said: Sequence[CandidateSentence], reads: Sequence[Read], asked: Asked, sure: float
) -> Answer:
    """The sentences that answer most likely, each with who said it and when; the likeliest one is the short answer."""
    if not reads:
        return _quoted(hits.top(TURNS), closest(said), "", sure)
    first = chosen(reads, asked.question)
    if first.corrects and not first.said:
        first = replace(first, start=0)
    rest = sorted((one for one in reads if one.hit.id != first.hit.id), key=lambda one: one.number)[: QUOTED - 1]
    told = [first, *rest]
    lines = [line_of(one.hit.item, sentence_at(one.hit.item.text, one.start)) for one in told]
    text = first.hit.item.text
    short = sentence_at(text, first.start, shortest=0 if first.said else SHORT)
    if first.said and not asked.expected.many:
        short = clause_round(short, text[first.start : first.end])
    return answer_of("\n  ".join(lines), escape(" ".join(short.split())), sure, [one.hit for one in told])


def _as_set_right(found: Answer, hits: Hits) -> Answer:
    """A stated amount as a later turn of the same speaker sets it right."""
    if len(found.evidence) != 1 or not any(c.isdigit() for c in found.short):
        return found
    right = amount_set_right(found.short, found.evidence[0].item, hits.top(CORRECTING).items)
    return found if right is None else put_instead(*right, found)


def _from_chain(found: Chain, hits: Hits, sure: float) -> Answer:
    evidence = hits_of(found, hits)
    lines = [line_of(hit.item, hit.item.text) for hit in evidence]
    value = escape(found.value)
    # statements that name every step of the question leave little doubt that it is answerable
    confidence = max(sure, 0.5 + 0.5 * found.covered)
    return Answer(
        f"{value}: {lines[0]}" if len(lines) == 1 else value + "".join(f"\n  {line}" for line in lines),
        value,
        confidence,
        True,
        tuple(dict.fromkeys(source_of(hit.item) for hit in evidence)),
        tuple(evidence),
    )


def _told(best: Hits, said: Sequence[CandidateSentence], found: Sequence[Candidate], sure: float) -> Answer:
    """One value, or several for a list, with the sentences they stand in."""
    short = ", ".join(escape(" ".join(one.text.split())) for one in found)
    places = list(dict.fromkeys(one.said for one in found))
    evidence = list({said[place].hit: best[said[place].hit] for place in places}.values())
    lines = [line_of(best[said[place].hit].item, said[place].text, said[place].shown) for place in places]
    if len(found) == 1 and found[0].sort == "sentence":
        text = lines[0]
    elif len(lines) == 1:
        text = f"{short}: {lines[0]}"
    else:
        text = short + "".join(f"\n  {line}" for line in lines)
    return answer_of(text, short, sure, evidence)


def _quoted(best: Hits, one: CandidateSentence, verdict: str, sure: float) -> Answer:
    """A sentence as the answer, after a verdict such as "yes" when there is one."""
    hit = best[one.hit]
    line = line_of(hit.item, one.text, one.shown)
    short = verdict or escape(" ".join(one.text.split()))
    return answer_of(f"{verdict}: {line}" if verdict else line, short, sure, [hit])


def closest(said: Sequence[CandidateSentence]) -> CandidateSentence:
    """The sentence that says most of the question, in the right mouth, and does not itself ask."""
    return max(
        said,
        key=lambda one: (
            one.features["coverage"]
            + 0.5 * one.features["turn share"]
            + 0.4 * one.features["near"]
            + 0.3 * one.features["right person"]
            - 0.6 * one.features["question"]
            - 0.2 * float(one.shown)
        ),
    )


# --- yes or no, this or that ---------------------------------------------------------------------

_NOT = lazy_pattern(
    r"\b(?:not|never|no longer|no|none|nobody|nothing|without|cannot|neither|nor|hardly|stopped|quit|gave up|refused|"
    r"declined|unable)\b|n['’]t\b",
    re.I,
)
_MAYBE = lazy_pattern(
    r"\b(?:would|could|might|may|maybe|perhaps|probably|possibly|if|wish|hope|hoping|thinking about|planning|want to|"
    r"wants to|considering|should)\b",
    re.I,
)
_ASKS_MAYBE = lazy_pattern(r"^\W*(?:would|could|might|may|should|can|will)\b", re.I)
_YES = lazy_pattern(r"^\W*(?:yes|yeah|yep|yup|absolutely|definitely|of course|for sure|sure|totally|indeed)\b", re.I)
_NO = lazy_pattern(r"^\W*(?:no|nope|nah|not (?:really|yet|at all))\b", re.I)


def _decided(cue: Cue, best: Hits, asked: Asked, said: Sequence[CandidateSentence], sure: float) -> Answer:
    """Yes or no where one sentence plainly states what is asked, or answers it; otherwise the closest sentence."""
    for one in sorted(said, key=lambda one: -one.features["asked before"])[:3]:
        if one.features["asked before"] >= STATED and one.start == 0 and one.features["right person"]:
            if _YES.match(one.text):
                return _quoted(best, one, "yes", sure)
            if _NO.match(one.text):
                return _quoted(best, one, "no", sure)
    nearest = closest(said)
    plain = (
        nearest.features["coverage"] >= STATED
        and nearest.features["right person"]
        and not nearest.features["question"]
        and not nearest.shown
        and not _MAYBE.search(nearest.text)
        and not _ASKS_MAYBE.match(cue.text)
    )
    if not plain:
        return _quoted(best, nearest, "", sure)
    denied = _NOT.search(nearest.text) is not None
    asked_denied = _NOT.search(cue.text) is not None
    return _quoted(best, nearest, "no" if denied != asked_denied else "yes", sure)


def _chosen(best: Hits, asked: Asked, said: Sequence[CandidateSentence], ctx: Ctx, sure: float) -> Answer:
    """The side of "A or B?" that the evidence speaks of more, with the sentence that does so most."""
    sides = asked.expected.options
    vectors = ctx.embed([*sides, *(one.text for one in said)])
    near = np.clip(vectors[len(sides) :] @ vectors[: len(sides)].T, 0, 1)
    terms = [frozenset(ctx.store.terms(side)) for side in sides]
    common = frozenset.intersection(*terms) if terms else frozenset()
    worth = np.zeros((len(said), len(sides)))
    for place, one in enumerate(said):
        own = frozenset(ctx.store.terms(one.text))
        weight = (
            one.features["turn share"]
            * (0.5 + 0.5 * one.features["right person"])
            * (1 - 0.5 * one.features["question"])
        )
        if _NOT.search(one.text):
            weight *= 0.5
        for number, mine in enumerate(terms):
            telling = mine - common
            held = len(telling & own) / max(len(telling), 1)
            worth[place, number] = weight * (held + 0.5 * float(near[place, number]))
    top = np.sort(worth, axis=0)[-3:].sum(axis=0)
    side = int(np.argmax(top))
    return _quoted(best, said[int(np.argmax(worth[:, side]))], sides[side], sure)
