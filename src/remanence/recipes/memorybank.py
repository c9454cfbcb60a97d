"""MemoryBank: dated turns, summaries of days and of everything, a portrait, and forgetting that recall restarts."""

from __future__ import annotations

from remanence.compose.pack import snippets
from remanence.evolve import decay, strengthen
from remanence.form import distil, extract
from remanence.recall import expand, find
from remanence.recipes import recipe
from remanence.stage import Recipe, at_sleep, on_recall

KINDS = ("turn", "summary", "persona")


@recipe("memorybank")
def memorybank(*, k: int = 6, length: int = 4, unit: str = "day", law: str = "exponential") -> Recipe:
    """Turns under their dates, day and overall summaries, a portrait; exp(-t/S) forgetting, S + 1 on recall.

    Paper: MemoryBank: Enhancing Large Language Models with Long-Term Memory (Zhong et al. 2024)
    Family: dialogue. Form: hierarchical. Function: factual. Dynamics: verbatim, summarise, forget. Control: rule,
        llm.
    Memory: explicit, text. Octant: personal, non-parametric, long. Ledger: S074.
    Faithful: approximate(no-llm)
    Lost: without a model summaries quote the turns; with one too the portrait lists facts instead of traits and moods
    Reproduced: told in 1,000 tokens, 70 questions of everyday, 56 of LoCoMo = 68.5, 72.8 (plain 75.8, 70.1)
    Price: 481 turns a second of a busy processor, `plain` 4,207; what costs is reading statements
    """
    return Recipe(
        form=at_sleep(
            distil.summaries(level="day", length=length)
            >> distil.summaries(level="all", length=length)
            >> extract.facts()
            >> distil.portrait()
        ),
        evolve=on_recall(strengthen.on_use(by=1.0, top=k, kinds=("turn",)))
        >> at_sleep(decay.stochastic_forgetting(law=law, unit=unit, kinds=("turn",))),
        recall=(find.vectors(kinds=KINDS) % k | find.time(k=2, kinds=("summary",))) >> expand.neighbours(),
        compose=snippets(),
    )
