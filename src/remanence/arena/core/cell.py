"""One cell of the grid, a system on a task: its outcomes so far, and the files that keep them.

After each pool a line is appended to a part file, so that a stopped run goes on where it was; a finished cell is one
JSON file that holds everything from which its numbers can be computed again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from remanence.arena.core.score import Outcome, summarise
from remanence.arena.core.system import Found, Maker
from remanence.arena.core.task import Pool, Task
from remanence.errors import InvalidInput

FORMAT = 1
"""Version of the result file."""


@dataclass(slots=True)
class Cell:
    """One system on its way through the pools of one task; `key` names all that its numbers depend on."""

    name: str
    embedder: str
    maker: Maker
    made: dict[str, Any]
    key: str
    part: Path
    final: Path
    outcomes: list[Outcome] = field(default_factory=list)
    pools: list[dict[str, Any]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    skipped: str = ""
    where: str = ""

    def finished(self) -> dict[str, Any] | None:
        """The summary of an earlier run of the same key, if there is one."""
        if not self.final.exists():
            return None
        held = json.loads(self.final.read_text(encoding="utf-8"))
        return dict(held["summary"]) if held["made"]["key"] == self.key else None

    def append(self, pool: Pool, outcomes: Sequence[Outcome], told: dict[str, Any]) -> None:
        """Take over the outcomes of one pool and keep them on disk."""
        texts = {record.source: record.key for record in pool.records}
        for outcome in outcomes:
            outcome.row = _row(outcome)
            outcome.row["evidence_text"] = {s: texts.get(s, "")[:240] for s in outcome.question.evidence}
            outcome.row["first_text"] = outcome.found[0].text[:240] if outcome.found else ""
        line = {"key": self.key, "pool": pool.id, "told": told, "rows": [outcome.row for outcome in outcomes]}
        with self.part.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self.outcomes += outcomes
        self.pools.append(told)

    def resume(self, pools: Sequence[Pool], *, fresh: bool) -> None:
        """Take over the pools that an earlier, stopped run of the same key finished."""
        if fresh:
            self.part.unlink(missing_ok=True)
        if not self.part.exists():
            return
        questions = {(pool.id, question.id): question for pool in pools for question in pool.questions}
        kept: list[str] = []
        for text in self.part.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:  # the last line of a run that was stopped while it wrote
                continue
            if line["key"] != self.key or line["pool"] in self.done:
                continue
            kept.append(text)
            for row in line["rows"]:
                outcome = Outcome(row["pool"], questions[row["pool"], row["id"]], [])
                outcome.found = [Found(source, value) for source, value in row["found"]]
                outcome.packed, outcome.confidence, outcome.answer = row["packed"], row["confidence"], row["answer"]
                outcome.seconds, outcome.extra, outcome.values = row["ms"] / 1000, row["extra"], row["values"]
                outcome.row = row
                self.outcomes.append(outcome)
            self.pools.append(line["told"])
            self.done.add(line["pool"])
        self.part.write_text("".join(text + "\n" for text in kept), encoding="utf-8")

    def write(self, task: Task, seed: int) -> dict[str, Any]:
        """Write the finished cell as JSON (atomically) and return its summary."""
        summary = summarise(self.outcomes, seed=seed)
        summary["all"] |= _from_pools(self.pools)
        summary["cost"] = cost(self.pools)
        summary["headline"] = task.headline
        summary["lost"] = lost(self.pools)
        document = {
            "format": FORMAT,
            "made": self.made | {"finished": datetime.now(UTC).isoformat(timespec="seconds")},
            "summary": summary,
            "pools": self.pools,
            "questions": [outcome.row for outcome in self.outcomes],
        }
        partial = self.final.with_suffix(".tmp")
        partial.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False, default=str), encoding="utf-8")
        partial.replace(self.final)
        self.part.unlink(missing_ok=True)
        return summary


def _row(outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    return {
        "pool": outcome.pool,
        "id": question.id,
        "question": question.text,
        "category": question.category,
        "answers": list(question.answers),
        "answerable": question.answerable,
        "evidence": list(question.evidence),
        "found": [[one.source, round(float(one.score), 4)] for one in outcome.found],
        "packed": outcome.packed,
        "confidence": outcome.confidence,
        "answer": outcome.answer,
        "ms": round(1000 * outcome.seconds, 3),
        "values": outcome.values,
        "extra": outcome.extra,
    }


def _from_pools(pools: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Means over pools of what is measured once a pool."""
    columns: dict[str, list[float]] = {}
    for told in pools:
        for name, value in {**told.get("state", {}), **told.get("write", {})}.items():
            columns.setdefault(name, []).append(float(value))
    return {name: {"mean": sum(values) / len(values), "n": len(values)} for name, values in columns.items()}


def lost(pools: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """What the data names and does not hold: questions and pieces of evidence, and rows that had to be left out."""
    pieces = [count for told in pools for count in told.get("lost", ())]
    left_out = sum(int(told["data"].get("left_out", 0)) for told in pools)
    return {"questions": len(pieces), "pieces": sum(pieces), "left_out": left_out}


def cost(pools: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Speed, size and model calls over all pools; a shared prefix counts in full for each recipe that has it.

    The times of the processor are what a busy machine changes least.
    """
    times = np.asarray([ms for told in pools for ms in told["query_ms"]] or [0.0])
    busy = np.asarray([ms for told in pools for ms in told["query_cpu_ms"]] or [0.0])
    records = sum(told["records"] for told in pools)
    seconds = sum(told["add_seconds"] for told in pools)
    cpu_seconds = sum(told["add_cpu_seconds"] for told in pools)
    found = {
        "records": float(records),
        "query_p50_ms": float(np.quantile(times, 0.5)),
        "query_p95_ms": float(np.quantile(times, 0.95)),
        "query_p99_ms": float(np.quantile(times, 0.99)),
        "query_cpu_p50_ms": float(np.quantile(busy, 0.5)),
        "rss_mb": max((told["rss_mb"] for told in pools), default=0.0),
    }
    if seconds:
        found["items_per_second"] = records / seconds
    if cpu_seconds:
        found["items_per_cpu_second"] = records / cpu_seconds
    slept = sum(told.get("cost", {}).get("sleep_cpu_seconds", 0.0) for told in pools)
    found["sleep_cpu_ms_per_item"] = 1000 * slept / max(1, records)
    for name in ("bytes", "llm_calls", "llm_tokens"):
        total = sum(told.get("cost", {}).get(name, 0.0) for told in pools)
        found["bytes_per_item" if name == "bytes" else name] = total / max(1, records) if name == "bytes" else total
    return found


def load(folder: Path) -> list[dict[str, Any]]:
    """All finished runs in a folder, by task and system."""
    found = []
    for path in sorted(folder.glob("*__*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("format") == FORMAT:
            found.append(document)
    if not found:
        raise InvalidInput(f"no finished runs in {folder}; make some with: remanence bench run TASK --out {folder}")
    return found
