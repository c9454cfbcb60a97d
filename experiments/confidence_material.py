"""Talk with questions that it answers and questions that it does not, from four kinds of source.

Written stories that did not train the reader (never said; said of somebody else), some of the questions of each; LoCoMo
(wrong person; questions of another conversation, names exchanged), FriendsQA scenes that did not train the reader
(questions of the next scene; another person), and made-up talk in patterns that did not train (never said, another
person, another time, planned, cancelled). "pairs" are short talks of which each
kind of question is asked of what was told and of what was not. What is "judging" neither trains nor fits.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from story_pools import story_pools

from remanence.arena.catalogue import find_task
from remanence.arena.core.task import Question

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts/reader"))
from hard import HardQuestions
from material import other_person
from questions import Asked, Questions
from story import PAIRS

SAID, NEVER, PERSON = "said", "never said", "another person"


@dataclass(frozen=True)
class Case:
    """A question, whether the talk answers it, what is accepted, which turns answer, and when it is asked."""

    text: str
    kind: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    now: str | datetime | None = None

    @property
    def answerable(self) -> bool:
        return self.kind == SAID


@dataclass(frozen=True)
class Talk:
    """Messages by session, and questions about them."""

    home: str
    name: str
    messages: tuple[dict[str, Any], ...]
    cases: tuple[Case, ...]


def talks() -> Iterator[Talk]:
    """Every talk of every source; REMANENCE_DATA names the folder of the benchmark data."""
    yield from written("fit", each=3)
    yield from written("judge", each=6)
    yield from friends(Path(os.environ["REMANENCE_DATA"]) / "reading" / "friendsqa_dev.json.gz")
    yield from made(16, 501)
    yield from arena("locomo", said=5, not_said=3, foreign=30)


def written(use: str, *, each: int) -> Iterator[Talk]:
    """The stories of one use, with every `each`-th of their questions; minimal pairs are a source of their own."""
    for number, pool in enumerate(story_pools(use)):
        home = ("pairs" if pool.id[0] in PAIRS else "stories") + ("" if use == "fit" else " judging")
        cases = tuple(
            Case(one.text, SAID if one.answerable else NEVER if one.category == "never_said" else PERSON,
                 one.answers, one.evidence, one.at)
            for one in pool.questions[number % each :: each]
        )  # fmt: skip
        yield Talk(home, pool.id, tuple(record.message() for record in pool.records), cases)


def arena(task: str, *, said: int, not_said: int, foreign: int) -> Iterator[Talk]:
    """Every `said`-th answerable and `not_said`-th other question of each pool, and some of the pool before."""
    last: tuple[list[Question], list[str]] | None = None
    for pool in find_task(task).pools(os.environ["REMANENCE_DATA"]):
        people = sorted({record.who for record in pool.records if record.who})
        known = [one for one in pool.questions if one.answerable]
        unknown = [one for one in pool.questions if not one.answerable]
        cases = [Case(one.text, SAID, one.answers, tuple(one.evidence), one.at) for one in known[::said]]
        cases += [Case(one.text, PERSON, now=one.at) for one in unknown[::not_said]]
        if last is not None:
            cases += [Case(renamed(one.text, last[1], people), NEVER) for one in last[0][::foreign]]
        last = (known, people)
        yield Talk(task, pool.id, tuple(record.message() for record in pool.records), tuple(cases))


def renamed(text: str, people: Sequence[str], others: Sequence[str]) -> str:
    """A question with the people of one talk in the place of those of another."""
    for old, new in zip(people, others, strict=False):
        text = re.sub(rf"\b{re.escape(old)}\b", new, text)
    return text


def friends(path: Path) -> Iterator[Talk]:
    """Every fourth scene: its own questions, two of the next scene, and some about another person of the cast."""
    scenes = [scene for place, scene in enumerate(json.loads(gzip.decompress(path.read_bytes()))) if place % 4 == 1]
    rng, now = random.Random(4), "2025-01-01T11:00:00"
    for place, scene in enumerate(scenes):
        after = scenes[(place + 1) % len(scenes)]
        turns = [(number, turn) for number, turn in enumerate(scene["turns"]) if turn["text"].strip()]
        messages = [
            {
                "who": turn["who"] or "?",
                "text": turn["text"],
                "source": str(number),
                "session": "scene",
                "at": f"2025-01-01T10:{number // 60:02d}:{number % 60:02d}",
            }
            for number, turn in turns
        ]
        cast = sorted({turn["who"] for _, turn in turns if turn["who"]})
        others = sorted({turn["who"] for turn in after["turns"] if turn["who"]})
        cases = [
            Case(
                one["question"],
                SAID,
                tuple(a["text"] for a in one["answers"]),
                tuple(str(a["turn"]) for a in one["answers"]),
                now,
            )
            for one in scene["questions"][:6]
            if one["answers"]
        ]
        firsts = [name.split()[0] for name in others], [name.split()[0] for name in cast]
        for one in after["questions"][:2]:
            cases.append(Case(renamed(one["question"], *firsts), NEVER, now=now))
        for one in scene["questions"]:
            swapped = other_person(one["question"], cast, rng)
            if swapped and rng.random() < 0.35:
                cases.append(Case(swapped, PERSON, now=now))
        yield Talk("friends", str(place), tuple(messages), tuple(cases))


def made(count: int, seed: int, *, each: int = 14) -> Iterator[Talk]:
    """Made-up talks of `each` sessions with a question each; every second one holds talk of a user and an assistant."""
    plain, hard = Questions(seed, unseen=True), HardQuestions(seed + 1, unseen=True)
    rng = random.Random(seed + 3)
    for number in range(count):
        with_user = number % 2 == 0
        at, known = datetime(2025, 1, 5, 9, tzinfo=UTC), set[str]()
        messages: list[dict[str, Any]] = []
        asked: list[tuple[Asked, tuple[str, ...]]] = []
        for session in range(each):
            one = _fitting(plain, hard, rng, with_user, known)
            at += timedelta(days=rng.randint(1, 9))
            evidence, offset = [], 0
            for line, text in enumerate(one.passage.split("\n")):
                who, _, said = text.partition(": ")
                source = f"s{session}:{line}"
                if one.answer and offset <= one.answer[0] <= offset + len(text):
                    evidence.append(source)
                offset += len(text) + 1
                if said.strip():
                    when = (at + timedelta(minutes=line)).isoformat()
                    messages.append({"who": who, "text": said, "source": source, "session": f"s{session}", "at": when})
            known |= {line.split(": ")[0] for line in one.passage.split("\n")} - {"user", "assistant"}
            asked.append((one, tuple(evidence)))
        now = (at + timedelta(days=3)).isoformat()
        cases = tuple(_case(one, evidence, now) for one, evidence in asked)
        yield Talk("made", str(number), tuple(messages), cases)


def _fitting(plain: Questions, hard: HardQuestions, rng: random.Random, with_user: bool, known: set[str]) -> Asked:
    """A question whose passage brings nobody in who is known already."""
    while True:
        one = plain.asked() if rng.random() < 0.45 else hard.asked()
        head, _, _ = one.question.rpartition(": ")
        cast = {line.split(": ")[0] for line in one.passage.split("\n")}
        if head not in ("", "user") or (cast & {"user", "assistant"} and not with_user) or cast & known:
            continue
        return one


def _case(one: Asked, evidence: tuple[str, ...], now: str) -> Case:
    text = one.question.rpartition(": ")[2]
    if one.answer is None:
        return Case(text, NEVER, now=now)
    told = {1: "yes", 2: "no"}.get(one.says, one.passage[slice(*one.answer)])
    return Case(text, SAID, (told,), evidence, now)
