"""Raw, then summary, then nothing: what answers least gives way first, before anything is cut (SCM)."""

from __future__ import annotations

from dataclasses import replace

from remanence.compose import fence
from remanence.compose.fence import escape
from remanence.compose.listing import context_of, room_in
from remanence.compose.opening import note
from remanence.errors import BadKnob
from remanence.language import sentences
from remanence.language.summary import extractive
from remanence.language.tokens import count_tokens
from remanence.records import dataclass
from remanence.stage import Ctx, composes
from remanence.stage.sufficiency import sufficiency
from remanence.types import Context, Cue, Hit, Hits


@dataclass(frozen=True, slots=True)
class _Rung:
    """One hit as it stands: whole, as its most central sentence, or not at all."""

    hit: Hit
    whole: str
    short: str
    answers: float
    form: str = "raw"

    @property
    def text(self) -> str:
        return {"raw": self.whole, "summary": self.short, "dropped": ""}[self.form]


@composes
def ladder(
    cue: Cue, hits: Hits, ctx: Ctx, budget_tokens: int, *, top: int = 6, flash: bool = True, enough: float = 0.5
) -> Context:
    """The best `top` hits whole, in order of time; over the budget the weakest become one sentence, then fall away.

    A hit whose sentence holds `enough` of what the cue asks gives way first, since nothing is lost; then those of the
    least score. The best hit stays whole to the last. flash: the turn before the newest recalled session's end, which
    is the last thing said, always comes along. The channel-like field `why["form"]` of each hit says how it stands.
    """
    if not 0 < enough <= 1 or top < 1:
        raise BadKnob(f"a ladder needs top >= 1 and 0 < enough <= 1, not {top} and {enough}")
    chosen = [*hits.top(top)]
    if flash:
        last = ctx.store.rows(replace(cue.where, kinds=("turn",)))[-1:]
        chosen += [Hit(item, 0.0) for item in ctx.store.items(last) if item.id not in {hit.id for hit in chosen}]
    rungs = [_rung(hit, cue, ctx) for hit in chosen]
    room = room_in(budget_tokens)
    for form in ("summary", "dropped"):
        while _cost(rungs) > room:
            place = _weakest(rungs, form, enough)
            if place is None:
                break
            rungs[place] = replace(rungs[place], form=form)
    kept = [rung for rung in rungs if rung.form != "dropped"]
    if _cost(kept) > room:
        kept = []
    kept.sort(
        key=lambda rung: (rung.hit.item.at is not None, (rung.hit.item.at and rung.hit.item.at.timestamp()) or 0.0)
    )
    told = [replace(rung.hit, why={**rung.hit.why, "form": rung.form}) for rung in kept]
    cut = any(rung.form != "raw" for rung in rungs)
    return context_of([rung.text for rung in kept], told, hits, ctx, cut=cut)


def _rung(hit: Hit, cue: Cue, ctx: Ctx) -> _Rung:
    said = [span.of(hit.item.text) for span in sentences.split(hit.item.text)] or [hit.item.text]
    best = extractive(said, ctx.embed(said), 1)
    short = said[best[0]] if best else said[0]
    row = ctx.store.rows_of([hit.id], cue.where)
    alone = Hits(ctx.store, row[row >= 0], [hit.score] * int((row >= 0).sum()))
    return _Rung(hit, _line(hit, hit.item.text), _line(hit, short), sufficiency(cue, alone, ctx))


def _line(hit: Hit, text: str) -> str:
    item = hit.item
    date = f"[{item.at:%Y-%m-%d %H:%M}] " if item.at is not None else ""
    who = f"{escape(item.who)}: " if item.who else ""
    told = fence.marked(escape(text), item.trust) + escape(note(hit.marks))
    return f"{date}{who}{told} {{{escape(item.source or item.id)}}}"


def _cost(rungs: list[_Rung]) -> int:
    return sum(count_tokens(rung.text) + 1 for rung in rungs if rung.form != "dropped")


def _weakest(rungs: list[_Rung], form: str, enough: float) -> int | None:
    """Which one gives way next: towards `form`, never the best hit while another can."""
    shorter = [len(rung.short) < len(rung.whole) for rung in rungs]
    if form == "summary":
        able = [place for place, rung in enumerate(rungs) if rung.form == "raw" and shorter[place]]
    else:
        able = [
            place
            for place, rung in enumerate(rungs)
            if rung.form == "summary" or (rung.form == "raw" and not shorter[place])
        ]
    able = [place for place in able if place > 0] or able
    return min(able, key=lambda place: (rungs[place].answers >= enough, rungs[place].hit.score), default=None)
