"""Everyday talk: seven short stories of an assistant, friends, a team, a shop and a family, in which things change.

Layout: `everyday/d*.json`, one story a file. A question's type is its category: what holds now, what held, when, how
long, how many, who is who, what was corrected, what was never said or was said of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, resolved

WHERE = "written for this project (everyday/d01.json and on)"
_ROLES = ("user", "assistant")


def everyday(files: Files) -> Iterator[Pool]:
    """One pool a story."""
    for path in files.need("everyday", "d*.json"):
        yield _pool(files.json(path))


def _pool(story: dict[str, Any]) -> Pool:
    name = str(story["id"])
    records = {
        turn["id"]: Record(
            source=f"{name}/{turn['id']}",
            text=turn["text"],
            who=None if turn["who"] in _ROLES else turn["who"],
            role=turn["who"] if turn["who"] in _ROLES else None,
            at=datetime.fromisoformat(turn["at"]),
            session=f"{name}/{turn['session']}",
        )
        for turn in story["turns"]
    }
    questions = []
    for row in story["questions"]:
        evidence, lost = resolved(row["evidence"], records)
        questions.append(
            Question(
                id=f"{name}/{row['id']}",
                text=row["question"],
                answers=tuple(str(answer) for answer in row["answers"]),
                evidence=tuple(f"{name}/{turn}" for turn in evidence),
                category=row["type"],
                at=datetime.fromisoformat(row["now"]),
                answerable=bool(row["answerable"]),
                lost=lost,
                wrong=tuple(str(value) for value in row["must_not"]),
                data={"asker": row["asker"]},
            )
        )
    return Pool(name, tuple(records.values()), tuple(questions))
