"""The command `demo`: facts that change, on one screen; or forty questions whose evidence is known."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from remanence.language.secrets import mask
from remanence.serve.cli import say

CHAPTERS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "March",
        "2025-03-10",
        (
            ("Lena", "2025-03-04", "I live in Rome and I work at the Etrusca museum."),
            ("Lena", "2025-03-04", "Careful with cakes: I'm allergic to hazelnuts."),
            ("Paul", "2025-03-05", "My sister Clara is visiting Rome in May."),
        ),
    ),
    (
        "June",
        "2025-06-15",
        (
            ("Lena", "2025-06-10", "I moved to Oslo last week, and I started at the Munch museum on Monday."),
            ("Paul", "2025-06-12", "Is the new flat nice?"),
        ),
    ),
)
"""A conversation in which facts change: what was said, and when it is asked about."""
QUESTIONS = (
    "Where does Lena live?",
    "Where did Lena live in April 2025?",
    "What is Lena allergic to?",
    "What is Lena's phone number?",
)


@click.command("demo")
@click.option("--questions", is_flag=True, help="Forty questions on nine months of chats instead.")
@click.option("--space", default=None, type=click.Path(dir_okay=False), help="Keep the space in this file.")
@click.option("--recipe", default="default", show_default=True, help="How memory works.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def demo_command(questions: bool, space: str | None, recipe: str, as_json: bool) -> None:
    """Watch facts change: answers with their sources before and after, and "not in memory" where nothing was said.

    Beside each answer stands what a plain table of words and vectors (the recipe `plain`) answers from the same turns.
    No key, no service, no model download.

    \b
    remanence demo
    remanence demo --questions --space demo.db && remanence recall "Where does Mara work now?" --space demo.db
    """
    with TemporaryDirectory() as folder:
        path = Path(space) if space else Path(folder) / "demo.db"
        if questions:
            told = run_demo(path, recipe)
            say.document(told) if as_json else _tell_questions(told, space)
        else:
            chapters = run_story(path, Path(folder) / "plain.db", recipe)
            say.document({"chapters": chapters}) if as_json else _tell_story(chapters)


def run_story(path: Path, plain: Path, recipe: str) -> list[dict[str, Any]]:
    """Tell the conversation chapter by chapter, and ask the same questions after each."""
    from remanence.memory.memory import Memory

    told = []
    with Memory(path, recipe) as memory, Memory(plain, "plain") as table:
        for name, now, turns in CHAPTERS:
            said = [{"who": who, "text": text, "at": at, "session": at} for who, at, text in turns]
            for one in (memory, table):
                one.remember(said)
                one.sleep()
            asked = [(text, memory.ask(text, now=now), table.ask(text, now=now)) for text in QUESTIONS]
            told.append(
                {
                    "chapter": name,
                    "turns": said,
                    "questions": [
                        {
                            "question": text,
                            "answer": ours.short,
                            "text": ours.text,
                            "confidence": round(ours.confidence, 2),
                            "plain": theirs.short,
                        }
                        for text, ours, theirs in asked
                    ],
                }
            )
    return told


def _tell_story(chapters: list[dict[str, Any]]) -> None:
    for one in chapters:
        say.out(f"{one['chapter']}, said:")
        for turn in one["turns"]:
            say.out(f"    {turn['at']}  {turn['who']}: {turn['text']}")
        say.out("asked:")
        for asked in one["questions"]:
            say.out(f"    {asked['question']}")
            say.out(f"        {asked['text']}")
            if asked["plain"] != asked["answer"]:
                say.out(f"        (a plain table of words and vectors: {asked['plain']})")
        say.out()
    say.out("Measure it: remanence demo --questions. Use it: remanence import chat.json --space my.db")


def _tell_questions(told: dict[str, Any], space: str | None) -> None:
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
        "shown": mask(say.line_of(best)) if best is not None and evidence else "",
    }


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
