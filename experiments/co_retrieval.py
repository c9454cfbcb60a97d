"""Do ties that grow by co-recall help bridge questions? Resonance against fixed weights and against no ties.

    REMANENCE_DATA=<folder> python experiments/co_retrieval.py

HotpotQA's 100 questions over their 994 passages. Half of the questions are met before: each is asked five
times with every third word left out, and the five passages recalled each time are tied (`co_retrieval.grow`, gain
and decay by default), with a `co_retrieval.fade` after every fifty recalls. Then every question is asked whole.
Rows differ in how activation spreads from the five best dense hits (a 30 % share of the blend): not at all,
along the ties with one fixed weight, along the ties with the weights that grew. The other half of the
questions was never met: there nothing may be lost.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from musique import dense, hotpotqa, measure

from remanence.compose.listing import listing
from remanence.evolve import co_retrieval
from remanence.memory.memory import Memory
from remanence.recall import expand
from remanence.stage import Recipe
from remanence.types import Change

AGAIN = 5


def variants(cue: str) -> list[str]:
    words = cue.split()
    rng = np.random.default_rng(len(cue))
    return [
        " ".join(w for w, kept in zip(words, rng.random(len(words)) > 1 / 3, strict=True) if kept) for _ in range(AGAIN)
    ]


def main() -> None:
    chosen = hotpotqa()
    met, unmet = chosen.questions[::2], chosen.questions[1::2]
    none = Recipe(recall=dense(), compose=listing())
    with Memory(":memory:", recipe=none, seed=1) as memory:
        memory.remember([{"kind": "chunk", "text": text} for text in chosen.passages])
        asked = 0
        for round_ in range(AGAIN):
            for cue, _ in met:
                part = variants(cue)[round_]
                if part:
                    memory.change(co_retrieval.grow(), [hit.id for hit in memory.recall(part, k=5)])
                    asked += 1
                    if asked % 50 == 0:
                        memory.change(co_retrieval.fade())
        view = memory.store.view(memory.scope)
        ids = [item.id for item in memory.list(limit=0)]
        ties = view.links(ids, rels=(co_retrieval.REL,))
        weights = np.array([tie.weight for tie in ties])
        print(f"{asked} recalls, {len(ties)} ties left, weights {weights.min():.3f} to {weights.max():.3f}")
        reached = dense() % 5 >> expand.spread(rels=(co_retrieval.REL,), seeds=5, rounds=2, weight=1.0)
        walk = (dense() % 100) * 0.7 + reached * 0.3
        for label, questions in (("met before", met), ("never met", unmet)):
            print(f"  {label}")
            memory.recipe = none
            measure(memory, questions, "no ties")
            memory.recipe = replace(none, recall=walk)
            measure(memory, questions, "grown weights")
        fixed = [replace(tie, weight=1.0, reason="fixed") for tie in ties]
        memory._apply(Change(links=tuple(fixed), reason="fixed weights"))
        for label, questions in (("met before", met), ("never met", unmet)):
            print(f"  {label}")
            measure(memory, questions, "the same ties, one fixed weight")


if __name__ == "__main__":
    main()
