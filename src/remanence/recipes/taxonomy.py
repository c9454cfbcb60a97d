"""What a recipe stands for: the card in its docstring, read and held against the taxonomy of memory systems.

A card is the first line of the docstring, which says what the recipe does, and below it one line a field:

    Family: dialogue. Form: hierarchical.
    ...

A longer field goes on in lines that stand further in. The taxonomy is that of "Memory in the Age of AI Agents" (form,
function, dynamics, control), "The AI Hippocampus" (memory), "From Human Memory to AI Memory" (octant) and "Graph-based
Agent Memory" (graph, operators).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from typing import Any

from remanence.errors import RecipeError
from remanence.records import dataclass
from remanence.registry import near

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
MEMORY = ("implicit", "explicit", "agentic", "text", "image", "sound")
"""Whether it lies in weights, in a store, or is kept by an agent; and in which modality."""
OCTANT = ("personal", "system", "parametric", "non-parametric", "short", "long")
"""Of whom, in what form, for how long: one word of each pair."""
GRAPHS = ("knowledge", "temporal", "hyper", "hierarchical", "hybrid")
"""The kind of graph, where memory is one."""
OPERATORS = ("similarity", "rule", "traversal", "temporal", "agent")
"""How a graph is read."""
TAXONOMY = {
    "form": FORMS,
    "function": FUNCTIONS,
    "dynamics": DYNAMICS,
    "control": CONTROL,
    "memory": MEMORY,
    "octant": OCTANT,
    "graph": GRAPHS,
    "operators": OPERATORS,
}
"""The fields of a card that place a recipe among memory systems, and the words that each of them takes."""
_PAIRS = (("personal", "system"), ("parametric", "non-parametric"), ("short", "long"))
_ONLY_GRAPHS = ("graph", "operators")
_FIELD = re.compile(r"(?P<name>[A-Z][a-z]+): (?P<text>.*)", re.S)
_NEXT = re.compile(r"\. (?=[A-Z][a-z]+: )")
_NUMBERS = ("reported", "reproduced")


@dataclass(frozen=True, slots=True)
class Card:
    """What a recipe stands for: its paper, its place among memory systems, and how true to the paper it is.

    The fields of `TAXONOMY` take its words. `reported` are the paper's numbers and `reproduced` ours, by the name of
    the measure; they never mix. `price` says what taking in or sleeping costs, where that is much.
    `graph` and `operators` are empty where memory is no graph.
    """

    name: str
    says: str
    family: str = ""
    form: tuple[str, ...] = ()
    function: tuple[str, ...] = ()
    dynamics: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    memory: tuple[str, ...] = ()
    octant: tuple[str, ...] = ()
    graph: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    faithful: str = "faithful"
    lost: str = ""
    price: str = ""
    paper: str = ""
    ledger: str = ""
    reported: Mapping[str, str] = field(default_factory=dict)
    reproduced: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.name)


def card_of(name: str, maker: Callable[..., Any]) -> Card:
    """The card in a maker's docstring; `RecipeError` says which field is missing, unknown, or uses other words."""
    lines = (inspect.getdoc(maker) or "").split("\n")
    told: dict[str, Any] = {}
    known = [one.name for one in fields(Card) if one.name not in ("name", "says")]
    for field_name, text in _fields(lines[1:]):
        if field_name not in known:
            raise RecipeError(f"recipe {name!r}: a card has no {field_name!r}; {near(field_name, known)}")
        if field_name in TAXONOMY:
            told[field_name] = tuple(word.strip() for word in text.split(",") if word.strip())
        elif field_name in _NUMBERS:
            measure, _, number = text.partition(" = ")
            told.setdefault(field_name, {})[measure] = number
        else:
            told[field_name] = text
    made = Card(name=name, says=lines[0].strip(), **told)
    _check(made)
    return made


def _fields(lines: list[str]) -> list[tuple[str, str]]:
    """(name, text) of each field; a line that stands further in belongs to the field before it."""
    rows: list[str] = []
    for line in lines:
        if _FIELD.fullmatch(line):
            rows.append(line)
        elif rows and line.startswith("    "):
            rows[-1] += f" {line.strip()}"
    parts = [part for row in rows for part in _parts(row)]
    found = [_FIELD.fullmatch(part) for part in parts]
    return [(one["name"].lower(), one["text"].strip()) for one in found if one is not None]


def _parts(row: str) -> list[str]:
    """A row of short fields as one text a field; a field of prose is left whole."""
    first = row.split(":", 1)[0].lower()
    return _NEXT.split(row.removesuffix(".")) if first in (*TAXONOMY, "family", "ledger") else [row]


def _check(made: Card) -> None:
    name = made.name
    if not name.isidentifier() or name != name.lower():
        raise RecipeError(f"recipe name {name!r} should be a lower-case word such as 'a_mem'")
    if not made.says:
        raise RecipeError(f"recipe {name!r} has no docstring; its first line goes on the card")
    if not made.family:
        raise RecipeError(f"recipe {name!r} has no family on its card, such as 'dialogue' or 'graph'")
    a_graph = made.family == "graph" or "planar" in made.form
    for slot, words in TAXONOMY.items():
        given = getattr(made, slot)
        if not given and (a_graph or slot not in _ONLY_GRAPHS):
            raise RecipeError(f"recipe {name!r} has no {slot} on its card; choose from: {', '.join(words)}")
        for word in given:
            if word not in words:
                raise RecipeError(f"recipe {name!r}: {slot} {word!r} is not one of: {', '.join(words)}")
    for pair in _PAIRS:
        if len(set(pair) & set(made.octant)) != 1:
            raise RecipeError(f"recipe {name!r}: its octant names one of {' and '.join(pair)}")
    if made.faithful not in FAITHFUL:
        raise RecipeError(f"recipe {name!r}: faithful={made.faithful!r} is not one of: {', '.join(FAITHFUL)}")
    if made.faithful != "faithful" and not made.lost:
        raise RecipeError(f"recipe {name!r} is {made.faithful}; say in `lost` what is lost")
