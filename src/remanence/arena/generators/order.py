"""Which came first, over a generated diary: every entry is its own scene, and time is the only way to tell.

After the sequence order recall task (Pink et al. 2024); accuracy is printed per distance bin.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import COLOURS, NAMES, PLACES
from remanence.arena.tasks.booksort import pairs, read_out

_THINGS = ("kite", "lamp", "drum", "clock", "basket", "ladder", "violin", "kettle", "mirror", "anchor")
_DEEDS = ("found", "sold", "painted", "lost", "mended", "borrowed", "hid", "traded")


def which_first(
    files: Files, *, diaries: int = 3, entries: int = 200, count: int = 100, seed: int = 0
) -> Iterator[Pool]:
    """One pool a diary."""
    for number in range(diaries):
        rng = random.Random(f"{seed}/{number}")
        scenes: dict[str, None] = {}
        while len(scenes) < entries:
            who, deed, colour = rng.choice(NAMES), rng.choice(_DEEDS), rng.choice(COLOURS)
            scenes[f"{who} {deed} a {colour} {rng.choice(_THINGS)} near the station of {rng.choice(PLACES)}."] = None
        records = read_out(list(scenes), f"diary-{number}")
        yield Pool(f"diary-{number}", records, tuple(pairs(records, count, rng.randrange(1 << 30))))


def oracle(records: Sequence[Record], question: Question) -> str:
    """The choice that stands earlier in the diary."""
    place = {record.text: at for at, record in enumerate(records)}
    return min(question.choices, key=place.__getitem__)
