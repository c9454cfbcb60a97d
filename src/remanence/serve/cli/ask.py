"""The command `ask`: a question, its answer, and what the answer rests on."""

from __future__ import annotations

from typing import Any

import click

from remanence.serve import shapes
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.filters import asked_options, chosen, filters


@click.command("ask")
@click.argument("question", nargs=-1, required=True)
@click.option("--budget", "budget_tokens", default=1_000, show_default=True, help="Most tokens of evidence.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=None, help="Least confidence to answer [default: 0.62]."
)
@click.option("--explain", is_flag=True, help="Show the evidence with its scores.")
@filters
@asked_options
@space_option
def ask_command(
    question: tuple[str, ...],
    budget_tokens: int,
    threshold: float | None,
    explain: bool,
    as_json: bool,
    opened: Opening,
    **given: Any,
) -> None:
    """Answer a question from memory, with citations, or say that it is not in memory.

    No language model is needed; with one configured, it writes the answer from the evidence.

    \b
    remanence ask "Where does Ada live?" --space my.db
    """
    with opened.memory() as memory:
        answer = memory.ask(" ".join(question), budget_tokens=budget_tokens, threshold=threshold, **chosen(given))
    if as_json:
        say.document(
            {
                "answer": answer.short,
                "in_memory": answer.in_memory,
                "confidence": round(answer.confidence, 4),
                "text": answer.text,
                "sources": list(answer.sources),
                "evidence": [shapes.hit(one) for one in answer.evidence],
                "degraded": list(answer.degraded),
            }
        )
        return
    for line in str(answer).splitlines():
        say.out(line)
    if explain or not answer.in_memory:
        for one in answer.evidence:
            say.note(f"{'nearest' if not answer.in_memory else 'evidence'} {one.score:.2f}  {say.line_of(one.item)}")
    say.note(f"confidence {answer.confidence:.2f}")
    for line in answer.degraded:
        say.note(line)
