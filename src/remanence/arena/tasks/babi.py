"""bAbI: small stories with questions asked along the way, and the lines that support each answer.

Layout: `babi/en/qa<N>_*_test.txt`. Verified on tasks 1-4, 6-8, 17 and 19. Each question is asked when only the
lines before it have been told (Weston et al. 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record

WHERE = "https://github.com/facebookarchive/bAbI-tasks (tasks 1-20 v1.2, en)"


def babi(files: Files, *, stories: int = 20) -> Iterator[Pool]:
    """One pool a story, the first `stories` of each task (0: all)."""
    for path in files.need("babi", "en/qa*_test.txt", "qa*_test.txt"):
        name = path.name.split("_test")[0]
        for number, lines in enumerate(islice(_stories(files.text(path)), stories or None)):
            yield _pool(name, number, lines)


def _stories(text: str) -> Iterator[list[tuple[int, str]]]:
    story: list[tuple[int, str]] = []
    for line in text.splitlines():
        number, _, rest = line.strip().partition(" ")
        if not number.isdigit():
            continue
        if int(number) == 1 and story:
            yield story
            story = []
        story.append((int(number), rest))
    if story:
        yield story


def _pool(task_name: str, number: int, lines: list[tuple[int, str]]) -> Pool:
    name = f"{task_name}/{number}"
    records: list[Record] = []
    questions: list[Question] = []
    for at, text in lines:
        if "\t" not in text:
            records.append(Record(f"{name}/{at}", text, session=name))
            continue
        asked, answer, support = (*text.split("\t"), "", "")[:3]
        questions.append(
            Question(
                id=f"{name}/q{at}",
                text=asked.strip(),
                answers=(answer.strip(),),
                evidence=tuple(f"{name}/{line}" for line in support.split()),
                category=task_name,
                after=len(records),
            )
        )
    return Pool(name, tuple(records), tuple(questions))
