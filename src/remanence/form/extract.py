"""Takes out of texts what they say: entities, triples, facts, times, and notes with key words.

Each stage works on the fresh items of some kinds; what it puts carries the item and the span that it came from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from remanence import language
from remanence.errors import BadKnob
from remanence.form.joined_names import Stated, facts_of
from remanence.language import dates as times
from remanence.language import sentences, statements
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.speakers import ASSISTANTS
from remanence.language.statements.passing.reader import reply_statements
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.stored import fact_data_each
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import TEXT, TEXTS, WHOLE, YES_OR_NO, array_of, llm_json, object_of, said_nothing, texts
from remanence.stage.lookup import exact
from remanence.types import Change, Evidence, Item, Link, Scope, iso, shared

NAMES = ("name", "title", "acronym", "hashtag", "handle")
"""Sorts of mention that become entities; "email", "url" and "quantity" are left out."""

_PARENTHESIS = lazy_pattern(r"\s*\([^()]{0,80}\)")


# --- entities ------------------------------------------------------------------------------------


@writes
def entities(
    change: Change,
    ctx: Ctx,
    *,
    kinds: tuple[str, ...] = ("turn", "chunk"),
    labels: tuple[str, ...] = NAMES,
) -> Change:
    """An `entity` for each name that the texts (and their titles) hold, and `mentions` links to it.

    One entity a name and scope (sessions share it); spellings with the same `norm` are the same name.
    """
    items = [item for item in change.fresh if item.kind in kinds]
    found = [(item, named) for item, named in zip(items, _named_each(items, labels), strict=True) if named]
    change, known = _entities(change, ctx, found)
    return change.plus(links=_mentions(change, found, known))


def _named_each(items: Sequence[Item], labels: Sequence[str]) -> list[dict[str, tuple[str, str]]]:
    """norm -> (name as written, sort) of each item and its title."""
    named: list[dict[str, tuple[str, str]]] = []
    for item, mentions in zip(items, language.entities.find_each([item.text for item in items]), strict=True):
        title = title_of(item)
        found = {language.entities.norm(title): (title, "title")} if title else {}
        for mention in mentions:
            if mention.label in labels and len(mention.norm) > 1:
                found.setdefault(mention.norm, (mention.text, mention.label))
        named.append(found)
    return named


def title_of(item: Item) -> str:
    """The title of a chunk, without what stands in brackets."""
    return _PARENTHESIS.sub("", str(item.data.get("title") or "")).strip()


def _entities(
    change: Change, ctx: Ctx, found: Iterable[tuple[Item, Mapping[str, tuple[str, str]]]]
) -> tuple[Change, dict[tuple[Scope, str], Item]]:
    """The change with an entity for every name that has none yet, and all of them by (scope, norm)."""
    wanted: dict[tuple[Scope, str], tuple[Item, str, str]] = {}
    for item, named in found:
        for norm, (text, sort) in named.items():
            wanted.setdefault((shared(item.scope), norm), (item, text, sort))
    known: dict[tuple[Scope, str], Item] = {
        (item.scope, str(item.data.get("label"))): item for item in change.puts if item.kind == "entity"
    }
    stored = exact(
        ctx.store,
        "entity",
        [(key, text) for key, (_, text, _) in wanted.items() if key not in known],
        lambda item: (item.scope, str(item.data.get("label"))),
    )
    known.update((key, items[0]) for key, items in stored.items())
    new = {
        key: Item(
            "entity",
            text,
            at=item.at,
            scope=key[0],
            evidence=(_where(item, text),),
            trust=item.trust,
            data={"label": key[1], "sort": sort},
        )
        for key, (item, text, sort) in wanted.items()
        if key not in known
    }
    puts = ctx.put_each(list(new.values()))
    known.update(zip(new, puts, strict=True))
    return change.plus(puts=puts), known


def _where(item: Item, text: str) -> Evidence:
    place = item.text.find(text)
    return Evidence(item.id, place, place + len(text)) if place >= 0 else Evidence(item.id, 0, 0)


def _mentions(
    change: Change,
    found: Iterable[tuple[Item, Mapping[str, Any]]],
    known: Mapping[tuple[Scope, str], Item],
) -> list[Link]:
    there = {(link.src, link.dst) for link in change.links if link.rel == "mentions"}
    made = (Link(item.id, "mentions", known[shared(item.scope), norm].id) for item, named in found for norm in named)
    return [link for link in dict.fromkeys(made) if (link.src, link.dst) not in there]


# --- triples -------------------------------------------------------------------------------------


@writes
def triples(
    change: Change,
    ctx: Ctx,
    *,
    by: str = "sentence",
    kinds: tuple[str, ...] = ("turn", "chunk"),
    labels: tuple[str, ...] = NAMES,
) -> Change:
    """A graph of facts: each is an item that links `about` the entities it joins, which the text `mentions`.

    Facts come from `data["triples"]` ([[subject, relation, object], ...]) where an item has them, else from
    the language model, else by rule. by="sentence": a sentence with its names (and its text's title) is one
    fact that joins them all; by="triple": who does what to whom, two ends a fact. Where the
    model fails, or names none where the rule reads some, the rule is used and the verb says degraded.
    """
    if by not in ("sentence", "triple"):
        raise BadKnob(f"triples are read by sentence or by triple, not {by!r}")
    found: list[tuple[Item, dict[str, tuple[str, str]]]] = []
    stated: list[tuple[Item, Stated]] = []
    items = [item for item in change.fresh if item.kind in kinds]
    missed = 0
    for item in items:
        (named,) = _named_each([item], labels)
        facts, ends, unread = facts_of(item, title_of(item), ctx, by, labels)
        missed += unread
        for norm, end in ends.items():
            named.setdefault(norm, end)
        stated += [(item, fact) for fact in facts]
        if named:
            found.append((item, named))
    if missed:
        said_nothing(ctx.degraded, "triples", f"named nothing in {missed} of {len(items)} texts")
    change, known = _entities(change, ctx, found)
    puts, links = [], _mentions(change, found, known)
    for item, one in stated:
        evidence = (Evidence(item.id, *one.span),)
        fact = Item("fact", one.text, at=item.at, scope=item.scope, evidence=evidence, trust=item.trust, data=one.data)
        fact = ctx.put(fact)
        puts.append(fact)
        scope = shared(item.scope)
        links += [Link(fact.id, "about", known[scope, norm].id) for norm in dict.fromkeys(one.joins)]
    return change.plus(puts=puts, links=links)


# --- times ---------------------------------------------------------------------------------------


@writes
def dates(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("turn",), keys: bool = True) -> Change:
    """Note on each text when the things happened that it speaks of: "last Saturday", said on 8 May 2023, is 6 May.

    `data["dates"]` lists {text, start, end, at, until, precision, certain}; with `keys` the certain ones are
    also written out as words to search by. A text without a time of its own is read as said at no time.
    """
    draft = ChangeBuilder(change, "extract.dates")
    for item in change.fresh:
        if item.kind not in kinds:
            continue
        read = times.find(item.text, item.said_at)
        if not read:
            continue
        told = [
            {
                "text": one.text,
                "start": one.start,
                "end": one.end,
                "at": iso(one.at),
                "until": iso(one.until),
                "precision": one.precision,
                "certain": one.certain,
            }
            for one in read
        ]
        data: dict[str, Any] = {"dates": told}
        if keys:
            spoken = [times.say(one.at, one.precision) for one in read if one.certain]
            fresh = [words for words in dict.fromkeys(spoken) if words not in item.text]
            held = str(draft.now(item).data.get("keys") or "")
            data["keys"] = " ".join(part for part in (held, *fresh) if part) or None
        draft.rewrite(item, {"data": data}, "times that the text names")
    return draft.change()


# --- notes ---------------------------------------------------------------------------------------

_NOTE = object_of(keywords=TEXTS, tags=TEXTS, context=TEXT)


@writes
def notes(change: Change, ctx: Ctx, *, k: int = 5, kinds: tuple[str, ...] = ("turn", "chunk")) -> Change:
    """A note for each text, as in A-MEM: its words, `k` key words, tags and one sentence of context.

    Words, tags and context are searched along with the text. Without a language model the key words are the
    text's best phrases, the tags the speaker and the names in it, and there is no context.
    """
    puts: list[Item] = []
    links: list[Link] = []
    wordless = 0
    for item in change.fresh:
        if item.kind not in kinds or not item.text.strip():
            continue
        reply = llm_json(
            ctx.llm,
            ctx.degraded,
            "notes",
            "Describe the text: at least three key words (most telling first), at least three broad tags, "
            "and one sentence of context that says what it is about and why it matters.",
            {"who": item.who, "text": item.text},
            _NOTE,
        )
        words, tags, context = _described(item, k)
        if reply is not None:
            named, under = texts(reply["keywords"]), texts(reply["tags"])
            wordless += not named and bool(words)
            words, tags = named or words, under or tags
            context = " ".join(str(reply["context"]).split())[:500]
        note = ctx.put(
            Item(
                "note",
                item.text,
                who=item.who,
                at=item.at,
                scope=item.scope,
                evidence=(Evidence(item.id, 0, len(item.text)),),
                trust=item.trust,
                salience=item.salience,
                data=note_data(words, tags, context),
            )
        )
        puts.append(note)
        links.append(Link(note.id, "derived_from", item.id))
    if wordless:
        said_nothing(ctx.degraded, "notes", f"gave no key words for {wordless} of {len(puts)} texts")
    return change.plus(puts=puts, links=links)


def _described(item: Item, k: int) -> tuple[list[str], list[str], str]:
    """(key words, tags, no context) of a text by rule: its best phrases, and the speaker and the names in it."""
    words = list(dict.fromkeys(phrase.text.lower() for phrase in language.phrases.keyphrases(item.text, k)))
    tags = [item.who] if item.who else []
    tags += [mention.norm for mention in language.entities.find(item.text) if mention.label in NAMES]
    return words, list(dict.fromkeys(tags))[:k], ""


def note_data(words: Sequence[str], tags: Sequence[str], context: str) -> dict[str, Any]:
    """The data of a note; its `keys` hold what is searched beside the text."""
    keys = " ".join(dict.fromkeys([*words, *tags, context]))
    return {"keywords": list(words), "tags": list(tags), "context": context, "keys": keys.strip()}


# --- facts ---------------------------------------------------------------------------------------

_FACTS = object_of(
    facts=array_of(object_of(message=WHOLE, text=TEXT, subject=TEXT, slot=TEXT, value=TEXT, true=YES_OR_NO))
)
_FACT_TASK = (
    "List what the messages state plainly and what will still matter in months: about people, their lives, "
    "likes, plans and decisions. One short sentence a fact, in the third person, with names and absolute dates. "
    "`message` is the number of the message that says it. `subject` is whom or what it is about, `slot` the "
    "property in one or two words (home, job, likes), `value` its value; `true` is false when it is denied or over."
)
_MEANT = ("asserted", "reported", "planned", "wished", "cancelled")
"""Modalities that are stored; what is asked or supposed is not."""
_AT_ONCE = 10
_MOST_FACTS = 32
"""So many facts a text are taken from a model."""
_REPLIES_WITHIN = timedelta(hours=12)
"""How long after a question a turn may be its reply."""


@writes
def facts(
    change: Change,
    ctx: Ctx,
    *,
    kinds: tuple[str, ...] = ("turn",),
    certain: bool = False,
    keys: bool = False,
) -> Change:
    """A `fact` for each plain statement: (subject, slot, value), true or denied, with the span that says it.

    Rules read first-person and encyclopedic sentences; with a language model it lists the facts instead, ten messages
    at a time, and the rules stand in (and the verb says degraded) when it fails or names none where they read some.
    `certain` leaves out what loose patterns read.
    `keys` writes the facts on the text as words to search by, instead of putting items.
    A fact is true from the time that its sentence names, else from when it was said; it never ends by itself.
    """
    draft = ChangeBuilder(change, "extract.facts")
    items = [item for item in change.fresh if item.kind in kinds and item.text.strip()]
    heard: dict[Scope, _Heard] = {}
    for start in range(0, len(items), _AT_ONCE):
        group = items[start : start + _AT_ONCE]
        made = _by_model(group, ctx)
        if not made:
            read = _by_rule(group, certain, heard, ctx.store.speakers)
            if made is not None and read:
                said_nothing(ctx.degraded, "facts", f"named none in {len(group)} texts")
            made = read
        if keys:
            for item in group:
                told = [fact.text for fact in made if [one.id for one in fact.evidence] == [item.id]]
                held = str(draft.now(item).data.get("keys") or "")
                words = " ".join(part for part in (held, *dict.fromkeys(told)) if part)
                if told:
                    draft.rewrite(item, {"data": {"keys": words}}, "facts that the text states")
        else:
            draft.put(*ctx.put_each(made))
    return draft.change()


@dataclass(slots=True)
class _Heard:
    """Whom "he" means in a chat, who was spoken of; by speaker, what "its name" means and what "no, 28" corrects.

    words: the last item that says a word, on which a fact rests that takes a name from there. before: the last turn, to
    which a short one may be the reply.
    """

    about: str = ""
    people: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    last: dict[str, statements.statement.Statement] = field(default_factory=dict)
    focus: Focus = field(default_factory=Focus)
    words: dict[str, Item] = field(default_factory=dict)
    before: Item | None = None

    def answered(
        self, item: Item, at: datetime | None, found: Sequence[statements.statement.Statement]
    ) -> list[statements.statement.Statement]:
        """What a turn states as the reply to the one before, where it does not state it by itself."""
        asked = self.before
        if asked is None or not asked.who or not item.who or item.who.lower() in ASSISTANTS:
            return []
        if "?" not in asked.text:
            return []
        before = asked.said_at
        if at is not None and before is not None and abs(at - before) > _REPLIES_WITHIN:
            return []
        told = reply_statements(asked.text, asked.who, item.text, item.who, at, self.focus)
        fresh = [one for one in told if not any(other.value == one.value for other in found)]
        return statements.read.likely(fresh, item.text, sentences.split(item.text)) if fresh else []

    def named_in(self, one: statements.statement.Statement, item: Item) -> tuple[Item, ...]:
        """The last items before that name whom or what a statement is about, where its own text does not."""
        of = one.attribute.rpartition(" of ")[2] if " of " in one.attribute else one.attribute.removesuffix(" name")
        named = _words(one.subject) | (_words(of) if of != one.attribute else set())
        missing = named - _words(item.text) - _words(item.who or "")
        found = {said.id: said for word in sorted(missing) if (said := self.words.get(word)) is not None}
        return tuple(found.values())


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", text.lower()))


def _spoken_of(text: str, people: Mapping[str, str], who: str) -> str:
    """The last one named in a text of those that were spoken of before, in small letters too; "" for nobody."""
    words = re.findall(r"[^\W\d_]+", text[:400].lower())
    return next((people[word] for word in reversed(words) if word in people and word != who.lower()), "")


def _by_rule(
    items: Sequence[Item], certain: bool, heard: dict[Scope, _Heard], people: Callable[[], list[str]]
) -> list[Item]:
    """The statements of texts as facts; `heard` keeps what each chat spoke of last, `people` says who ever spoke."""
    made: list[tuple[Item, statements.statement.Statement, tuple[Item, ...]]] = []
    for item in items:
        chat, user = heard.setdefault(item.scope, _Heard()), heard.setdefault(shared(item.scope), _Heard())
        who, at = item.who or "", item.said_at
        chat.focus.company = user.focus.company
        chat.focus.company.turn, chat.focus.company.people = chat.focus.company.turn + 1, people
        found = statements.read.read(
            item.text, speaker=who, at=at, about=chat.about, thing=user.things.get(who, ""), focus=chat.focus
        )
        before = user.last.get(who)
        if before is not None and before.attribute == "allergy":
            found += statements.added.added(item.text, before, at)
        found += chat.answered(item, at, found)
        right = statements.corrected.corrected(item.text, before, at) if before is not None else None
        if right is not None:
            found = [*(one for one in found if one.attribute != "corrected"), right]
        for one in found:
            if one.subject != item.who and one.subject[:1].isupper():
                user.people[one.subject.lower()] = chat.about = one.subject
            if one.modality in _MEANT and (not certain or one.sure):
                asked = (chat.before,) if one.how.startswith("reply") and chat.before is not None else ()
                made.append((item, one, (*asked, *(said for said in user.named_in(one, item) if said not in asked))))
                if one.polarity > 0:
                    user.last[who] = one
        chat.about = _spoken_of(item.text, user.people, who) or chat.about
        user.things[who] = statements.named.thing_mentioned(item.text) or user.things.get(who, "")
        user.words |= dict.fromkeys(_words(item.text), item)
        chat.before = item
    return _stated_facts(made)


def _stated_facts(stated: Sequence[tuple[Item, statements.statement.Statement, tuple[Item, ...]]]) -> list[Item]:
    """What texts state, as facts, each with what else it rests on."""
    said = language.person.resolve_each([(item.text[one.start : one.end], item.who or "") for item, one, _ in stated])
    data = fact_data_each([one for _, one, _ in stated])
    alone = Counter((item.id, told, one.attribute) for (item, one, _), told in zip(stated, said, strict=True))
    facts = [
        _fact(item, one, told, row, alone=alone[item.id, told, one.attribute] == 1)
        for (item, one, _), told, row in zip(stated, said, data, strict=True)
    ]
    return [_resting_on(fact, more) if more else fact for fact, (_, _, more) in zip(facts, stated, strict=True)]


def _resting_on(fact: Item, more: Sequence[Item]) -> Item:
    """A fact that takes a name from other items: it follows them, and is trusted no more than they are."""
    evidence = tuple(Evidence(said.id, 0, len(said.text)) for said in more)
    return fact.with_(evidence=(*fact.evidence, *evidence), trust=min(fact.trust, *(said.trust for said in more)))


_DENIED = lazy_pattern(r"(?:n['’]t|\b(?:not|never))\s+$", re.I)
_SAID_AS = {"member": "belongs to"}
"""An attribute whose name alone would not say what is meant."""


def _fact(item: Item, one: statements.statement.Statement, told: str, data: dict[str, Any], *, alone: bool) -> Item:
    """A statement as a fact, in the words of its sentence where these state nothing else."""
    if one.in_talk or one.subject.lower() not in told.lower() or not alone:
        says = f"{_SAID_AS.get(one.attribute, one.attribute)} {one.value}"
        behind_it = _DENIED.search(item.text, max(0, one.start - 12), one.start) is not None  # "don't | drive a Skoda"
        denied = told if alone and not behind_it else f"not {says}"
        told = f"{one.subject}: {says if one.polarity > 0 else denied}"
    return Item(
        "fact",
        " ".join(told.split()),
        at=one.at or item.at,
        until=one.until if one.attribute.startswith("date of") or one.in_talk else None,
        scope=item.scope,
        evidence=(Evidence(item.id, one.start, one.end),),
        trust=item.trust,
        salience=item.salience,
        data=data | ({"utc_offset": offset} if (offset := item.data.get("utc_offset")) else {}),
    )


def _by_model(group: Sequence[Item], ctx: Ctx) -> list[Item] | None:
    """The model's facts for some messages, or None when it could not be asked."""
    if ctx.llm is None:
        return None
    material = {
        "messages": [
            {"number": number, "who": item.who, "said on": iso(item.at), "text": item.text}
            for number, item in enumerate(group, 1)
        ]
    }
    reply = llm_json(ctx.llm, ctx.degraded, "facts", _FACT_TASK, material, _FACTS)
    if reply is None:
        return None
    made = []
    for row in reply["facts"][: _MOST_FACTS * len(group)]:
        number = row["message"]
        if not 1 <= number <= len(group):
            continue
        text, subject, slot, value = (
            " ".join(str(row[name]).split())[:500] for name in ("text", "subject", "slot", "value")
        )
        if text and subject and slot:
            item = group[number - 1]
            one = statements.statement.Statement(
                subject,
                slot.lower(),
                value,
                1 if row["true"] else -1,
                end=len(item.text),
                speaker=item.who or "",
                change="" if row["true"] else "ended",
            )
            made.append(_stated_facts([(item, one, ())])[0].with_(text=text))
    return made
