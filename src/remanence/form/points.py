"""Short keys to long texts: what each turn states, as notes of their own; and the filter that keeps only news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remanence.errors import BadKnob
from remanence.language import sentences
from remanence.language.person import resolve
from remanence.language.phrases import keyphrases
from remanence.language.small_talk import small_talk
from remanence.language.summary import extractive
from remanence.language.text import content_words
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.excerpt import excerpt
from remanence.stage.llm_json import TEXTS, llm_json, object_of, said_nothing, texts
from remanence.stage.neighbours import neighbours
from remanence.stage.tags import tags_of
from remanence.types import Change, Item, Link, Where

TAGS = ("none", "phrases", "ontology")
_POINTS = object_of(points=TEXTS)
_TASK = (
    "List everything that this message states, one short sentence each, in the third person with names and absolute "
    "dates, so that each sentence can be understood alone. Leave out questions and small talk."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPoints:
    """A `note` for each thing that a turn states, told of its speaker, with the span that says it as evidence.

    tags: "phrases" tags a note with its key phrases, "ontology" with the nearest of the fixed tags
    (`stage.tags.ONTOLOGY`), "none" with nothing. Sentences with fewer than `least` content words, questions and
    small talk are no points. most: so many a turn, the most central ones (None: all). With a language model its
    sentences are taken, and the whole turn is their evidence; where it names nothing in most of the turns that say
    something, the rules stand in and the verb says degraded.
    """

    tags: str = "none"
    least: int = 2
    most: int | None = None
    kinds: tuple[str, ...] = ("turn",)

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        if self.tags not in TAGS:
            raise BadKnob(f"key points are tagged by {', '.join(TAGS)}, not {self.tags!r}")
        items = [item for item in change.fresh if item.kind in self.kinds]
        puts = [
            ctx.put(note)
            for item, said in zip(items, _said_each(items, ctx, self.least), strict=True)
            for note in _notes(item, said, self.most, ctx)
        ]
        if self.tags == "ontology":
            named: Sequence[Sequence[str]] = tags_of([note.text for note in puts], ctx)
        elif self.tags == "phrases":
            named = [[phrase.text.lower() for phrase in keyphrases(note.text, 3)] for note in puts]
        else:
            named = [()] * len(puts)
        tagged = [
            note.with_(data={**note.data, "tags": list(some)}) if some else note
            for note, some in zip(puts, named, strict=True)
        ]
        return change.plus(puts=tagged)


key_points = writes(KeyPoints)


Said = list[tuple[str, int, int]]
"""Sentences with the span of the text that says each."""


def _said_each(items: Sequence[Item], ctx: Ctx, least: int) -> list[Said]:
    """What each text states: by the model where it tells anything, by rule where it fails.

    A text may hold nothing worth a note, and then an empty list is right. Where the model names nothing in most of the
    texts that say something to the rules, it is no reader, and the rules stand in.
    """
    told = [_by_model(item, ctx) for item in items]
    said = [_by_rule(item, least) if one is None else one for item, one in zip(items, told, strict=True)]
    empty = [place for place, one in enumerate(told) if one == [] and not small_talk(items[place].text)]
    missed = {place: ruled for place in empty if (ruled := _by_rule(items[place], least))}
    if 2 * len(missed) > len(missed) + sum(bool(one) for one in told):
        said_nothing(ctx.degraded, "key points", f"named nothing in {len(missed)} of {len(items)} texts")
        said = [missed.get(place, one) for place, one in enumerate(said)]
    return said


def _by_model(item: Item, ctx: Ctx) -> Said | None:
    """The model's sentences, which rest on the whole text; None when it could not be asked."""
    material = {"who": item.who, "said on": f"{item.at:%Y-%m-%d}" if item.at else None, "text": item.text}
    told = llm_json(ctx.llm, ctx.degraded, "key points", _TASK, material, _POINTS)
    return None if told is None else [(text, 0, len(item.text)) for text in texts(told["points"], longest=400)]


def _by_rule(item: Item, least: int) -> Said:
    return [
        (resolve(span.of(item.text), item.who or "").text, span.start, span.end)
        for span in sentences.split(item.text)
        if not span.of(item.text).rstrip().endswith(("?", "？")) and len(content_words(span.of(item.text))) >= least
    ]


def _notes(item: Item, said: Said, most: int | None, ctx: Ctx) -> list[Item]:
    if most is not None and len(said) > most:
        words = [text for text, _, _ in said]
        said = [said[place] for place in extractive(words, ctx.embed(words), most)]
    return [excerpt(item, "note", start, end, text, salience=item.salience) for text, start, end in said]


@writes
def only_news(change: Change, ctx: Ctx, *, floor: float = 0.85, kinds: tuple[str, ...] = ("note", "fact")) -> Change:
    """Leave out put items that memory could have told: a cosine of at least `floor` to one that it holds.

    Nemori learns from what its prediction missed; without a model that can predict, what is near to a stored statement
    was predicted. A statement of another value for the same subject and slot, or denied where the other is not, is
    news however near it is. Of a row of like new ones the first stays. What a left out one rests on is linked
    `repeats` to what was known, so that it counts once that is gone.
    """
    fresh = [item for item in change.puts if item.kind in kinds]
    if not fresh:
        return change
    draft = ChangeBuilder(change, "points.only_news")
    near = neighbours(ctx.store, fresh, ctx.embed([item.text for item in fresh]), k=3, floor=floor, where=_held(kinds))
    known = 0
    for item, others in zip(fresh, near, strict=True):
        told = next((one.item for one in others if draft.believed(one.item) and not _differs(item, one.item)), None)
        if told is not None:
            draft.drop(item, "already known")
            draft.link(*(Link(source.id, "repeats", told.id) for source in item.evidence))
            known += 1
    if known:
        draft.note(f"{known} statements were known already")
    return draft.change()


def _held(kinds: tuple[str, ...]) -> Where:
    return Where(kinds=kinds, tiers=("hot", "cold"))


def _differs(new: Item, old: Item) -> bool:
    """Whether two near statements say different things: in a number, a name, a value or in being denied."""
    if new.data.get("slot") and new.data.get("slot") == old.data.get("slot"):
        names = ("subject", "value", "polarity")
        return any(new.data.get(name) != old.data.get(name) for name in names)
    return _telling(new) != _telling(old)


def _telling(item: Item) -> frozenset[str]:
    """Numbers and names of a text, and whether it denies: what a near vector does not tell apart."""
    found = {word for word in item.text.split() if any(sign.isdigit() for sign in word)}
    low = f" {item.text.lower()} "
    denied = {"not"} if any(sign in low for sign in (" not ", "n't ", " never ", " no longer ")) else set()
    return frozenset(found | denied)
