"""ConvoMem in its published form: a question, the messages that answer it, and the talks that hold them.

Layout: `convomem/**/evidence_questions/<kind>/<n>_evidence/*.json` with `evidence_items` of `{question, answer,
message_evidences: [{speaker, text}], conversations: [{id, messages: [{speaker, text}]}]}`, and
`**/filler_conversations/*.json` with further conversations. Fields were taken from the published program; no
file of the set was at hand to verify the folders. `growing` draws histories of the same six kinds (Pakhomov et
al. 2025).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record

WHERE = "https://huggingface.co/datasets/Salesforce/ConvoMem (Apache-2.0)"
START = datetime(2024, 1, 1, 9, tzinfo=UTC)


def convomem(files: Files, *, items: int = 20, conversations: int = 10, seed: int = 0) -> Iterator[Pool]:
    """One pool an item: its own conversations among fillers, `conversations` in all; `items` of each file."""
    paths = files.need("convomem", "evidence_questions/*/*/*.json", "**/evidence_questions/*/*/*.json")
    spare = [
        talk
        for path in files.found("convomem", "filler_conversations/*.json", "**/filler_conversations/*.json")
        for talk in _talks(files.json(path))
    ]
    rng = random.Random(seed)
    for path in paths:
        kind, count = path.parent.parent.name, path.parent.name
        name = path.name.removesuffix(".gz").removesuffix(".json")
        for number, item in enumerate(files.json(path)["evidence_items"][:items]):
            own = item["conversations"]
            more = rng.sample(spare, min(len(spare), max(0, conversations - len(own))))
            yield _pool(f"{kind}/{count}/{name}/{number}", kind, item, [*own, *more], rng)


def _talks(held: Any) -> list[dict[str, Any]]:
    if isinstance(held, dict):
        held = held.get("conversations") or held.get("evidence_items") or []
    return [talk for talk in held if isinstance(talk, dict) and talk.get("messages")]


def _pool(name: str, kind: str, item: dict[str, Any], talks: list[dict[str, Any]], rng: random.Random) -> Pool:
    own = {id(talk) for talk in item["conversations"]}
    places = sorted(range(len(talks)), key=lambda at: rng.random())
    order = iter([talk for talk in talks if id(talk) in own])  # evidence stays in its own order
    mixed = [next(order) if id(talks[at]) in own else talks[at] for at in places]
    wanted = {(part["speaker"].lower(), " ".join(part["text"].split())) for part in item["message_evidences"]}
    records: list[Record] = []
    evidence: list[str] = []
    for day, talk in enumerate(mixed):
        for number, message in enumerate(talk["messages"]):
            source = f"c{day}/t{number}"
            role = message["speaker"].lower()
            records.append(
                Record(
                    source,
                    message["text"],
                    role=role if role in ("user", "assistant") else None,
                    who=None if role in ("user", "assistant") else message["speaker"],
                    at=START + timedelta(days=day, minutes=number),
                    session=f"c{day}",
                )
            )
            if id(talk) in own and (role, " ".join(message["text"].split())) in wanted:
                evidence.append(source)
    answerable = "abstention" not in kind
    question = Question(
        id=name,
        text=item["question"],
        answers=(str(item["answer"]),) if answerable else (),
        evidence=tuple(evidence) if answerable else (),
        category=kind,
        at=START + timedelta(days=len(mixed)),
        answerable=answerable,
    )
    return Pool(name, tuple(r for r in records if r.text.strip()), (question,), {"size": len(mixed)})
