"""A message: who said what and when, in the one shape that all importers and `remember` share.

`message` accepts what people have at hand: a text, an OpenAI or Anthropic message, a row of a chat log.
It is strict about what cannot be kept and says which field is wrong and what would do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from remanence.errors import InvalidInput
from remanence.language.dates import parse_when
from remanence.types import KINDS, MAX_TEXT, TRUST, check_data

MAX_NAME = 256
"""Longest `who` and longest `session`, in characters."""
MAX_SOURCE = 1_024
"""Longest `source`, in characters."""

ROLES: dict[str, str] = {
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
    "system": "system",
    "developer": "system",
}
"""Role words that are understood, and the word that is kept for each."""

_CHANNEL = {"user": "user", "assistant": "assistant", "tool": "tool", "system": "tool"}

_SLOTS: dict[str, tuple[str, int]] = {
    name: (slot, rank)
    for slot, names in {
        "text": ("text", "content", "parts"),
        "who": ("who", "speaker", "name", "author", "sender"),
        "role": ("role",),
        "at": ("at", "timestamp", "created_at", "date", "time"),
        "session": ("session", "session_id", "chat"),
        "source": ("source", "id"),
        "caption": ("caption",),
        "attachments": ("attachments",),
        "kind": ("kind",),
        "trust": ("trust",),
        "data": ("data",),
    }.items()
    for rank, name in enumerate(names)
}

WILD = {"*", "%", "?", "all", "any"}
"""Words that a session cannot be called."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said or written, checked and ready to be kept.

    `at` is when it was said (aware, UTC) or None when nobody knows. `source` is the importer's own id.
    `trust` is a channel of `types.TRUST`. `mended` tells that a character which cannot be stored was replaced.
    """

    text: str
    who: str | None = None
    role: str | None = None
    at: datetime | None = None
    session: str | None = None
    source: str | None = None
    caption: str | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "turn"
    trust: str = "user"
    mended: bool = False

    def payload(self) -> dict[str, Any]:
        """The `data` of the item that keeps this message: its own data, role, caption and attachments."""
        data = dict(self.data)
        if self.role is not None:
            data["role"] = self.role
        if self.caption is not None:
            data["caption"] = self.caption
        if self.attachments:
            data["attachments"] = [dict(one) for one in self.attachments]
        return data


def message(
    value: str | Mapping[str, Any] | Message, *, now: datetime | None = None, imported: bool = False
) -> Message:
    """Any message that people have at hand as a `Message`; `InvalidInput` names the field and the cure.

    A mapping may say `who`/`speaker`/`name`/`author`/`sender`, `role`, `text`/`content`/`parts` (text or a list
    of content parts), `at`/`timestamp`/`created_at`/`date`/`time`, `session`/`session_id`/`chat`, `source`/`id`,
    `caption`, `attachments`, `kind`, `data`. Of two names for one field the first counts and the other goes to
    `data`, like every key that is not known. What comes without a time gets `now` (None: stays unknown); a
    `Message` without one keeps it so.
    Trust follows the role; `imported` lowers what would be "user" to "import".
    NUL and lone surrogates cannot be stored: each becomes U+FFFD, and `mended` says so.
    """
    if isinstance(value, Message):
        return _checked(value)
    if isinstance(value, str):
        text, mended = _text(value)
        at = None if now is None else when(now)
        return Message(text, at=at, trust="import" if imported else "user", mended=mended)
    if not isinstance(value, Mapping):
        raise InvalidInput(f"a message is a text or a mapping with a text, not {type(value).__name__}")
    found: dict[str, Any] = {}
    ranks: dict[str, str] = {}
    extra: dict[str, Any] = {}
    for key, given in value.items():
        slot = _SLOTS.get(key)
        if slot is None:
            if type(key) is not str:
                raise InvalidInput(f"the keys of a message are texts, not {type(key).__name__}")
            extra[key] = given
        elif given is not None:
            name, rank = slot
            if name in found:
                if _SLOTS[ranks[name]][1] <= rank:
                    extra[key] = given
                    continue
                extra[ranks[name]] = found[name]
            found[name] = given
            ranks[name] = key
    return _from_fields(found, ranks, extra, now, imported)


def _from_fields(
    found: dict[str, Any], ranks: dict[str, str], extra: dict[str, Any], now: datetime | None, imported: bool
) -> Message:
    content = found.get("text")
    if type(content) is str:
        parts: list[Mapping[str, Any]] = []
    else:
        content, parts = _content(content, ranks.get("text", "text"))
    if not content and extra.get("tool_calls"):
        content = _calls(extra["tool_calls"])
    who, role = found.get("who"), found.get("role")
    if isinstance(who, Mapping):
        role = role if role is not None else who.get("role")
        who = who.get("name")
    mended = False
    if role is not None:
        if not isinstance(role, str):
            raise InvalidInput(f"role must be a text such as 'user' or 'assistant', not {type(role).__name__}")
        known = ROLES.get(role) or ROLES.get(role.strip().lower())
        role = known or _name(role, "role")
        channel = _CHANNEL.get(role, "tool")
    else:
        channel = "user"
    if imported and channel == "user":
        channel = "import"
    lowered = found.get("trust")
    if lowered is not None:
        if not isinstance(lowered, str) or lowered not in TRUST:
            raise InvalidInput(f"trust must be one of {', '.join(TRUST)}, not {_shown(lowered)}")
        channel = min(channel, lowered, key=lambda name: TRUST[name])
    who = role if who is None else _name(who, ranks.get("who", "who"))
    at = found.get("at")
    if at is None:
        at = None if now is None else when(now)
    else:
        at = _at(at, ranks["at"], extra)
    session, source = found.get("session"), found.get("source")
    if session is not None:
        session = _session(session, ranks["session"])
    if source is not None:
        source = _name(source, ranks["source"], MAX_SOURCE)
    kind = found.get("kind", "turn")
    if kind != "turn" and (not isinstance(kind, str) or kind not in KINDS):
        raise InvalidInput(f"kind {_shown(kind)} is not known; known kinds: {', '.join(sorted(KINDS))}")
    caption = found.get("caption")
    if caption is not None and not isinstance(caption, str):
        raise InvalidInput(f"caption must be a text, not {type(caption).__name__}")
    given = found.get("attachments")
    attachments = (*parts, *(_attachments(given) if given else ()))
    text, mended = _text(content, bool(caption or attachments))
    if "data" in found:
        if isinstance(found["data"], Mapping):
            extra = {**extra, **found["data"]}
        else:
            extra["data"] = found["data"]
    made = Message(text, who, role, at, session, source, caption or None, attachments, extra, kind, channel, mended)
    if extra or caption or attachments:
        made = _storable(made)
    return made


def _checked(value: Message) -> Message:
    """A message that somebody made by hand, held to the same rules; the same object when it keeps them."""
    if not isinstance(value.text, str):
        raise InvalidInput(f"text must be a text, not {type(value.text).__name__}")
    text, mended = _text(value.text, bool(value.caption or value.attachments))
    if value.trust not in TRUST:
        raise InvalidInput(f"trust must be one of {', '.join(TRUST)}, not {_shown(value.trust)}")
    if value.kind not in KINDS:
        raise InvalidInput(f"kind {_shown(value.kind)} is not known; known kinds: {', '.join(sorted(KINDS))}")
    kept: dict[str, Any] = {
        "text": text,
        "who": None if value.who is None else _name(value.who, "who"),
        "role": None if value.role is None else _name(value.role, "role"),
        "at": None if value.at is None else when(value.at),
        "session": None if value.session is None else _session(value.session, "session"),
        "source": None if value.source is None else _name(value.source, "source", MAX_SOURCE),
    }
    made = value
    if any(new is not getattr(value, name) for name, new in kept.items()):
        made = replace(value, mended=value.mended or mended, **kept)
    return _storable(made) if made.data or made.caption or made.attachments else made


# --- text ----------------------------------------------------------------------------------------

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def mend(text: str) -> str:
    """The text with every NUL and lone surrogate as U+FFFD; split surrogate pairs are joined."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _text(text: str, may_be_empty: bool = False) -> tuple[str, bool]:
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"text is {len(text):,} characters; at most {MAX_TEXT:,} are kept in one message: split it")
    if not may_be_empty and (not text or text.isspace()):
        raise InvalidInput("text is empty; give the words in 'text' or 'content'")
    kept = mend(text)
    return (kept, False) if kept is text else (kept, kept != text)


def _name(value: object, field_name: str, longest: int = MAX_NAME) -> str:
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


def _session(value: object, field_name: str) -> str:
    kept = _name(value, field_name)
    if kept.strip().lower() in WILD:
        raise InvalidInput(f"{field_name} {kept!r} looks like a wild card; give the chat a name of its own")
    return kept


def _shown(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**64:
        return "(a huge number)"
    told = ascii(value) if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__
    return told if len(told) <= 60 else told[:57] + "..."


# --- content parts -------------------------------------------------------------------------------

_SILENT = {"thinking", "redacted_thinking", "reasoning", "thoughts"}


def _content(value: object, field_name: str) -> tuple[str, list[Mapping[str, Any]]]:
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


def _calls(calls: object) -> str:
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


def _attachments(given: object) -> Iterable[Mapping[str, Any]]:
    if not isinstance(given, (list, tuple)):
        raise InvalidInput(f"attachments must be a list, not {type(given).__name__}")
    if len(given) > 1_000:
        raise InvalidInput(f"a message has {len(given):,} attachments; at most 1,000 are kept")
    return [_attachment(one) for one in given]


# --- times ---------------------------------------------------------------------------------------

_DIGITS = re.compile(r"[+-]?\d{9,20}(?:\.\d{1,9})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WRITE_SO = "write it like 2023-05-08T13:56:00Z or '1:56 pm on 8 May, 2023'"


def when(value: object, field_name: str = "at") -> datetime:
    """A time as people and programs write it, aware and in UTC; a time without a zone is taken as UTC.

    datetime, date, ISO 8601, seconds, milli-, micro- or nanoseconds since 1970 (told apart by their size:
    from 1e11 on they are milliseconds, from 1e14 microseconds, from 1e17 nanoseconds), or words.
    """
    return _when(value, field_name)[0]


def _at(value: object, field_name: str, extra: dict[str, Any]) -> datetime:
    """The time of a message; a `date` beside a `time` is read with it, a coarse date leaves its grain in data."""
    if field_name in ("date", "time"):
        other = extra.get("time" if field_name == "date" else "date")
        if isinstance(value, str) and isinstance(other, str):
            day, clock = (value, other) if field_name == "date" else (other, value)
            if len(day) <= 64 and len(clock) <= 32:
                try:
                    at, _ = _when(f"{day.strip()} {clock.strip()}", field_name)
                except InvalidInput:
                    pass
                else:
                    extra.pop("time" if field_name == "date" else "date")
                    return at
    at, grain = _when(value, field_name)
    if grain is not None and "at_precision" not in extra:
        extra["at_precision"] = grain
    return at


def _when(value: object, field_name: str) -> tuple[datetime, str | None]:
    """The time, and its grain where that is coarser than a day."""
    try:
        if type(value) is str:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return _words(value) if len(value) <= 200 else _words(value[:200])
        elif isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            return _number(value), None
        elif isinstance(value, str):
            return _words(str(value[:200]))
        else:
            raise InvalidInput(f"must be a time, not {type(value).__name__}")
        zone = moment.tzinfo
        if zone is UTC:
            return moment, None
        return (moment.replace(tzinfo=UTC) if zone is None else moment.astimezone(UTC)), None
    except (ValueError, OverflowError) as error:  # InvalidInput is a ValueError
        reason = str(error) if isinstance(error, InvalidInput) else "is not a date in the years 1 to 9999"
        raise InvalidInput(f"{field_name} {_shown(value)} {reason}; {_WRITE_SO}") from None


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[datetime, str | None]:
    text = text.strip()
    if len(text) > 100:
        raise InvalidInput("is too long for a date")
    if _DIGITS.fullmatch(text):
        return _number(float(text) if "." in text else int(text)), None
    try:
        moment, grain = parse_when(text)
    except ValueError:
        raise InvalidInput("is not a date that can be read") from None
    return moment.astimezone(UTC), None if grain in ("minute", "hour", "day") else grain


def _number(value: float) -> datetime:
    size = abs(value)
    if not size < 1e20:
        raise InvalidInput("is not a number of seconds since 1970")
    if 1_000 <= size < 10_000:
        raise InvalidInput("could be a year or a number of seconds")
    scale = 10**6 if size < 1e11 else 10**3 if size < 1e14 else 1 if size < 1e17 else 0
    if isinstance(value, int):
        micros = value * scale if scale else value // 1_000
    else:
        micros = round(value * scale) if scale else round(value / 1_000)
    return _EPOCH + timedelta(microseconds=micros)


# --- data ----------------------------------------------------------------------------------------


def _storable(made: Message) -> Message:
    """The message with `data`, caption and attachments that a store accepts; mends what JSON text hides."""
    text = check_data(made.kind, made.payload())
    if text.isascii() and "\\u0000" not in text:
        return made
    try:
        text.encode("utf-8")
        if "\\u0000" not in text:
            return made
    except UnicodeEncodeError:
        pass
    data = _mended(made.data)
    caption = None if made.caption is None else mend(made.caption)
    attachments = tuple(_mended(one) for one in made.attachments)
    same = data == made.data and caption == made.caption and attachments == made.attachments
    return replace(made, data=data, caption=caption, attachments=attachments, mended=made.mended or not same)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, Mapping):
        return {mend(key) if isinstance(key, str) else key: _mended(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mended(inner) for inner in value]
    return value
