"""Dated, placed, peopled events, asked by time, place and person; latest states and chronologies.

After the episodic memory benchmark (Huet et al. 2025): answers are sets, some of them empty on purpose, and are
read off the results of the best thirty sources without a model. A question writes a day as 2031-06-05, its event as
June 5, 2031: who compares words finds the year, who reads dates finds the day.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import NAMES, PLACES, draw
from remanence.arena.tasks.dates import parse

_CONTENTS = (
    "lantern parade", "chess final", "power failure", "book auction", "kite contest", "water leak", "jazz night",
    "ferry strike", "open rehearsal", "seed swap", "tram parade", "glass workshop", "harbour race", "poetry slam",
    "cheese market", "street fair",
)  # fmt: skip
_KINDS = {"Times": "day", "Spaces": "place", "Entities": "who", "Event contents": "what"}
_ASK = {
    "Times": "List all dates of events {about}.",
    "Spaces": "List all places of events {about}.",
    "Entities": "List all people who were at events {about}.",
    "Event contents": "List what happened at events {about}.",
}
READ = 30
"""Sources whose results are read for an answer."""
_ABOUT = {"day": "on {}", "place": "in {}", "who": "with {}", "what": "that were a {}"}


def dated_events(files: Files, *, books: int = 3, events: int = 240, count: int = 60, seed: int = 0) -> Iterator[Pool]:
    """One pool a book of events, told out of order."""
    for number in range(books):
        yield _pool(number, events, count, random.Random(f"{seed}/{number}"))


def _pool(number: int, events: int, count: int, rng: random.Random) -> Pool:
    people, places = draw(rng, NAMES, 24), draw(rng, PLACES, 17)
    days = [date(2031, 1, 1) + timedelta(days=offset) for offset in rng.sample(range(1000), max(8, events // 2))]
    rows = [
        {
            "day": f"{(day := rng.choice(days)):%B} {day.day}, {day.year}",
            "place": rng.choice(places),
            "who": rng.choice(people),
            "what": rng.choice(_CONTENTS),
        }
        for _ in range(events)
    ]
    records = tuple(
        Record(f"e{at}", f"On {row['day']}, {row['who']} saw a {row['what']} in {row['place']}.", kind="chunk")
        for at, row in enumerate(rows)
    )
    known = {kind: sorted({row[field] for row in rows}) for kind, field in _KINDS.items()}
    spare = {"who": sorted(set(NAMES) - set(people)), "place": sorted(set(PLACES) - set(places))}
    iso = {day: found.isoformat() for day in known["Times"] if (found := parse(day))}
    questions: list[Question] = []
    kinds = list(_KINDS)
    for at in range(count):
        kind = kinds[at % 4]
        field = _KINDS[kind]
        by = rng.choice([other for other in ("day", "place", "who", "what") if other != field])
        empty = at % 6 == 5 and by in spare and spare[by]
        value = rng.choice(spare[by]) if empty else rng.choice(rows)[by]
        how = ("all", "all", "latest", "chronological")[(at // 4) % 4] if by == "who" and kind == "Spaces" else "all"
        questions.append(_question(f"{number}/{at}", kind, by, value, how, rows, known[kind], iso))
    return Pool(f"book-{number}", records, tuple(questions))


def _question(
    name: str,
    kind: str,
    by: str,
    value: str,
    how: str,
    rows: Sequence[dict[str, str]],
    vocabulary: Sequence[str],
    iso: dict[str, str],
) -> Question:
    field = _KINDS[kind]
    hits = sorted(
        (at for at, row in enumerate(rows) if row[by] == value), key=lambda at: (iso.get(rows[at]["day"], ""), at)
    )
    if how == "latest":
        hits = hits[-1:]
    answers = tuple(dict.fromkeys(rows[at][field] for at in hits))
    text = _ASK[kind].format(about=_ABOUT[by].format(iso[value] if by == "day" else value))
    text += {"all": "", "latest": " Only the latest one.", "chronological": " From earliest to latest."}[how]
    return Question(
        id=name,
        text=text,
        answers=answers,
        evidence=tuple(f"e{at}" for at in hits),
        category=f"{kind} {how}",
        answerable=bool(answers),
        order=answers if how == "chronological" and len(answers) > 1 else (),
        data={
            "vocabulary": vocabulary,
            "cues": [value],
            "latest": how == "latest",
            "get": how,
            "days": iso,
            "depth": READ,
        },
    )


def oracle(records: Sequence[Record], question: Question) -> str:
    """The answer set, joined by "; ", by parsing every event."""
    rows = []
    for record in records:
        hit = re.match(r"On (.+ \d+, \d{4}), (\w+) saw a (.+) in (\w+)\.$", record.text)
        if hit:
            rows.append(dict(zip(("day", "who", "what", "place"), hit.groups(), strict=True)))
    (cue,) = question.data["cues"]
    hits = [row for row in rows if cue in row.values()]
    hits.sort(key=lambda row: question.data["days"][row["day"]])
    if question.data["latest"]:
        hits = hits[-1:]
    field = _KINDS[question.category.rsplit(" ", 1)[0]]
    return "; ".join(dict.fromkeys(row[field] for row in hits))
