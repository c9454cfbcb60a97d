"""VehicleMemBench: talk of several people in one car, and what it must remember to set things as each likes them.

Layout: `vehiclemembench/history/history_<n>.txt`, minute-stamped talk, and `qa_data/qa_<n>.json`:
`{related_to_vehicle_preference: [{gold_memory (lines), reasoning_type, query, new_answer: [tool call]}]}`. The tool
call needs a model; what is measured is whether the lines of `gold_memory` are found: a turn of the history that holds
a line word for word, and a line that no turn holds is counted. Taken from the published description; no file of
the set was at hand to verify it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.dates import parse

WHERE = "the published files of VehicleMemBench (history/ and qa_data/)"

_STAMPED = re.compile(
    r"^\[?(\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2})(?::\d{2})?\]?[\s,|-]*(?:([^:：]{1,40})[:：])?\s*(.*)$"
)


def vehiclemembench(files: Files) -> Iterator[Pool]:
    """One pool a history."""
    for path in files.need("vehiclemembench", "history/history_*.txt", "history_*.txt"):
        name = path.name.split(".")[0].removeprefix("history_")
        records = tuple(_turns(files.text(path), name))
        for asked in files.found("vehiclemembench", f"qa_data/qa_{name}.json", f"qa_{name}.json"):
            rows = files.json(asked)["related_to_vehicle_preference"]
            yield Pool(name, records, tuple(_question(f"{name}/{at}", row, records) for at, row in enumerate(rows)))


def _turns(text: str, name: str) -> Iterator[Record]:
    """A record for each stamped line, with the lines without a stamp that follow it."""
    held: list[tuple[str, str | None, list[str]]] = []
    for line in text.splitlines():
        stamped = _STAMPED.match(line.strip())
        if stamped:
            held.append((stamped.group(1), (stamped.group(2) or "").strip() or None, [stamped.group(3)]))
        elif held and line.strip():
            held[-1][2].append(line.strip())
    for number, (stamp, who, said) in enumerate(held):
        at = parse(stamp.replace("/", "-").replace("T", " "))
        yield Record(f"t{number}", " ".join(said).strip(), who=who, at=at, session=f"{name}/{stamp[:10]}")


def _question(name: str, row: dict[str, Any], records: Sequence[Record]) -> Question:
    gold = row["gold_memory"]
    facts = [fact.strip() for fact in (gold.splitlines() if isinstance(gold, str) else map(str, gold)) if fact.strip()]
    found: list[str] = []
    lost = 0
    for fact in facts:
        stamped = _STAMPED.match(fact)
        wanted = _plain(stamped.group(3) if stamped else fact)
        turns = [record.source for record in records if wanted and wanted in _plain(f"{record.who}: {record.text}")]
        lost += not turns
        found += turns[-1:]
    return Question(
        id=name,
        text=row["query"],
        answers=(" ".join(facts),) if facts else (),
        evidence=tuple(dict.fromkeys(found)),
        category=str(row.get("reasoning_type", "all")),
        data={"tools": row.get("new_answer", [])},
        lost=lost,
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
