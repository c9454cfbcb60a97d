"""Hallucination where it happens: a timeline of true points with corrections and planted inventions.

The generator knows every true memory point, so extraction, update and answering are scored one by one, after
HaluMem (Chen et al. 2025). An invention is an assistant's wrong guess that the user turns down.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from remanence.arena.core.files import Files
from remanence.arena.core.points import Point, as_rows
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import SLOTS, START, chatter


def persona_timeline(files: Files, *, people: int = 10, points: int = 12, seed: int = 0) -> Iterator[Pool]:
    """One pool a person; a third of the points is corrected later, a third gets an invention."""
    for number in range(people):
        yield _pool(number, points, random.Random(f"{seed}/{number}"))


def _pool(number: int, count: int, rng: random.Random) -> Pool:
    turns: list[tuple[str, str, str]] = []
    later: list[tuple[str, str, str]] = []
    points: list[Point] = []
    for at, (slot, values) in enumerate(rng.sample(SLOTS, count)):
        first, second, third = rng.sample(values, 3)
        kind = at % 3
        turns.append((f"{slot}/old" if kind == 0 else slot, "user", f"My {slot} is {first}."))
        turns.append(("", "assistant", "Noted, thank you."))
        if kind == 0:
            later.append((slot, "user", f"I was wrong earlier, my {slot} is {second}."))
            points.append(Point("my", slot, second, old=(first,)))
        elif kind == 1:
            later.append((f"{slot}/guess", "assistant", f"So your {slot} is {third}, I believe?"))
            later.append((f"{slot}/no", "user", "No, that is not true."))
            points.append(Point("my", slot, first, invented=(third,)))
        else:
            points.append(Point("my", slot, first))
        said, reply = chatter(rng)
        turns += [("", "user", said), ("", "assistant", reply)]
    records: list[Record] = []
    sources: dict[str, str] = {}
    for position, (key, role, text) in enumerate([*turns, *later]):
        day = 0 if position < len(turns) else 30
        source = f"t{position}"
        records.append(
            Record(
                source,
                text,
                role=role,
                at=START + timedelta(days=day, minutes=position),
                session="first" if day == 0 else "second",
            )
        )
        if key:
            sources[key] = source
    questions = tuple(
        Question(
            id=f"{number}/{point.slot}",
            text=f"What is my {point.slot}?",
            answers=(point.value,),
            evidence=(sources[point.slot],),
            category="update" if point.old else "extraction under a wrong guess" if point.invented else "extraction",
            at=START + timedelta(days=40),
            wrong=(*point.old, *point.invented),
        )
        for point in points
    )
    return Pool(f"person-{number}", tuple(records), questions, {"points": as_rows(points)})


def oracle(records: Sequence[Record], question: Question) -> str:
    """The last value that the user, not the assistant, gave."""
    slot = question.text.removeprefix("What is my ").rstrip("?")
    pattern = re.compile(rf"\bmy {re.escape(slot)} is (.+)\.$", re.IGNORECASE)
    found = [hit.group(1) for r in records if r.role == "user" and (hit := pattern.search(r.text))]
    return found[-1] if found else ""
