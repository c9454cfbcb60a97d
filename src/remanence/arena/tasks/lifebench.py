"""LifeBench: a year of a person's phone and assistant data, with questions and evidence records.

Layout: `lifebench/locomo_format/lifebench_locomo_conversation_format_*.json`: samples of `{sample_id,
conversation{session_N: [{speaker, dia_id "2025-01-15_call3", text}]}, qa: [{question, answer, question_type,
ask_time, evidence}]}`. Evidence is a turn id, or a raw record with `type` and `datetime`: it then stands for
the turns of that type and day, those that show its time if any does. The layout was taken from the public
description; no file of the set was at hand to verify it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.dates import parse

WHERE = "https://github.com/1754955896/LifeBench (life_bench_data/version2/locomo_format), Apache-2.0"

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})_")
_ASKED = re.compile(r"^\s*[（(][^）)]*\d{4}-\d{2}-\d{2}[^）)]*[）)]\s*")


def lifebench(files: Files, *, language: str = "en") -> Iterator[Pool]:
    """One pool a person. language: en or zh."""
    stem = "lifebench_locomo_conversation_format"
    folder = "locomo_format/" + stem
    english = (f"{folder}*_en.json", f"{stem}*_en.json", f"{stem}*.json")
    patterns = english if language == "en" else (f"{folder}*QA.json", f"{stem}*QA.json")
    for path in files.need("lifebench", *patterns):
        for sample in files.json(path):
            yield _pool(sample)


def _pool(sample: dict[str, Any]) -> Pool:
    name = str(sample["sample_id"])
    talk = sample["conversation"]
    records: dict[str, Record] = {}
    parts = [int(hit.group(1)) for hit in map(re.compile(r"session_(\d+)$").match, talk) if hit]
    for part in sorted(parts):
        for number, turn in enumerate(talk[f"session_{part}"]):
            day = _DAY.match(turn["dia_id"])
            started = parse(day.group(1)) if day else parse(talk.get(f"session_{part}_date_time"))
            if turn["text"].strip():
                records[turn["dia_id"]] = Record(
                    f"{name}/{turn['dia_id']}",
                    turn["text"],
                    who=turn["speaker"],
                    at=started + timedelta(seconds=number) if started else None,
                    session=f"{name}/session_{part}",
                )
    questions = []
    for number, row in enumerate(sample["qa"]):
        kinds = row.get("question_type") or row.get("category") or "other"
        kind = str(kinds[0] if isinstance(kinds, list) and kinds else kinds)
        answerable = "unanswerable" not in kind.lower()
        questions.append(
            Question(
                id=str(row.get("question_id") or f"{name}/qa{number}"),
                text=_ASKED.sub("", row["question"]),
                answers=(str(row["answer"]),) if answerable and row.get("answer") is not None else (),
                evidence=tuple(f"{name}/{turn}" for turn in _cited(row.get("evidence", []), records)),
                category=kind,
                at=parse(row.get("ask_time")),
                answerable=answerable,
            )
        )
    return Pool(name, tuple(records.values()), tuple(questions))


def _cited(evidence: Any, records: dict[str, Record]) -> tuple[str, ...]:
    found: list[str] = []
    for one in evidence if isinstance(evidence, list) else [evidence]:
        if isinstance(one, str):
            found += [one] if one in records else []
        elif isinstance(one, dict):
            moment = str(one.get("datetime") or one.get("date") or "")
            same = [turn for turn in records if turn.startswith(f"{moment[:10]}_{one.get('type')}")]
            clock = moment[11:16]
            exact = [turn for turn in same if clock and clock in records[turn].text]
            found += exact or same
    return tuple(dict.fromkeys(found))
