"""Memory systems by name: each recipe is a composition of stages and a card that says what it stands for.

`@recipe(...)` on a function that returns a `Recipe` registers it. Recipes are the modules of this folder and
whatever other packages announce in the entry-point group `remanence.recipes`; there is no other list.
"""

from __future__ import annotations

import difflib
import inspect
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

from remanence.errors import BadKnob, RecipeError, UnknownRecipe
from remanence.registry import Registry, check_knobs, near
from remanence.stage import SLOTS, Recipe

__all__ = [
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
FAITHFUL = ("faithful", "approximate(no-llm)", "reading-only")
FORMS = ("flat", "planar", "hierarchical", "parametric", "latent")
"""What memory is made of: unlinked texts, texts in one graph, layers, weights, hidden states."""
FUNCTIONS = ("factual", "experiential", "working", "spatial")
"""What memory is for: what is so, how things went, the task in hand, where things are."""
DYNAMICS = (
    "verbatim",
    "summarise",
    "distil",
    "structure",
    "latent",
    "internalise",
    "consolidate",
    "update",
    "forget",
)
"""How memory comes about and changes."""
CONTROL = ("rule", "learned", "llm")
"""Who decides what is written, changed and found."""
TAXONOMY = {"form": FORMS, "function": FUNCTIONS, "dynamics": DYNAMICS, "control": CONTROL}
"""The fields of a card that place a recipe among memory systems, and the words that each of them takes."""

Maker = Callable[..., Recipe]


@dataclass(frozen=True, slots=True)
class Card:
    """What a recipe stands for: its paper, its place among memory systems, and how true to the paper it is.

    `form`, `function`, `dynamics` and `control` take words of `FORMS`, `FUNCTIONS`, `DYNAMICS` and `CONTROL`.
    `reported` are the paper's numbers and `reproduced` ours, by the name of the measure; they never mix.
    """

    name: str
    says: str
    family: str
    form: tuple[str, ...]
    function: tuple[str, ...]
    dynamics: tuple[str, ...]
    control: tuple[str, ...]
    faithful: str = "faithful"
    lost: str = ""
    paper: str = ""
    ledger: str = ""
    reported: Mapping[str, Any] = field(default_factory=dict)
    reproduced: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.name)


Words = str | tuple[str, ...]


class CardFields(TypedDict, total=False):
    """What `@recipe` is told for the card; words of the taxonomy as a tuple or with commas between them."""

    family: str
    form: Words
    function: Words
    dynamics: Words
    control: Words
    faithful: str
    lost: str
    paper: str
    ledger: str
    reported: Mapping[str, Any]
    reproduced: Mapping[str, Any]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One slot of two recipes: the stages that both have, and those that only one has, in order."""

    slot: str
    same: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]

    def __str__(self) -> str:
        told = [f"{self.slot}:"]
        told += [f"    {stage}" for stage in self.same]
        told += [f"  - {stage}" for stage in self.left]
        told += [f"  + {stage}" for stage in self.right]
        return "\n".join(told)


RECIPES: Registry[Maker] = Registry(
    "recipe", folders=(__name__,), group=GROUP, unknown=UnknownRecipe, taken=RecipeError
)
"""Every recipe's maker by its name."""
_CARDS: dict[str, Card] = {}


def recipe(name: str, **told: Unpack[CardFields]) -> Callable[[Maker], Maker]:
    """Register a function of knobs that returns a `Recipe`; its docstring's first line goes on the card.

    told: the other fields of the card; without any they are those that stand under `name` in `cards.toml`, where
    this room's recipes are side by side. `RecipeError` when the card lacks its family, form, function, dynamics or
    control, uses a word that the taxonomy does not have, or when the name is taken.
    """
    unknown = sorted(set(told) - set(CardFields.__annotations__))
    if unknown:
        raise RecipeError(
            f"recipe {name!r}: a card has no {', '.join(unknown)}; {near(unknown[0], CardFields.__annotations__)}"
        )

    def register(maker: Maker) -> Maker:
        ours = maker.__module__.startswith(f"{__name__}.")
        made = {} if ours and not told else {name: _card(name, maker, told)}
        RECIPES.add(name, maker)
        _CARDS.update(made)
        return maker

    return register


@cache
def _written() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("cards.toml").read_text("utf-8"))


def _card(name: str, maker: Maker, told: Mapping[str, Any]) -> Card:
    """The card, checked."""
    says = (inspect.getdoc(maker) or "").strip().split("\n", 1)[0]
    placed = {slot: _words(name, slot, told.get(slot, ()), known) for slot, known in TAXONOMY.items()}
    facts: dict[str, Any] = {"family": "", **told, **placed}
    made = Card(name=name, says=says, **facts)
    _check(made)
    return made


def _words(name: str, slot: str, given: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else tuple(given)
    words = tuple(word for word in words if word)
    if not words:
        raise RecipeError(f"recipe {name!r} has no {slot} on its card; choose from: {', '.join(known)}")
    for word in words:
        if word not in known:
            raise RecipeError(f"recipe {name!r}: {slot} {word!r} is not one of: {', '.join(known)}")
    return words


def _check(made: Card) -> None:
    if not made.name.isidentifier() or made.name != made.name.lower():
        raise RecipeError(f"recipe name {made.name!r} should be a lower-case word such as 'a_mem'")
    if not made.family:
        raise RecipeError(f"recipe {made.name!r} has no family on its card, such as 'dialogue' or 'graph'")
    if not made.says:
        raise RecipeError(f"recipe {made.name!r} has no docstring; its first line goes on the card")
    if made.faithful not in FAITHFUL:
        raise RecipeError(f"recipe {made.name!r}: faithful={made.faithful!r} is not one of: {', '.join(FAITHFUL)}")
    if made.faithful != "faithful" and not made.lost:
        raise RecipeError(f"recipe {made.name!r} is {made.faithful}; say in `lost` what is lost")


def names() -> list[str]:
    """Every recipe that is installed, sorted."""
    return RECIPES.names()


def cards(**wanted: str) -> list[Card]:
    """The cards whose fields hold the wanted words, such as `cards(form="planar")`."""
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
    maker = RECIPES.get(name)
    if name not in _CARDS:  # one of ours, whose card is read when it is first looked at
        _CARDS[name] = _card(name, maker, _written().get(name, {}))
    return _CARDS[name]


def get(name: str, **knobs: Any) -> Recipe:
    """The recipe with its published settings, or with other knobs; else `UnknownRecipe` or `BadKnob`."""
    maker = RECIPES.get(name)
    check_knobs(f"recipe {name!r}", maker, knobs)
    made = maker(**knobs)
    if not isinstance(made, Recipe):
        raise RecipeError(f"recipe {name!r} returned {type(made).__name__}, not a Recipe")
    return replace(made, name=name)


def _lines(made: Recipe, slot: str) -> tuple[str, ...]:
    stage = getattr(made, slot)
    parts = stage.parts if stage.name == "then" else (stage,)
    return tuple(repr(part) for part in parts if repr(part) not in ("nothing()", "stage.nothing()"))


def diff(a: str | Recipe, b: str | Recipe) -> list[Difference]:
    """Slot by slot: the stages that two recipes share, and those that only one of them has."""
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
    """A recipe as text: its card, then its stages, one line each."""
    made, told = get(name), card(name)
    lines = [f"{told.name}: {told.says}"]
    for one in fields(Card):
        value = getattr(told, one.name)
        if one.name in ("name", "says") or not value:
            continue
        if isinstance(value, tuple):
            value = ", ".join(value)
        elif isinstance(value, Mapping):
            value = "; ".join(f"{measure} {number}" for measure, number in value.items())
        lines.append(f"  {one.name}: {value}")
    for slot in SLOTS:
        stages = _lines(made, slot)
        lines.append(f"{slot}:")
        lines += [f"    {stage}" for stage in stages] or ["    (nothing)"]
    return "\n".join(lines)
