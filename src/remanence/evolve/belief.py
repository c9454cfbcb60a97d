"""Keeps all assignments of things to places that are still possible, where not every move was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from remanence.algo.belief import Beliefs
from remanence.errors import InvalidInput
from remanence.stage import Ctx, writes
from remanence.stage.change_builder import ChangeBuilder
from remanence.types import Change, Evidence, Item, Scope, Where, check_data, shared

Key = tuple[Scope, str]


@writes
def places(change: Change, ctx: Ctx, *, one: str = "place", many: str = "places") -> Change:
    """An `object` for each thing, whose text tells where it is, or at which places it may be.

    Works on facts: slot `one` places a thing ("the red cube is at row 1"), slot `many` lists in `data["values"]` where
    all things of a sort stand now ("cubes now stand at ..."). A `scene` of each sort, "cubes", holds the assignments
    that are still possible; a sighting that settles one thing settles what follows for the others.
    What agrees with no assignment, or leaves too many, is left out and said in the receipt.
    """
    told = [f for f in change.fresh if f.kind == "fact" and f.data.get("slot") in (one, many) and f.data.get("subject")]
    if not told:
        return change
    draft = ChangeBuilder(change, "belief.places")
    scenes: dict[Key, Item] = {}
    objects: dict[Key, Item] = {}
    for kind, held, name in (("scene", scenes, "theme"), ("object", objects, "subject")):
        known = ctx.store.items(ctx.store.rows(Where(kinds=(kind,))))
        held.update(((shared(item.scope), str(item.data.get(name))), draft.now(item)) for item in known)
    moved: dict[Key, tuple[Beliefs[str], Item]] = {}
    for fact in told:
        slot, subject = fact.data["slot"], str(fact.data["subject"]).lower()
        key = (shared(fact.scope), subject if slot == many else _sort(subject))
        if key in moved:
            before = moved[key][0].possible
        else:
            scene = scenes.get(key)
            before = list(scene.data.get("possible") or ()) if scene else []
        beliefs = Beliefs[str](before)
        try:
            if slot == one:
                beliefs.sight(subject, str(fact.data.get("value")))
            else:
                beliefs.occupied([str(value) for value in fact.data.get("values") or ()])
            check_data("scene", _scene(key[1], beliefs.possible))
        except InvalidInput as error:
            draft.note(f"{fact.text!r} was not used: {error}")
            continue
        moved[key] = (beliefs, fact)
    for key, (beliefs, fact) in moved.items():
        if not beliefs.things():
            continue
        _set(draft, ctx, scenes.get(key), "scene", f"Where the {key[1]} are.", fact, _scene(key[1], beliefs.possible))
        for thing in beliefs.things():
            where = sorted(beliefs.where(thing))
            text = f"The {thing} is at {' or at '.join(where)}."
            data = {"subject": thing, "slot": one, "value": " or ".join(where), "possible": where}
            _set(draft, ctx, objects.get((key[0], thing)), "object", text, fact, data)
    return draft.change()


def _scene(theme: str, possible: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    return {"theme": theme, "possible": [dict(one) for one in possible]}


def _set(
    draft: ChangeBuilder, ctx: Ctx, old: Item | None, kind: str, text: str, fact: Item, data: Mapping[str, Any]
) -> None:
    """A new item, or new fields for the old one where something changed."""
    evidence = tuple(Evidence(part.id, part.start, part.end) for part in fact.evidence)
    if old is None:
        scope = shared(fact.scope)
        made = Item(kind, text, at=fact.at, scope=scope, evidence=evidence, trust=fact.trust, data=data)
        draft.put(ctx.put(made))
    elif any(old.data.get(name) != value for name, value in data.items()):
        fields = {"text": text, "data": dict(data), "at": fact.at, "evidence": evidence}
        draft.rewrite(old, {**fields, "trust": min(old.trust, fact.trust)}, "seen again", by=fact.id)


def _sort(subject: str) -> str:
    """ "red cube" -> "cubes": the plural of the last word."""
    last = subject.split()[-1]
    return last if last.endswith("s") else f"{last}s"
