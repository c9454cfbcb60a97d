"""LoCoMo: very long talks between two people, with and without the audited label corrections.

Layout: `locomo/locomo10*.json` (list of conversations), `locomo/audit_errors.json` or `errors.json`
(corrections). Verified on five of the ten conversations. Categories: 1 multi-hop, 2 temporal,
3 open-domain, 4 single-hop, 5 adversarial (Maharana et al. 2024); many repositories mislabel them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, resolved
from remanence.arena.tasks.dates import parse

CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
WHERE = (
    "https://github.com/snap-research/locomo (data/locomo10.json, CC BY-NC 4.0); "
    "corrections: https://github.com/dial481/locomo-audit (errors.json)"
)
MEASURES = "turn session context abstain answer"

_TURN = re.compile(r"D:?(\d+):(\d+)(?:\s*[-\u2013]\s*(?:D:?(\d+):)?(\d+))?")


def turn_ids(cited: object) -> list[str]:
    """Turn ids out of a citation as files write it ("D8:6; D9:17", "D:11:26"); a range names all its turns."""
    found: list[str] = []
    for piece in cited if isinstance(cited, list) else [cited]:
        for session, first, until, last in _TURN.findall(str(piece)):
            end = int(last) if last and (not until or until == session) else int(first)
            found += [f"D{int(session)}:{turn}" for turn in range(int(first), max(int(first), end) + 1)]
            if until and until != session:  # over the end of a session: its own ends are all that is sure
                found.append(f"D{int(until)}:{int(last)}")
    return found


def locomo(files: Files, *, corrected: bool = True, conversations: str = "") -> Iterator[Pool]:
    """One pool a conversation. `conversations` keeps some of them ("conv-26+conv-30")."""
    talks = [talk for path in files.need("locomo", "locomo10.json", "locomo10*.json") for talk in files.json(path)]
    fixes: dict[str, list[dict[str, Any]]] = {}
    if corrected:
        for path in files.need("locomo", "audit_errors*.json", "errors*.json"):
            for fix in files.json(path):
                fixes.setdefault(fix["question"].strip(), []).append(fix)
    wanted = set(conversations.split("+")) - {""}
    for number, talk in enumerate(talks):
        name = str(talk.get("sample_id") or f"conv-{number}")
        if not wanted or name in wanted:
            yield _pool(name, number, talk, fixes)


def as_published(files: Files, *, conversations: str = "") -> Iterator[Pool]:
    """The same with the labels as they were published."""
    yield from locomo(files, corrected=False, conversations=conversations)


def _pool(name: str, number: int, talk: dict[str, Any], fixes: dict[str, list[dict[str, Any]]]) -> Pool:
    records: dict[str, Record] = {}
    last: datetime | None = None
    conversation = talk["conversation"]
    for part in sorted(
        int(found.group(1)) for found in map(re.compile(r"session_(\d+)$").match, conversation) if found
    ):
        started = parse(conversation.get(f"session_{part}_date_time"))
        last = started or last
        for position, turn in enumerate(conversation[f"session_{part}"]):
            records[turn["dia_id"]] = Record(
                source=f"{name}/{turn['dia_id']}",
                text=turn["text"],
                who=turn["speaker"],
                at=started + timedelta(seconds=position) if started else None,
                session=f"{name}/session_{part}",
                data={"caption": turn["blip_caption"]} if turn.get("blip_caption") else {},
            )
    questions: list[Question] = []
    for position, row in enumerate(talk["qa"]):
        label = f"locomo_{number}_qa{position}"
        fix = _fix(fixes.get(row["question"].strip(), []), label, row)
        cited = fix["correct_evidence"] if fix and fix.get("correct_evidence") else row.get("evidence", [])
        answer = fix["correct_answer"] if fix and fix.get("correct_answer") else row.get("answer")
        category = CATEGORIES[int(row["category"])]
        adversarial = category == "adversarial"
        evidence, lost = resolved(turn_ids(cited), records)
        questions.append(
            Question(
                id=f"{name}/qa{position}",
                text=row["question"],
                answers=() if answer is None or adversarial else (str(answer),),
                evidence=tuple(f"{name}/{turn}" for turn in evidence),
                category=category,
                at=last + timedelta(days=1) if last else None,
                answerable=not adversarial,
                lost=lost,
                wrong=(str(row["adversarial_answer"]),) if adversarial and row.get("adversarial_answer") else (),
                data={"corrected": fix["error_type"]} if fix else {},
            )
        )
    return Pool(name, tuple(records.values()), tuple(questions))


def _fix(candidates: list[dict[str, Any]], label: str, row: dict[str, Any]) -> dict[str, Any] | None:
    """The correction of one question: by its text, then by its label or its old answer."""
    for fix in candidates:
        if fix["question_id"] == label:
            return fix
    for fix in candidates:
        if str(fix.get("golden_answer")) == str(row.get("answer")):
            return fix
    return None
