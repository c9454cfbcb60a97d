"""What hooks of coding agents do: context at the start, what is relevant at a prompt, the turns at a stop.

An answer is put together from the memory of the project and of the user. Each part stands in the fence of its space, so
that memory knows its own words when a transcript brings them back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remanence.compose import fence
from remanence.errors import RemanenceError
from remanence.ingest.read import read
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.secrets import mask
from remanence.memory.echo import held
from remanence.memory.memory import Memory
from remanence.serve import whole_file
from remanence.serve.agents.call import Call
from remanence.serve.agents.project import Place, place_of
from remanence.types import Item

if TYPE_CHECKING:
    from remanence.ingest.message import Message
    from remanence.serve.daemon.kept import Kept

PROJECT_TOKENS, USER_TOKENS = 700, 250
"""What a hook may say of the project and of the user, in tokens."""
RECENT = 12
"""So many of the last turns are told at a start."""
LONGEST = 320
"""Characters of one of them."""
LEAST_CONFIDENCE = 0.3
"""Below this confidence nothing is said at a prompt."""
SHORTEST = 12
"""A prompt with fewer characters asks for nothing."""
WAIT, PATIENT = 1.0, 60.0
"""Seconds that a hook waits for another writer: before an answer, and at a stop, which may be a session's last."""
MOST_FILES = 500
"""So many session files are known by how far they were read."""
ASLEEP = 512
"""So many items are slept on after a stop."""

Opened = Callable[[Path], AbstractContextManager[Memory]]
"""Opens a space for as long as a block runs."""


_HEAD, _ON_THIS = "From memory of {}:", "What memory holds on this, each line with its date and source:"
_HEADS = lazy_pattern(rf'(?m)^(?:From memory of .{{1,200}}:|{_ON_THIS})\r?\n(?=<memory id="[0-9]{{12}}">)')


def start(call: Call, home: Path, opened: Opened) -> str:
    """What was said and done last in this project, and what is known of the user."""
    place = place_of(call.folder, home)
    parts: list[str] = []
    if place.root is not None and place.space.exists():
        with opened(place.space) as memory:
            parts.append(_recent(memory, call.session))
    if place.user.exists():
        with opened(place.user) as memory:
            cue = f"How the user likes to work, what they use and what they call things. {place.name}"
            parts.append(memory.context(cue, USER_TOKENS).text)
    return _joined(parts, _HEAD.format(place.name or "this user"))


def prompt(call: Call, home: Path, opened: Opened) -> str:
    """What memory holds that bears on a prompt; nothing when it is unsure, or of this very session."""
    if len(call.prompt.strip()) < SHORTEST:
        return ""
    place = place_of(call.folder, home)
    cue = call.prompt[:2_000]
    parts: list[str] = []
    for space, tokens in ((place.space, PROJECT_TOKENS), (place.user, USER_TOKENS)):
        if space.exists() and not (space == place.user and place.root is None and parts):
            with opened(space) as memory:
                first = memory.list(limit=1, session=call.session) if call.session else []
                found = memory.context(cue, tokens, before=first[0].at if first else None)
                if found.confidence >= LEAST_CONFIDENCE:
                    parts.append(found.text)
    return _joined(parts, _ON_THIS)


def stop(call: Call, home: Path, opened: Opened) -> int:
    """Remember what is new in the session's file; how many messages were kept."""
    place = place_of(call.folder, home)
    if call.transcript is None or not call.transcript.is_file():
        return 0
    place.folder.mkdir(parents=True, exist_ok=True)
    marks = _Marks(place, new=not place.space.exists())
    size = call.transcript.stat().st_size
    known = marks.place(call.transcript)
    knobs: dict[str, Any] = {"after": known} if 0 < known <= size else {}
    with opened(place.space) as memory:
        messages = map(_unheaded, read(call.transcript, format=call.agent, skip_bad=True, **knobs))
        if place.user.exists() and place.user != place.space:
            with opened(place.user) as mine:
                receipt = memory.remember(_without_ours(messages, mine))
        else:
            receipt = memory.remember(messages)
        marks.keep(call.transcript, _whole_lines(call.transcript, size))
        memory.sleep(most=ASLEEP)
    return receipt.put


def opened(space: Path, kept: Kept | None = None, wait: float = WAIT) -> AbstractContextManager[Memory]:
    """A space for as long as a block runs; for longer where memories are kept open. wait: seconds for a writer."""

    def new() -> Memory:
        return Memory(space, timeout=wait)

    return new() if kept is None else kept.use(space, "hook", new)


def spaces(agent: str, given: Mapping[str, Any], home: Path) -> list[str]:
    """The files that a hook with this JSON would open: the project's and the user's."""
    place = place_of(Call.of(agent, given).folder, home)
    return [str(place.space), str(place.user)]


def _unheaded(one: Message) -> Message:
    """A message without the line that a hook puts over what it tells."""
    return replace(one, text=text) if (text := _HEADS.sub("", one.text)) != one.text else one


def _without_ours(messages: Iterator[Any], memory: Memory) -> Iterator[Any]:
    """Messages without what the other mounted memory had put in; what is nothing else is left out."""
    view = memory.store.view(memory.scope)
    holds = partial(held, view)
    for one in messages:
        text, quotes = fence.strip(one.text, view.sign, holds)
        if not quotes:
            yield one
        elif text.strip():
            yield replace(one, text=text)


def _recent(memory: Memory, session: str) -> str:
    """The last turns and edits of earlier sessions, oldest first, each cut, in this space's fence."""
    last = memory.list(limit=4 * RECENT, newest_first=True, kinds=("turn", "edit", "note", "fact"))
    chosen = [one for one in last if one.session != session or not session][:RECENT]
    lines = [_line(number, one) for number, one in enumerate(reversed(chosen), 1)]
    view = memory.store.view(memory.scope)
    return fence.fenced("\n".join(lines), view.sign) if lines else ""


def _line(number: int, one: Item) -> str:
    date = f"[{one.at:%Y-%m-%d %H:%M}] " if one.at is not None else ""
    who = f"{fence.escape(one.who or str(one.data.get('role') or ''))}: " if one.who or one.data.get("role") else ""
    text = " ".join(mask(one.text).split())
    cut = text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " ..."
    source = fence.escape(one.source or one.id)
    return f"{number}. {date}{who}{fence.marked(fence.escape(cut), one.trust)} {{{source}}}"


def _joined(parts: list[str], head: str) -> str:
    told = [part for part in parts if part]
    return "\n".join([head, *told]) if told else ""


def answer(agent: str, hook: str, text: str) -> str:
    """The JSON that an agent reads from a hook's standard output."""
    if agent == "cursor":
        context = {"additional_context": text} if text else {}
        return json.dumps({"continue": True, **context} if hook == "prompt" else context)
    if not text or hook == "stop":
        return "{}"
    event = "SessionStart" if hook == "start" else "UserPromptSubmit"
    return json.dumps({"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}})


# --- how far files were read ---------------------------------------------------------------------


class _Marks:
    """Up to which byte each session file of a project was read; forgotten when the space is new."""

    def __init__(self, place: Place, *, new: bool) -> None:
        self._file = place.folder / "sessions.json"
        self._known = {} if new else self._read()

    def place(self, file: Path) -> int:
        return self._known.get(str(file.absolute()), 0)

    def keep(self, file: Path, size: int) -> None:
        """Keep it beside what other hooks have kept since."""
        name = str(file.absolute())
        with whole_file.alone(self._file.parent, f"{self._file.name}-lock"):
            others = {path: held for path, held in self._read().items() if path != name}
            kept = dict(list({**others, name: size}.items())[-MOST_FILES:])
            whole_file.replace(self._file, json.dumps(kept).encode())

    def _read(self) -> dict[str, int]:
        with suppress(OSError, ValueError, AttributeError):
            held = json.loads(self._file.read_bytes())
            return {path: size for path, size in held.items() if isinstance(size, int) and size > 0}
        return {}


def _whole_lines(file: Path, size: int) -> int:
    """The end of the last whole line within the first `size` bytes."""
    with file.open("rb") as stream:
        stream.seek(max(0, size - 2**20))
        tail = stream.read(min(size, 2**20))
    cut = tail.rfind(b"\n")
    return size - len(tail) + cut + 1 if cut >= 0 else 0


def run(hook: str, agent: str, given: Mapping[str, Any], home: Path, kept: Kept | None = None) -> str:
    """One hook from the agent's JSON to the text that it gets; nothing when memory cannot answer.

    kept: memories that stay open; without it each is opened and closed.
    """
    call = Call.of(agent, given)
    text = ""

    open_one = partial(opened, kept=kept, wait=PATIENT if hook == "stop" else WAIT)
    with suppress(RemanenceError, OSError):
        if hook == "stop":
            stop(call, home, open_one)
        else:
            text = start(call, home, open_one) if hook == "start" else prompt(call, home, open_one)
    return answer(agent, hook, text)
