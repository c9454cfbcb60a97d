"""Hopfield memories: one that stores +-1 patterns in a weight matrix, and one that stores unit vectors and blends.

`HopfieldNetwork` is the classical form (Hebb or pseudo-inverse rule; diluted patterns give several memories at
once). `AssociativeMemory` is the modern form; it learns in one shot by appending, and reads with a temperature.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remanence.algo.hopfield import Completion, complete, hebb, overlaps, pseudo_inverse, relax, unit
from remanence.bio import snapshot
from remanence.errors import InvalidInput

Floats = NDArray[np.float64]
Rule = Literal["hebb", "pseudo-inverse"]


class HopfieldNetwork:
    """Classical Hopfield network of `size` neurons. Patterns hold -1, +1, and 0 for "not part of this memory".

    rule "hebb" holds about .14 N random patterns and few correlated ones; "pseudo-inverse" holds correlated ones.
    """

    def __init__(self, size: int, *, rule: Rule = "hebb") -> None:
        if size < 1:
            raise InvalidInput(f"size must be at least 1, not {size}")
        if rule not in ("hebb", "pseudo-inverse"):
            raise InvalidInput(f"rule must be 'hebb' or 'pseudo-inverse', not {rule!r}")
        self.size = size
        self.rule: Rule = rule
        self.patterns: Floats = np.zeros((0, size))
        self._weights: Floats = np.zeros((size, size))

    def learn(self, pattern: ArrayLike) -> None:
        """Add one pattern [size], or several [P, size]."""
        given = np.atleast_2d(np.asarray(pattern, dtype=np.float64))
        if given.shape[1] != self.size:
            raise InvalidInput(f"patterns must have {self.size} values, not {given.shape[1]}")
        fresh = hebb(given)  # refuses values other than -1, 0, +1 before anything changes
        self.patterns = np.concatenate([self.patterns, given])
        self._weights = self._weights + fresh if self.rule == "hebb" else pseudo_inverse(self.patterns)

    def recall(self, cue: ArrayLike, *, sweeps: int = 50, rng: np.random.Generator | None = None) -> Floats:
        """State [size] of -1, +1 (0 where no memory says anything) that the network relaxes to from the cue."""
        return relax(cue, self._weights, sweeps=sweeps, rng=rng)

    def recall_several(
        self, cue: ArrayLike, *, agreement: float = 0.9, rng: np.random.Generator | None = None
    ) -> list[int]:
        """Numbers of all patterns that one relaxation brings back: those whose own neurons agree with the state."""
        if not len(self.patterns):
            return []
        state = self.recall(cue, rng=rng)
        own = np.abs(self.patterns).mean(axis=1)
        return np.flatnonzero(overlaps(state, self.patterns) >= (2 * agreement - 1) * own).tolist()

    def save(self, path: str | Path) -> None:
        """Write the memory to one file, without pickle and with a checksum."""
        snapshot.save(path, "hopfield", {"size": self.size, "rule": self.rule}, {"patterns": self.patterns})

    @classmethod
    def load(cls, path: str | Path) -> HopfieldNetwork:
        """Read back what `save` wrote."""
        settings, arrays = snapshot.load(path, "hopfield")
        network = cls(settings["size"], rule=settings["rule"])
        if len(arrays["patterns"]):
            network.learn(arrays["patterns"])
        return network


class AssociativeMemory:
    """Modern Hopfield memory of vectors: `identity` gives the stored one meant, `gist` a blend of those like it."""

    def __init__(self, dimensions: int, *, beta: float = 256.0, gist_beta: float = 8.0) -> None:
        if dimensions < 1:
            raise InvalidInput(f"dimensions must be at least 1, not {dimensions}")
        self.dimensions = dimensions
        self.beta = beta
        self.gist_beta = gist_beta
        self._rows: list[Floats] = []

    def __len__(self) -> int:
        return len(self._rows)

    def learn(self, vector: ArrayLike) -> int:
        """Store a vector and give its number."""
        row = np.asarray(vector, dtype=np.float64)
        if row.shape != (self.dimensions,):
            raise InvalidInput(f"the vector must have shape ({self.dimensions},), not {row.shape}")
        if not np.isfinite(row).all():
            raise InvalidInput("the vector holds a value that is not finite: drop or fill it")
        self._rows.append(row.copy())
        return len(self._rows) - 1

    def identity(self, cue: ArrayLike, *, visible: ArrayLike | None = None) -> Completion:
        """The stored vector that the cue means; `visible` marks the dimensions of the cue to trust."""
        return complete(cue, self._stored(), self.beta, 3, visible=visible)

    def gist(self, cue: ArrayLike, *, visible: ArrayLike | None = None) -> Completion:
        """A blend of the stored vectors around the cue."""
        return complete(cue, self._stored(), self.gist_beta, 1, visible=visible)

    def surprise(self, cue: ArrayLike) -> float:
        """1 - cosine between the cue and what the memory makes of it; 1 while the memory is empty."""
        if not self._rows:
            return 1.0
        vector = np.asarray(cue, dtype=np.float64)
        answer = self.gist(vector).vector
        return float(1.0 - unit(vector) @ unit(answer))

    def _stored(self) -> Floats:
        if not self._rows:
            raise InvalidInput("the memory is empty: learn a vector first")
        return np.stack(self._rows)

    def save(self, path: str | Path) -> None:
        """Write the memory to one file, without pickle and with a checksum."""
        settings = {"dimensions": self.dimensions, "beta": self.beta, "gist_beta": self.gist_beta}
        rows = np.stack(self._rows) if self._rows else np.zeros((0, self.dimensions))
        snapshot.save(path, "associative", settings, {"rows": rows})

    @classmethod
    def load(cls, path: str | Path) -> AssociativeMemory:
        """Read back what `save` wrote."""
        settings, arrays = snapshot.load(path, "associative")
        memory = cls(**settings)
        memory._rows = list(arrays["rows"].astype(np.float64))
        return memory
