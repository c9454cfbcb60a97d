"""The fields of a message that are plain words, checked and mended: text, names, sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remanence.errors import InvalidInput
from remanence.types import MAX_TEXT

MAX_NAME = 256
"""Longest `who` and longest `session`, in characters."""
MAX_SOURCE = 1_024
"""Longest `source`, in characters."""
WILD = {"*", "%", "?", "all", "any"}
"""Words that a session cannot be called."""


def mend(text: str) -> str:
    """The text with every NUL and lone surrogate as U+FFFD; split surrogate pairs are joined."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def clean_text(text: str, may_be_empty: bool = False) -> tuple[str, bool]:
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"text is {len(text):,} characters; at most {MAX_TEXT:,} are kept in one message: split it")
    if not may_be_empty and (not text or text.isspace()):
        raise InvalidInput("text is empty; give the words in 'text' or 'content'")
    kept = mend(text)
    return (kept, False) if kept is text else (kept, kept != text)


def name_of(value: object, field_name: str, longest: int = MAX_NAME) -> str:
    if type(value) is not str:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise InvalidInput(f"{field_name} must be a text or a whole number, not {type(value).__name__}")
        value = _digits(value) if isinstance(value, int) else str(value)
    if not 0 < len(value) <= longest:
        raise InvalidInput(
            f"{field_name} must be 1 to {longest} characters, not {len(value):,}; shorten it or leave it out"
        )
    kept = value if value.isascii() and "\x00" not in value else mend(value)
    if kept.isspace():
        raise InvalidInput(f"{field_name} is empty; name one or leave it out")
    return kept


def _digits(value: int) -> str:
    if abs(value) >= 10**64:
        raise InvalidInput("a whole number is longer than 64 digits; write it as a text")
    return str(value)


def session_of(value: object, field_name: str) -> str:
    kept = name_of(value, field_name)
    if kept.strip().lower() in WILD:
        raise InvalidInput(f"{field_name} {kept!r} looks like a wild card; give the chat a name of its own")
    return kept


def shown(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**64:
        return "(a huge number)"
    told = ascii(value) if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
    return told if len(told) <= 60 else told[:57] + "..."


def mend_all(value: Any) -> Any:
    """JSON-like data with every text in it mended."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, Mapping):
        return {mend(key) if isinstance(key, str) else key: mend_all(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [mend_all(inner) for inner in value]
    return value
