"""Training pairs out of memory: what a personal model may learn, each with the items that it rests on (Second Me)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from remanence.language.statements.stored import statement_of
from remanence.records import dataclass
from remanence.types import Item, StoreView, Where


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt, the answer that holds, and for preference training one that does not; with the ids it rests on."""

    prompt: str
    chosen: str
    rejected: str = ""
    sources: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """ "dpo" with a rejected answer, "sft" without."""
        return "dpo" if self.rejected else "sft"

    def row(self) -> dict[str, object]:
        """As one line of JSON lines."""
        return {"form": self.form, **asdict(self)}


def training_pairs(view: StoreView) -> Iterator[Pair]:
    """A pair for each statement that holds now, and a preference pair where it took another's place.

    A statement that is denied, planned or ended teaches nothing; nor does one that external text made. What is
    forgotten or erased is in no pair, since pairs are read from memory each time.
    """
    facts = view.items(view.rows(Where(kinds=("fact",))))
    ended = {item.id: item for item in view.items(view.rows(Where(kinds=("fact",), ended=True)))}
    beaten: dict[str, Item] = {}
    for link in view.links([item.id for item in facts], rels=("supersedes",), direction="out"):
        if link.dst in ended:
            beaten[link.src] = ended[link.dst]
    for fact in facts:
        says = statement_of(fact)
        if says is None or not says.holds or fact.trust < 0.5 or not says.value:
            continue
        prompt = f"What is {says.subject}'s {says.attribute.replace('_', ' ')}?"
        old = beaten.get(fact.id)
        then = statement_of(old) if old is not None else None
        sources = tuple(dict.fromkeys([fact.id, *(one.id for one in fact.evidence)]))
        yield Pair(prompt, says.value, then.value if then is not None and then.value != says.value else "", sources)
