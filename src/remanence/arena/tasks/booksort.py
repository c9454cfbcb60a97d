"""SORT: which of two passages came first? Over Book-SORT, the EpBench book and LoCoMo talk.

Layout of Book-SORT: `booksort/` with `excerpts*.csv` (book_idx, excerpt_idx, excerpt_text) and
`segments*.csv` (book_idx, excerpt_idx, segment_1, segment_2, distance_bin, present_seg1_first). Columns were
taken from the published metadata; no file of the set was at hand to verify it. A passage comes
without a date: only a system that keeps the order in which things were told can say, and a guess counts one half
(Pink et al. 2024).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.epbench import chapters
from remanence.arena.tasks.locomo import locomo

WHERE = "https://github.com/bridge-ai-neuro/SORT (data/booksort), CC0"
BINS = (0.05, 0.25, 0.5, 1.0)
"""Right edges of the distance bins, as shares of the text."""


def passages(text: str, words: int = 50) -> list[str]:
    """A text cut at sentence ends into pieces of about so many words."""
    pieces: list[str] = []
    held: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        held += sentence.split()
        if len(held) >= words:
            pieces.append(" ".join(held))
            held = []
    return [*pieces, " ".join(held)] if held else pieces


def pairs(records: Sequence[Record], count: int, seed: int) -> Iterator[Question]:
    """Questions about which of two records came first, spread evenly over the distance bins."""
    rng = random.Random(seed)
    total = len(records)
    for number in range(count):
        low, high = (0.0, *BINS)[number % len(BINS)], BINS[number % len(BINS)]
        near, far = max(1, int(low * total)), max(2, int(high * total))
        gap = min(total - 1, rng.randrange(near, max(near + 1, far)))
        first = rng.randrange(0, total - gap)
        early, late = records[first], records[first + gap]
        if early.text == late.text:
            continue
        swap = rng.random() < 0.5
        yield Question(
            id=f"pair-{number}",
            text="Which of these came first?",
            choices=(late.text, early.text) if swap else (early.text, late.text),
            correct=int(swap),
            category=f"distance to {high:.0%}",
            data={"pair": True},
        )


def read_out(texts: Sequence[str], session: str) -> tuple[Record, ...]:
    """Texts as records without a date, in the order in which they are read: a book has no times."""
    return tuple(Record(f"{session}/p{at}", text, session=session, kind="chunk") for at, text in enumerate(texts))


def sort_epbench(files: Files, *, count: int = 200, seed: int = 0) -> Iterator[Pool]:
    """One pool a book."""
    for path in files.need("epbench", "*/*book.txt"):
        body = " ".join(text for _, text in chapters(files.text(path)))
        records = read_out(passages(body), path.parent.name)
        yield Pool(path.parent.name, records, tuple(pairs(records, count, seed)))


def sort_locomo(files: Files, *, count: int = 100, seed: int = 0) -> Iterator[Pool]:
    """One pool a conversation; turns of at least eight words."""
    for pool in locomo(files, corrected=False):
        long = [record for record in pool.records if len(record.text.split()) >= 8 and record.at]
        yield Pool(pool.id, pool.records, tuple(pairs(long, count, seed)))


def booksort(files: Files, *, excerpts: int = 50) -> Iterator[Pool]:
    """One pool an excerpt, the first `excerpts` of each file."""
    for path in files.need("booksort", "segments*.csv", "*/segments*.csv"):
        beside = [Path(p) for p in files.found("booksort", "excerpts*.csv", "*/excerpts*.csv")]
        tail = path.name.removeprefix("segments")
        texts = {
            (row["book_idx"], row["excerpt_idx"]): row["excerpt_text"]
            for one in beside
            if one.name.removeprefix("excerpts") == tail or len(beside) == 1
            for row in files.table(one)
        }
        groups: dict[tuple[str, str], list[Question]] = {}
        for number, row in enumerate(files.table(path)):
            first = row["present_seg1_first"].strip().lower() in ("1", "1.0", "true")
            segments = (row["segment_1"], row["segment_2"])
            question = Question(
                id=f"segment-{number}",
                text="Which of these came first?",
                choices=segments if first else segments[::-1],
                correct=0 if first else 1,
                category=f"distance to {row['distance_bin']}",
                data={"pair": True},
            )
            groups.setdefault((row["book_idx"], row["excerpt_idx"]), []).append(question)
        for key, questions in list(groups.items())[:excerpts]:
            if key in texts:
                name = f"{tail.split('.')[0].strip('_-') or 'book'}-{key[0]}-{key[1]}"
                yield Pool(name, read_out(passages(texts[key], 20), name), tuple(questions))
