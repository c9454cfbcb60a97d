"""Prints how far a call walks through the code: files entered, hops from file to file, and the files most returned to.

    python scripts/trace_walks.py              the table
    python scripts/trace_walks.py ask          and the edges of one walk: from file -> to file, function, count

A hop is one call of a function that lies in another file of the package than its caller; what `records` gives a class
(`__init__`, `==`, its hash) belongs to no file, as what the library's `dataclass` gives one does not, nor does a
pattern that is not compiled yet, as one that is does not. Each walk is made twice and the second is counted, so that
imports and first-time caches are not.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from remanence.memory.memory import Memory
from remanence.testing import HandClock

PACKAGE = str(Path(sys.modules["remanence"].__file__ or "").parent)
OF_THE_LIBRARY = {str(Path(PACKAGE) / "records.py"), str(Path(PACKAGE) / "language" / "lazy_pattern.py")}

TURNS = (
    ("Ann", "I live in Rome and work at the Munch Museum."),
    ("Bob", "My sister Clara visited Rome last summer."),
    ("Ann", "Did she like the food there?"),
    ("Bob", "She loved it. She wants to move to Italy next year."),
    ("Ann", "I moved to Oslo in May. The flat is in Tiller Street."),
    ("Bob", "Nice! My dog Max and I will visit you in October."),
    ("Ann", "Bring warm clothes, Oslo is cold."),
)
QUESTION = "Where does Ann live?"


@dataclass
class Walk:
    """Calls from one file into another: `edges` counts them by (from file, to file, function)."""

    edges: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def hops(self) -> int:
        """All calls from one file into another."""
        return self.edges.total()

    @property
    def entered(self) -> Counter[str]:
        """How often each file is entered."""
        entered: Counter[str] = Counter()
        for (_, into, _), count in self.edges.items():
            entered[into] += count
        return entered


@contextmanager
def traced() -> Iterator[Walk]:
    """Watch every call inside the package."""
    walk = Walk()

    def place(frame: FrameType | None) -> str:
        name = frame.f_code.co_filename if frame is not None else ""
        ours = name.startswith(PACKAGE) and name not in OF_THE_LIBRARY
        return name[len(PACKAGE) + 1 : -3] if ours else ""

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        here, back = place(frame), frame.f_back
        while back is not None and not place(back):
            back = back.f_back
        before = place(back)
        if here and here != before:
            walk.edges[before or "-", here, frame.f_code.co_qualname] += 1

    sys.setprofile(watch)
    try:
        yield walk
    finally:
        sys.setprofile(None)


def memory() -> Memory:
    """A fresh memory of the seven turns."""
    made = Memory(":memory:", clock=HandClock(), seed=1)
    made.remember(
        [{"who": who, "text": text, "session": "s", "at": "2024-05-01T10:00:00+00:00"} for who, text in TURNS]
    )
    return made


def slept() -> Memory:
    """The same, after a sleep."""
    made = memory()
    made.sleep()
    return made


WALKS: dict[str, tuple[Callable[[], Memory], Callable[[Memory], object]]] = {
    "remember, 1 turn": (memory, lambda m: m.remember({"who": "Ann", "text": "I bought a red bike."})),
    "sleep, 7 turns": (memory, lambda m: m.sleep()),
    "recall": (slept, lambda m: m.recall(QUESTION)),
    "context": (slept, lambda m: m.context(QUESTION)),
    "ask": (slept, lambda m: m.ask(QUESTION)),
}


def walk_of(name: str) -> Walk:
    """One walk, made in a fresh memory after a rehearsal in another."""
    make, call = WALKS[name]
    with make() as rehearsal:
        call(rehearsal)
    with make() as fresh, traced() as walk:
        call(fresh)
    return walk


def main() -> None:
    asked = " ".join(sys.argv[1:])
    print("| call | files entered | file hops | most returned to |\n|---|---|---|---|")
    for name in WALKS:
        walk = walk_of(name)
        most = ", ".join(f"{file} {count}" for file, count in walk.entered.most_common(4))
        print(f"| {name} | {len(walk.entered)} | {walk.hops} | {most} |")
        if asked and name.startswith(asked):
            edges = walk.edges.most_common()
            print(*(f"    {count:4d} {a} -> {b}  {function}" for (a, b, function), count in edges), sep="\n")


if __name__ == "__main__":
    main()
