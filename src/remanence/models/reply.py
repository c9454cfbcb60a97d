"""Gets checked JSON out of a language model: reads the reply, checks it, asks again with the fault named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from remanence.errors import BadReply
from remanence.stage.json_shape import check_schema, fault
from remanence.types import Messages

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_SHOWN = 300  # characters of a bad reply that an error quotes


def ask_json(
    ask: Callable[[Messages], str], messages: Messages, schema: Mapping[str, Any], *, tries: int = 3
) -> dict[str, Any]:
    """A JSON object that fits `schema`: `ask` is called again, with the fault fed back, up to `tries` times.

    Raises BadReply when no reply fits, InvalidInput for a schema that uses more than this checks.
    """
    check_schema(schema)
    talk = list(messages)
    for _ in range(tries):
        reply = ask(talk)
        try:
            value = read_object(reply)
            wrong = fault(value, schema)
        except ValueError as broken:
            wrong = str(broken)
        else:
            if wrong is None:
                return value
        again = f"That cannot be used: {wrong}. Answer again with one JSON object that fits the schema."
        talk = [*messages, {"role": "assistant", "content": reply}, {"role": "user", "content": again}]
    raise BadReply(f"no usable JSON after {tries} replies: {wrong}; the last one was {reply[:_SHOWN]!r}")


def read_object(reply: str) -> dict[str, Any]:
    """The JSON object in a reply: bare, in a code fence, or after prose. ValueError when there is none."""
    fenced = _FENCE.search(reply)
    text = (fenced.group(1) if fenced else reply).strip()
    start = text.find("{")
    if start < 0:
        raise ValueError("it holds no JSON object")
    try:
        value, _ = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text, start)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    except json.JSONDecodeError as broken:
        raise ValueError(f"the JSON is broken at character {broken.pos}: {broken.msg}") from None
    assert isinstance(value, dict)  # a value that starts with a brace
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
