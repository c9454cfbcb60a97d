"""The command `demo`: the main job on a ready conversation, with questions whose evidence is known."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from remanence.serve.cli import say


@click.command("demo")
@click.option("--space", default=None, type=click.Path(dir_okay=False), help="Keep the space in this file.")
@click.option("--recipe", default="default", show_default=True, help="How memory works.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def demo_command(space: str | None, recipe: str, as_json: bool) -> None:
    """Remember nine months of chats and answer forty questions about them; no key, no service, no model download.

    \b
    remanence demo
    remanence demo --space demo.db && remanence recall "Where does Mara work now?" --space demo.db
    """
    with TemporaryDirectory() as folder:
        path = Path(space) if space else Path(folder) / "demo.db"
        told = run_demo(path, recipe)
    if as_json:
        say.document(told)
        return
    say.out(
        f"Remembered {told['turns']} turns of {told['sessions']} chats in {told['seconds']:.2f} s ({told['embedder']})."
    )
    say.out()
    for one in told["questions"]:
        mark = {True: "+", False: "-", None: "?"}[one["found"]]
        say.out(f"{mark} {one['question']}")
        if one["shown"]:
            say.out(f"    {one['shown']}")
    say.out()
    say.out(
        f"Evidence among the first ten hits: {told['recall_at_10']:.0%} of {told['asked']} answerable questions; "
        f"in a context of 1,000 tokens: {told['in_context']:.0%}."
    )
    say.out(
        f"Confidence: {told['confidence_answerable']:.2f} on these, {told['confidence_unanswerable']:.2f} on "
        f"{told['unanswerable']} questions about things never said (marked ?)."
    )
    if space:
        say.out(f'Ask more: remanence recall "Where does Mara work now?" --space {space}')


def run_demo(path: Path, recipe: str) -> dict[str, Any]:
    """Remember the demo conversation at `path` and answer its questions."""
    from remanence.memory.memory import Memory

    folder = files("remanence.serve.cli") / "data"
    turns = [json.loads(line) for line in (folder / "demo.jsonl").read_text("utf-8").splitlines()]
    questions = json.loads((folder / "demo_questions.json").read_text("utf-8"))["questions"]
    start = time.perf_counter()
    with Memory(path, recipe) as memory:
        memory.remember(turns)
        memory.sleep()
        seconds = time.perf_counter() - start
        answers = [_ask(memory, one) for one in questions]
        stats = memory.stats()
    fine = [one for one in answers if one["evidence"]]
    none = [one for one in answers if not one["evidence"]]
    return {
        "turns": len(turns),
        "sessions": len({turn["session"] for turn in turns}),
        "seconds": round(seconds, 3),
        "embedder": stats["embedder"],
        "recipe": recipe,
        "asked": len(fine),
        "unanswerable": len(none),
        "recall_at_10": _mean([one["share"] for one in fine]),
        "in_context": _mean([one["packed"] for one in fine]),
        "confidence_answerable": _mean([one["confidence"] for one in fine]),
        "confidence_unanswerable": _mean([one["confidence"] for one in none]),
        "questions": answers,
    }


def _ask(memory: Any, one: dict[str, Any]) -> dict[str, Any]:
    past = {"as_of": one["as_of"]} if one.get("as_of") else {}
    hits = memory.recall(one["question"], 10, **past)
    context = memory.context(one["question"], 1_000, **past)
    sources = [hit.item.source for hit in hits]
    evidence = one["evidence"]
    best = next((hit.item for hit in hits if hit.item.source in evidence), hits[0].item if len(hits) else None)
    share = sum(source in sources for source in evidence) / len(evidence) if evidence else 0.0
    return {
        "question": one["question"],
        "kind": one["kind"],
        "answer": one["answer"],
        "evidence": evidence,
        "found": share == 1.0 if evidence else None,
        "share": share,
        "packed": sum(source in context.sources for source in evidence) / len(evidence) if evidence else 0.0,
        "confidence": hits.confidence or 0.0,
        "shown": say.line_of(best) if best is not None and evidence else "",
    }


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
