"""LifeBench: a year of a person's phone and assistant data, with questions and evidence records.

Two layouts. A folder a person: `lifebench/<person>/phone_data/<type>.json` (sms, note, calendar, push, agent_chat,
photo, call, fitness_health, contact) with records whose `phone_id` is unique within their type, and
`<person>/QA/QA_clean.json` of `{question, answer, options?, evidence: [{type, id}], question_type, ask_time}`.
Or the export in the form of LoCoMo: `lifebench/locomo_format/*_en.json`, samples of `{sample_id, conversation
{session_N: [{speaker, dia_id "2025-01-15_call3", text}]}, qa: [...]}`, whose evidence is a turn id, or a raw record
with `type` and `datetime`: it then stands for the turns of that type and day, those that show its time if any does.
Taken from the published description; no file of the set was at hand to verify it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, Skipped, resolved
from remanence.arena.tasks.dates import parse

WHERE = "https://github.com/1754955896/LifeBench (life_bench_data/version2), Apache-2.0"

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})_")
_ASKED = re.compile(r"^\s*[（(][^）)]*\d{4}-\d{2}-\d{2}[^）)]*[）)]\s*")
_TIMES = ("datetime", "timestamp", "start_time", "startTime", "time", "date", "created_at", "日期", "时间")
_PEOPLE = ("sender", "from", "contactName", "contact_name", "speaker", "name", "app")
_IDS = ("phone_id", "event_id", "id", "type")


def lifebench(files: Files, *, language: str = "en") -> Iterator[Pool]:
    """One pool a person; the folders of raw records where they are there, else the export. language: en or zh."""
    homes = {path.parent.parent: None for path in files.found("lifebench", "*/phone_data/*.json", "phone_data/*.json")}
    for home in homes:
        yield _person(files, home)
    if homes:
        return
    stem = "lifebench_locomo_conversation_format"
    names = ("our_en", f"{stem}*_en", f"{stem}*") if language == "en" else ("our_zh", "our", f"{stem}*QA")
    patterns = [f"{folder}{name}.json" for name in names for folder in ("locomo_format/", "")]
    for path in files.need("lifebench", *patterns):
        for sample in files.json(path):
            yield _pool(sample)


# --- a folder of raw records ---------------------------------------------------------------------


def _person(files: Files, home: Path) -> Pool:
    """Everything on a person's phone in the order of its time, and the questions about it."""
    records: dict[str, Record] = {}
    for path in sorted((home / "phone_data").glob("*.json*")):
        kind = path.name.split(".")[0]
        held = files.json(path)
        rows = held if isinstance(held, list) else list(held.values())
        for number, row in enumerate(one for one in rows if isinstance(one, dict)):
            source = f"{kind}/{row.get('phone_id', f'n{number}')}"
            records[source] = _phone_record(source, kind, row)
    asked = [path for name in ("QA/QA_clean.json", "QA_clean.json") for path in home.glob(f"{name}*")]
    if not asked:
        raise Skipped(f"{home.name} has no QA_clean.json", WHERE)
    ordered = sorted(records.values(), key=lambda record: (record.at is None, record.at, record.source))
    questions = []
    for number, row in enumerate(files.json(asked[0])):
        cited = [f"{one['type']}/{one['id']}" for one in row.get("evidence") or () if isinstance(one, dict)]
        evidence, lost = resolved(cited, records)
        questions.append(_question(f"{home.name}/qa{number}", row, evidence, lost))
    return Pool(home.name, tuple(ordered), tuple(questions))


def _phone_record(source: str, kind: str, row: Mapping[str, Any]) -> Record:
    """A record as a line of its fields; its time and its person under whichever name they stand."""
    at = next((found for name in _TIMES if (found := parse(str(row.get(name) or "")))), None)
    who = next((str(row[name]) for name in _PEOPLE if row.get(name)), None)
    told = [f"{name}: {value}" for name, value in row.items() if name not in _IDS and value not in (None, "", [], {})]
    return Record(
        source, f"{kind}; " + "; ".join(told), who=who, at=at, session=f"{kind}/{at:%Y-%m-%d}" if at else kind
    )


def _question(name: str, row: Mapping[str, Any], evidence: tuple[str, ...], lost: int) -> Question:
    kinds = row.get("question_type") or row.get("category") or "other"
    kind = str(kinds[0] if isinstance(kinds, list) and kinds else kinds)
    answerable = "unanswerable" not in kind.lower()
    options = row.get("options") or []
    given = list(options.values()) if isinstance(options, dict) else options
    choices = [re.sub(r"^[A-H][.:)]\s*", "", str(option)) for option in given]
    answer = row.get("answer")
    letter = str(answer or "").strip().rstrip(".")
    correct = "ABCDEFGH".find(letter) if len(letter) == 1 else -1
    picked = correct if 0 <= correct < len(choices) else choices.index(str(answer)) if str(answer) in choices else None
    told = choices[picked] if picked is not None else answer
    return Question(
        id=str(row.get("question_id") or name),
        text=_ASKED.sub("", row["question"]),
        answers=(str(told),) if answerable and told is not None else (),
        evidence=evidence,
        category=kind,
        at=parse(row.get("ask_time")),
        choices=tuple(choices) if picked is not None else (),
        correct=picked,
        answerable=answerable,
        lost=lost,
    )


# --- the export in the form of LoCoMo ------------------------------------------------------------


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
        turns, lost = _cited(row.get("evidence", []), records)
        evidence = tuple(f"{name}/{turn}" for turn in turns)
        questions.append(_question(f"{name}/qa{number}", row, evidence, lost))
    return Pool(name, tuple(records.values()), tuple(questions))


def _cited(evidence: Any, records: Mapping[str, Record]) -> tuple[tuple[str, ...], int]:
    """The turns that a citation names, and how many pieces of it name none."""
    found: list[str] = []
    lost = 0
    for one in evidence if isinstance(evidence, list) else [evidence]:
        turns = [one] if isinstance(one, str) and one in records else []
        if isinstance(one, dict):
            moment = str(one.get("datetime") or one.get("date") or "")
            same = [turn for turn in records if moment and turn.startswith(f"{moment[:10]}_{one.get('type')}")]
            clock = moment[11:16]
            turns = [turn for turn in same if clock and clock in records[turn].text] or same
        lost += bool(one) and not turns
        found += turns
    return tuple(dict.fromkeys(found)), lost
