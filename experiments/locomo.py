"""Evidence found and packed, for recipes, on the development sets: the quick look while tuning.

    REMANENCE_DATA=... python experiments/locomo.py [--recipes default,plain] [--sets locomo,beam,longmemeval,...]
        [--embedder minilm] [--sleep]

Prints for each set: fraction of the evidence among the first 10, share of questions with all of it there, the same
for multi-hop, fraction of the evidence in a 1,000-token context, share of the answer's words in that context, its
mean tokens, and milliseconds of one recall. LoCoMo is categories 1 to 4 with corrected labels.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict

import numpy as np

from remanence import recipes
from remanence.arena.catalogue import find_task
from remanence.language.text import content_words
from remanence.memory.memory import Memory
from remanence.stage import Recipe

SETS = ("locomo", "beam", "longmemeval", "longmemeval-strangers")


def measure(
    recipe: Recipe, task: str, budget: int = 1000, k: int = 10, *, embedder: str = "static", sleep: bool = False
) -> dict[str, float]:
    """Means over the questions that have evidence; `sleep` lets each memory sleep before it is asked."""
    found: dict[str, list[float]] = defaultdict(list)
    for pool in find_task(task).pools(os.environ["REMANENCE_DATA"]):
        memory = Memory(":memory:", recipe, embedder)
        memory.remember([record.message() for record in pool.records])
        if sleep:
            memory.sleep()
        known = {record.source for record in pool.records}
        for question in pool.questions:
            wanted = set(question.evidence) & known
            if not wanted or not question.answerable or question.category == "adversarial":
                continue
            start = time.perf_counter()
            hits = memory.recall(question.text, k=k, now=question.at)
            found["ms"].append(1e3 * (time.perf_counter() - start))
            share = len(wanted & {hit.item.source for hit in hits}) / len(wanted)
            found[f"fraction@{k}"].append(share)
            found[f"all@{k}"].append(float(share == 1))
            if question.category in ("multi-hop", "multi_hop", "multi_session_reasoning", "multi-session"):
                found["multi-hop"].append(share)
            context = memory.context(question.text, budget, now=question.at)
            assert context.tokens <= budget
            found[f"in {budget}"].append(len(wanted & set(context.sources)) / len(wanted))
            answer = {word for word in content_words(" ".join(question.answers)) if len(word) > 3}
            if answer:
                text = context.text.lower()
                found["answer words"].append(float(np.mean([word in text for word in answer])))
            found["tokens"].append(context.tokens)
            found["sources"].append(len(context.sources))
        memory.close()
    return {name: float(np.mean(values)) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", default="default,plain")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--embedder", default="static")
    parser.add_argument("--sleep", action="store_true")
    given = parser.parse_args()
    for task in given.sets.split(","):
        for name in given.recipes.split(","):
            told = measure(recipes.get(name), task, embedder=given.embedder, sleep=given.sleep)
            print(f"{task:22s} {name:10s}", "  ".join(f"{n} {v:.3f}" for n, v in told.items()), flush=True)


if __name__ == "__main__":
    main()
