"""What a text is searched by beside its own words: who says it, and what was said just before."""

from __future__ import annotations

from remanence.language.person import resolve
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.types import Change, Item


@writes
def speaker(change: Change, ctx: Ctx, *, kinds: tuple[str, ...] = ("turn",)) -> Change:
    """Add the text with "I" and "my" turned into the speaker's name to what the turn is searched by.

    The text itself stays verbatim. A turn without a speaker or without first person is left as it is.
    """
    draft = ChangeBuilder(change, "embed.speaker")
    for item in change.fresh:
        if item.kind in kinds and item.who:
            read = resolve(item.text, item.who)
            if read.mentions:
                _add(draft, item, read.text)
    return draft.change()


@writes
def before(
    change: Change, ctx: Ctx, *, turns: int = 1, kinds: tuple[str, ...] = ("turn",), longest: int = 200
) -> Change:
    """Add the end of the `turns` turns before, of the same session and batch, to what a turn is searched by."""
    draft = ChangeBuilder(change, "embed.before")
    said: dict[object, list[str]] = {}
    for item in change.fresh:
        if item.kind in kinds:
            earlier = said.setdefault(item.scope, [])
            words = " ".join(text[-longest:] for text in earlier[-turns:])
            if words:
                _add(draft, item, words)
            earlier.append(item.text)
    return draft.change()


def _add(draft: ChangeBuilder, item: Item, words: str) -> None:
    held = str(draft.now(item).data.get("keys") or "")
    if words not in held:
        draft.rewrite(item, {"data": {"keys": f"{held} {words}".strip()}}, "words to search by")
