"""Memory systems by name: each recipe is a composition of stages and a card that says what it stands for.

`@recipe(...)` on a function that returns a `Recipe` registers it. Recipes are the modules of this folder and
whatever other packages announce in the entry-point group `remanence.recipes`; there is no other list.
"""

from __future__ import annotations

import difflib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from typing import Any

from remanence.errors import BadKnob, RecipeError, UnknownRecipe
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


_CARDS: dict[str, Card] = {}
_MAKERS: dict[str, Maker] = {}
_scanned = {"folder": False, "plugins": False}


def recipe(
    name: str,
    *,
    form: str | tuple[str, ...] = (),
    function: str | tuple[str, ...] = (),
    dynamics: str | tuple[str, ...] = (),
    control: str | tuple[str, ...] = (),
    family: str = "",
    paper: str = "",
    ledger: str = "",
    faithful: str = "faithful",
    lost: str = "",
    reported: Mapping[str, Any] | None = None,
    reproduced: Mapping[str, Any] | None = None,
    needs: tuple[str, ...] = (),
) -> Callable[[Maker], Maker]:
    """Register a function of knobs that returns a `Recipe`; its docstring's first line goes on the card.

    `RecipeError` when the card lacks its family, form, function, dynamics or control, uses a word that the
    taxonomy does not have, or when the name is taken.
    """

    def register(maker: Maker) -> Maker:
        says = (inspect.getdoc(maker) or "").strip().split("\n", 1)[0]
        made = Card(
            name=name,
            says=says,
            family=family,
            form=_words(name, "form", form, FORMS),
            function=_words(name, "function", function, FUNCTIONS),
            dynamics=_words(name, "dynamics", dynamics, DYNAMICS),
            control=_words(name, "control", control, CONTROL),
            faithful=faithful,
            lost=lost,
            paper=paper,
            ledger=ledger,
            reported=dict(reported or {}),
            reproduced=dict(reproduced or {}),
            needs=tuple(needs),
        )
        _check(made)
        known = _MAKERS.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (
            maker.__module__,
            maker.__qualname__,
        ):
            raise RecipeError(f"recipe {name!r} is already registered by {known.__module__}; choose another name")
        _CARDS[name] = made
        _MAKERS[name] = maker
        return maker

    return register


def _words(name: str, slot: str, given: str | tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
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
    _scan()
    return sorted(_CARDS)


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
    return _CARDS[_find(name)]


def get(name: str, **knobs: Any) -> Recipe:
    """The recipe with its published settings, or with other knobs; else `UnknownRecipe` or `BadKnob`."""
    maker = _MAKERS[_find(name)]
    allowed = list(inspect.signature(maker).parameters)
    for knob in knobs:
        if knob not in allowed:
            near = difflib.get_close_matches(knob, allowed, n=3) or allowed
            raise BadKnob(f"recipe {name!r} has no knob {knob!r}; it has: {', '.join(near) or 'none'}")
    made = maker(**knobs)
    if not isinstance(made, Recipe):
        raise RecipeError(f"recipe {name!r} returned {type(made).__name__}, not a Recipe")
    return replace(made, name=name)


def _find(name: str) -> str:
    if name not in _MAKERS and name in _folder():
        import_module(f"{__name__}.{name}")
    if name not in _MAKERS:
        _scan()
    if name not in _MAKERS:
        near = difflib.get_close_matches(name, _MAKERS, n=3, cutoff=0.4)
        hint = f"near: {', '.join(near)}" if near else f"there are: {', '.join(sorted(_MAKERS))}"
        raise UnknownRecipe(f"no recipe {name!r}; {hint}")
    return name


def _folder() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(__path__)]


def _scan() -> None:
    """Import every module of this folder, and every plug-in; a plug-in that cannot be imported says so."""
    if not _scanned["folder"]:
        for module in _folder():
            import_module(f"{__name__}.{module}")
        _scanned["folder"] = True
    if not _scanned["plugins"]:
        from importlib.metadata import entry_points  # slow to import; a built-in recipe does without

        for point in entry_points(group=GROUP):
            try:
                point.load()
            except (ImportError, AttributeError) as error:
                raise RecipeError(
                    f"the plug-in recipe {point.name!r} ({point.value}) cannot be loaded: {error}; "
                    "repair or uninstall its package"
                ) from error
        _scanned["plugins"] = True


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
