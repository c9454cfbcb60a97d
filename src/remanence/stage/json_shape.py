"""Whether a value has the shape that a JSON Schema asks for, in words for whoever made it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from remanence.errors import InvalidInput

_NOTES = frozenset({"title", "description", "default", "examples", "$schema", "$id", "format"})
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_BOUNDS: dict[str, tuple[tuple[type, ...], Callable[[Any, Any], bool], str]] = {
    "minimum": ((int, float), lambda value, bound: value >= bound, "should be at least {}"),
    "maximum": ((int, float), lambda value, bound: value <= bound, "should be at most {}"),
    "minItems": ((list,), lambda value, bound: len(value) >= bound, "should have at least {} items"),
    "maxItems": ((list,), lambda value, bound: len(value) <= bound, "should have at most {} items"),
    "minLength": ((str,), lambda value, bound: len(value) >= bound, "should have at least {} characters"),
    "maxLength": ((str,), lambda value, bound: len(value) <= bound, "should have at most {} characters"),
}
_KNOWN = {
    "type",
    "enum",
    "const",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "anyOf",
    *_BOUNDS,
    *_NOTES,
}


def fault(value: Any, schema: Mapping[str, Any], where: str = "reply") -> str | None:
    """The first thing that is wrong with `value`, in words, or None.

    Knows a subset of JSON Schema: type, enum, const, required, properties, additionalProperties, items,
    anyOf and the bounds on numbers, items and length. `check_schema` refuses a schema with other keywords.
    """
    return (
        _type_fault(value, schema, where) or _choice_fault(value, schema, where) or _inner_fault(value, schema, where)
    )


def check_schema(schema: Mapping[str, Any]) -> None:
    """InvalidInput for a keyword or type that `fault` does not know, so that nothing is silently unchecked."""
    wanted = schema.get("type", [])
    unknown = {*schema} - _KNOWN | {*([wanted] if isinstance(wanted, str) else wanted)} - _TYPES.keys()
    if unknown:
        raise InvalidInput(f"this JSON schema has unsupported parts: {', '.join(sorted(unknown))}")
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    inner += [schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), Mapping)]
    for part in inner:
        check_schema(part)


def _type_fault(value: Any, schema: Mapping[str, Any], where: str) -> str | None:
    wanted = schema.get("type")
    names = [wanted] if isinstance(wanted, str) else list(wanted or [])
    if names and not any(_is(value, name) for name in names):
        return f"{where} should be {' or '.join(names)}"
    return None


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name]) and not (isinstance(value, float) and not math.isfinite(value))


def _choice_fault(value: Any, schema: Mapping[str, Any], where: str) -> str | None:
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} should be one of {json.dumps(list(schema['enum']))}"
    if "const" in schema and value != schema["const"]:
        return f"{where} should be {json.dumps(schema['const'])}"
    if "anyOf" in schema:
        faults = [fault(value, option, where) for option in schema["anyOf"]]
        if None not in faults:
            return " or ".join(str(one) for one in faults)
    return None


def _inner_fault(value: Any, schema: Mapping[str, Any], where: str) -> str | None:
    for name, (types, holds, words) in _BOUNDS.items():
        if (
            name in schema
            and isinstance(value, types)
            and not isinstance(value, bool)
            and not holds(value, schema[name])
        ):
            return f"{where} {words.format(schema[name])}"
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                return f"{where}.{name} is missing"
        extra = schema.get("additionalProperties", True)
        for name, part in value.items():
            inner = parts.get(name, extra)
            if inner is False:
                return f"{where}.{name} is not in the schema"
            if isinstance(inner, Mapping) and (found := fault(part, inner, f"{where}.{name}")):
                return found
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for index, part in enumerate(value):
            if found := fault(part, schema["items"], f"{where}[{index}]"):
                return found
    return None
