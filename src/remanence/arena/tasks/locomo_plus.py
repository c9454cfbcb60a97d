"""LoCoMo-Plus: something said in passing must come to mind much later, though the occasion does not resemble it.

Layout: `locomo_plus/*.json`, a list of `{relation_type, cue_dialogue, trigger_query, time_gap, ...}`, and the
conversations of LoCoMo. Each cue goes into a conversation as a session of its own, `time_gap` before its trigger is
asked; the cue's turns are the evidence. Taken from the published description; no file of the set was at hand to
verify it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.locomo import locomo

WHERE = "the published list of LoCoMo-Plus, and the conversations of locomo"

_LINE = re.compile(r"^\s*([A-Za-z][\w .'-]{0,30}?)\s*[:：]\s*(.+)$")
_GAP = re.compile(r"(\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+(day|week|month|year)", re.IGNORECASE)
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def locomo_plus(files: Files, *, rows: int = 0) -> Iterator[Pool]:
    """One pool a conversation, with the cues that fall to it in turn. rows: the first so many (0: all)."""
    held = [row for path in files.need("locomo_plus", "*.json") for row in files.json(path)]
    talks = list(locomo(files, corrected=False))
    for number, talk in enumerate(talks):
        mine = [(at, row) for at, row in enumerate(held[:rows] if rows else held) if at % len(talks) == number]
        if mine:
            yield _pool(talk, mine)


def _pool(talk: Pool, rows: list[tuple[int, dict[str, Any]]]) -> Pool:
    """A conversation with the cues put in at their times, asked a day after its end."""
    last = max((record.at for record in talk.records if record.at), default=datetime(2024, 1, 1, tzinfo=UTC))
    asked = last + timedelta(days=1)
    people = list(dict.fromkeys(record.who for record in talk.records if record.who))
    records = list(talk.records)
    questions = []
    for number, row in rows:
        at = asked - gap(str(row.get("time_gap", "")))
        said = _said(row["cue_dialogue"], people)
        session = f"{talk.id}/cue{number}"
        turns = [
            Record(f"{session}/{place}", text, who=who, at=at + timedelta(seconds=place), session=session)
            for place, (who, text) in enumerate(said)
        ]
        records += turns
        (_, trigger), *_ = _said(row["trigger_query"], people) or [(None, str(row["trigger_query"]))]
        questions.append(
            Question(
                id=f"plus{number}",
                text=trigger,
                evidence=tuple(turn.source for turn in turns),
                category=str(row.get("relation_type", "all")),
                at=asked,
            )
        )
    records.sort(key=lambda record: record.at or last)
    return Pool(talk.id, tuple(records), tuple(questions))


def gap(text: str) -> timedelta:
    """ "two weeks later", "3 months", "a year ago" as a time; a week where none is named."""
    found = _GAP.search(text)
    if found is None:
        return timedelta(days=7)
    word = found.group(1).lower()
    count = int(word) if word.isdigit() else 1 if word in ("a", "an") else _COUNTS.index(word)
    return timedelta(days=count * _DAYS[found.group(2).lower()])


def _said(talk: Any, people: list[str]) -> list[tuple[str | None, str]]:
    """(speaker, text) of each line; A and B are the two people of the conversation."""
    given = talk.splitlines() if isinstance(talk, str) else talk
    lines = [str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in given]
    names = dict(zip("AB", people, strict=False))
    found: list[tuple[str | None, str]] = []
    for line in lines:
        hit = _LINE.match(line)
        if hit:
            found.append((names.get(hit.group(1), hit.group(1)), hit.group(2).strip()))
        elif line.strip():
            found.append((None, line.strip()))
    return found
