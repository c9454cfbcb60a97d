"""Proced_mem_bench: which earlier trajectories show how to do this task?

Layout: `proced_mem_bench/agentinstruct_trajectories.json` and `query_bank.json`. Verified on the whole set.
Relevance (0-10) was judged by a model on keyword-matched candidates only, so unjudged ones count as not relevant.
"""

from __future__ import annotations

from collections.abc import Iterator

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record

WHERE = "https://github.com/qpiai/Proced_mem_bench (Apache-2.0)"


def proced(files: Files) -> Iterator[Pool]:
    """One pool: all trajectories, each as its task and its actions."""
    held = files.json(files.need("proced_mem_bench", "agentinstruct_trajectories.json")[0])
    asked = files.json(files.need("proced_mem_bench", "query_bank.json")[0])
    records = tuple(
        Record(
            row["task_instance_id"],
            f"{row['task_description']}\n" + "; ".join(step["action"] for step in row["state_action_pairs"]),
            kind="case",
            data={"task": row["task_description"]},
        )
        for row in held["trajectories"]
    )
    there = {record.source for record in records}
    questions = []
    for row in asked["queries"]:
        gains = {
            hit["trajectory_id"]: float(hit["relevance_score"])
            for hit in row["relevant_trajectories"]
            if hit["trajectory_id"] in there
        }
        questions.append(
            Question(
                id=row["query_id"],
                text=row["query_text"],
                evidence=tuple(gains),
                category=row["tier"].lower(),
                gains=gains,
            )
        )
    yield Pool("alfworld", records, tuple(questions))
