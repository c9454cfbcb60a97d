"""How well dates in talk are read: LoCoMo temporal questions, false positives and speed.

    REMANENCE_DATA=<folder> python experiments/dates.py [--show]

A temporal question (category 2) counts when its gold answer names a date; it is found when a time
expression in one of its evidence turns names the same day, week, month or year. Three conversations served
for development, the other two are reported apart and were not looked at. The answer "the day of the chat" is
the baseline.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from remanence.language import dates, entities, person, phrases, sentences
from remanence.language.statements import plain

DEVELOPMENT = ("conv-26", "conv-30", "conv-41")

ORDINARY = """We now know that the second option may work.
I may go if the sun comes out.
She will march to the office and sat down.
May I ask you a second question?
They march on every time.
This is the last thing I need right now.
The next step is to wait a minute.
I have two kids and three dogs.
It will last for ages.
He sat next to me on the bus.
The sun was bright and we wed our ideas.
In the end, we had a great time.
Just a second, I am coming.
Hold on a minute, please.
I ate 3 apples and 2000 calories.
She lives at 1600 Pennsylvania Avenue.
The flat costs 1200 euros.
Python 3.11 is fast and version 1.2.3 is out.
Summer is my favourite season.
We fall in love with the place.
Spring into action!
I can't wait to see you.
Mark came by and April said hello.
June is a nice name for my aunt June.
Augustus was an august ruler.
We want to make a difference every day.
Day by day it gets better.
Now we are back in business.
He scored 21 points in the game.
The ratio is 3:2 and the score was 4-1.
Call me on 555-1234.
She is 25 years old.
It takes ten minutes to cook.
He ran 5 km in under 30 minutes.
I work 40 hours a week.
The 5th floor has a nice view.
It was my first time there.
How many bikes do I own?
We are going to need a bigger boat.
That decision was a long time coming.""".splitlines()

_MONTH = {datetime(2000, i, 1).strftime("%B").lower(): i for i in range(1, 13)}
_FULL = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?`? (?:of )?([A-Za-z]+)|([A-Za-z]+) (\d{1,2}))[,.]? ?(\d{4})")
_MONTH_YEAR = re.compile(r"([A-Za-z]+)[,.]? ?(\d{4})")


def gold(answer: str) -> tuple[datetime, datetime] | None:
    """The gold answer as an interval of acceptable days, or None where it names no date."""
    low = answer.strip().lower()
    m = _FULL.search(low)
    if m:
        month = _MONTH.get(m[2] or m[3])
        if month is None:
            return None
        day = datetime(int(m[5]), month, int(m[1] or m[4]))
        if "week before" in low or "week of" in low:
            weeks = 2 if "two weeks" in low else 1
            start = day - timedelta(days=7 * weeks + 3) if "before" in low else day - timedelta(days=6)
            return start, day + timedelta(days=7 if "of" in low else -7 * (weeks - 1))
        if "weeks before" in low:
            return day - timedelta(days=17), day - timedelta(days=10)
        if "weekend" in low:
            back = 2 if "two" in low else 1
            return day - timedelta(days=7 * back + 2), day - timedelta(days=7 * (back - 1))
        weekday = next((i for i, d in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun")) if d in low), None)
        if "before" in low and weekday is not None:
            day -= timedelta(days=(day.weekday() - weekday - 1) % 7 + 1)
        elif "before" in low or "few days" in low:
            return day - timedelta(days=7), day
        return day, day + timedelta(days=1)
    m = _MONTH_YEAR.search(low)
    if m and m[1] in _MONTH:
        at = datetime(int(m[2]), _MONTH[m[1]], 1)
        return at, datetime(at.year + at.month // 12, at.month % 12 + 1, 1)
    m = re.search(r"\b(19|20)\d\d\b", low)
    if m:
        year = int(m[0])
        return datetime(year, 1, 1), datetime(year + 1, 1, 1)
    return None


def agrees(e: dates.TimeExpression, want: tuple[datetime, datetime]) -> bool:
    """Same time, and not so coarse that anything would agree."""
    at, until = e.at.replace(tzinfo=None), e.until.replace(tzinfo=None)
    slack = max(timedelta(days=10), (want[1] - want[0]) * 1.05)
    if until - at > slack:
        return False
    if want[1] - want[0] > timedelta(days=20):
        middle = at + (until - at) / 2
        return want[0] <= middle < want[1]
    return at < want[1] and until > want[0]


def evaluate(data: list[dict[str, Any]], show: bool) -> tuple[int, int, int, int]:
    asked = hits = firsts = same_day = 0
    for talk in data:
        talk_turns = {}
        for key, value in talk["conversation"].items():
            if key.startswith("session_") and not key.endswith("date_time"):
                when, _ = dates.parse_when(talk["conversation"][key + "_date_time"])
                talk_turns.update({t["dia_id"]: (t, when) for t in value})
        for question in talk["qa"]:
            if question["category"] != 2:
                continue
            want = gold(str(question["answer"]))
            rows = [talk_turns[e] for e in question["evidence"] if e in talk_turns]
            if want is None or not rows:
                continue
            asked += 1
            found = [(e, t, w) for t, w in rows for e in dates.find(t["text"], w)]
            ok = [agrees(e, want) for e, _, _ in found]
            hits += any(ok)
            firsts += bool(ok) and ok[0]
            same_day += any(want[0] <= w.replace(tzinfo=None) < want[1] for _, w in rows)
            if show and not any(ok):
                print("MISS", question["question"], "|", question["answer"])
                for t, w in rows:
                    print("    ", str(w)[:16], t["text"][:260])
                for e, _, _ in found:
                    print("      ->", e.text, str(e.at)[:10], str(e.until)[:10], e.precision)
    return asked, hits, firsts, same_day


def main() -> None:
    show = "--show" in sys.argv
    folder = os.environ.get("REMANENCE_DATA")
    now = datetime(2023, 5, 25, 13, 14)
    false = [(s, [e.text for e in dates.find(s, now)]) for s in ORDINARY if dates.find(s, now)]
    print(f"ordinary sentences marked: {len(false)} of {len(ORDINARY)} {false or ''}")
    if not folder:
        print("REMANENCE_DATA is not set: no LoCoMo measurement")
        return
    with gzip.open(Path(folder) / "locomo" / "locomo10_part1.json.gz", "rt", encoding="utf-8") as file:
        talks = json.load(file)
    for name, part in (
        ("development (3 conversations)", [t for t in talks if t["sample_id"] in DEVELOPMENT]),
        ("held out (2 conversations)", [t for t in talks if t["sample_id"] not in DEVELOPMENT]),
    ):
        asked, hits, firsts, same_day = evaluate(part, show and "development" in name)
        print(f"{name}: {asked} dated questions, found {hits} ({hits / asked:.1%}), by the first expression {firsts}, "
              f"date of the chat alone {same_day}")  # fmt: skip
    turns = [t["text"] for talk in talks for k, v in talk["conversation"].items()
             if k.startswith("session_") and not k.endswith("date_time") for t in v]  # fmt: skip
    random.Random(7).shuffle(turns)
    lines = [text[s.start : s.end] for text in turns[:1000] for s in sentences.split(text)]
    best = min(_seconds(lines, lambda line: dates.find(line, now)) for _ in range(5))
    print(f"dates: {best / len(lines) * 1e6:.1f} us a sentence ({len(lines)} sentences)")
    readers: dict[str, Callable[[str], object]] = {
        "sentences": sentences.split,
        "dates": lambda text: dates.find(text, now),
        "entities": entities.find,
        "key phrases": phrases.keyphrases,
        "tokens": phrases.tokens,
        "facts (times given)": lambda text: plain.plain_statements(text, "Ann", now, ()),
        "person": lambda text: person.resolve(text, "Ann", "Bob"),
    }
    costs = {name: min(_seconds(turns[:1000], read) for _ in range(5)) / 1000 * 1e6 for name, read in readers.items()}
    print(
        ", ".join(f"{name} {cost:.1f}" for name, cost in costs.items()),
        f"us a turn; together {sum(costs.values()):.0f}",
    )
    if show:
        for text in turns[:600]:
            for e in dates.find(text, now):
                print(
                    f"  {e.text!r:32} {str(e.at)[:16]} {e.precision:7} {e.certain!s:5} "
                    f"{text[max(0, e.start - 30) : e.end + 30]!r}"
                )


def _seconds(texts: list[str], read: Callable[[str], object]) -> float:
    start = time.process_time()
    for text in texts:
        read(text)
    return time.process_time() - start


if __name__ == "__main__":
    main()
