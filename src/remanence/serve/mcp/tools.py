"""What a tool is: a name, its parameters, hints for the client, and a function of a memory and its arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from remanence.errors import InvalidInput
from remanence.memory import Memory

Arguments = Mapping[str, Any]
Run = Callable[[Memory, Arguments], dict[str, Any]]
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def as_json(told: Any) -> str:
    """The text of an answer where a tool has no other: its JSON on one line."""
    return json.dumps(told, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. Models guess names, so `aliases` are taken as well."""

    name: str
    type: str
    means: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        also = f" (also: {', '.join(self.aliases)})" if self.aliases else ""
        return {"type": self.type, "description": self.means + also, **self.more}

    def take(self, given: Arguments) -> Any:
        """Its value among the given arguments, or None; `InvalidInput` for another type."""
        name = next((name for name in (self.name, *self.aliases) if given.get(name) is not None), None)
        if name is None:
            if self.required:
                raise InvalidInput(f"{self.name} is missing: {self.means}")
            return None
        value = given[name]
        if self.type == "integer" and isinstance(value, float) and value.is_integer():
            value = int(value)  # some clients know one sort of number
        fits = isinstance(value, TYPES[self.type]) and not (isinstance(value, bool) and self.type != "boolean")
        if not fits:
            raise InvalidInput(f"{name} is {self.type}, not {type(value).__name__}")
        low, high = self.more.get("minimum"), self.more.get("maximum")
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = f"at least {low:,}" if high is None else f"from {low:,} to {high:,}"
            raise InvalidInput(f"{name} is {bounds}, not {value!r}")
        return value


@dataclass(frozen=True, slots=True)
class Tool:
    """A verb of memory as a client sees it. `read_only`, `destructive` and `idempotent` are hints for people."""

    name: str
    title: str
    means: str
    run: Run
    parameters: tuple[Parameter, ...] = ()
    output: Mapping[str, Any] = field(default_factory=lambda: {"type": "object"})
    read_only: bool = False
    destructive: bool = False
    idempotent: bool = True
    text: Callable[[Any], str] = as_json
    """The text block that stands beside the structured answer."""

    def shown(self) -> dict[str, Any]:
        """The entry of `tools/list`."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.means,
            "inputSchema": {
                "type": "object",
                "properties": {one.name: one.schema for one in self.parameters},
                "required": [one.name for one in self.parameters if one.required],
            },
            "outputSchema": dict(self.output),
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.read_only,
                "destructiveHint": self.destructive,
                "idempotentHint": self.idempotent,
                "openWorldHint": False,
            },
        }

    def __call__(self, memory: Memory, given: Arguments) -> dict[str, Any]:
        """Run it with arguments that were checked; names that no parameter has are refused."""
        known = {name for one in self.parameters for name in (one.name, *one.aliases)}
        strange = sorted(set(given) - known)
        if strange:
            names = ", ".join(one.name for one in self.parameters) or "none"
            raise InvalidInput(f"{self.name} has no argument {strange[0]!r}; it has: {names}")
        taken = {one.name: one.take(given) for one in self.parameters}
        return self.run(memory, {name: value for name, value in taken.items() if value is not None})


def reads(
    name: str, title: str, means: str, run: Run, parameters: tuple[Parameter, ...], output: Mapping[str, Any]
) -> Tool:
    """A tool that changes nothing."""
    return Tool(name, title, means, run, parameters, output, read_only=True)
