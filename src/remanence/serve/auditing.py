"""An audit of a file as plain JSON, and an import that does what an audit told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from remanence.ingest.audit import EXAMPLES, STEP, Audit, audit
from remanence.ingest.message import Message
from remanence.ingest.read import Skipped, detect, read
from remanence.language.secrets import mask
from remanence.memory.memory import Memory
from remanence.memory.sleep import Progress
from remanence.types import Receipt, iso

SHOWN = 100
"""Characters of an example."""


def told(source: str, format_name: str | None, secrets: str, on_progress: Progress) -> dict[str, Any]:
    """What a file or folder holds, with the verdicts in numbers; credentials are hidden in the examples."""
    name = format_name or detect(source)
    skipped: list[Skipped] = []
    messages = _counted(read(source, format=name, skip_bad=True, on_skip=skipped.append), on_progress)
    found = audit(messages, now=datetime.now(UTC), secrets=secrets, on_progress=on_progress)
    left_out = [{"file": one.file, "line": one.line, "reason": mask(one.reason)} for one in skipped]
    return {"source": source, "format": name, **numbers(found), "skipped": left_out}


def _counted(messages: Iterable[Message], on_progress: Progress) -> Iterator[Message]:
    for count, one in enumerate(messages):
        yield one
        if not count % STEP:
            on_progress(count, None)


def numbers(found: Audit) -> dict[str, Any]:
    """An audit as plain JSON; credentials are hidden in its examples."""
    first, last = found.span()
    reasons = found.reasons()
    pairs = {"superseded": found.superseded(), "contradictions": found.side_by_side()}
    return {
        "records": len(found.verdicts),
        "kinds": dict(found.kinds().most_common()),
        "first": iso(first),
        "last": iso(last),
        "kept": found.count("kept"),
        "superseded": found.count("superseded"),
        "refused": found.count("refused"),
        "reasons": dict(reasons.most_common()),
        "contradictions": len(found.contradictions),
        "side_by_side": len(pairs["contradictions"]),
        "secrets": dict(found.secrets.most_common()),
        "languages": dict(found.languages.most_common()),
        "ages": found.ages(),
        "examples": {why: [_example(text) for text in found.examples(why)] for why in reasons}
        | {
            name: [f"{_example(old.text)} -> {_example(new.text)}" for old, new in some[:EXAMPLES]]
            for name, some in pairs.items()
        },
    }


def _example(text: str) -> str:
    line = " ".join(mask(text).split())
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


def imported(
    memory: Memory, messages: Iterable[Message], secrets: str, on_progress: Progress
) -> tuple[Receipt, dict[str, Any]]:
    """Keep what an audit keeps, and end what it finds superseded: the receipt, and the audit's numbers of what is new.

    "kept" counts what is new and holds, "superseded" what is new and over, as the audit's lines do.
    """
    found = audit(messages, secrets=secrets)
    receipt = memory.remember(found.kept(), on_progress=on_progress)
    ended = 0
    for old, new in found.superseded():
        for item in memory.list(source=old.source or "", limit=0):
            if item.until is None and new.at is not None and item.text == old.text and item.who == old.who:
                memory.update(item.id, until=max(new.at, item.at or new.at))
                ended += 1
    told = {"superseded": ended, "left_out": dict(found.reasons())}
    return receipt, {"kept": max(0, receipt.put - ended), **told}
