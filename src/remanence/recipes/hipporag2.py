"""HippoRAG 2: facts join names and passages into one graph; PageRank runs from the facts that a cue calls up."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import link
from remanence.form import extract
from remanence.recall import entity_linking, expand, find
from remanence.recipes import recipe
from remanence.stage import Recipe

PASSAGES = ("chunk", "turn")


@recipe("hipporag2")
def hipporag2(
    *, k: int = 100, synonym_floor: float = 0.8, match: float = 0.5, passage_weight: float = 0.05, restart: float = 0.5
) -> Recipe:
    """Five facts that the cue calls up seed a walk over passages, names and facts; with none it is dense.

    Paper: From RAG to Memory: Non-Parametric Continual Learning for Large Language Models (Gutierrez et al. 2025)
    Family: graph. Form: planar. Function: factual. Dynamics: structure. Control: rule, llm.
    Memory: explicit, text. Octant: system, non-parametric, long. Graph: knowledge. Operators: similarity,
        traversal. Ledger: S136 S161.
    Faithful: approximate(no-llm)
    Lost: without a model, or where it fails, a fact is a sentence that joins names, it is recognised by a name in the
        cue, and such names seed the walk too
    Reported: associative tasks against the best embedding model = +7 %
    Reproduced: MuSiQue, first 50 training questions, 1,890 passages, recall@5 = 67.0 (its dense list alone 40.0)
    Reproduced: the same, facts alone seed, without the names that stand in for a model = 53.0
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 75.4, 63.0 (plain 75.8, 70.1)
    """
    return Recipe(
        form=extract.triples(kinds=PASSAGES),
        evolve=link.synonyms(floor=synonym_floor),
        recall=find.vectors(k=k, kinds=PASSAGES)
        >> entity_linking.facts()
        >> entity_linking.names(match=match, unread=True)
        >> expand.pagerank(
            rels=("mentions", "about", "same_as"),
            rarity=False,
            restart=restart,
            passage_weight=passage_weight,
            keep=PASSAGES,
            k=k,
        ),
        compose=listing(),
    )
