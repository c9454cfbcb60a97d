"""Cuts a chat into exchanges, what was asked with what was answered; each is found by the asker's words and facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remanence.errors import BadKnob
from remanence.form.segment import runs
from remanence.language import dates as times
from remanence.language import sentences
from remanence.language.statements.plain import plain_statements
from remanence.language.text import words
from remanence.stage import Ctx, writes
from remanence.types import Change, Evidence, Item, Link, iso

KEYS = ("merged", "apart", "none")
_MINE = frozenset(["i", "i'm", "i've", "i'd", "i'll", "my", "mine", "we", "we're", "we've", "our", "ours"])


@writes
def exchanges(change: Change, ctx: Ctx, *, keys: str = "merged", kinds: tuple[str, ...] = ("turn",)) -> Change:
    """A `chunk` for each exchange: a turn of the one who begins the session, and all replies to it.

    Its text is the asker's words, its evidence the whole exchange: long replies would drown what it is found by.
    keys: "merged" searches an exchange also by what its asker says in the first person and by the facts in it, "apart"
    makes each such statement a `fact` that leads to its exchange, "none" leaves them out (LongMemEval, Wu et al. 2025).
    `data["dates"]` holds [at, until] of the times that the asker certainly names. Turns link `part_of` their exchange.
    Meant for `at_sleep`: an exchange never reaches beyond the turns that the stage is given.
    """
    if keys not in KEYS:
        raise BadKnob(f"keys of exchanges are {', '.join(KEYS)}, not {keys!r}")
    puts: list[Item] = []
    links: list[Link] = []
    for turns in runs(item for item in change.fresh if item.kind in kinds):
        for group in _exchanges(turns):
            told = [] if keys == "none" else _told(group[0])
            data: dict[str, Any] = {"dates": _dates(group[0])}
            if keys == "merged" and told:
                data["keys"] = " ".join(told)
            made = ctx.put(_chunk(group, data))
            puts.append(made)
            links += [Link(turn.id, "part_of", made.id) for turn in group]
            if keys == "apart":
                puts += [
                    ctx.put(
                        Item(
                            "fact",
                            text,
                            at=made.at,
                            scope=made.scope,
                            evidence=(Evidence(made.id, 0, len(made.text)),),
                            trust=made.trust,
                        )
                    )
                    for text in told
                ]
    return change.plus(puts=puts, links=links)


def _exchanges(turns: Sequence[Item]) -> list[list[Item]]:
    """A session's turns, cut before each turn of whoever spoke first."""
    groups: list[list[Item]] = []
    for turn in turns:
        if not groups or turn.who == turns[0].who:
            groups.append([])
        groups[-1].append(turn)
    return groups


def _chunk(group: Sequence[Item], data: dict[str, Any]) -> Item:
    return Item(
        "chunk",
        group[0].text,
        who=group[0].who,
        at=group[0].at,
        scope=group[0].scope,
        evidence=tuple(Evidence(turn.id, 0, len(turn.text)) for turn in group),
        trust=min(turn.trust for turn in group),
        salience=max(turn.salience for turn in group),
        data=data,
    )


def _told(turn: Item) -> list[str]:
    """What the asker states: sentences in the first person that ask nothing, and facts by slot and value."""
    told: dict[str, None] = {}
    for span in sentences.split(turn.text):
        sentence = span.of(turn.text).strip()
        if not sentence.endswith("?") and _MINE & set(words(sentence.replace("’", "'"))):
            told[sentence] = None
    for one in plain_statements(turn.text, turn.who or "", turn.at):
        told[f"{one.attribute} {one.value}".replace("_", " ")] = None
    return list(told)


def _dates(turn: Item) -> list[list[str | None]]:
    return [[iso(one.at), iso(one.until)] for one in times.find(turn.text, turn.said_at) if one.certain]
