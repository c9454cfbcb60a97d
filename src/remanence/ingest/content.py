"""What a message is made of: content parts, tool calls and attachments, as words and as notes of what came along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from remanence.errors import InvalidInput

MAX_SOURCE = 1_024
"""Longest `source`, in characters."""
_SILENT = {"thinking", "redacted_thinking", "reasoning", "thoughts"}


def content_of(value: object, field_name: str) -> tuple[str, list[Mapping[str, Any]]]:
    """The words of a message, and what came with them; hidden reasoning is left out."""
    if value is None:
        return "", []
    if isinstance(value, str):
        return value, []
    said: list[str] = []
    came: list[Mapping[str, Any]] = []
    if isinstance(value, Mapping):
        _part(value, said, came, 0)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _part(part, said, came, 0)
    else:
        raise InvalidInput(f"{field_name} must be a text or a list of content parts, not {type(value).__name__}")
    return "\n".join(said), came


def _part(part: object, said: list[str], came: list[Mapping[str, Any]], depth: int) -> None:
    if isinstance(part, str):
        said.append(part)
        return
    if not isinstance(part, Mapping):
        raise InvalidInput(f"a content part must be a text or an object, not {type(part).__name__}")
    kind = part.get("type", part.get("content_type", ""))
    if kind in _SILENT:
        return
    inner = part.get("parts") if isinstance(part.get("parts"), list) else part.get("content")
    if isinstance(inner, (list, tuple)) and depth < 4:
        for deeper in inner:
            _part(deeper, said, came, depth + 1)
        return
    words: object = part.get("text", part.get("refusal", part.get("transcript")))
    if isinstance(words, Mapping):
        words = words.get("value")
    if words is None and isinstance(inner, str):
        words = inner
    if isinstance(words, str):
        said.append(words)
    elif isinstance(part.get("name"), str) and ("input" in part or "arguments" in part):
        said.append(_call(part["name"], part.get("input", part.get("arguments"))))
    else:
        came.append(_attachment(part))


def calls_of(calls: object) -> str:
    """Tool calls of an assistant as one line each: `name({"city": "Oslo"})`."""
    lines: list[str] = []
    for call in calls if isinstance(calls, (list, tuple)) else ():
        inner = call.get("function", call) if isinstance(call, Mapping) else None
        if isinstance(inner, Mapping) and isinstance(inner.get("name"), str):
            lines.append(_call(inner["name"], inner.get("arguments", inner.get("input"))))
    return "\n".join(lines)


def _call(name: str, given: object) -> str:
    if given is None or isinstance(given, str):
        return f"{name}({given or ''})"
    try:
        return f"{name}({json.dumps(given, ensure_ascii=False)})"
    except (TypeError, ValueError, RecursionError):
        raise InvalidInput(f"the arguments of the tool call {name!r} are not plain JSON") from None


_NOTED = {
    "type": "type",
    "name": "name",
    "file_name": "name",
    "filename": "name",
    "title": "name",
    "media_type": "media_type",
    "mime_type": "media_type",
    "file_type": "media_type",
    "content_type": "type",
    "file_id": "id",
    "id": "id",
    "asset_pointer": "id",
    "url": "url",
    "file_url": "url",
    "size": "size",
    "file_size": "size",
    "size_bytes": "size",
    "width": "width",
    "height": "height",
}


def _attachment(value: object) -> dict[str, Any]:
    """What is kept of an attachment: type, name, address and size, never its bytes."""
    if isinstance(value, str):
        return _address(value)
    if not isinstance(value, Mapping):
        raise InvalidInput(f"an attachment is a text or an object, not {type(value).__name__}")
    kept: dict[str, Any] = {}
    for key, given in value.items():
        if key in _NOTED and isinstance(given, (str, int, float)) and given != "":
            if _NOTED[key] == "url" and isinstance(given, str):
                kept.update(_address(given))
            else:
                kept.setdefault(_NOTED[key], given[:MAX_SOURCE] if isinstance(given, str) else given)
    for inner in ("image_url", "source", "file", "input_audio", "inline_data", "document"):
        deeper = value.get(inner)
        if isinstance(deeper, str):
            kept.update(_address(deeper))
        elif isinstance(deeper, Mapping):
            for key, given in _attachment({k: v for k, v in deeper.items() if k in _NOTED}).items():
                kept.setdefault(key, given)
            payload = deeper.get("data", deeper.get("file_data"))
            if isinstance(payload, str):
                kept["size"] = len(payload) * 3 // 4
    return kept


def _address(url: str) -> dict[str, Any]:
    """An address; of a data URL only its media type and the size of what it held."""
    if url[:5].lower() == "data:":
        head, _, payload = url[5:].partition(",")
        return {"media_type": head[:64].partition(";")[0] or "text/plain", "size": len(payload) * 3 // 4}
    return {"url": url[:MAX_SOURCE]}


def attachments_of(given: object) -> Iterable[Mapping[str, Any]]:
    if not isinstance(given, (list, tuple)):
        raise InvalidInput(f"attachments must be a list, not {type(given).__name__}")
    if len(given) > 1_000:
        raise InvalidInput(f"a message has {len(given):,} attachments; at most 1,000 are kept")
    return [_attachment(one) for one in given]
