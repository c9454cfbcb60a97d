"""A message: who said what and when, in the one shape that all importers and `remember` share.

`message` accepts what people have at hand: a text, an OpenAI or Anthropic message, a row of a chat log.
It is strict about what cannot be kept and says which field is wrong and what would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from remanence.errors import InvalidInput
from remanence.ingest.content import MAX_SOURCE, attachments_of, calls_of, content_of
from remanence.ingest.times import message_time, offset_of, shown, when
from remanence.records import dataclass
from remanence.types import KINDS, MAX_TEXT, TRUST, check_data

MAX_NAME = 256
"""Longest `who` and longest `session`, in characters."""
WILD = {"*", "%", "?", "all", "any"}
"""Words that a session cannot be called."""

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
        text, mended = clean_text(value)
        at = None if now is None else when(now)
        return Message(text, at=at, trust="import" if imported else "user", mended=mended)
    if not isinstance(value, Mapping):
        raise InvalidInput(f"a message is a text or a mapping with a text, not {type(value).__name__}")
    return _from_fields(_Given(value), now, imported)


class _Given:
    """The fields of a mapping by our names: `found` values, `named` as it called them, `extra` what is left."""

    __slots__ = ("extra", "found", "named")

    def __init__(self, value: Mapping[Any, Any]) -> None:
        self.found: dict[str, Any] = {}
        self.named: dict[str, str] = {}
        self.extra: dict[str, Any] = {}
        for key, given in value.items():
            slot = _SLOTS.get(key)
            if slot is None:
                if type(key) is not str:
                    raise InvalidInput(f"the keys of a message are texts, not {type(key).__name__}")
                self.extra[key] = given
            elif given is not None:
                self._take(key, slot, given)

    def _take(self, key: str, slot: tuple[str, int], given: Any) -> None:
        """Of two names for one field the one with the lower rank counts."""
        name, rank = slot
        if name in self.found:
            if _SLOTS[self.named[name]][1] <= rank:
                self.extra[key] = given
                return
            self.extra[self.named[name]] = self.found[name]
        self.found[name] = given
        self.named[name] = key


def _from_fields(given: _Given, now: datetime | None, imported: bool) -> Message:
    found, named, extra = given.found, given.named, given.extra
    content = found.get("text")
    parts: list[Mapping[str, Any]] = []
    if type(content) is not str:
        content, parts = content_of(content, named.get("text", "text"))
    if not content and extra.get("tool_calls"):
        content = calls_of(extra["tool_calls"])
    who, role = found.get("who"), found.get("role")
    if isinstance(who, Mapping):
        role = role if role is not None else who.get("role")
        who = who.get("name")
    role, channel = _channel(role, found.get("trust"), imported)
    who = role if who is None else name_of(who, named.get("who", "who"))
    said_at, east = found.get("at"), 0
    if said_at is None:
        at = None if now is None else when(now)
    else:
        at, east = message_time(said_at, named["at"], extra), offset_of(said_at)
    session, source = found.get("session"), found.get("source")
    if session is not None:
        session = session_of(session, named["session"])
    if source is not None:
        source = name_of(source, named["source"], MAX_SOURCE)
    caption = found.get("caption")
    if caption is not None and not isinstance(caption, str):
        raise InvalidInput(f"caption must be a text, not {type(caption).__name__}")
    came = found.get("attachments")
    attachments = (*parts, *(attachments_of(came) if came else ()))
    text, mended = clean_text(content, bool(caption or attachments))
    if isinstance(found.get("data"), Mapping):
        extra = {**extra, **found["data"]}
    elif "data" in found:
        extra["data"] = found["data"]
    kind = _kind(found.get("kind", "turn"))
    if kind == "turn" and "utc_offset" not in extra and east:
        extra["utc_offset"] = east
    made = Message(text, who, role, at, session, source, caption or None, attachments, extra, kind, channel, mended)
    return _storable(made) if extra or caption or attachments else made


def _channel(role: object, lowered: object, imported: bool) -> tuple[str | None, str]:
    """(the role's own word, the channel that says how far it is trusted)."""
    known: str | None = None
    channel = "user"
    if role is not None:
        if not isinstance(role, str):
            raise InvalidInput(f"role must be a text such as 'user' or 'assistant', not {type(role).__name__}")
        known = ROLES.get(role) or ROLES.get(role.strip().lower()) or name_of(role, "role")
        channel = _CHANNEL.get(known, "tool")
    if imported and channel == "user":
        channel = "import"
    if lowered is not None:
        channel = min(channel, _trusted(lowered), key=lambda name: TRUST[name])
    return known, channel


def _trusted(value: object) -> str:
    if not isinstance(value, str) or value not in TRUST:
        raise InvalidInput(f"trust must be one of {', '.join(TRUST)}, not {shown(value)}")
    return value


def _kind(value: object) -> str:
    if not isinstance(value, str) or value not in KINDS:
        raise InvalidInput(f"kind {shown(value)} is not known; known kinds: {', '.join(sorted(KINDS))}")
    return value


def _checked(value: Message) -> Message:
    """A message that somebody made by hand, held to the same rules; the same object when it keeps them."""
    if not isinstance(value.text, str):
        raise InvalidInput(f"text must be a text, not {type(value.text).__name__}")
    text, mended = clean_text(value.text, bool(value.caption or value.attachments))
    _trusted(value.trust)
    _kind(value.kind)
    kept: dict[str, Any] = {
        "text": text,
        "who": None if value.who is None else name_of(value.who, "who"),
        "role": None if value.role is None else name_of(value.role, "role"),
        "at": None if value.at is None else when(value.at),
        "session": None if value.session is None else session_of(value.session, "session"),
        "source": None if value.source is None else name_of(value.source, "source", MAX_SOURCE),
    }
    made = value
    if any(new is not getattr(value, name) for name, new in kept.items()):
        made = replace(value, mended=value.mended or mended, **kept)
    return _storable(made) if made.data or made.caption or made.attachments else made


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
    data = mend_all(made.data)
    caption = None if made.caption is None else mend(made.caption)
    attachments = tuple(mend_all(one) for one in made.attachments)
    same = data == made.data and caption == made.caption and attachments == made.attachments
    return replace(made, data=data, caption=caption, attachments=attachments, mended=made.mended or not same)


# --- fields that are plain words, checked and mended -----------------------------------------------


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


def mend_all(value: Any) -> Any:
    """JSON-like data with every text in it mended."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, Mapping):
        return {mend(key) if isinstance(key, str) else key: mend_all(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [mend_all(inner) for inner in value]
    return value
