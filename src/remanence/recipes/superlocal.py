"""SuperLocalMemory: seven ways to find without a model, weighed by the type of question; fading costs bits."""

from __future__ import annotations

from remanence.compose.listing import listing
from remanence.evolve import link, precision, strengthen
from remanence.form import extract, scenes
from remanence.recall import cascade, coarse, expand, find, fuse, hopfield, route
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep, on_recall

KINDS = ("turn", "fact")


@recipe("superlocal")
def superlocal(*, k: int = 50, floor: float = 0.35) -> Recipe:
    """Meaning, words, names, time, spreading, gists, Hopfield: seven lists; "when" and "with whom" weigh them.

    Paper: SuperLocalMemory V3.3: The Living Brain (2026)
    Family: dialogue. Form: planar. Function: factual. Dynamics: verbatim, distil, structure, forget. Control: rule,
        llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Graph: knowledge. Operators: similarity, rule,
        traversal, temporal. Ledger: S027.
    Faithful: approximate(no-llm)
    Lost: of the nine types of question two weigh here, those whose weights are known (when: what names a time, times 2;
        relations: names, times 2.5); the exact vector stays in the file beside its coarse use; no cross-encoder
        reranks; strength counts weeks, not hours; the Hopfield channel has a sharp temperature, the published one is
        near uniform; a model, where there is one, reads the facts
    Reported: LoCoMo, by a protocol that its repository does not hold = 70.4
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 66.8, 74.3 (plain 75.8, 70.1)
    Reproduced: the same without links of likeness, which are walked and stand behind what the other lists found = 66.8,
        74.3
    Price: 457 turns a second of a busy processor, `plain` 4,207; what costs is statements, names and links
    """
    return Recipe(
        form=at_sleep(extract.entities() >> extract.dates(keys=False) >> extract.facts() >> scenes.by_links(least=3)),
        evolve=at_sleep(link.similar(k=5, floor=0.7, kinds=("turn",)) >> precision.by_retention())
        >> on_recall(strengthen.on_use(by=0.0, spacing=1.0) >> precision.restored()),
        recall=fuse.rrf(
            find.vectors(k=k, kinds=KINDS) * 1.5,
            find.words(k=k, kinds=KINDS),
            find.entities(k=k, kinds=KINDS),
            find.time(k=k, kinds=KINDS) * 2,
            find.vectors(k=k, kinds=KINDS)
            >> cascade.evidence_floor(cosine=floor)
            >> expand.spread(rels=("similar", "mentions", "about"), kinds=KINDS),
            find.vectors(k=5, kinds=("scene",)),
            hopfield.retrieval(k=k) * 0.8,
            route.if_asked(find.dated(k=k, kinds=KINDS), of="when") * 2,
            route.if_asked(find.entities(k=k, kinds=KINDS), of="relation") * 1.5,
            k=15,
        )
        >> cascade.evidence_floor(cosine=floor, reached=("spread",))
        >> coarse.by_bits(),
        compose=listing(),
    )
