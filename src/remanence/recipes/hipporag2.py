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
    *, k: int = 100, synonym_floor: float = 0.8, match: float = 0.5, passage_weight: float = 0.008, restart: float = 0.5
) -> Recipe:
    """Passages, names and the facts between them as one graph; personalised PageRank with dense fall-back."""
    return Recipe(
        form=extract.triples(kinds=PASSAGES),
        evolve=link.synonyms(floor=synonym_floor),
        recall=find.vectors(k=k, kinds=PASSAGES) * 0.5 + find.words(k=k, kinds=PASSAGES) * 0.5
        >> entity_linking.names(match=match)
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
