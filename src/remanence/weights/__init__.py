"""Every number that was fitted on data, as dated tables: what it weighs, on what it was fitted, by which command.

One JSON file a fit; `table("evidence", "talk")` reads one of its tables and `write` puts a new fit in its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from remanence.records import dataclass

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Table:
    """Weights by the name of a feature, and the bias of their sum; `name` says which fit and table it is."""

    weights: Mapping[str, float]
    bias: float = 0.0
    name: str = "by hand"

    def total(self, features: Mapping[str, float]) -> float:
        """bias + the sum of weight * value; a feature without a weight does not count."""
        return self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())

    def totals(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """`total` of each row."""
        get = self.weights.get
        return [self.bias + sum(get(name, 0.0) * value for name, value in row.items()) for row in rows]

    def with_(self, **weights: float) -> Table:
        """The same table with some other weights, such as `with_(words=0.0)`."""
        return Table({**self.weights, **weights}, self.bias)

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.weights.items())), self.bias))


@cache
def table(fit: str, name: str) -> Table:
    """One table of a fit, such as `table("evidence", "talk")`; `KeyError` for a table that the fit does not have."""
    found = json.loads((FOLDER / f"{fit}.json").read_text("utf-8"))["tables"][name]
    return Table(MappingProxyType(found["weights"]), found["bias"], f"{fit}/{name}")


def write(fit: str, tables: Mapping[str, Table], *, date: str) -> Path:
    """Put new numbers in place of a fit's tables and date it; what it is about and its command stay."""
    path = FOLDER / f"{fit}.json"
    whole = json.loads(path.read_text("utf-8"))
    whole["date"] = date
    for name, one in tables.items():
        whole["tables"][name] = {"bias": one.bias, "weights": dict(one.weights)}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    table.cache_clear()
    return path
