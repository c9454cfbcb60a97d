"""HaluMem in its published form: dialogues with the memory points that should come of them, and questions.

Layout: `halumem/*.jsonl`, one user a line: `{uuid, persona_info, sessions: [{start_time, dialogue: [{role, content,
timestamp}], memory_points: [{memory_content, memory_source, is_update, original_memories}], questions: [{question,
answer, evidence: [{memory_content}], question_type}]}]}`. The fields are those of the published description; no
file of the set was at hand to verify it. Evidence names memory points, so it is scored by session; a question
is asked after its own session (Chen et al. 2025).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.dates import parse

WHERE = "https://huggingface.co/datasets/IAAR-Shanghai/HaluMem (CC BY-NC-ND 4.0)"


def halumem(files: Files, *, size: str = "medium", users: int = 0) -> Iterator[Pool]:
    """One pool a user. size: medium or long. users: the first so many (0: all)."""
    patterns = (f"*{size.capitalize()}*.jsonl", f"*{size}*.jsonl", "*.jsonl")
    rows = [row for path in files.need("halumem", *patterns) for row in files.lines(path)]
    for row in rows[:users] if users else rows:
        yield _pool(row)


def moment(text: str | None) -> datetime | None:
    """ "Dec 15, 2025, 06:11:23", or any other form that benchmark files use."""
    if not text:
        return None
    try:
        return datetime.strptime(text.strip(), "%b %d, %Y, %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return parse(text)


def _pool(row: dict[str, Any]) -> Pool:
    name = str(row["uuid"])
    records: list[Record] = []
    questions: list[Question] = []
    told_in: dict[str, str] = {}
    true: list[str] = []
    replaced: list[str] = []
    false: list[str] = []
    for part, session in enumerate(row["sessions"]):
        label = f"{name}/s{part}"
        started = moment(session.get("start_time"))
        for number, turn in enumerate(session["dialogue"]):
            at = moment(turn.get("timestamp")) or started
            if turn["content"].strip():
                records.append(
                    Record(
                        f"{label}/t{number}",
                        turn["content"],
                        role=turn["role"],
                        at=at + timedelta(seconds=number) if at else None,
                        session=label,
                    )
                )
        for point in session.get("memory_points", []):
            text = point["memory_content"]
            if str(point.get("memory_source", "")).lower() == "interference":
                false.append(text)
                continue
            told_in.setdefault(text, label)
            true.append(text)
            if str(point.get("is_update", "")).lower() == "true":
                replaced += point.get("original_memories") or []
        for number, asked in enumerate(session.get("questions", [])):
            cited = [told_in.get(one["memory_content"]) for one in asked.get("evidence", [])]
            kind = str(asked.get("question_type", "all"))
            questions.append(
                Question(
                    id=f"{label}/q{number}",
                    text=asked["question"],
                    answers=(str(asked["answer"]),),
                    sessions=tuple(dict.fromkeys(one for one in cited if one)),
                    category=kind,
                    at=moment(session.get("end_time")) or started,
                    answerable="boundary" not in kind.lower(),
                    after=len(records),
                )
            )
    kept = [text for text in dict.fromkeys(true) if text not in set(replaced)]
    return Pool(name, tuple(records), tuple(questions), {"statements": kept, "false": false, "replaced": replaced})
