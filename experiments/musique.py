"""Multi-hop retrieval without a language model: words and vectors against the entity graph of `hipporag2`.

    REMANENCE_DATA=<folder> python experiments/musique.py [--embedder static] [--set musique,hotpotqa] [--ablate]

Sets in the layout of HippoRAG's repository: all passages of the corpus are remembered, every question is
asked once, and recall@k is the share of its supporting passages among the k best. Rows:

    plain            the recipe `plain`
    dense            the ranking that `hipporag2` starts from, before its graph
    graph            `hipporag2`: facts by rule (a sentence that joins names), seeds by the names in the question
    graph, triples   the same, facts being subject - relation - object as read by grammar rules
    graph, openie    the same with the published GPT-3.5 triples of the corpus (MuSiQue only); not "no model"

The settings of `hipporag2` were chosen on HotpotQA; MuSiQue is the report. "simple" asks MuSiQue's own first-hop
questions, whose one supporting passage they name: there the graph must not lose to dense. The error is the
standard error of the mean over questions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from remanence import recipes
from remanence.form import extract
from remanence.memory.memory import Memory
from remanence.recall import entity_linking, expand, find
from remanence.stage import ReadStage, Recipe, nothing

PASSAGES = ("chunk", "turn")
AT = (2, 5, 10)


@dataclass
class Set:
    """A corpus (key -> title, text, triples), its questions, and its simple questions with their passages."""

    passages: dict[str, dict[str, Any]]
    questions: list[tuple[str, set[str]]]
    simple: list[tuple[str, set[str]]]


def read(name: str) -> Any:
    folder = os.environ.get("REMANENCE_DATA")
    if not folder:
        raise SystemExit("set REMANENCE_DATA to the folder that holds hipporag/")
    with gzip.open(Path(folder) / "hipporag" / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def musique() -> Set:
    triples = {
        f"{d['title']}\n{d['text']}": d["extracted_triples"] for d in read("openie_musique_train_gpt-3.5")["docs"]
    }
    passages = {}
    for row in read("musique_train_corpus"):
        key = f"{row['title']}\n{row['text']}"
        passages[key] = {"title": row["title"], "triples": [t for t in triples.get(key, []) if len(t) == 3]}
    questions, simple = [], []
    for row in read("musique_train_first50"):
        keys = [f"{p['title']}\n{p['paragraph_text']}" for p in row["paragraphs"]]
        questions.append(
            (row["question"], {k for k, p in zip(keys, row["paragraphs"], strict=True) if p["is_supporting"]})
        )
        first = row["question_decomposition"][0]
        asked = first["question"].replace(" >> ", " ")
        simple.append((asked, {keys[first["paragraph_support_idx"]]}))
    return Set(passages, questions, simple)


def hotpotqa() -> Set:
    corpus = read("hotpotqa_train_corpus")
    passages = {f"{title}\n{''.join(lines)}": {"title": title} for title, lines in corpus.items()}
    keys = {value["title"]: key for key, value in passages.items()}
    questions = [(q["question"], {keys[title] for title, _ in q["supporting_facts"]}) for q in read("hotpotqa_train")]
    return Set(passages, questions, [])


def remembered(recipe: Recipe, chosen: Set, embedder: str, given: bool = False) -> Memory:
    memory = Memory(":memory:", recipe=recipe, embedder=embedder, seed=1)
    began = time.perf_counter()
    memory.remember(
        [
            {"kind": "chunk", "text": key, "source": str(n), "title": value["title"]}
            | ({"data": {"triples": value["triples"]}} if given else {})
            for n, (key, value) in enumerate(chosen.passages.items())
        ]
    )
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in memory.stats()["kinds"].items())
    print(f"    {kinds} in {time.perf_counter() - began:.1f} s")
    return memory


def measure(memory: Memory, questions: Iterable[tuple[str, set[str]]], label: str) -> dict[int, float]:
    found: dict[int, list[float]] = {k: [] for k in AT}
    began = time.perf_counter()
    for cue, gold in questions:
        texts = [hit.text for hit in memory.recall(cue, k=max(AT))]
        for k in AT:
            found[k].append(len(set(texts[:k]) & gold) / len(gold))
    count = len(found[AT[0]])
    took = (time.perf_counter() - began) / count * 1000
    mean = {k: 100 * sum(some) / count for k, some in found.items()}
    spread = math.sqrt(sum((100 * x - mean[5]) ** 2 for x in found[5]) / (count - 1) / count)
    whole = 100 * sum(x == 1 for x in found[5]) / count
    shown = "  ".join(f"R@{k} {value:5.1f}" for k, value in mean.items())
    print(f"    {label:<34} {shown}  (+/- {spread:.1f} at 5)  all@5 {whole:5.1f}  {took:5.1f} ms")
    return mean


def dense() -> ReadStage:
    return find.vectors(k=100, kinds=PASSAGES) * 0.5 + find.words(k=100, kinds=PASSAGES) * 0.5


def walk(**knobs: Any) -> ReadStage:
    settings = {"passage_weight": 0.008, "rels": ("mentions", "about", "same_as"), **knobs}
    return expand.pagerank(rarity=False, keep=PASSAGES, k=100, **settings)


ABLATIONS: dict[str, Callable[[], ReadStage]] = {
    "graph, no synonyms": lambda: dense() >> entity_linking.names() >> walk(rels=("mentions", "about")),
    "graph, no facts": lambda: dense() >> entity_linking.names() >> walk(rels=("mentions", "same_as")),
    "graph, hardly a walk (restart 0.95)": lambda: dense() >> entity_linking.names() >> walk(restart=0.95),
    "graph, no walk (restart 1)": lambda: dense() >> entity_linking.names() >> walk(restart=1.0),
    "graph, seeds by facts": lambda: dense() >> entity_linking.facts() >> walk(),
    "graph, seeds by names and facts": lambda: (
        dense() >> entity_linking.names() >> entity_linking.facts() >> walk(entity_seeds=10)
    ),
    "graph, passage weight 0.05": lambda: dense() >> entity_linking.names() >> walk(passage_weight=0.05),
    "graph, passage weight 0.002": lambda: dense() >> entity_linking.names() >> walk(passage_weight=0.002),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--embedder", default="static")
    parser.add_argument("--set", default="hotpotqa,musique")
    parser.add_argument("--ablate", action="store_true")
    asked = parser.parse_args()
    for name in asked.set.split(","):
        chosen = {"musique": musique, "hotpotqa": hotpotqa}[name]()
        print(f"{name}: {len(chosen.questions)} questions, {len(chosen.passages):,} passages, {asked.embedder}")
        graph = recipes.get("hipporag2")
        with remembered(recipes.get("plain"), chosen, asked.embedder) as memory:
            plain = measure(memory, chosen.questions, "plain")
        with remembered(graph, chosen, asked.embedder) as memory:
            ours = measure(memory, chosen.questions, "graph")
            if chosen.simple:
                measure(memory, chosen.simple, "graph, simple questions")
            memory.recipe = Recipe(recall=dense(), compose=graph.compose)
            measure(memory, chosen.questions, "dense")
            if chosen.simple:
                measure(memory, chosen.simple, "dense, simple questions")
            for label, recall in ABLATIONS.items() if asked.ablate else ():
                memory.recipe = replace(graph, recall=recall(), form=nothing(), evolve=nothing())
                measure(memory, chosen.questions, label)
        rules = replace(graph, form=extract.triples(kinds=PASSAGES, by="triple"))
        with remembered(rules, chosen, asked.embedder) as memory:
            measure(memory, chosen.questions, "graph, triples")
        if name == "musique":
            with remembered(graph, chosen, asked.embedder, given=True) as memory:
                measure(memory, chosen.questions, "graph, openie: seeds by names")
                memory.recipe = replace(graph, recall=dense() >> entity_linking.facts() >> walk())
                measure(memory, chosen.questions, "graph, openie: seeds by facts")
        print(f"    graph - plain at 5: {ours[5] - plain[5]:+.1f} points\n")


if __name__ == "__main__":
    main()
