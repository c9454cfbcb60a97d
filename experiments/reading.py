"""What the rules find in encyclopedic text: numbered statements and triples.

    REMANENCE_DATA=<folder> python experiments/reading.py [--show]

FactConsolidation: how many numbered lines give a (subject, slot, value). MuSiQue passages: how much of a published
knowledge graph (made with GPT-3.5) the rules find: capitalised entities that occur as subject or object, and pairs of
such entities that a triple joins. Nothing was fitted on questions.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from pathlib import Path

from remanence.language.entities import norm
from remanence.language.phrases import triples
from remanence.language.statements.plain import plain_statements


def statements(folder: Path, show: bool) -> None:
    with gzip.open(folder / "factconsolidation" / "Conflict_Resolution_6k_32k.json.gz", "rt", encoding="utf-8") as file:
        rows = json.load(file)
    for row in rows:
        context = row["context"]
        starts = {m.end() for m in re.finditer(r"^\d+\. ", context, re.M)}
        read = {f.start for f in plain_statements(context)}
        print(f"{row['metadata']['source']}: {len(starts & read)} of {len(starts)} numbered lines give a fact")
        if show:
            for start in sorted(starts - read):
                print("   ", context[start : context.find("\n", start)])


def graph(folder: Path, show: bool) -> None:
    with gzip.open(folder / "hipporag" / "openie_musique_train_gpt-3.5.json.gz", "rt", encoding="utf-8") as file:
        docs = json.load(file)["docs"]
    began = time.process_time()
    ours = [triples(doc["text"], doc["title"]) for doc in docs]
    spent = (time.process_time() - began) / len(docs)
    pairs = joined = names = found = 0
    for doc, mine in zip(docs, ours, strict=True):
        capital = {norm(e) for e in map(str, doc["extracted_entities"]) if e[:1].isupper()}
        ends = {norm(t.subject) for t in mine} | {norm(t.object) for t in mine}
        edges = {frozenset((norm(t.subject), norm(t.object))) for t in mine}
        names += len(capital)
        found += len(capital & ends)
        for triple in doc["extracted_triples"]:
            if len(triple) == 3:
                a, b = norm(str(triple[0])), norm(str(triple[2]))
                if a != b and a in capital and b in capital:
                    pairs += 1
                    joined += frozenset((a, b)) in edges
        if show:
            print("##", doc["title"])
            for t in mine:
                print("   ", t.subject, "|", t.relation, "|", t.object)
    print(f"MuSiQue: {sum(map(len, ours))} triples from {len(docs)} passages, {spent * 1e6:.0f} us a passage; "
          f"entities found {found / names:.1%} of {names}, pairs joined {joined / pairs:.1%} of {pairs}")  # fmt: skip


def main() -> None:
    folder = os.environ.get("REMANENCE_DATA")
    if not folder:
        print("REMANENCE_DATA is not set: nothing to read")
        return
    statements(Path(folder), "--show" in sys.argv)
    graph(Path(folder), "--show" in sys.argv)


if __name__ == "__main__":
    main()
