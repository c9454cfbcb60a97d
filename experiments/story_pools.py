"""The written stories of scripts/reader/stories as pools of the arena, for fits that train no reader.

    for pool in story_pools(): ...

Each story is one pool: its turns by session, its questions with the turns that answer them. What nobody can answer has
the category of its kind ("never_said", "wrong_person") and is not answerable.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from remanence.arena.core.task import Pool, Question, Record

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts/reader"))
import story as st

STEP = timedelta(seconds=47)
"""Between two turns of a session."""


def story_pools(*uses: str, folder: Path = st.HOME) -> Iterator[Pool]:
    """The stories of these uses ("train", "near", "fit", "judge"), in the order of their names."""
    for use in uses:
        for one in st.stories(folder, use=use):
            if one.questions:
                yield pool_of(one)


def heaps(*uses: str, size: int = 12, each: int = 4, seed: int = 3) -> Iterator[Pool]:
    """Stories in heaps of `size`, as one memory that holds the talk of many; every `each`-th question of a story."""
    found = list(story_pools(*uses))
    random.Random(seed).shuffle(found)
    for number, start in enumerate(range(0, len(found), size)):
        records: list[Record] = []
        questions: list[Question] = []
        for pool in found[start : start + size]:
            records += [
                replace(one, source=f"{pool.id}:{one.source}", session=f"{pool.id}:{one.session}")
                for one in pool.records
            ]
            questions += [
                replace(one, evidence=tuple(f"{pool.id}:{source}" for source in one.evidence))
                for one in pool.questions[number % each :: each]
            ]
        records.sort(key=lambda one: (one.at is not None, one.at))
        yield Pool(f"heap {number}", tuple(records), tuple(questions))


def pool_of(one: st.Story) -> Pool:
    """One story as a pool."""
    records: list[Record] = []
    session, within, last = 0, 0, ""
    for number, turn in enumerate(one.turns, 1):
        session, within = (session, within + 1) if turn.at == last else (session + 1, 0)
        last = turn.at
        at = datetime.fromisoformat(turn.at) + within * STEP
        role = turn.who if turn.who in ("user", "assistant") else None
        records.append(Record(str(number), turn.text, turn.who, role, at, f"s{session:02d}"))
    now = datetime.fromisoformat(one.now)
    questions = [
        Question(
            f"{one.name}:{number}",
            asked.text,
            asked.answers if asked.answerable else (),
            tuple(str(place + 1) for place in asked.evidence) if asked.answerable else (),
            asked.kind,
            now,
            answerable=asked.answerable,
            wrong=asked.wrong,
            data={"asker": asked.asker},
        )
        for number, asked in enumerate(one.questions, 1)
    ]
    return Pool(one.name, tuple(records), tuple(questions))
