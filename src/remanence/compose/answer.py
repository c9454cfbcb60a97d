"""An answer with its citations, or an honest "not in memory".

Without a language model the answer is extracted: a date, number, name or phrase of the evidence and the sentence it
stands in; with one, it is written from the packed context and must cite it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from remanence.compose.answer_extraction import (
    TURNS,
    Asked,
    asked_of,
    candidate_sentences,
    candidates,
    choose,
)
from remanence.compose.bands import THRESHOLD, Signs, of_quote, of_rules, of_span, of_verdict, quotes, tells
from remanence.compose.called_off import CANCELLED, called_off
from remanence.compose.candidates import Candidate, CandidateSentence
from remanence.compose.contrasted import in_contrast, taken_over
from remanence.compose.corrections import amount_set_right, as_corrected
from remanence.compose.fence import doubt_of, escape, escape_each
from remanence.compose.from_now_on import as_of_now
from remanence.compose.gone import told_of_the_gone
from remanence.compose.meant import (
    Bearing,
    amount_meant,
    bearings,
    day_meant,
    denies_another,
    echoes,
    nobody_such,
    place_meant,
    set_right,
    whether,
    worked_out,
    wrong_person,
)
from remanence.compose.moved import moved_since
from remanence.compose.multi_hop import Chain, chain, hits_of, mostly_statements
from remanence.compose.number_of import of_another
from remanence.compose.opening import note
from remanence.compose.reading import CORRECTING, Read, agreed, answers_nothing, bears_out, chosen, read_hits, when
from remanence.compose.stated import stated
from remanence.compose.statement_answer import Stated, from_statements, is_sure_of, relation
from remanence.compose.together import as_read_together
from remanence.language import dates
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.question import Question
from remanence.language.sentences import SHORT, clause_round, sentence_at
from remanence.language.text import STOP, words
from remanence.language.value_forms import values
from remanence.records import dataclass
from remanence.stage import Ctx
from remanence.stage.llm_json import llm_json, said_nothing
from remanence.stage.question import question
from remanence.stage.standing import Known, stated_by
from remanence.types import EVERYTHING, NEVER, Context, Cue, Hit, Hits, Item, Later
from remanence.weights import Table, table

FITTED = table("answer", "answer")

NOT_IN_MEMORY = "not in memory"
PLAIN = 0.45
"""Share of the question that plain statements must account for to be its answer."""
BY_RULE = ("duration", "choice", "number", "reason")
"""Forms of answer that rules take out of the sentences better than the reader does (docs/log.d/ask.md)."""
VERDICT = 0.8
"""From this probability on the reader's yes or no counts; below it the words of the sentences decide."""
QUOTED = 3
"""Sentences that are quoted where no value is told."""
MOST_QUOTED = 6
"""Most sentences that one answer quotes."""
UNSTATED = 0.35
"""Most confidence in a memory of plain statements when none of them is what the question asks for."""
OF_THE_DAY = 0.85
"""Confidence of what was told on the day that is asked for, whatever it was."""
STATED = 0.6
"""Share of a yes-or-no question that one sentence must hold to decide it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What memory answers. `str(answer)` is ready to read.

    `short` is the value ("7 May 2023") or "not in memory", `text` the answer with the sentence that it stands in.
    `confidence` in [0, 1] says how likely memory holds an answer at all; `in_memory` is its verdict.
    `sources` cites what the answer rests on, `evidence` are those hits (the nearest ones when there is no answer),
    `context` is what a model would read. `degraded` tells what had to be skipped.
    """

    text: str
    short: str
    confidence: float
    in_memory: bool
    sources: tuple[str, ...] = ()
    evidence: tuple[Hit, ...] = ()
    context: str = ""
    degraded: tuple[str, ...] = ()

    def __str__(self) -> str:
        cited = "".join(f" {{{source}}}" for source in self.sources)
        return f"{self.text}{cited}"


def answer(cue: Cue, hits: Hits, context: Context, ctx: Ctx, *, threshold: float | None = None) -> Answer:
    """Answer a question from what was recalled and packed for it.

    threshold: the least confidence that counts as known (0 always answers; default 0.65).
    With `ctx.llm` the model answers from `context` and cites it; without one, or when it fails (then `degraded` says
    so), the answer is extracted from the hits.
    """
    least = THRESHOLD if threshold is None else threshold
    sure = hits.sure if hits.sure is not None else context.sure
    if ctx.llm is not None and context.hits:
        told = _written(cue, context, ctx, float(sure))
        if told is not None:
            return told
    found = extracted(cue, hits, ctx, sure, least)
    if found is not None:
        found = _as_meant(found, cue, hits, ctx)
    if found is None or found.confidence < least:
        doubt = found.confidence if found is not None else 0.0
        nearest = tuple(hits.top(3))
        found = Answer(f"Not in memory (confidence {doubt:.2f}).", NOT_IN_MEMORY, doubt, False, (), nearest)
    return replace(found, context=context.text, degraded=tuple(dict.fromkeys((*context.degraded, *ctx.degraded))))


# --- extracted -----------------------------------------------------------------------------------


def extracted(
    cue: Cue, hits: Hits, ctx: Ctx, sure: float | Later, least: float = 0.0, fitted: Table = FITTED
) -> Answer | None:
    """The answer as the evidence says it, whatever its confidence; None without hits.

    sure: how likely memory holds an answer. With a reader a value is told where it is likely right (at a
    threshold `least` of 0 anyway); otherwise the sentences are quoted.
    """
    if not len(hits.rows):
        return None
    plain, read = mostly_statements(hits), question(cue, ctx)
    known = None if plain or read.to_you else from_statements(stated(cue, hits, ctx), read, cue)
    if (
        known is not None
        and not (read.expected.form == "person" and echoes(known.short, read))
        and (read.expected.value != "clock" or values(known.short, "clock"))
        and (read.people or is_sure_of(known) or bears_out(known.short, read_hits(cue, hits, ctx)))
    ):
        return _as_set_right(_from_stated(known, ctx), hits)
    day = _of_the_day(hits, read)
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
    if told is None or (reads and not tells(there, signs, least)):
        quoted = _closest_quoted(hits, said, reads, asked, there)
        silent = bool(reads) and told is None and answers_nothing(reads, asked.question)
        if silent or (reads and not quotes(there, of_quote(chosen(reads, asked.question)), least)):
            quoted = replace(quoted, confidence=there * DOUBT)
        return quoted
    return told


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
    lines = [_line(hit.item, sentence_at(hit.item.text, 0)) for hit in said]
    return _cited("\n  ".join(lines), escape(" ".join(said[0].item.text[:SHORT].split())), OF_THE_DAY, said)


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

    The reader's, or by rules where they do better: numbers, reasons, lists, spans of time, this or that, and dates of
    a talk of more than one day.
    """
    best, form = hits.top(TURNS), asked.expected.form
    if reads and form == "whether":
        one = chosen(reads, asked.question)
        if max(one.yes, one.no) < VERDICT or _ASKS_MAYBE.match(cue.text):
            return _decided(cue, best, asked, said, sure), of_verdict(one, reads)
        verdict = "yes" if one.yes >= one.no else "no"
        line = _line(one.hit.item, sentence_at(one.hit.item.text, one.start))
        return _cited(f"{verdict}: {line}", verdict, sure, [one.hit]), of_verdict(one, reads)
    by_rule = asked.expected.many or form in BY_RULE or (form == "date" and _days(hits) > 1)
    by_rule = by_rule and not asked.expected.value
    if reads and (not by_rule or chosen(reads, asked.question).corrects):
        one = chosen(reads, asked.question)
        amount = asked.expected.value not in ("", "count")
        if not one.said or (amount and worked_out(one.hit.item.text, asked.question)):
            return None, {}
        short = escape(" ".join(one.said.split()))
        line = _line(one.hit.item, sentence_at(one.hit.item.text, one.start))
        return _cited(f"{short}: {line}", short, sure, [one.hit]), of_span(one, reads, form)
    if form == "choice":
        told = _chosen(best, asked, said, ctx, sure)
        return told, of_rules([told.short], None, reads, form)
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
    lines = [_line(one.hit.item, sentence_at(one.hit.item.text, one.start)) for one in told]
    text = first.hit.item.text
    short = sentence_at(text, first.start, shortest=0 if first.said else SHORT)
    if first.said and not asked.expected.many:
        short = clause_round(short, text[first.start : first.end])
    return _cited("\n  ".join(lines), escape(" ".join(short.split())), sure, [one.hit for one in told])


_DIGIT = re.compile(r"\d")
DOUBT = 0.4
"""What is left of the confidence where the evidence speaks of somebody else, or of nothing that is asked."""


def _as_meant(found: Answer, cue: Cue, hits: Hits, ctx: Ctx) -> Answer:
    """The answer as its evidence means it: a day for "a week tomorrow", no yes for what was only planned."""
    asked = question(cue, ctx)
    whose = relation(asked, cue, ctx)
    if whose is not None:
        return _from_stated(whose, ctx)
    if not found.evidence:
        return found
    cited = found.evidence[0].item
    looked_up = found.evidence[0].why.keys() == {"path"}
    known = () if looked_up else stated_by(hits.top(TURNS), cue, ctx)
    wrong = not looked_up and (nobody_such(cited, asked) or wrong_person(found.short, cited, known, asked))
    wrong = wrong or (_DIGIT.search(found.short) is not None and of_another(cited, asked, cue, ctx))
    if wrong or told_of_the_gone(found.short, cited, known, asked):
        return replace(found, confidence=found.confidence * DOUBT)
    moved = moved_since(cited, asked, cue, ctx) if asked.expected.form == "date" else None
    if moved is not None:
        return _instead(*moved, found)
    if asked.whether:
        return _verdict_as_meant(found, bearings(hits, asked), asked, looked_up)
    off = called_off(hits.top(CORRECTING), found.evidence[0], asked, found.short)
    if off is not None:
        lines = f"{CANCELLED}: {_line(off[0].item, off[1])}"
        return _cited(lines, CANCELLED, found.confidence, [off[0]])
    instead = None if looked_up else in_contrast(found.short, cited, asked)
    if instead is not None:
        return replace(found, short=escape(instead), text=f"{escape(instead)}: {_line(cited, cited.text)}")
    later = None if looked_up else taken_over(found.short, cited, hits.top(CORRECTING), asked)
    if later is not None:
        lines = f"{escape(later[0])}: {_line(later[1].item, later[1].item.text)}\n  {_line(cited, cited.text)}"
        return _cited(lines, escape(later[0]), found.confidence, [later[1], *found.evidence[:1]])
    told = None if asked.expected.value else _form_meant(found.short, cited, asked, cue)
    if told is not None:
        found = replace(found, short=escape(told), text=f"{escape(told)}: {_line(cited, cited.text)}")
    right = set_right(found.short, cited, _behind(cited, cue, ctx), asked) if not looked_up else None
    return found if right is None else _instead(*right, found)


def _instead(short: str, item: Item, found: Answer) -> Answer:
    """A later item's value in the place of an answer, with both sentences."""
    lines = f"{escape(short)}: {_line(item, item.text)}\n  {_line(found.evidence[0].item, found.evidence[0].item.text)}"
    return _cited(lines, escape(short), found.confidence, [Hit(item, found.confidence, {}), *found.evidence[:1]])


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
        return _cited(f"{short}: {_line(one.hit.item, one.sentence)}", short, found.confidence, [one.hit])
    mine = [one.held for one in every if one.hit.item.id == cited.id]
    nothing = found.short in ("yes", "no") and max(mine, default=1.0) == 0.0
    if not looked_up and (nothing or (found.short == "no" and denies_another(cited.text, asked))):
        return replace(found, confidence=found.confidence * DOUBT)
    return found


def _from_stated(found: Stated, ctx: Ctx) -> Answer:
    """Stored statements with the sentences that say them; what is over says until when, and what took its place."""
    ids = [one.source for one in found.rests_on][-MOST_QUOTED:]
    rows = ctx.store.rows_of(ids, EVERYTHING)
    items = {item.id: item for item in ctx.store.items(rows[rows >= 0])}
    lines: dict[str, str] = {}
    evidence: list[Hit] = []
    for one in found.rests_on[-MOST_QUOTED:]:
        item = items.get(one.source, one.fact)
        marks = (one.mark(),) if one.over else ()
        lines.setdefault(item.id, _line(item, _sentence(item, one)) + escape(note(marks)))
        evidence.append(Hit(item, found.confidence, {"path": [f"{one.says.subject}: {one.says.attribute}"]}, marks))
    short, told = escape(found.short), list(lines.values())
    text = f"{short}: {told[0]}" if len(told) == 1 else short + "".join(f"\n  {line}" for line in told)
    cited = tuple(dict.fromkeys(_source(hit.item) for hit in evidence))
    return Answer(text, short, found.confidence, True, cited, tuple({hit.id: hit for hit in evidence}.values()))


def _as_set_right(found: Answer, hits: Hits) -> Answer:
    """A stated amount as a later turn of the same speaker sets it right."""
    if len(found.evidence) != 1 or not any(c.isdigit() for c in found.short):
        return found
    right = amount_set_right(found.short, found.evidence[0].item, hits.top(CORRECTING).items)
    return found if right is None else _instead(*right, found)


def _sentence(item: Item, one: Known) -> str:
    """The sentence of an item that makes a statement; the whole of a short item."""
    if item is one.fact or len(item.text) <= SHORT:
        return item.text
    return sentence_at(item.text, one.says.start)


def _days(hits: Hits) -> int:
    """On how many days the hits were said."""
    at = hits.view.columns.at[hits.rows] if hits.view is not None else np.zeros(0, np.int64)
    return len(np.unique(at[at != NEVER] // 86_400_000_000))


def _cited(text: str, short: str, sure: float, evidence: Sequence[Hit]) -> Answer:
    return Answer(text, short, sure, True, tuple(_source(hit.item) for hit in evidence), tuple(evidence))


def _from_chain(found: Chain, hits: Hits, sure: float) -> Answer:
    evidence = hits_of(found, hits)
    lines = [_line(hit.item, hit.item.text) for hit in evidence]
    value = escape(found.value)
    # statements that name every step of the question leave little doubt that it is answerable
    confidence = max(sure, 0.5 + 0.5 * found.covered)
    return Answer(
        f"{value}: {lines[0]}" if len(lines) == 1 else value + "".join(f"\n  {line}" for line in lines),
        value,
        confidence,
        True,
        tuple(dict.fromkeys(_source(hit.item) for hit in evidence)),
        tuple(evidence),
    )


def _told(best: Hits, said: Sequence[CandidateSentence], found: Sequence[Candidate], sure: float) -> Answer:
    """One value, or several for a list, with the sentences they stand in."""
    short = ", ".join(escape(" ".join(one.text.split())) for one in found)
    places = list(dict.fromkeys(one.said for one in found))
    evidence = list({said[place].hit: best[said[place].hit] for place in places}.values())
    lines = [_line(best[said[place].hit].item, said[place].text, said[place].shown) for place in places]
    if len(found) == 1 and found[0].sort == "sentence":
        text = lines[0]
    elif len(lines) == 1:
        text = f"{short}: {lines[0]}"
    else:
        text = short + "".join(f"\n  {line}" for line in lines)
    return Answer(text, short, sure, True, tuple(_source(hit.item) for hit in evidence), tuple(evidence))


def _quoted(best: Hits, one: CandidateSentence, verdict: str, sure: float) -> Answer:
    """A sentence as the answer, after a verdict such as "yes" when there is one."""
    hit = best[one.hit]
    line = _line(hit.item, one.text, one.shown)
    short = verdict or escape(" ".join(one.text.split()))
    return Answer(f"{verdict}: {line}" if verdict else line, short, sure, True, (_source(hit.item),), (hit,))


def _line(item: Item, text: str, shown: bool = False) -> str:
    """A sentence with who said it and when, safe to print and to hand on."""
    at = item.said_at
    when = f"{at.day} {at:%b %Y}" if at is not None else ""
    who, text = escape_each((item.who or "", " ".join(text.split())))
    lead = ", ".join(part for part in (who, when, doubt_of(item.trust)) if part)
    told = f"[shows {text}]" if shown else f'"{text}"'
    return f"{lead}: {told}" if lead else told


def _source(item: Item) -> str:
    return item.source or item.id


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


# --- written by a language model -----------------------------------------------------------------

_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "answer": {"type": "string"},
        "citations": {"type": "array", "items": {"type": "integer"}},
        "in_memory": {"type": "boolean"},
    },
    "required": ["answer", "citations", "in_memory"],
}
_TASK = (
    "Answer the question from the remembered snippets alone, as briefly as is complete: a date, a name, a number, a "
    "list or one sentence. Times in a snippet are relative to its own date; give absolute dates. When snippets "
    "disagree, the latest holds unless the question is about an earlier time. Give in `citations` the numbers of the "
    "snippets that the answer rests on. If the snippets do not hold the answer - also when they tell it of somebody "
    "else than the question asks about - set in_memory to false and leave answer empty."
)


def _written(cue: Cue, context: Context, ctx: Ctx, sure: float) -> Answer | None:
    """The model's answer with citations that exist; None (and a line in `degraded`) when there is no usable one."""
    material = {
        "question": cue.text,
        "asked_on": f"{cue.at:%Y-%m-%d}",
        "context": context.text,
        "snippets": [
            {
                "number": number,
                "said_on": f"{hit.item.at:%Y-%m-%d}" if hit.item.at is not None else None,
                "who": hit.item.who,
                "source": _source(hit.item),
            }
            for number, hit in enumerate(context.hits, 1)
        ],
    }
    reply = llm_json(ctx.llm, ctx.degraded, "ask", _TASK, material, dict(_SCHEMA))
    if reply is None:
        return None
    degraded = tuple(dict.fromkeys((*context.degraded, *ctx.degraded)))
    if reply["in_memory"] and not str(reply["answer"]).strip():
        said_nothing(ctx.degraded, "ask", "wrote no answer")
        return None
    if not reply["in_memory"]:
        # the model has read the evidence; its no weighs more than the ranks
        doubt = min(sure, 0.25)
        told = f"Not in memory (confidence {doubt:.2f})."
        return Answer(told, NOT_IN_MEMORY, doubt, False, (), context.hits[:3], context.text, degraded)
    numbers = [n for n in dict.fromkeys(reply["citations"]) if isinstance(n, int) and 1 <= n <= len(context.hits)]
    if not numbers:
        ctx.degraded.append(
            "ask: the language model cited nothing that was given to it; the answer was extracted instead"
        )
        return None
    evidence = tuple(context.hits[n - 1] for n in numbers)
    text = " ".join(str(reply["answer"]).split())
    return Answer(
        text, text, max(sure, 0.75), True, tuple(dict.fromkeys(_source(hit.item) for hit in evidence)), evidence,
        context.text, degraded,
    )  # fmt: skip
