"""PersonaMem: preferences of one person that change over many chats; multiple choice, chance one in four.

Layout: `personamem/<size>/queries.json` and `documents.json`. Verified on five personas of 32k. Only the chats
of the question's own user are in its pool; the label names all of them, so there is no evidence to rank
(Jiang et al. 2025).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.dates import parse

WHERE = "https://github.com/bowen-upenn/PersonaMem, as in https://github.com/vectorize-io/agent-memory-benchmark"

_TURN = re.compile(r"^\[(SYSTEM|USER|ASSISTANT)\]\s*(?:User:|Assistant:)?\s*", re.MULTILINE)
_OPTION = re.compile(r"^\(([a-d])\)\s*", re.MULTILINE)


def personamem(files: Files, *, size: str = "32k") -> Iterator[Pool]:
    """One pool a user."""
    documents = files.json(files.need("personamem", f"{size}/documents.json")[0])
    queries = files.json(files.need("personamem", f"{size}/queries.json")[0])
    for user in dict.fromkeys(document["user_id"] for document in documents):
        mine = [document for document in documents if document["user_id"] == user]
        records = tuple(record for at, document in enumerate(mine) for record in _turns(at, document))
        asked = tuple(_question(row) for row in queries if row["user_id"] == user)
        if asked:
            yield Pool(user[:12], records, asked)


def _turns(number: int, document: dict[str, Any]) -> Iterator[Record]:
    pieces = _TURN.split(document["content"])[1:]
    at = parse(document.get("timestamp"))
    for position, (role, text) in enumerate(zip(pieces[::2], pieces[1::2], strict=True)):
        if text.strip():
            yield Record(f"d{number}/t{position}", text.strip(), role=role.lower(), at=at, session=f"d{number}")


def _question(row: dict[str, Any]) -> Question:
    pieces = _OPTION.split(row["query"])
    text = re.sub(r"^User:[^\n]*\n+", "", row["meta"].get("retrieval_query") or pieces[0]).strip()
    letters = list(pieces[1::2])
    return Question(
        id=row["id"],
        text=text,
        category=row["meta"]["question_type"],
        choices=tuple(choice.strip() for choice in pieces[2::2]),
        correct=letters.index(row["gold_answers"][1].strip("()")),
        data={"topic": row["meta"].get("topic", "")},
    )
