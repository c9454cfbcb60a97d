"""EpBench: a book of dated, placed, peopled events, and questions by time, place, person and content.

Layout: `epbench/<book>/*book.txt`, `df_book_groundtruth.jsonl`, `df_qa.jsonl`. Verified on the Sci-fi book.
Answers are sets of known values (dates, places, people, contents); without a language model they are read off
the results: values of that kind that stand in a result which holds the whole cue. Some answers are empty on
purpose, and inventing one costs (Huet et al. 2025).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.dates import parse

WHERE = "https://github.com/ahstat/episodic-memory-benchmark (MIT)"
FIELDS = {"Times": "date", "Spaces": "location", "Entities": "entity", "Event contents": "content"}

_CUE = re.compile(r"\{([^}]*)\}")


def epbench(files: Files, *, book: str = "*") -> Iterator[Pool]:
    """One pool a book; a record is a chapter, given in book order without its date."""
    for path in files.need("epbench", f"{book}/df_qa.jsonl"):
        name = path.parent.name
        texts = files.need("epbench", f"{name}/*book.txt")
        truth = files.lines(files.need("epbench", f"{name}/df_book_groundtruth.jsonl")[0])
        yield _pool(name, files.text(texts[0]), truth, files.lines(path))


def chapters(text: str) -> Iterator[tuple[int, str]]:
    """(number, text) of each chapter of a book."""
    pieces = re.split(r"^Chapter (\d+)\s*$", text, flags=re.MULTILINE)[1:]
    for number, body in zip(pieces[::2], pieces[1::2], strict=True):
        yield int(number), body.strip()


def _pool(name: str, text: str, truth: list[dict[str, Any]], rows: list[dict[str, Any]]) -> Pool:
    records = tuple(Record(f"chapter-{number}", body, session=name, kind="chunk") for number, body in chapters(text))
    there = {record.source for record in records}
    known = {kind: sorted({row[field] for row in truth}) for kind, field in FIELDS.items()}
    days = {row["date"]: found.isoformat() for row in truth if (found := parse(row["date"]))}
    last = parse(max(days.values(), default=None))
    questions = []
    for number, row in enumerate(rows):
        sources = [f"chapter-{chapter}" for chapter in row["correct_answer_chapters"]]
        answers = tuple(str(answer) for answer in row["correct_answer"])
        questions.append(
            Question(
                id=f"{name}/{number}",
                text=row["question"],
                answers=answers,
                evidence=tuple(source for source in sources if source in there),
                category=f"{row['retrieval_type']} {row['get']}",
                at=last + timedelta(days=1) if last else None,
                answerable=bool(answers),
                order=answers if row["get"] == "chronological" else (),
                data={
                    **({"vocabulary": known[row["retrieval_type"]]} if row["retrieval_type"] in known else {}),
                    "cues": _CUE.findall(row["cue_completed"]),
                    "latest": row["get"] == "latest",
                    "get": row["get"],
                    "days": days,
                },
            )
        )
    return Pool(name, records, tuple(questions))
