"""What the sessions of coding agents have in common: words, tool calls, edits, errors, and what is passed over.

A session file is written while it is read, by programs that change every week: nothing in one is an error. A record
of no known sort is passed over, and each such sort is told once with its count.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from remanence.errors import InvalidInput
from remanence.ingest.message import Message, message
from remanence.ingest.records import MAX_RECORD, Malformed, decode
from remanence.ingest.source import Broken, Skipped, Source
from remanence.records import dataclass

LONGEST_CALL = 600
"""Characters of a tool call that are kept."""
LONGEST_EDIT = 2_000
"""Characters of what an edit took out and put in that are kept."""
LONGEST_ERROR = 2_000
"""Characters of an error that are kept: its beginning and its end."""

EDITS = frozenset(
    "edit multiedit write notebookedit applypatch editfile writefile createfile searchreplace strreplace "
    "strreplaceeditor strreplacebasededittool patch deletefile editnotebook".split()
)
"""Tools that change a file, by their names in lower case and without `_`."""
_PATHS = ("file_path", "filePath", "path", "target_file", "targetFile", "notebook_path", "relativeWorkspacePath")
_OLD = ("old_string", "oldString", "old_str")
_NEW = ("new_string", "newString", "new_str", "content", "contents", "file_text", "code_edit", "new_source")
_COMMANDS = ("command", "cmd", "script")
_PATCHED = re.compile(r"^\*\*\* (Update|Add|Delete) File: (.+)$", re.M)
_INJECTED = re.compile(
    r"<(?P<tag>system-reminder|system_reminder|environment_context|user_instructions|INSTRUCTIONS|"
    r"user-prompt-submit-hook|session-start-hook|local-command-stdout|local-command-stderr|local-command-caveat|"
    r"command-message|command-args|command-contents|ide_opened_file|ide_selection|additional_data|attached_files|"
    r"open_and_recently_viewed_files|user_info|git_status|project_layout|rules|agent_skills|task-notification|"
    r"permissions instructions|collaboration_mode|skills_instructions|turn_aborted)\b[^>]*>.*?(?:</(?P=tag)>|\Z)",
    re.S,
)
_UNWRAPPED = re.compile(r"</?(?:user_query|command-name|timestamp)>")
_GUIDE = re.compile(r"\A# AGENTS\.md instructions\b.*", re.S)


def spoken(text: str) -> str:
    """What a person typed: without what the agent's program put round it and into it."""
    return _UNWRAPPED.sub("", _INJECTED.sub("", _GUIDE.sub("", text))).strip()


def cut(text: str, longest: int) -> str:
    """A long text with its middle left out; the end says more of an error than the beginning."""
    if len(text) <= longest:
        return text
    head = longest // 3
    return f"{text[:head].rstrip()} ... {text[-(longest - head) :].lstrip()}"


class PassedOver:
    """Counts records of unknown sorts; `tell()` reports each sort once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def __call__(self, line: int, sort: object) -> None:
        name = str(sort)[:60] if sort else "no type"
        self._counts[name] += 1
        self._first.setdefault(name, line)

    def tell(self) -> None:
        for name, count in self._counts.items():
            self._source.skipped += 1
            if self._source.on_skip is not None:
                records = "record" if count == 1 else "records"
                reason = f"{count} {records} of the unknown sort {name!a} passed over"
                self._source.on_skip(Skipped(self._first[name], reason, str(self._source.path)))


@dataclass(slots=True)
class AgentSession:
    """One session: gives its messages, each with the agent's name in `source` and the project in `data`."""

    source: Source
    agent: str
    passed: PassedOver
    id: str = ""
    project: str = ""
    tools: dict[str, str] = field(default_factory=dict)
    """call id -> the tool's name."""

    def said(self, line: int, role: str, text: str, at: Any, key: str) -> Iterator[Message]:
        """A turn of the person or of the agent."""
        text = spoken(text) if role == "user" else text.strip()
        if text:
            yield from self._kept(line, {"text": text, "role": role, "who": self._who(role)}, at, key)

    def called(self, line: int, tool: str, given: Any, at: Any, key: str, call: str = "") -> Iterator[Message]:
        """A tool that was called: an `edit` for each file that it changes, otherwise a `call`."""
        if call:
            self.tools[call] = tool
        edits = list(edited(tool, given))
        fields: dict[str, Any] = {"role": "assistant", "who": self._who("assistant")}
        for number, (path, change) in enumerate(edits, 1):
            told = f"{tool} {path}\n{cut(change, LONGEST_EDIT)}".strip()
            data = {"path": path[:1_000], "tool": tool[:200]}
            yield from self._kept(
                line,
                fields | {"text": told, "kind": "edit", "data": data},
                at,
                f"{key}/{number}" if number > 1 else key,
            )
        if not edits:
            told = f"{tool}: {cut(_brief(given), LONGEST_CALL)}".rstrip(": ")
            yield from self._kept(line, fields | {"text": told, "kind": "call", "data": {"tool": tool[:200]}}, at, key)

    def failed(self, line: int, call: str, output: Any, at: Any, key: str) -> Iterator[Message]:
        """What went wrong in a tool."""
        tool = self.tools.get(call, "a tool")
        text = output_text(output)
        if text:
            told = f"{tool} failed: {cut(text, LONGEST_ERROR)}"
            fields = {"text": told, "role": "tool", "who": tool[:200], "kind": "error", "data": {"tool": tool[:200]}}
            yield from self._kept(line, fields, at, key)

    def _who(self, role: str) -> str | None:
        return self.agent if role == "assistant" else None

    def _kept(self, line: int, fields: Mapping[str, Any], at: Any, key: str) -> Iterator[Message]:
        data = dict(fields.get("data") or {})
        if self.project:
            data["project"] = self.project[:1_000]
        named = {"session": self.id[:200] or None, "source": f"{self.agent}/{key}"[:1_000], "data": data}
        for when in (at, None):  # a time that cannot be read is unknown
            try:
                yield message({**fields, **named, "at": when}, now=self.source.now, imported=True)
                return
            except InvalidInput as error:
                why = str(error)
        self.passed(line, why)


def edited(tool: str, given: Any) -> Iterator[tuple[str, str]]:
    """(path, what was taken out and put in) of every file that a call changes."""
    words = patch_of(given)
    if words is not None:
        marks = list(_PATCHED.finditer(words))
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            yield mark[2].strip(), words[mark.end() : following.start() if following else len(words)].strip()
        return
    if not isinstance(given, Mapping):
        return
    replaces = any(name in given for name in _OLD) and any(name in given for name in _NEW)
    if not replaces and tool.rsplit("__", 1)[-1].lower().replace("_", "") not in EDITS:
        return
    path = _first(given, _PATHS)
    if path:
        changes = given.get("edits")
        each = [one for one in changes if isinstance(one, Mapping)] if isinstance(changes, list) else [given]
        yield path, "\n".join(_change(one) for one in each)


def patch_of(given: Any) -> str | None:
    """The text of a patch, wherever a call carries it."""
    if isinstance(given, str):
        return given if "*** Begin Patch" in given else None
    inner = list(given.values()) if isinstance(given, Mapping) else given if isinstance(given, list) else []
    return next((found for one in inner if (found := patch_of(one)) is not None), None)


def _change(one: Mapping[str, Any]) -> str:
    old, new = _first(one, _OLD), _first(one, _NEW)
    lines = [f"- {line}" for line in old.splitlines()] + [f"+ {line}" for line in new.splitlines()]
    return "\n".join(lines)


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := given.get(name), str) and value), "")


def _brief(given: Any) -> str:
    """The arguments of a call in one line: the command, or the only text, or JSON."""
    if isinstance(given, str):
        return " ".join(given.split())
    if isinstance(given, Mapping):
        for name in _COMMANDS:
            value = given.get(name)
            if isinstance(value, list) and all(isinstance(part, str) for part in value):
                return " ".join(" ".join(value).split())
            if isinstance(value, str):
                return " ".join(value.split())
        texts = [value for value in given.values() if isinstance(value, str)]
        if len(texts) == len(given) == 1:
            return " ".join(texts[0].split())
    return json.dumps(given, ensure_ascii=False, default=str) if given else ""


def word(value: Any) -> str:
    """A text, or nothing for what is none."""
    return value if isinstance(value, str) else ""


def output_text(output: Any) -> str:
    """The words of a tool's output, whatever it is wrapped in."""
    if isinstance(output, str):
        return output.strip()
    if isinstance(output, Mapping):
        for name in ("text", "content", "output", "error", "message", "stderr"):
            if text := output_text(output.get(name)):
                return text
        return ""
    if isinstance(output, list):
        return "\n".join(text for one in output if (text := output_text(one)))
    return ""


def lines_after(source: Source, after: int, passed: PassedOver) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of each whole line that ends behind byte `after`, and of the first line always.

    A line that is no JSON object, or is not finished yet, is passed over.
    """
    number = place = 0
    with source.open() as stream:
        try:
            while raw := stream.readline(MAX_RECORD + 1):
                number += 1
                place += len(raw)
                if len(raw) > MAX_RECORD:
                    while raw and not raw.endswith(b"\n"):
                        raw = stream.readline(MAX_RECORD)
                        place += len(raw)
                    passed(number, f"line over {MAX_RECORD >> 20} MiB")
                    continue
                if (place <= after and number > 1) or not raw.strip():
                    continue
                try:
                    value = decode(raw.strip())
                except Malformed:
                    passed(number, "not JSON" if raw.endswith(b"\n") else "unfinished line")
                    continue
                if isinstance(value, dict):
                    yield number, value
                else:
                    passed(number, f"JSON {type(value).__name__}")
        except Broken:
            passed(number + 1, "damaged bytes")
