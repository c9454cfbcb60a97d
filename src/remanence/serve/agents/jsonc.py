"""Edits JSON with comments as text: sets and removes single values, and leaves every other character as it was.

Settings of editors are JSON with `//` and `/* */` comments and trailing commas; a program that loads and saves them
would lose what a person wrote there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from remanence.errors import InvalidInput

_BESIDE = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/)(?=[ \t]*\r?\n)")
"""A comment on the line of what it is about."""
_SPACE = re.compile(r"(?:[ \t\r\n\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.S)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORD = re.compile(r"-?\d[\d.eE+-]*|true|false|null")
_DEEPEST = 64


@dataclass(slots=True)
class Node:
    """A value at [start, end) of the text; an object has members (key, where the key starts, value), a list items."""

    start: int
    end: int
    value: Any
    members: list[tuple[str, int, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def member(self, key: str) -> Node | None:
        """The value of a key; the last one counts, as in a browser."""
        return next((node for name, _, node in reversed(self.members) if name == key), None)


def parse(text: str) -> Node:
    """The value that the text holds, with the place of every part; `InvalidInput` names the line that is wrong."""
    place = _after_space(text, 0)
    if place == len(text):
        return Node(place, place, None)
    node = _value(text, place, 0)
    if _after_space(text, node.end) != len(text):
        raise _wrong(text, node.end, "something stands behind the value")
    return node


def _wrong(text: str, place: int, why: str) -> InvalidInput:
    return InvalidInput(f"line {text.count(chr(10), 0, place) + 1}: {why}")


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found is not None else place


def _value(text: str, place: int, depth: int) -> Node:
    if depth > _DEEPEST:
        raise _wrong(text, place, "nested too deeply")
    if text[place : place + 1] in ("{", "["):
        return _container(text, place, depth)
    for pattern in (_STRING, _WORD):
        found = pattern.match(text, place)
        if found is not None:
            try:
                return Node(place, found.end(), json.loads(found.group()))
            except ValueError:
                break
    raise _wrong(text, place, "no JSON value")


def _container(text: str, place: int, depth: int) -> Node:
    """An object or a list; a comma may stand behind the last part."""
    closing = "}" if text[place] == "{" else "]"
    node = Node(place, place, {} if closing == "}" else [])
    place = _after_space(text, place + 1)
    while text[place : place + 1] != closing:
        if closing == "}":
            found = _STRING.match(text, place)
            if found is None:
                raise _wrong(text, place, "a key in quotes is missing")
            colon = _after_space(text, found.end())
            if text[colon : colon + 1] != ":":
                raise _wrong(text, colon, "a colon is missing")
            inner = _value(text, _after_space(text, colon + 1), depth + 1)
            key = str(json.loads(found.group()))
            node.members.append((key, place, inner))
            node.value[key] = inner.value
        else:
            inner = _value(text, place, depth + 1)
            node.items.append(inner)
            node.value.append(inner.value)
        place = _after_space(text, inner.end)
        if text[place : place + 1] == ",":
            place = _after_space(text, place + 1)
        elif text[place : place + 1] != closing:
            raise _wrong(text, place, f"a comma or {closing} is missing")
    node.end = place + 1
    return node


# --- setting -------------------------------------------------------------------------------------


def put(text: str, path: Sequence[str], value: Any) -> str:
    """The text with `value` under the keys of `path`; objects on the way are made where they are missing."""
    node = parse(text)
    if node.value is None and node.start == node.end:
        made: Any = value
        for key in reversed(path):
            made = {key: made}
        return text.rstrip() + ("\n" if text.strip() else "") + json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    for depth, key in enumerate(path):
        if not isinstance(node.value, dict):
            raise InvalidInput(f"{'.'.join(path[:depth]) or 'the file'} is not an object; correct the file first")
        inner = node.member(key)
        if inner is None:
            made = value
            for missing in reversed(path[depth + 1 :]):
                made = {missing: made}
            return _insert(text, node, f"{json.dumps(key, ensure_ascii=False)}: ", made)
        node = inner
    unit = _unit(text)
    return text[: node.start] + _written(value, _indent(text, node.start), unit, text) + text[node.end :]


def append(text: str, path: Sequence[str], value: Any) -> str:
    """The text with `value` at the end of the list under `path`; the list is made where it is missing."""
    node: Node | None = parse(text)
    for key in path:
        node = node.member(key) if node is not None and isinstance(node.value, dict) else None
    if node is None:
        return put(text, path, [value])
    if not isinstance(node.value, list):
        raise InvalidInput(f"{'.'.join(path)} is not a list; correct the file first")
    return _insert(text, node, "", value)


def _insert(text: str, node: Node, head: str, value: Any) -> str:
    """A new last part of an object or list."""
    unit, newline = _unit(text), _newline(text)
    inner = _indent(text, node.start) + unit
    last = node.members[-1][2] if node.members else node.items[-1] if node.items else None
    if last is None:
        told = head + _written(value, inner, unit, text)
        body = f"{newline}{inner}{told}{newline}{_indent(text, node.start)}"
        kept = text[node.start + 1 : node.end - 1]
        return text[: node.start + 1] + (kept.rstrip() if kept.strip() else "") + body + text[node.end - 1 :]
    first = node.members[0][1] if node.members else node.items[0].start
    on_one_line = newline not in text[node.start : first]
    inner = _indent(text, first) if not on_one_line else inner
    comma = _after_space(text, last.end)
    has_comma = text[comma : comma + 1] == ","
    place = comma + 1 if has_comma else last.end
    beside = None if on_one_line else _BESIDE.match(text, place)
    place = place if beside is None else beside.end()
    told = head + _written(value, inner, unit, text)
    tail = "," if has_comma else ""
    lead = " " if on_one_line and newline not in text[node.start : node.end] else newline + inner
    return text[: last.end] + ("" if has_comma else ",") + text[last.end : place] + lead + told + tail + text[place:]


def _written(value: Any, indent: str, unit: str, text: str) -> str:
    told = json.dumps(value, indent=unit, ensure_ascii=False)
    return told.replace("\n", _newline(text) + indent)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indent(text: str, place: int) -> str:
    """The white space at the beginning of the line of a place."""
    line = text.rfind("\n", 0, place) + 1
    found = re.compile(r"[ \t]*").match(text, line)
    return found.group() if found is not None else ""


def _unit(text: str) -> str:
    """How the text is indented: the first indentation that it has."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found is not None else "  "


# --- removing ------------------------------------------------------------------------------------


def remove(text: str, path: Sequence[str]) -> str:
    """The text without the key at the end of `path`, and without objects on the way that are empty then."""
    chain = [parse(text)]
    for key in path:
        inner = chain[-1].member(key)
        if inner is None:
            return text
        chain.append(inner)
    depth = len(path)
    while depth > 1 and len(chain[depth - 1].members) == 1:
        depth -= 1
    parent, key = chain[depth - 1], path[depth - 1]
    number = next(n for n, (name, _, _) in enumerate(parent.members) if name == key)
    spans = [(start, node.end) for _, start, node in parent.members]
    return _cut(text, parent, spans, number)


def remove_item(text: str, path: Sequence[str], number: int) -> str:
    """The text without one item of the list under `path`, and without the list when nothing is left of it."""
    node = parse(text)
    for key in path:
        inner = node.member(key)
        if inner is None:
            return text
        node = inner
    if len(node.items) == 1 and number == 0:
        return remove(text, path)
    return _cut(text, node, [(one.start, one.end) for one in node.items], number)


def _cut(text: str, parent: Node, spans: Sequence[tuple[int, int]], number: int) -> str:
    """Without one part and the comma that belongs to it."""
    start, end = spans[number]
    comma = _after_space(text, end)
    if len(spans) == 1:
        end = comma + 1 if text[comma : comma + 1] == "," else end
        inside = text[parent.start + 1 : start] + text[end : parent.end - 1]
        return text[: parent.start + 1] + ("" if not inside.strip() else inside) + text[parent.end - 1 :]
    if number + 1 < len(spans):
        return text[:start] + text[spans[number + 1][0] :]
    before = spans[number - 1][1]
    if text[comma : comma + 1] == ",":  # a comma behind the last part stays behind the one before it
        old = _after_space(text, before)
        return text[: old + 1] + text[comma + 1 :]
    old = _after_space(text, before)
    return text[:before] + text[old + 1 : start].rstrip() + text[end:]
