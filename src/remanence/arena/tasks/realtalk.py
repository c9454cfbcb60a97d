"""REALTALK: three weeks of messages between two real people, with questions and cited turns.

Layout: `realtalk/data/Chat_*.json` (or `realtalk/*.json`): `name{speaker_1, speaker_2}`, `session_N` lists of
`{clean_text, speaker, date_time "29.12.2023, 14:05:00", dia_id}`, `session_N_date_time`, `qa` of `{question,
answer, evidence, category}` with 1 multi-hop, 2 temporal, 3 commonsense (Lee et al. 2025). Evidence may be joined by
`;` and be a range `D12:3-D12:5`; what names no turn is counted. The layout was taken from public descriptions; no file
of the set was at hand to verify it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, resolved
from remanence.arena.tasks.dates import parse
from remanence.arena.tasks.locomo import turn_ids

WHERE = "https://github.com/danny911kr/REALTALK (data/)"
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "commonsense"}


def realtalk(files: Files) -> Iterator[Pool]:
    """One pool a chat."""
    for path in files.need("realtalk", "data/Chat_*.json", "Chat_*.json", "data/*.json", "*.json"):
        yield _pool(path.name.removesuffix(".gz").removesuffix(".json"), files.json(path))


def _pool(name: str, chat: dict[str, Any]) -> Pool:
    records: dict[str, Record] = {}
    parts = [int(hit.group(1)) for hit in map(re.compile(r"session_(\d+)$").match, chat) if hit]
    last = None
    for part in sorted(parts):
        started = parse(chat.get(f"session_{part}_date_time"))
        for number, turn in enumerate(chat[f"session_{part}"]):
            text = (turn.get("clean_text") or turn.get("text") or "").strip()
            captions = turn.get("blip_caption") or turn.get("caption")
            if not text and not captions:
                continue
            at = parse(turn.get("date_time")) or (started + timedelta(seconds=number) if started else None)
            last = at or last
            records[turn["dia_id"]] = Record(
                f"{name}/{turn['dia_id']}",
                text or str(captions),
                who=turn["speaker"],
                at=at,
                session=f"{name}/session_{part}",
                data={"caption": str(captions)} if captions and text else {},
            )
    questions = []
    for number, row in enumerate(chat.get("qa", [])):
        evidence, lost = resolved(turn_ids(row.get("evidence", [])), records)
        questions.append(
            Question(
                id=f"{name}/qa{number}",
                text=row["question"],
                answers=(str(row["answer"]),) if row.get("answer") is not None else (),
                evidence=tuple(f"{name}/{turn}" for turn in evidence),
                category=CATEGORIES.get(int(row.get("category", 0)), "other"),
                at=last + timedelta(days=1) if last else None,
                lost=lost,
            )
        )
    return Pool(name, tuple(records.values()), tuple(questions))
