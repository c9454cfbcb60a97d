"""The one shape of every stage - a name, knobs, parts and a function - and the decorator that makes stages.

A stage is data: it prints, compares and hashes by its name, the knobs that differ from their defaults, and its parts.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any, TypeVar

from remanence.errors import BadKnob
from remanence.records import dataclass

S = TypeVar("S", bound="Stage")
Knobs = tuple[tuple[str, Any], ...]
"""(name, value) of each knob that was given another value than its default, sorted."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A named function with its knobs; `parts` are the stages inside a composed or wrapping one."""

    name: str
    run: Callable[..., Any] = field(compare=False)
    knobs: Knobs = ()
    parts: tuple[Any, ...] = ()

    def flat(self, name: str = "then") -> tuple[Any, ...]:
        """The parts of a composition of this name, in order; otherwise the stage alone."""
        return self.parts if self.name == name else (self,)

    def round(self: S, *stages: Stage) -> S:
        """The same wrapping stage, round other stages."""
        if not isinstance(self.run, _Round):
            raise BadKnob(f"{self.name} wraps no stages")
        return replace(self, run=replace(self.run, stages=stages), parts=stages)

    def shown(self) -> str:
        """As it is written in a recipe: `name(part, knob=value)`."""
        told = [*map(repr, self.parts), *(f"{knob}={value!r}" for knob, value in self.knobs)]
        return f"{self.name}({', '.join(told)})"

    def key(self) -> tuple[Any, ...]:
        """What it hashes by."""
        return self.name, frozen(self.knobs), self.parts


@dataclass(frozen=True, slots=True)
class _Round:
    """A function that gets its inner stages after what the engine passes."""

    function: Callable[..., Any]
    stages: tuple[Any, ...]

    def __call__(self, *given: Any) -> Any:
        return self.function(*given, self.stages)


def maker(
    make_stage: Callable[..., S], kind: str, function: Callable[..., Any], *, given: int, wrapping: bool = False
) -> Callable[..., S]:
    """A function of knobs that returns a stage: the body of `writes`, `reads`, `composes` and `wraps`.

    given: how many arguments the engine passes at the call; the rest are knobs, by name only. A wrapping function
    gets its inner stages as one tuple after them. A stage of many knobs is a dataclass: its fields are the knobs,
    the engine calls the instance, and `OnUse` is the stage `on_use`.
    """
    given += wrapping
    own = function.__name__.rstrip("_")
    if isinstance(function, type):
        given, own = 0, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", own).lower()
    name = f"{function.__module__.rsplit('.', 1)[-1]}.{own}"
    parameters = functools.cache(lambda: list(inspect.signature(function).parameters.values())[given:])

    @functools.wraps(function, updated=())
    def make(*stages: Any, **knobs: Any) -> S:
        if stages and not wrapping:
            example = f"{parameters()[0].name}=..." if parameters() else ""
            raise BadKnob(f"{name}: knobs are given by name, as in {name}({example})")
        changed = _bound(name, parameters(), knobs)
        run = function(**knobs) if isinstance(function, type) else functools.partial(function, **knobs)
        if not wrapping:
            return make_stage(name, run, changed)
        if not stages or not all(isinstance(stage, Stage) for stage in stages):
            raise BadKnob(f"{name} needs the stages that it wraps, and knobs by name")
        return make_stage(name, _Round(run, stages), changed, stages)

    make.__stage__ = kind  # type: ignore[attr-defined]
    return make


def _bound(name: str, parameters: list[inspect.Parameter], knobs: Mapping[str, Any]) -> Knobs:
    """The knobs of one use, checked against the signature; only those that differ from their defaults."""
    allowed = {parameter.name: parameter.default for parameter in parameters}
    for knob in knobs:
        if knob not in allowed:
            import difflib  # only a knob that is not there pays for it

            near = difflib.get_close_matches(knob, allowed, n=3)
            hint = f"; near: {', '.join(near)}" if near else f"; it has: {', '.join(allowed) or 'none'}"
            raise BadKnob(f"{name} has no knob {knob!r}{hint}")
    required = [one for one, default in allowed.items() if default is inspect.Parameter.empty]
    missing = [one for one in required if one not in knobs]
    if missing:
        raise BadKnob(f"{name} needs {', '.join(missing)}")
    return tuple(sorted((one, value) for one, value in knobs.items() if not _same(allowed[one], value)))


def _same(left: Any, right: Any) -> bool:
    return bool(frozen(left) == frozen(right)) and type(left) is type(right)


def frozen(value: Any) -> Any:
    """A hashable form of a knob's value."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, frozen(inner)) for key, inner in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(frozen(inner) for inner in value)
    if isinstance(value, set):
        return tuple(sorted(frozen(inner) for inner in value))
    return value
