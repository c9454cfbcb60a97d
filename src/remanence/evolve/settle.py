"""What a person says about two memories that do not agree."""

from __future__ import annotations

from remanence.errors import InvalidInput
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.types import Change, Link


@writes
def settled(change: Change, ctx: Ctx, *, replaced: bool = False) -> Change:
    """The two given items no longer contradict each other; with `replaced` the first took the place of the second."""
    if len(change.given) != 2:
        raise InvalidInput("two memories are settled at once: the newer one and the older one")
    new, old = change.given
    draft = ChangeBuilder(change, "settle.settled")
    ends = {new.id, old.id}
    for link in ctx.store.links([new.id], rels=("contradicts",)):
        if {link.src, link.dst} == ends:
            draft.unlink(link)
    if replaced:
        draft.link(Link(new.id, "supersedes", old.id, at=new.at, reason="a person said so"))
    return draft.change()
