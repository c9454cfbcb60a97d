"""CA3 memory: stores which bits belong to which cue in one shot, and recalls either from the other.

Two binary weight matrices learned by a local rule (Casanueva-Morato, Ayuso-Martinez, Dominguez-Morales,
Jimenez-Fernandez, Jimenez-Moreno: Bio-inspired computational memory model of the Hippocampus): cue -> content and
content -> cue. Learning a cue again replaces its content: the synapses of silent bits are depressed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remanence.bio import snapshot
from remanence.errors import InvalidInput

Ints = NDArray[np.int64]


class CA3:
    """Content-addressable memory of `cues` entries over `bits` content bits.

    Every operation touches one row or the columns of the given bits; entries that share bits do not interfere.
    """

    def __init__(self, cues: int, bits: int) -> None:
        if cues < 1 or bits < 1:
            raise InvalidInput(f"cues and bits must be at least 1, not {cues} and {bits}")
        self.cues = cues
        self.bits = bits
        self._forward = np.zeros((cues, bits), dtype=bool)  # cue -> content
        self._backward = np.zeros((bits, cues), dtype=bool)  # content -> cue

    def _cue(self, cue: int) -> int:
        if not 0 <= cue < self.cues:
            raise InvalidInput(f"cue must lie between 0 and {self.cues - 1}, not {cue}")
        return cue

    def _bits(self, content: Iterable[int]) -> Ints:
        bits = np.unique(np.fromiter(content, dtype=np.int64))
        if len(bits) and not (0 <= bits[0] and bits[-1] < self.bits):
            raise InvalidInput(f"bits must lie between 0 and {self.bits - 1}, not {bits[0]}..{bits[-1]}")
        return bits

    def learn(self, cue: int, content: Iterable[int]) -> None:
        """Bind the cue to these bits in one shot; whatever it was bound to before is forgotten."""
        cue, bits = self._cue(cue), self._bits(content)
        if not len(bits):
            raise InvalidInput("content must have at least one bit; to drop an entry, call forget(cue)")
        # Cue and content fire together: potentiation of coincident pairs, depression of the cue's others.
        self._forward[cue] = False
        self._forward[cue, bits] = True
        self._backward[:, cue] = False
        self._backward[bits, cue] = True

    def forget(self, cue: int) -> None:
        """Depress every synapse of the cue."""
        self._forward[self._cue(cue)] = False
        self._backward[:, cue] = False

    def recall(self, cue: int) -> set[int]:
        """The bits bound to a cue; empty for an unknown one."""
        return set(np.flatnonzero(self._forward[self._cue(cue)]).tolist())

    def cues_of(self, fragment: Iterable[int]) -> list[int]:
        """Every cue whose content holds all bits of the fragment: more bits narrow the answer."""
        bits = self._bits(fragment)
        if not len(bits):
            raise InvalidInput("a fragment must have at least one bit")
        return np.flatnonzero(self._backward[bits].all(axis=0)).tolist()

    def complete(self, fragment: Iterable[int]) -> dict[int, set[int]]:
        """Recall from part of the content: whole content of every cue that the fragment fits."""
        return {cue: self.recall(cue) for cue in self.cues_of(fragment)}

    def closest(self, fragment: Iterable[int], *, absent: Iterable[int] = ()) -> int | None:
        """The cue that shares most bits with the fragment, for fragments with faults; None where none does.

        Bits of `absent` that a cue's content holds count against it. Ties go to the lowest cue.
        """
        bits, silent = self._bits(fragment), self._bits(absent)
        votes = self._backward[bits].sum(axis=0, dtype=np.int64)
        known = self._forward.any(axis=1)
        if not (votes[known] > 0).any():
            return None
        score = votes - self._backward[silent].sum(axis=0, dtype=np.int64)
        return int(np.where(known, score, np.iinfo(np.int64).min).argmax())

    def save(self, path: str | Path) -> None:
        """Write the memory to one file, without pickle and with a checksum."""
        settings = {"cues": self.cues, "bits": self.bits}
        snapshot.save(path, "ca3", settings, {"forward": self._forward, "backward": self._backward})

    @classmethod
    def load(cls, path: str | Path) -> CA3:
        """Read back what `save` wrote."""
        settings, arrays = snapshot.load(path, "ca3")
        memory = cls(**settings)
        memory._forward = arrays["forward"].astype(bool)
        memory._backward = arrays["backward"].astype(bool)
        return memory
