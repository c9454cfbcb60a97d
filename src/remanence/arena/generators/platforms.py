"""State spread over platforms: interleaved chat, ticket and commit events that contradict each other.

The latest event that speaks of a ticket's field is right, wherever it was posted. Questions come as episodes;
reading the same event again for the next question counts as redundant, after MEMTRACK (Deshpande et al. 2025).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import NAMES, START, draw

STATES = ("open", "in progress", "blocked", "in review", "done")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def platforms(files: Files, *, projects: int = 8, tickets: int = 6, events: int = 80, seed: int = 0) -> Iterator[Pool]:
    """One pool a project."""
    for number in range(projects):
        yield _pool(number, tickets, events, random.Random(f"{seed}/{number}"))


def _pool(number: int, tickets: int, events: int, rng: random.Random) -> Pool:
    team = draw(rng, NAMES, 5)
    keys = [f"ORB-{100 * number + at}" for at in range(1, tickets + 1)]
    records: list[Record] = []
    truth: dict[tuple[str, str], list[tuple[str, str]]] = {}
    plan = [(key, field) for key in keys for field in ("status", "assignee", "due")]
    plan += [(rng.choice(keys), rng.choice(("status", "assignee", "due", "commit"))) for _ in range(events - len(plan))]
    head, tail = plan[: 3 * tickets], plan[3 * tickets :]
    rng.shuffle(tail)
    for at, (key, field) in enumerate([*head, *tail]):
        value = {
            "status": rng.choice(STATES),
            "assignee": rng.choice(team),
            "due": rng.choice(DAYS),
            "commit": f"{rng.getrandbits(28):07x}",
        }[field]
        place, text = _told(rng, key, field, value)
        source = f"e{at}"
        records.append(
            Record(
                source,
                text,
                who=rng.choice(team) if place == "chat" else place,
                at=START + timedelta(hours=at),
                session=place,
                data={"platform": place},
            )
        )
        truth.setdefault((key, field), []).append((value, source))
    questions = []
    for key in keys:
        for field, text in (
            ("status", f"What is the status of {key}?"),
            ("assignee", f"Who is {key} assigned to?"),
            ("due", f"On which day is {key} due?"),
        ):
            value, source = truth[key, field][-1]
            stale = {old for old, _ in truth[key, field]} - {value}
            questions.append(
                Question(
                    id=f"{key}/{field}",
                    text=text,
                    answers=(value,),
                    evidence=(source,),
                    category=field,
                    at=START + timedelta(hours=events + 1),
                    wrong=tuple(sorted(stale)),
                )
            )
    return Pool(f"project-{number}", tuple(records), tuple(questions))


def _told(rng: random.Random, key: str, field: str, value: str) -> tuple[str, str]:
    """(platform, text) of an event."""
    if field == "commit":
        return "commits", f"{value}: refactor for {key}"
    place = rng.choice(("chat", "tickets", "commits"))
    said = {
        ("status", "chat"): f"heads up, the status of {key} is {value} now",
        ("status", "tickets"): f"{key}: status set to {value}",
        ("status", "commits"): f"{rng.getrandbits(28):07x}: marks {key} as status {value}",
        ("assignee", "chat"): f"{key} is assigned to {value} from today",
        ("assignee", "tickets"): f"{key}: assignee set to {value}",
        ("assignee", "commits"): f"{rng.getrandbits(28):07x}: {key} handed over, assigned to {value}",
        ("due", "chat"): f"{key} is due on {value}, we agreed",
        ("due", "tickets"): f"{key}: due day set to {value}",
        ("due", "commits"): f"{rng.getrandbits(28):07x}: changelog says {key} due {value}",
    }
    return place, said[field, place]


def oracle(records: Sequence[Record], question: Question) -> str:
    """What the last event about that field of that ticket says."""
    found = re.search(r"ORB-\d+", question.text)
    key = found.group(0) if found else ""
    patterns = {
        "status": rf"status of {key} is ([a-z ]+) now|{key}: status set to ([a-z ]+)|{key} as status ([a-z ]+)",
        "assignee": rf"{key} is assigned to (\w+)|{key}: assignee set to (\w+)|{key} handed over, assigned to (\w+)",
        "due": rf"{key} is due on (\w+)|{key}: due day set to (\w+)|{key} due (\w+)",
    }
    hits = [hit for record in records if (hit := re.search(patterns[question.category], record.text))]
    return next(part for part in hits[-1].groups() if part) if hits else ""
