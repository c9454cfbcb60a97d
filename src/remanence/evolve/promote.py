"""A question that the notes could not answer makes the note that would have (HiMem's reconsolidation on a miss)."""

from __future__ import annotations

from remanence.language import sentences
from remanence.language.person import resolve
from remanence.records import dataclass
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.stage.excerpt import excerpt
from remanence.stage.neighbours import neighbours
from remanence.stage.sufficiency import sufficiency
from remanence.types import EVERYTHING, Change, Cue, Hits, Item, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMiss:
    """Where no recalled note suffices for what was asked and a verbatim hit does, its best sentence becomes a note.

    Meant for `on_recall`: `change.asked` is the cue. What was recalled stays as it is, byte for byte. Nothing is made
    when the notes were enough, when nothing was (no guess is written down), or when such a note is there already
    (cosine from `floor`).
    """

    enough: float = 0.6
    floor: float = 0.95
    notes: tuple[str, ...] = ("note", "fact")
    kinds: tuple[str, ...] = ("turn", "chunk")

    def __call__(self, change: Change, ctx: Ctx) -> Change:
        cue = Cue(change.asked, ctx.clock())
        told = [item for item in change.given if item.kind in self.kinds]
        if _suffices([item for item in change.given if item.kind in self.notes], cue, ctx) >= self.enough:
            return change
        best = max(told, key=lambda item: _suffices([item], cue, ctx), default=None)
        if best is None or _suffices([best], cue, ctx) < self.enough:
            return change
        vector = ctx.embedder.embed_query(cue.text)
        spans = [span for span in sentences.split(best.text) if not span.of(best.text).rstrip().endswith(("?", "？"))]
        if not spans:
            return change
        near = ctx.embed([span.of(best.text) for span in spans]) @ vector
        span = spans[int(near.argmax())]
        text = resolve(span.of(best.text), best.who or "").text
        made = ctx.put(excerpt(best, "note", span.start, span.end, text))
        known = neighbours(
            ctx.store, [made], ctx.embed([made.text]), k=1, floor=self.floor, where=Where(kinds=self.notes)
        )
        if known[0]:
            return change
        draft = ChangeBuilder(change, "promote.on_miss")
        draft.put(made)
        return draft.change()


on_miss = writes(OnMiss)


def _suffices(items: list[Item], cue: Cue, ctx: Ctx) -> float:
    """`sufficiency` of some items for a cue."""
    rows = ctx.store.rows_of([item.id for item in items], EVERYTHING)
    there = rows[rows >= 0].tolist()
    return sufficiency(cue, Hits(ctx.store, there, [1.0] * len(there)), ctx, top=len(there)) if there else 0.0
