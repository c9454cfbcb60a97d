"""MemDaily: a person's daily messages in Chinese, with questions about single and combined messages.

Layout: `memdaily/<kind>_<topic>.json` of `{tid, message_list: [{mid, message, time, place}], question_list: [{qid,
question, answer, target_step_id: [mid], choices: {A..D}, ground_truth, time}]}`, in a list or in lists by name. Taken
from the published description; no file of the set was at hand to verify it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, resolved
from remanence.arena.tasks.dates import parse

WHERE = "the published files of MemDaily (MemSim)"


def memdaily(files: Files, *, trajectories: int = 20) -> Iterator[Pool]:
    """One pool a trajectory, the first so many of each file (0: all)."""
    for path in files.need("memdaily", "*_*.json", "*/*_*.json"):
        kind = path.name.split(".")[0]
        for number, one in enumerate(islice(_trajectories(files.json(path)), trajectories or None)):
            yield _pool(f"{kind}/{one.get('tid', number)}", kind, one)


def _trajectories(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and "message_list" in node:
        yield node
    elif isinstance(node, dict | list):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from _trajectories(inner)


def _pool(name: str, kind: str, one: dict[str, Any]) -> Pool:
    records = {}
    for row in one["message_list"]:
        source = f"m{row['mid']}"
        place = f"（{row['place']}）" if row.get("place") else ""
        at = parse(row.get("time"))
        records[source] = Record(source, f"{row['message']}{place}", role="user", at=at, session=name)
    questions: list[Question] = []
    for row in one.get("question_list") or ():
        evidence, lost = resolved((f"m{mid}" for mid in _flat(row.get("target_step_id"))), records)
        choices = row.get("choices") or {}
        letter = str(row.get("ground_truth", "")).strip()
        questions.append(
            Question(
                id=f"{name}/{row.get('qid', len(questions))}",
                text=row["question"],
                answers=(str(row["answer"]),) if row.get("answer") is not None else (),
                evidence=evidence,
                category=kind.split("_")[0],
                at=parse(row.get("time")),
                choices=tuple(map(str, choices.values())),
                correct=list(choices).index(letter) if letter in choices else None,
                lost=lost,
            )
        )
    return Pool(name, tuple(records.values()), tuple(questions))


def _flat(cited: Any) -> Iterator[Any]:
    for one in cited if isinstance(cited, list) else [] if cited is None else [cited]:
        yield from _flat(one) if isinstance(one, list) else [one]
