"""BEAM: ten memory abilities over long chats with an assistant (100K to 10M tokens).

Layout: `beam/<size>/<chat>/chat.json` (or `chat_trunecated.json`, spelled like that) and
`probing_questions/probing_questions.json`. Verified on ten chats of 100K; the 10M layout (plans of
batches) is read by the same walk and not verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, Skipped, resolved
from remanence.arena.tasks.dates import parse

WHERE = "https://github.com/mohammadtavakoli78/BEAM, https://huggingface.co/datasets/Mohammadta/BEAM"

_MARKER = re.compile(r"\s*->->\s*[\d,\s]*$")


def beam(files: Files, *, size: str = "100K", chats: str = "") -> Iterator[Pool]:
    """One pool a chat. `chats` keeps some of them ("1+2+3")."""
    wanted = set(chats.split("+")) - {""}
    seen: set[str] = set()
    for path in files.need("beam", f"{size}/*/chat*.json"):
        name = path.parent.name
        if name in seen or (wanted and name not in wanted):
            continue
        seen.add(name)
        short = files.found("beam", f"{size}/{name}/chat_trunecated.json")
        probes = files.found("beam", f"{size}/{name}/probing_questions/probing_questions.json")
        if not probes:
            raise Skipped(f"beam/{size}/{name} has no probing_questions", WHERE)
        yield _pool(f"{size}/{name}", files.json(short[0] if short else path), files.json(probes[0]))


def _messages(node: Any, anchor: str | None = None) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Every message in reading order, with the time anchor of what holds it."""
    if isinstance(node, list):
        for inner in node:
            yield from _messages(inner, anchor)
    elif isinstance(node, dict):
        anchor = node.get("time_anchor") or anchor
        if "content" in node:
            yield node, anchor
        else:
            for inner in node.values():
                if isinstance(inner, (list, dict)):
                    yield from _messages(inner, anchor)


def _pool(name: str, chat: Any, probes: dict[str, list[dict[str, Any]]]) -> Pool:
    records: dict[str, Record] = {}
    at: datetime | None = None
    batch = ""
    for number, (message, anchor) in enumerate(_messages(chat)):
        started = parse(anchor)
        if started and (at is None or started.date() != at.date()):
            at, batch = started, f"{name}/{started.date().isoformat()}"
        text = _MARKER.sub("", message["content"]).strip()
        source = f"{name}/{message['id']}"
        if text and source not in records:
            records[source] = Record(
                source,
                text,
                role=message["role"],
                at=at + timedelta(seconds=number) if at else None,
                session=batch or name,
            )
    last = max((record.at for record in records.values() if record.at), default=None)
    questions = []
    for ability, rows in probes.items():
        for number, row in enumerate(rows):
            cited = row.get("source_chat_ids", [])
            sides = list(cited.values()) if isinstance(cited, dict) else []
            evidence, lost = resolved(_cited(name, cited), records)
            answer = next(
                (
                    row[field]
                    for field in ("answer", "ideal_response", "ideal_answer", "ideal_summary")
                    if row.get(field)
                ),
                None,
            )
            questions.append(
                Question(
                    id=f"{name}/{ability}/{number}",
                    text=row["question"],
                    answers=(str(answer),) if answer and ability != "abstention" else (),
                    evidence=evidence if ability != "abstention" else (),
                    category=ability,
                    at=last + timedelta(days=1) if last else None,
                    answerable=ability != "abstention",
                    lost=lost if ability != "abstention" else 0,
                    groups=tuple(group for side in sides if (group := resolved(_cited(name, side), records)[0])),
                    order=evidence if ability == "event_ordering" else (),
                    data={"rubric": row.get("rubric", []), "difficulty": row.get("difficulty", "")},
                )
            )
    return Pool(name, tuple(records.values()), tuple(questions))


def _cited(name: str, cited: Any) -> list[str]:
    """Message ids out of a list or an object of lists."""
    if isinstance(cited, dict):
        cited = list(cited.values())
    if isinstance(cited, list):
        return [source for inner in cited for source in _cited(name, inner)]
    return [f"{name}/{cited}"]
