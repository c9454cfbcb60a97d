"""Memory systems by name: each recipe is a composition of stages and a card that says what it stands for.

`@recipe(name)` on a function that returns a `Recipe` registers it; its docstring is its card. Recipes are the modules
of this folder and what other packages announce in the entry-point group `remanence.recipes`; there is no other list.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from remanence.errors import BadKnob, RecipeError, UnknownRecipe
from remanence.recipes.outline import outline
from remanence.recipes.taxonomy import TAXONOMY, Card, card_of
from remanence.records import dataclass
from remanence.registry import Registry, check_knobs
from remanence.stage import SLOTS, Recipe

__all__ = [
    "TAXONOMY",
    "Card",
    "Difference",
    "card",
    "cards",
    "diff",
    "get",
    "names",
    "recipe",
    "show",
]

GROUP = "remanence.recipes"
Maker = Callable[..., Recipe]


@dataclass(frozen=True, slots=True)
class Difference:
    """One slot of two recipes: the stages that both have, and those that only one has, in order."""

    slot: str
    same: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]

    def __str__(self) -> str:
        """The slot, then a line each of what both have (=), only the left (-) and only the right has (+)."""
        marked = [("=", self.same), ("-", self.left), ("+", self.right)]
        told = [(mark, _chain(stages)) for mark, stages in marked if stages] or [("=", "(nothing)")]
        heads = [self.slot, *[""] * (len(told) - 1)]
        return "\n".join(
            textwrap.fill(text, 118, initial_indent=f"{head:<8}{mark} ", subsequent_indent=" " * 12)
            for head, (mark, text) in zip(heads, told, strict=True)
        )


def _chain(stages: tuple[str, ...]) -> str:
    """Stages as one line; neighbours that run at the same time under one `at_sleep(...)`, unions in brackets."""
    parts = []
    if len(stages) > 1:
        stages = tuple(f"({stage})" if _is_union(stage) else stage for stage in stages)
    for timed, some in itertools.groupby(stages, key=lambda stage: (_TIMED.match(stage) or [""])[0]):
        inner = " >> ".join(stage[len(timed) : -1] if timed else stage for stage in some)
        parts.append(f"{timed}{inner})" if timed else inner)
    return " >> ".join(parts)


def _is_union(stage: str) -> bool:
    """Whether a stage as it prints is `a | b`, which binds less than the `>>` of a chain."""
    depths = itertools.accumulate((letter in "([{") - (letter in ")]}") for letter in stage)
    return any(letter == "|" and not depth for letter, depth in zip(stage, depths, strict=True))


_TIMED = re.compile(r"at_sleep\(|on_recall\(|every\(\d+, ")

RECIPES: Registry[Maker] = Registry(
    "recipe", folders=(__name__,), group=GROUP, unknown=UnknownRecipe, taken=RecipeError
)
"""Every recipe's maker by its name."""
_CARDS: dict[str, Card] = {}


def recipe(name: str) -> Callable[[Maker], Maker]:
    """Register a function of knobs that returns a `Recipe`; its docstring is its card (`remanence.recipes.taxonomy`).

    `RecipeError` when the card lacks a field of the taxonomy, uses a word that the taxonomy does not have, or when the
    name is taken.
    """

    def register(maker: Maker) -> Maker:
        made = card_of(name, maker)
        RECIPES.add(name, maker)
        _CARDS[name] = made
        return maker

    return register


def names() -> list[str]:
    """Every recipe that is installed, sorted."""
    return RECIPES.names()


def cards(**wanted: str) -> list[Card]:
    """The cards whose fields hold the wanted words, such as `cards(form="planar")`; `BadKnob` for no such field."""
    known = {one.name for one in fields(Card)}
    for name in wanted:
        if name not in known:
            raise BadKnob(f"cards have no field {name!r}; they have: {', '.join(sorted(known))}")
    return [made for made in map(card, names()) if all(_holds(made, *pair) for pair in wanted.items())]


def _holds(made: Card, name: str, word: str) -> bool:
    value = getattr(made, name)
    return word in value if isinstance(value, tuple) else bool(value == word)


def card(name: str) -> Card:
    """The card of a recipe; `UnknownRecipe` with near names when there is none."""
    RECIPES.get(name)
    return _CARDS[name]


def get(name: str, **knobs: Any) -> Recipe:
    """The recipe with its published settings, or with other knobs.

    Raises UnknownRecipe, BadKnob for a knob that it does not have, RecipeError when what is registered makes none.
    """
    maker = RECIPES.get(name)
    check_knobs(f"recipe {name!r}", maker, knobs)
    made = maker(**knobs)
    if not isinstance(made, Recipe):
        raise RecipeError(f"recipe {name!r} returned {type(made).__name__}, not a Recipe")
    return replace(made, name=name)


def _lines(made: Recipe, slot: str) -> tuple[str, ...]:
    stage = getattr(made, slot)
    parts = stage.parts if stage.name == "then" else (stage,)
    return tuple(repr(part) for part in parts if not part.name.endswith("nothing"))


def diff(a: str | Recipe, b: str | Recipe) -> list[Difference]:
    """Slot by slot: the stages that two recipes share, and those that only one of them has; raises as `get` does.

    `RecipeError` for a name that is no recipe's.
    """
    import difflib  # only who compares pays for it

    left, right = (get(one) if isinstance(one, str) else one for one in (a, b))
    found = []
    for slot in SLOTS:
        ours, theirs = _lines(left, slot), _lines(right, slot)
        matcher = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False)
        same: list[str] = []
        only_left: list[str] = []
        only_right: list[str] = []
        for kind, i, j, m, n in matcher.get_opcodes():
            if kind == "equal":
                same += ours[i:j]
            else:
                only_left += ours[i:j]
                only_right += theirs[m:n]
        found.append(Difference(slot, tuple(same), tuple(only_left), tuple(only_right)))
    return found


def show(name: str) -> str:
    """A recipe as text: in five lines what it does and by which stages, then its card, then each stage with its knobs.

    `RecipeError` (`UnknownRecipe`) for a name that is no recipe's.
    """
    made, told = get(name), card(name)
    place = [f"{one} {_said(getattr(told, one))}" for one in ("family", *TAXONOMY) if getattr(told, one)]
    lines = [f"{told.name}: {told.says}", *outline(made), "", *_wrapped(f"place: {'; '.join(place)}", 2)]
    for one in fields(Card):
        value = getattr(told, one.name)
        if one.name not in ("name", "says", "family", *TAXONOMY) and value:
            lines += _wrapped(f"{one.name}: {_said(value)}", 2)
    for slot in SLOTS:
        lines.append(f"{slot}:")
        lines += [line for stage in _lines(made, slot) for line in _wrapped(stage, 4)] or ["    (nothing)"]
    return "\n".join(lines)


def _said(value: object) -> str:
    """A field of a card as text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{measure} {number}" for measure, number in value.items())
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, 118, initial_indent=" " * indent, subsequent_indent=" " * (indent + 4))
