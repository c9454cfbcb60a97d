"""The catalogue: all layers as a table of their choices, for people and for the docs.

`python -m remanence.neural.catalogue docs/neural.md` rewrites the tables between the markers of that page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from remanence.neural import tasks
from remanence.neural.layer import cards, make

START, END = "<!-- layers: generated -->", "<!-- layers: end -->"


def table() -> str:
    """Every layer, one line: name, ledger row, choices on the axes, state at width 64 after 1024 tokens."""
    head = (
        "| layer | row | architecture | inner objective | retention | learner | schedule | routing | growth "
        "| fusion | state floats | how faithful |"
    )
    lines = [head, "|" + "---|" * 12]
    for name, card in cards().items():
        size = make(name, 64).state_size(1024)
        axes = (card.architecture, card.bias, card.retention, card.learner, card.schedule, card.routing)
        notes = f"{card.faithful}; {card.notes}" if card.notes else card.faithful
        lines.append(
            f"| `{name}` | {card.ledger or 'baseline'} | {' | '.join(axes)} | {card.growth} | {card.fusion} "
            f"| {size} | {notes} |"
        )
    return "\n".join(lines)


def task_table() -> str:
    """Every task, one line: name, length, chance, and the first sentence of its description."""
    lines = ["| task | length | chance | what it asks |", "|---|---|---|---|"]
    for name in tasks.names():
        task = tasks.make(name)
        said = (tasks.describe(name)).split("\n")[0]
        lines.append(f"| `{name}` | {task.length} | {task.chance:.3f} | {said} |")
    return "\n".join(lines)


def rewrite(page: str) -> str:
    """The page with both tables as the code has them now."""
    before, rest = page.split(START, 1)
    _, after = rest.split(END, 1)
    return f"{before}{START}\n{table()}\n\n{task_table()}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(rewrite(path.read_text("utf-8")), "utf-8")
