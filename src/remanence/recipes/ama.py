"""AMA: raw words, facts and episodes; a router chooses, a judge asks again, a refresher corrects on reading."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import reconcile
from remanence.form import extract, segment
from remanence.recall import cascade, find, route
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep, on_recall


@recipe("ama")
def ama(*, k: int = 20, enough: float = 0.5) -> Recipe:
    """Exact words from turns, attributes from facts, periods from episodes; at most two more tries, then silence.

    Paper: AMA: Adaptive Memory via Multi-Agent Collaboration (2026)
    Family: dialogue. Form: hierarchical. Function: factual. Dynamics: verbatim, distil, summarise, update. Control:
        rule, llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S107.
    Faithful: approximate(no-llm)
    Lost: the four agents are rules: a router by the words of the question, a judge by how much of it is held
    Reported: LongMemEval-S, knowledge update = .897; without refresher .568
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 60.8, 58.8 (plain 75.8, 70.1)
    Price: 400 turns a second of a busy processor, `plain` 4,207; what costs is reading statements
    """
    return Recipe(
        form=at_sleep(segment.episodes() >> extract.facts()),
        evolve=on_recall(reconcile.conflicts()),
        recall=cascade.until_enough(
            route.by_need(
                find.vectors(k=k, kinds=("turn",)),
                find.vectors(k=k, kinds=("fact",)),
                find.vectors(k=k, kinds=("episode",)),
            ),
            find.vectors(k=k, kinds=("turn", "fact", "episode")) | find.words(k=k, kinds=("turn", "fact", "episode")),
            enough=enough,
            rounds=2,
        )
        >> cascade.evidence_floor(),
        compose=listing(),
    )
