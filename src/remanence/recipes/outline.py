"""A recipe in a line for each slot: the names of its stages in order, and when those run that do not run at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from remanence.stage import Recipe, Stage

WIDTH = 118
"""Characters of a line, at most."""
_WHEN = {"on_write": "", "at_sleep": "at sleep: ", "on_recall": "after a recall: "}


def outline(made: Recipe) -> list[str]:
    """Four lines, such as `recall  find.vectors/words, gate.confidence`; a line that is too long ends in `...`."""
    return [_fitted(f"  {slot:<8}{_told(stage) or '(nothing)'}") for slot, stage in made.slots()]


def _told(stage: Stage) -> str:
    """The stages by when they run, in order."""
    told = [
        (when, ", ".join(_names(dict.fromkeys(name for one in some for name in _inner(one)))))
        for when, some in itertools.groupby(stage.flat(), key=_when)
    ]
    return "; ".join(f"{when}{names}" for when, names in told if names)


def _when(stage: Stage) -> str:
    """When a stage runs, as the line says it; "" for at once."""
    when = str(getattr(stage, "when", "on_write"))
    return f"every {getattr(stage, 'period', 0)} items: " if when == "every" else _WHEN[when]


def _inner(stage: Stage) -> Iterator[str]:
    """The names of a stage and of those inside it, without operators and what does nothing."""
    if "." in stage.name and not stage.name.endswith(".nothing"):
        yield stage.name
    for part in stage.parts:
        yield from _inner(part)


def _names(names: dict[str, None]) -> Iterator[str]:
    """`find.vectors`, and several of one room that follow one another as `find.vectors/words/time`."""
    for room, some in itertools.groupby(names, key=lambda name: name.partition(".")[0]):
        yield f"{room}.{'/'.join(name.partition('.')[2] for name in some)}"


def _fitted(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    kept = line[: WIDTH - 4]
    return f"{kept[: max(kept.rfind(', '), kept.rfind('/'))]} ..."
