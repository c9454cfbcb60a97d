"""Memory that must be rewritten: Endless T-Maze, and Color-Cubes in three grades.

In the maze every corridor's sign makes the last one worthless; a memory that only looks for what is similar finds
all of them, and one that takes the newest of them finds a companion's question, which states nothing.
Cubes teleport: announced (medium), or unnamed, so that one must infer which cube it was (extreme);
`Beliefs` keeps every assignment that is still possible (Memory Rewriting benchmark, 2026).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from remanence.algo.belief import Beliefs
from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import COLOURS, START
from remanence.errors import BadKnob

Cell = tuple[int, int]
SIDE = 6
GRADES = ("trivial", "medium", "extreme")


def t_maze(
    files: Files, *, corridors: int = 20, episodes: int = 5, lengths: str = "fixed", seed: int = 0
) -> Iterator[Pool]:
    """One pool an episode; it succeeds when every turn is right. lengths: fixed or uniform corridors."""
    if lengths not in ("fixed", "uniform"):
        raise BadKnob(f"lengths is fixed or uniform, not {lengths!r}")
    for number in range(episodes):
        rng = random.Random(f"{seed}/{number}/{lengths}")
        texts: list[str] = []
        questions: list[Question] = []
        for corridor in range(corridors):
            way = rng.choice(("left", "right"))
            texts.append(f"The sign in the maze points {way}.")
            texts += ["I walked on through the corridor."] * (2 if lengths == "fixed" else rng.randint(0, 5))
            texts.append(f"Does the sign in the maze point {rng.choice(('left', 'right'))}?")
            questions.append(
                Question(
                    id=f"{number}/{corridor}",
                    text="Which way does the sign in the maze point?",
                    choices=("left", "right"),
                    correct=("left", "right").index(way),
                    answers=(way,),
                    category=f"corridor {corridor + 1}",
                    after=len(texts),
                    at=START + timedelta(minutes=len(texts)),
                )
            )
        yield Pool(f"maze-{number}", _records(texts, f"maze-{number}"), tuple(questions), {"corridors": corridors})


def color_cubes(
    files: Files, *, grade: str = "", cubes: int = 5, moves: int = 12, episodes: int = 3, seed: int = 0
) -> Iterator[Pool]:
    """One pool an episode and grade. grade: trivial (none moves), medium (announced), extreme (unnamed)."""
    for one in (grade,) if grade else GRADES:
        if one not in GRADES:
            raise BadKnob(f"grade is one of {', '.join(GRADES)}, not {one!r}")
        for number in range(episodes):
            yield _cubes(f"{one}-{number}", one, cubes, moves, random.Random(f"{seed}/{one}/{number}"))


def _cubes(name: str, grade: str, cubes: int, moves: int, rng: random.Random) -> Pool:
    colours = rng.sample(COLOURS, cubes)
    cells = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    where = dict(zip(colours, rng.sample(cells, cubes), strict=True))
    texts = [f"The {colour} cube is at {_shown(cell)}." for colour, cell in where.items()]
    history = {colour: [cell] for colour, cell in where.items()}
    questions: list[Question] = []
    for move in range(moves):
        colour = rng.choice(colours)
        if grade != "trivial":
            free = [cell for cell in cells if cell not in where.values()]
            where[colour] = rng.choice(free)
            history[colour].append(where[colour])
        if grade == "medium":
            texts.append(f"The {colour} cube is at {_shown(where[colour])} now.")
        elif grade == "extreme":
            texts.append("Cubes now stand at " + ", ".join(_shown(cell) for cell in sorted(where.values())) + ".")
        else:
            texts.append("Nothing moved.")
        asked = rng.choice(colours) if move % 2 else colour
        if grade != "trivial":
            texts.append(f"Is the {asked} cube at {_shown(rng.choice(cells))}?")
        current = _shown(where[asked])
        questions.append(
            Question(
                id=f"{name}/{move}",
                text=f"Where is the {asked} cube?",
                answers=(current,),
                category=grade,
                wrong=tuple({_shown(cell) for cell in history[asked]} - {current}),
                after=len(texts),
                at=START + timedelta(minutes=len(texts)),
            )
        )
    return Pool(name, _records(texts, name), tuple(questions), {"grade": grade})


def _shown(cell: Cell) -> str:
    return f"row {cell[0]} column {cell[1]}"


def _records(texts: Sequence[str], session: str) -> tuple[Record, ...]:
    return tuple(
        Record(f"{session}/{at}", text, who="narrator", at=START + timedelta(minutes=at), session=session)
        for at, text in enumerate(texts)
    )


def oracle(records: Sequence[Record], question: Question) -> str:
    """The last sign; or where the asked cube must be, by the set of beliefs."""
    if question.choices:
        signs = [r.text.removesuffix(".").rsplit(" ", 1)[1] for r in records if r.text.startswith("The sign")]
        return signs[-1]
    beliefs = Beliefs[Cell]()
    for record in records:
        if record.text.endswith("?"):
            continue
        cells = [(int(x), int(y)) for x, y in re.findall(r"row (\d) column (\d)", record.text)]
        named = re.match(r"The (\w+) cube is at", record.text)
        if named:
            beliefs.sight(named.group(1), cells[0])
        elif cells:
            beliefs.occupied(cells)
    asked = re.search(r"the (\w+) cube", question.text)
    found = beliefs.where(asked.group(1) if asked else "")
    return _shown(next(iter(found))) if len(found) == 1 else ""
