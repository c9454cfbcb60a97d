"""The shapes of the arena: a record that goes in, a question with its evidence, a pool, a task.

A task is a function that reads files (or draws from a seed) and yields pools, and a row that names it:

    def locomo(files, *, corrected=True): yield Pool(...)
    Task("locomo", locomo, "long two-person talk", WHERE, ("turn", "session"), "fraction@10")

One pool is one memory: its questions may only be answered from its own records.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from remanence.arena.core.files import Files
from remanence.errors import BadKnob, Skipped

__all__ = ["GENERATED", "Pool", "Question", "Record", "Skipped", "Task", "resolved"]


@dataclass(frozen=True, slots=True)
class Record:
    """One message or passage of a haystack. `source` is unique in its pool and says nothing about answers."""

    source: str
    text: str
    who: str | None = None
    role: str | None = None
    at: datetime | None = None
    session: str | None = None
    kind: str = "turn"
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a search may look at: the text and its caption."""
        caption = self.data.get("caption")
        return f"{self.text}\n{caption}" if caption else self.text

    @property
    def spoken(self) -> str:
        """The key with the speaker's name before it: what baselines and peers index."""
        return f"{self.who}: {self.key}" if self.who else self.key

    def message(self) -> dict[str, Any]:
        """The record as `Memory.remember` takes it."""
        given: dict[str, Any] = {
            "text": self.text,
            "source": self.source,
            "who": self.who,
            "role": self.role,
            "at": self.at,
            "session": self.session,
            **self.data,
        }
        if self.kind != "turn":
            given["kind"] = self.kind
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one pool, and what counts as right.

    evidence: sources that answer it. sessions: labelled evidence sessions (else those of the evidence).
    groups: sets of sources of which each must be found (the sides of a contradiction).
    order: sources or answers in their true order. gains: graded relevance by source (else 1 each).
    after: how many records have been added when it is asked (None: all).
    lost: pieces of evidence that the label names and that are not among the records.
    wrong: answers that show an outdated or invented belief. answerable: False when memory cannot know.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    category: str = "all"
    at: datetime | None = None
    as_of: datetime | None = None
    choices: tuple[str, ...] = ()
    correct: int | None = None
    answerable: bool = True
    sessions: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    order: tuple[str, ...] = ()
    gains: Mapping[str, float] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    after: int | None = None
    lost: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pool:
    """One haystack and the questions about it: one memory, never shared with another pool."""

    id: str
    records: tuple[Record, ...]
    questions: tuple[Question, ...]
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def streaming(self) -> bool:
        """True when some questions are asked before all records are in."""
        return any(q.after is not None and q.after < len(self.records) for q in self.questions)

    def sessions(self) -> dict[str, str]:
        """source -> session, for the records that have one."""
        return {record.source: record.session for record in self.records if record.session is not None}


def resolved(cited: Iterable[str], known: Container[str]) -> tuple[tuple[str, ...], int]:
    """Evidence that is among the records, each piece once and in order, and how many pieces are not."""
    wanted = list(dict.fromkeys(cited))
    there = tuple(source for source in wanted if source in known)
    return there, len(wanted) - len(there)


GENERATED = "drawn from a seed; nothing to get"
"""Where a generated task comes from."""
Loader = Callable[..., Iterable[Pool]]


@dataclass(frozen=True, slots=True)
class Task:
    """A named benchmark: how to load it, which measures it can give and where its data comes from."""

    name: str
    load: Loader
    about: str
    where: str
    measures: tuple[str, ...]
    headline: str
    knobs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def generated(self) -> bool:
        """True when it is drawn from a seed and needs no download."""
        return self.where == GENERATED

    def pools(self, data: Path | str | None = None) -> Iterator[Pool]:
        """The haystacks, one after the other; `Skipped` when the data is not there."""
        yield from self.load(Files(data, self.where), **self.knobs)

    def open(self, data: Path | str | None = None) -> tuple[list[Pool], str]:
        """All haystacks and the fingerprint of everything that was read to make them."""
        files = Files(data, self.where)
        pools = list(self.load(files, **self.knobs))
        return pools, files.fingerprint()

    def with_(self, **knobs: Any) -> Task:
        """The same task with other settings; its name shows them. `BadKnob` for one that it does not have."""
        known = {
            name: parameter.default
            for name, parameter in inspect.signature(self.load).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        for knob in knobs:
            if knob not in known:
                raise BadKnob(f"task {self.name} has no knob {knob!r}; it has: {', '.join(sorted(known)) or 'none'}")
        typed = {knob: _typed(value, known[knob]) for knob, value in knobs.items()}
        shown = ",".join(f"{knob}={value}" for knob, value in sorted(typed.items()))
        base = self.name.partition(":")[0]
        return replace(self, name=f"{base}:{shown}" if shown else base, knobs={**self.knobs, **typed})


def _typed(value: Any, default: Any) -> Any:
    """A knob given as text, in the type of its default."""
    if not isinstance(value, str):
        return value
    if isinstance(default, bool):
        if value.lower() not in ("yes", "no", "true", "false", "1", "0"):
            raise BadKnob(f"{value!r} should be yes or no")
        return value.lower() in ("yes", "true", "1")
    for kind in (int, float):
        if isinstance(default, kind):
            try:
                return kind(value)
            except ValueError:
                raise BadKnob(f"{value!r} should be a number") from None
    return value
