"""LongMemEval: questions over months of chats with an assistant; abstention questions are scored apart.

Layout: `longmemeval/longmemeval_s*.json` (also `_m`, `_oracle`). Turn labels come from `has_answer`
(official files) or from `longmemeval/longmemeval_evidence_turns.json`. Session ids of the file begin with
`answer_` where the answer is, so they are replaced by positions: no system can read the label off an id.
Verified on 24 complete instances of the S size, with ISO dates; official dates ("2023/05/30 (Tue) 18:54")
parse as well (Wu et al. 2025).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, Skipped
from remanence.arena.tasks.dates import parse
from remanence.errors import InvalidInput
from remanence.registry import near

WHERE = "https://huggingface.co/datasets/xiaowu0162/longmemeval-cleaned (MIT)"


def longmemeval(files: Files, *, size: str = "s", rechecked: bool = True, instances: str = "") -> Iterator[Pool]:
    """One pool a question. `rechecked` takes corrected answers where the file carries them.

    `instances` keeps some of them, in the order in which they are named ("35a27287+830ce83f").
    """
    labels = _labels(files)
    rows = {row["question_id"]: row for row in _rows(files, size)}
    for name in [one for one in instances.split("+") if one] or rows:
        if name not in rows:
            raise InvalidInput(f"no instance {name!r} of LongMemEval; {near(name, rows)}")
        yield _pool(rows[name], labels.get(name), rechecked)


def strangers(files: Files, *, size: str = "s", distractors: int = 3000, seed: int = 0) -> Iterator[Pool]:
    """One pool: the evidence turns of all questions among shuffled turns without session, and undated."""
    labels = _labels(files)
    pools = [_pool(row, labels.get(row["question_id"]), True) for row in _rows(files, size)]
    questions = [q for pool in pools for q in pool.questions if q.answerable and q.evidence]
    needed = {source for q in questions for source in q.evidence}
    kept: dict[str, Record] = {}
    others: dict[str, Record] = {}
    named: dict[str, str] = {}
    for pool in pools:
        for record in pool.records:
            (kept if record.source in needed else others).setdefault(record.text, record)
            named[record.source] = record.text
    spare = [record for text, record in others.items() if text not in kept]
    rng = random.Random(seed)
    drawn = [*kept.values(), *rng.sample(spare, min(distractors, len(spare)))]
    rng.shuffle(drawn)
    records = tuple(replace(record, source=f"t{number}", session=None, at=None) for number, record in enumerate(drawn))
    at = {record.text: record.source for record in records}
    yield Pool(
        "strangers",
        records,
        tuple(
            replace(q, evidence=tuple(dict.fromkeys(at[named[s]] for s in q.evidence)), sessions=(), at=None)
            for q in questions
        ),
    )


def _rows(files: Files, size: str) -> list[dict[str, Any]]:
    paths = files.need(
        "longmemeval",
        f"longmemeval_{size}_cleaned.json",
        f"longmemeval_{size}.json",
        f"longmemeval_{size}_*.json",
    )
    return [row for path in paths for row in files.json(path)]


def _labels(files: Files) -> dict[str, set[tuple[str, str]]]:
    """question id -> (role, content) of its evidence turns, from the separate label file."""
    found: dict[str, set[tuple[str, str]]] = {}
    for path in files.found("longmemeval", "longmemeval_evidence*.json"):
        for row in files.json(path):
            turns = {(t["role"], t["content"]) for part in row["evidence"] for t in part["turns"]}
            found.setdefault(row["question_id"], set()).update(turns)
    return found


def _pool(row: dict[str, Any], labels: set[tuple[str, str]] | None, rechecked: bool) -> Pool:
    name = row["question_id"]
    abstain = name.endswith("_abs")
    plain = name.removesuffix("_abs")  # a source must not tell that there is no answer
    gold = set(row["answer_session_ids"])
    order = sorted(
        range(len(row["haystack_sessions"])),
        key=lambda n: (parse(row["haystack_dates"][n]) or parse("1970-01-01"), n),
    )
    records: list[Record] = []
    evidence: list[str] = []
    sessions: list[str] = []
    labelled = False
    for position, n in enumerate(order):
        session = f"{plain}/s{position}"
        held = row["haystack_session_ids"][n] in gold
        if held:
            sessions.append(session)
        started = parse(row["haystack_dates"][n])
        for number, turn in enumerate(row["haystack_sessions"][n]):
            source = f"{session}/t{number}"
            labelled = labelled or "has_answer" in turn
            if held and (turn.get("has_answer") or (labels and (turn["role"], turn["content"]) in labels)):
                evidence.append(source)
            if turn["content"].strip():
                records.append(
                    Record(
                        source,
                        turn["content"],
                        role=turn["role"],
                        at=started + timedelta(seconds=number) if started else None,
                        session=session,
                    )
                )
    if not labelled and labels is None and not abstain:
        raise Skipped(
            f"question {name} has no turn labels: neither has_answer nor longmemeval_evidence_turns.json",
            WHERE,
        )
    there = {record.source for record in records}
    answer = row.get("answer_cleaned_reme") if rechecked else None
    question = Question(
        id=name,
        text=row["question"],
        answers=() if abstain else (str(answer if answer is not None else row["answer"]),),
        evidence=() if abstain else tuple(source for source in evidence if source in there),
        sessions=() if abstain else tuple(sessions),
        category=row["question_type"],
        at=parse(row["question_date"]),
        answerable=not abstain,
    )
    return Pool(name, tuple(records), (question,))
