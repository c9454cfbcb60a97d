"""Makes less of more: summaries of days and sessions, the summary of them all, and who someone is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from remanence.errors import BadKnob
from remanence.language import sentences
from remanence.language.entities import norm
from remanence.language.person import resolve_each
from remanence.language.summary import extractive
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.llm_json import TEXT, llm_json, object_of, said_nothing
from remanence.stage.lookup import exact
from remanence.types import FIRM, Change, Evidence, Item, Scope, Where, shared

LEVELS = {"session": 1, "day": 1, "all": 2}
_MOST_SENTENCES = 400
_LONGEST = 600
"""So many characters of one sentence of a model are kept."""
_SUMMARY = object_of(summary=TEXT)
_TASK = (
    "Summarise the messages in at most {n} sentences, in the third person, with names and absolute dates. "
    "Keep what happened, what was decided, and what someone said about themselves."
)


def summarised(ctx: Ctx, items: Sequence[Item], most: int, *, told_by: str = "summary") -> str:
    """At most `most` sentences of some items, with "I" turned into who spoke; by the model when there is one.

    Without it, of what they state: a question tells nothing, and a wrong guess is often put as one.
    """
    material = {
        "messages": [
            {"who": item.who, "said on": f"{item.at:%Y-%m-%d}" if item.at else None, "text": item.text}
            for item in items
        ]
    }
    reply = llm_json(ctx.llm, ctx.degraded, told_by, _TASK.format(n=most), material, _SUMMARY)
    if reply is not None:
        if written := _bounded(str(reply["summary"]), most):
            return written
        said_nothing(ctx.degraded, told_by, "wrote nothing")
    parts = sentences.parts_each([item.text for item in items])
    said = resolve_each([(part, item.who or "") for item, some in zip(items, parts, strict=True) for part in some])
    stated = [sentence for sentence in said if not sentence.rstrip().endswith(("?", "？"))]
    said = list(dict.fromkeys(stated or said))[:_MOST_SENTENCES]
    kept = extractive(said, ctx.embed(said), most) if said else []
    return " ".join(said[place] for place in kept)


def _bounded(text: str, most: int) -> str:
    """The first `most` sentences of what a model wrote, none without end; "" when it wrote nothing."""
    said = " ".join(text[: 2 * most * _LONGEST].split())
    return " ".join(span.of(said)[:_LONGEST] for span in sentences.split(said)[:most])


@writes
def summaries(
    change: Change,
    ctx: Ctx,
    *,
    level: str = "day",
    length: int = 4,
    kinds: tuple[str, ...] = ("turn",),
) -> Change:
    """A summary of up to `length` sentences for each day or session, or (level="all") of the summaries so far.

    Its text begins with the date. New turns of a known day or session make a new version of its summary, from
    all its turns. Without a language model it is made of the turns' own sentences. Meant for `at_sleep`.
    """
    if level not in LEVELS:
        raise BadKnob(f"summaries are of a {', a '.join(LEVELS)}, not of {level!r}")
    draft = ChangeBuilder(change, "distil.summaries")
    if level == "all":
        _overall(draft, change, ctx, length)
        return draft.change()
    groups: dict[tuple[Scope, str], list[Item]] = {}
    for item in change.fresh:
        if item.kind in kinds and item.text.strip():
            key = _part(item, level)
            if key is not None:
                groups.setdefault(key, []).append(item)
    known = exact(
        ctx.store,
        "summary",
        [(key, _heading(items, level)) for key, items in groups.items()],
        lambda item: (item.scope, str(item.data.get("of"))),
    )
    for key, items in groups.items():
        old = known.get(key, [None])[0]
        every = [*_sources(ctx, old, {item.id for item in items}), *items] if old else items
        every.sort(key=lambda item: (item.at is not None, item.at or datetime.min))
        heading = _heading(every, level)
        text = f"{heading}: {summarised(ctx, every, length)}" if heading else summarised(ctx, every, length)
        _tell(draft, ctx, old, key, text, every, LEVELS[level])
    return draft.change()


def _part(item: Item, level: str) -> tuple[Scope, str] | None:
    scope = item.scope
    if level == "day":
        if item.at is None:
            return None
        return shared(scope), f"{item.at:%Y-%m-%d}"
    return (scope, f"session {scope.session}") if scope.session else None


def _heading(items: Sequence[Item], level: str) -> str:
    days = [item.at for item in items if item.at is not None]
    if not days:
        return ""
    first = min(days)
    return f"{first.day} {first:%B %Y}"


def _sources(ctx: Ctx, item: Item, without: set[str]) -> list[Item]:
    """What a summary was made of, as far as it is still there."""
    ids = [one.id for one in item.evidence if one.id not in without]
    rows = ctx.store.rows_of(ids, Where(tiers=("hot", "cold", "archived"), ended=True))
    return ctx.store.items(rows[rows >= 0])


def _tell(
    draft: ChangeBuilder,
    ctx: Ctx,
    old: Item | None,
    key: tuple[Scope, str],
    text: str,
    items: Sequence[Item],
    level: int,
) -> None:
    evidence = tuple(Evidence(item.id, 0, len(item.text)) for item in items)
    trust = min(item.trust for item in items)
    days = [item.at for item in items if item.at is not None]
    if old is not None:
        if text != old.text or evidence != old.evidence:
            draft.rewrite(old, {"text": text, "evidence": evidence, "trust": min(trust, old.trust)}, "more was said")
        return
    draft.put(
        ctx.put(
            Item(
                "summary",
                text,
                at=min(days, default=None),
                scope=key[0],
                evidence=evidence,
                trust=trust,
                data={"of": key[1], "level": level},
            )
        )
    )


def _overall(draft: ChangeBuilder, change: Change, ctx: Ctx, length: int) -> None:
    """One summary of all first-level summaries of a scope."""
    rows = ctx.store.rows(Where(kinds=("summary",)))
    stored = {item.id: draft.now(item) for item in ctx.store.items(rows)}
    every = {**stored, **{item.id: item for item in change.puts if item.kind == "summary"}}
    parts: dict[Scope, list[Item]] = {}
    for item in every.values():
        if item.data.get("level") == 1:
            parts.setdefault(shared(item.scope), []).append(item)
    old = {item.scope: item for item in every.values() if item.data.get("of") == "all"}
    for scope, items in parts.items():
        items.sort(key=lambda item: (item.at is not None, item.at or datetime.min))
        text = f"So far: {summarised(ctx, items, length)}"
        _tell(draft, ctx, old.get(scope), (scope, "all"), text, items, 2)


# --- who someone is ------------------------------------------------------------------------------


@writes
def portrait(change: Change, ctx: Ctx, *, values: int = 8, kinds: tuple[str, ...] = ("fact",)) -> Change:
    """A `persona` for each person on whom there are new facts: what holds of them now, slot by slot.

    `values` bounds how many values a slot keeps (the latest). The text says it in one line a slot. It is made
    anew from the facts that are believed and have not ended, so a superseded fact leaves the portrait; what only a tool
    or somebody outside said is in none.
    """
    draft = ChangeBuilder(change, "distil.portrait")
    people = {
        (shared(item.scope), norm(str(item.data["subject"]))): str(item.data["subject"])
        for item in change.fresh
        if item.kind in kinds and item.data.get("subject") and item.data.get("slot")
    }
    if not people:
        return change
    facts = exact(ctx.store, "fact", list(people.items()), _about)
    for item in change.puts:
        key = _about(item) if item.kind == "fact" else None
        if key in people:
            facts.setdefault(key, []).append(item)
    known = exact(ctx.store, "persona", list(people.items()), _whose)
    for key, name in people.items():
        held = [draft.now(item) for item in facts.get(key, ()) if _counts(draft, item)]
        slots: dict[str, list[str]] = {}
        for item in held:
            value = str(item.data.get("value") or item.text)
            said = value if item.data.get("polarity") is not False else f"not {value}"
            slot = slots.setdefault(str(item.data["slot"]), [])
            if said in slot:
                slot.remove(said)
            slot.append(said)
        slots = {slot: some[-values:] for slot, some in sorted(slots.items())}
        if not slots:
            continue
        text = "\n".join([name, *(f"{slot}: {', '.join(some)}" for slot, some in slots.items())])
        evidence = tuple(Evidence(item.id, 0, len(item.text)) for item in held)
        trust = min(item.trust for item in held)
        data = {"slots": slots, "of": key[1]}
        old = known.get(key, [None])[0]
        if old is None:
            made = Item("persona", text, who=name, scope=key[0], evidence=evidence, trust=trust, data=data)
            draft.put(ctx.put(made))
        elif old.text != text:
            fields = {"text": text, "evidence": evidence, "data": data, "trust": trust}
            draft.rewrite(old, fields, "new facts")
    return draft.change()


def _counts(draft: ChangeBuilder, item: Item) -> bool:
    """True while a fact holds, and is more than a report of somebody else: that makes no conclusion about a person."""
    now = draft.now(item)
    return now.until is None and draft.believed(item) and now.trust >= FIRM


def _about(item: Item) -> tuple[Scope, str] | None:
    subject = item.data.get("subject")
    return (shared(item.scope), norm(str(subject))) if subject and item.data.get("slot") else None


def _whose(item: Item) -> tuple[Scope, str] | None:
    of = item.data.get("of")
    return (item.scope, str(of)) if of else None
