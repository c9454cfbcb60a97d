"""MemoryAgentBench, with FactConsolidation: facts that contradict each other, and the newest one wins.

Layout: `factconsolidation/Conflict_Resolution*.json`, and for the other splits
`memoryagentbench/<Split>*.json`: entries of `{context, questions, answers, metadata{source}}`. Verified on
FactConsolidation 6k and 32k; the other splits have the same entry and are cut into chunks (Hu et al. 2025).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.language.tokens import count_tokens

WHERE = "https://huggingface.co/datasets/ai-hyz/MemoryAgentBench (as JSON lists), MIT"
START = datetime(2024, 1, 1, tzinfo=UTC)

_FACT = re.compile(r"^(\d+)\.\s+(.*)$")


def factconsolidation(files: Files, *, sizes: str = "") -> Iterator[Pool]:
    """One pool an entry; `sizes` keeps some ("6k+32k"). A fact's number becomes its minute."""
    wanted = set(sizes.split("+")) - {""}
    for path in files.need("factconsolidation", "Conflict_Resolution*.json"):
        for entry in files.json(path):
            name = entry["metadata"]["source"]
            _, hops, size = (*name.split("_"), "", "")[:3]
            if not wanted or size in wanted:
                yield _facts(name, {"sh": "single-hop", "mh": "multi-hop"}.get(hops, hops), size, entry)


def memoryagentbench(files: Files, *, chunk: int = 512) -> Iterator[Pool]:
    """One pool an entry of any split; `chunk` is the size of a piece in tokens."""
    for path in files.need("memoryagentbench", "*.json"):
        split = path.name.split(".")[0]
        for number, entry in enumerate(files.json(path)):
            name = str(entry.get("metadata", {}).get("source") or f"{split}-{number}")
            if name.startswith("factconsolidation"):
                yield _facts(name, split, "", entry)
            else:
                yield _chunks(f"{name}-{number}", split, entry, chunk)


def _facts(name: str, category: str, size: str, entry: dict[str, Any]) -> Pool:
    records = []
    for line in entry["context"].splitlines():
        fact = _FACT.match(line.strip())
        if fact:
            number = int(fact.group(1))
            at = START + timedelta(minutes=number)
            records.append(Record(f"f{number}", fact.group(2), at=at))
    shown = f"{category} {size}".strip()
    return Pool(name, tuple(records), _questions(name, shown, entry, records[-1].at if records else None))


def _chunks(name: str, category: str, entry: dict[str, Any], size: int) -> Pool:
    pieces: list[str] = []
    held: list[str] = []
    cost = 0
    for line in re.split(r"(?<=[.!?])\s+|\n+", entry["context"]):
        tokens = count_tokens(line)
        if held and cost + tokens > size:
            pieces.append(" ".join(held))
            held, cost = [], 0
        held.append(line)
        cost += tokens
    if held:
        pieces.append(" ".join(held))
    records = tuple(
        Record(f"c{number}", piece, at=START + timedelta(minutes=number), kind="chunk")
        for number, piece in enumerate(pieces)
        if piece.strip()
    )
    return Pool(name, records, _questions(name, category, entry, None))


def _questions(name: str, category: str, entry: dict[str, Any], last: datetime | None) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=f"{name}/{number}",
            text=text,
            answers=tuple(str(one) for one in (answers if isinstance(answers, list) else [answers])),
            category=category,
            at=last + timedelta(days=1) if last else None,
        )
        for number, (text, answers) in enumerate(zip(entry["questions"], entry["answers"], strict=True))
    )
