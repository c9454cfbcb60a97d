"""SORT: which of two passages came first? Over Book-SORT, the EpBench book and LoCoMo talk.

Layout of Book-SORT: `booksort/` with `excerpts*.csv` (book_idx, excerpt_idx, excerpt_text) and
`segments*.csv` (book_idx, excerpt_idx, segment_1, segment_2, distance_bin, present_seg1_first). An excerpt
belongs to the segments of the same length L (`segments_<L>-...`); one that is not there is cut out of `books/*.txt` by
the positions of its segments, and pairs that stand in neither are counted as left out. Columns were taken from the
published metadata; no file of the set was at hand to verify it. A passage comes without a date: only a system that
keeps the order in which things were told can say, and a guess counts one half (Pink et al. 2024).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, Skipped
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
    """One pool an excerpt, the first `excerpts` of each file; pairs whose excerpt is not there are counted."""
    texts = {
        (_length(path, "excerpts"), row["book_idx"], row["excerpt_idx"]): row["excerpt_text"]
        for path in files.found("booksort", "excerpts*.csv", "*/excerpts*.csv")
        for row in files.table(path)
    }
    books = [files.text(path) for path in files.found("booksort", "books/*.txt", "*/books/*.txt")]
    for path in files.need("booksort", "segments*.csv", "*/segments*.csv"):
        length = _length(path, "segments")
        groups: dict[tuple[str, str], list[Question]] = {}
        for number, row in enumerate(files.table(path)):
            groups.setdefault((row["book_idx"], row["excerpt_idx"]), []).append(_pair(number, row))
        left_out = 0
        pools: list[Pool] = []
        name = path.name.removesuffix(".gz").removesuffix(".csv").removeprefix("segments").strip("_-") or "book"
        for book, excerpt in list(groups)[:excerpts]:
            questions = groups[book, excerpt]
            text = _flat(texts.get((length, book, excerpt), "") or _rebuilt(books, questions, length))
            kept = tuple(q for q in questions if all(_flat(choice) in text for choice in q.choices))
            left_out += len(questions) - len(kept)
            label = f"{name}-{book}-{excerpt}"
            if kept:
                pools.append(Pool(label, read_out(passages(text, 20), label), kept))
        if not pools:
            raise Skipped(f"{path.name}: no excerpt of {length} words holds its {left_out} pairs of segments", WHERE)
        yield replace(pools[0], data={"left_out": left_out})
        yield from pools[1:]


def _length(path: Path, stem: str) -> str:
    """The L of `segments_<L>-s<l>-n<k>.csv`: an excerpt belongs to the segments of the same L only."""
    return path.name.removesuffix(".gz").removesuffix(".csv").removeprefix(stem).strip("_-").split("-")[0]


def _pair(number: int, row: Mapping[str, str]) -> Question:
    first = row["present_seg1_first"].strip().lower() in ("1", "1.0", "true")
    segments = (row["segment_1"], row["segment_2"])
    return Question(
        id=f"segment-{number}",
        text="Which of these came first?",
        choices=segments if first else segments[::-1],
        correct=0 if first else 1,
        category=f"distance to {row['distance_bin']}",
        data={"pair": True, "places": sorted(int(float(row.get(at) or 0)) for at in ("seg1_pos", "seg2_pos"))},
    )


def _rebuilt(books: Sequence[str], questions: Sequence[Question], length: str) -> str:
    """The excerpt cut out of the book that holds its segments: L words round them, as their positions say."""
    sample = questions[0]
    early = sample.choices[sample.correct or 0]
    for book in books:
        words = book.split()
        start = _find(words, early.split())
        if start >= 0:
            begin = max(0, start - sample.data["places"][0])
            size = int(length) if length.isdigit() else len(words)
            return " ".join(words[begin : begin + size])
    return ""


def _find(words: Sequence[str], wanted: Sequence[str]) -> int:
    """Where a run of words begins; -1 when it does not stand there."""
    first = wanted[0] if wanted else None
    places = (at for at, word in enumerate(words) if word == first)
    return next((at for at in places if list(words[at : at + len(wanted)]) == list(wanted)), -1)


def _flat(text: str) -> str:
    return " ".join(text.split())
