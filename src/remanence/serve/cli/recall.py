"""Commands that find, and what hooks and shells call most: recall and context."""

from __future__ import annotations

from typing import Any

import click

from remanence.serve import shapes
from remanence.serve.cli import say
from remanence.serve.cli.app import Opening, space_option
from remanence.serve.cli.filters import asked_options, chosen, filters


@click.command("recall")
@click.argument("cue", nargs=-1, required=True)
@click.option("-k", default=10, show_default=True, help="How many hits.")
@click.option("--explain", is_flag=True, help="Show the channels behind each score.")
@filters
@asked_options
@space_option
def recall_command(cue: tuple[str, ...], k: int, explain: bool, as_json: bool, opened: Opening, **given: Any) -> None:
    """Find what answers a cue, best first.

    \b
    remanence recall "Where does Ada live?" -k 5 --space my.db
    """
    with opened.memory(reads=False) as memory:
        hits = memory.recall(" ".join(cue), k, **chosen(given))
        if as_json:
            say.document({"hits": [shapes.hit(one) for one in hits], "confidence": round(hits.confidence or 0.0, 4)})
            return
        for one in hits:
            say.out(f"{one.score:.2f}  {say.line_of(one.item)}")
            for mark in one.marks:
                say.out(f"      {mark.told}")
            if explain:
                say.out("      " + ", ".join(f"{name} {value}" for name, value in one.why.items()))
        if not len(hits):
            say.out("nothing found")
        say.note(f"confidence {hits.confidence or 0.0:.2f}")


@click.command("context")
@click.argument("cue", nargs=-1, required=True)
@click.option("--budget", "budget_tokens", default=1_000, show_default=True, help="Most tokens of text.")
@filters
@asked_options
@space_option
def context_command(cue: tuple[str, ...], budget_tokens: int, as_json: bool, opened: Opening, **given: Any) -> None:
    """Evidence for a model: dated, attributed, within a token budget.

    \b
    remanence context "Where does Ada live?" --budget 500 --space my.db
    """
    with opened.memory(reads=False) as memory:
        context = memory.context(" ".join(cue), budget_tokens, **chosen(given))
    if as_json:
        say.document(
            {
                "text": context.text,
                "tokens": context.tokens,
                "sources": list(context.sources),
                "confidence": round(context.confidence, 4),
                "truncated": context.truncated,
                "degraded": list(context.degraded),
            }
        )
    else:
        say.out(context.text)
        say.note(f"{context.tokens} tokens, confidence {context.confidence:.2f}")
