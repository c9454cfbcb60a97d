"""Makes facts of plain statements of state: signs, places, and the fields of tickets and other records."""

from __future__ import annotations

from remanence.language.statements.fields import field_statements
from remanence.stage import Ctx, writes
from remanence.types import Change, Evidence, Item


@writes
def fields(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("turn", "chunk")) -> Change:
    """A `fact` (subject, slot, value) for each sentence that states a state, such as "the sign points left".

    A sentence of which the change holds a fact already is left out. `data["values"]` lists the places where a
    sentence tells where several things are without saying which is where.
    """
    told = {(part.id, part.start) for item in change.puts if item.kind == "fact" for part in item.evidence}
    puts = []
    for item in change.fresh:
        if item.kind not in kinds:
            continue
        mine = [start for id, start in told if id == item.id]
        for one in field_statements(item.text):
            if any(one.start <= start < one.end for start in mine):
                continue
            subject = one.subject or item.who or "speaker"
            data = {"subject": subject, "slot": one.attribute, "value": one.value, "polarity": True, "certain": True}
            data["keys"] = " ".join(dict.fromkeys(f"{subject} {one.attribute} {one.value}".split()))
            if one.values:
                data["values"] = list(one.values)
            fact = Item(
                "fact",
                item.text[one.start : one.end],
                at=item.at,
                scope=item.scope,
                evidence=(Evidence(item.id, one.start, one.end),),
                trust=item.trust,
                salience=item.salience,
                data=data,
            )
            puts.append(ctx.put(fact))
    return change.plus(puts=puts)
