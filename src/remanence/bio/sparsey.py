"""Sparsey: stores sparse patterns in one trial as superposed codes; similar patterns get overlapping codes.

A macrocolumn has `modules` competitive modules of `units` binary units; a code is one winner per module.
Code-selection algorithm (Rinkus): the more familiar the input (G near 1), the surer the best-matching unit of
each module wins; the newer it is, the more the winners are drawn at random. Every store and every recall
touches the same number of weights, however much is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remanence.bio import snapshot
from remanence.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EXACT = 1.0 - 1e-9
_PRIOR_PATTERNS = 5


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """How the match V of a unit becomes its odds of winning, by the familiarity G of the input.

    mu = eta / (1 + exp(-steepness (V - inflection))) + 1, with eta = chi * G ** power, from 0 (new) to the
    expansivity chi.
    """

    chi: float = 1000.0
    power: float = 2.0
    steepness: float = 28.0
    inflection: float = 0.3

    def odds(self, match: Floats, familiarity: float) -> Floats:
        """mu of each unit."""
        eta = self.chi * familiarity**self.power
        return np.asarray(eta / (1.0 + np.exp(-self.steepness * (match - self.inflection))) + 1.0)


@dataclass(eq=False)
class Macrocolumn:
    """One Sparsey macrocolumn over `inputs` binary inputs.

    V = share of the active inputs that a unit is wired to; G = mean over modules of the largest V.
    With `adaptive` (default) the V that cross-talk alone gives a unit is taken off first:
    V' = (V - floor) / (1 - floor), floor = the unit's V for the average input seen so far plus one deviation.
    This keeps the inflection of the `sigmoid` above the cross-talk as the memory fills; without it, unrelated
    inputs look familiar and codes pile up.
    Capacity: the units' wires add up, so with many patterns several units of a module match a stored one fully.
    """

    inputs: int
    modules: int = 24
    units: int = 16
    sigmoid: Sigmoid = Sigmoid()
    adaptive: bool = True
    saturation: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.inputs < 1 or self.modules < 1 or self.units < 2:
            raise InvalidInput("need at least 1 input, 1 module and 2 units")
        if not 0.0 < self.saturation <= 1.0:
            raise InvalidInput(f"saturation must lie in (0, 1], not {self.saturation}")
        self._rng = np.random.default_rng(self.seed)
        self._weights = np.zeros((self.inputs, self.modules * self.units), dtype=np.uint8)
        self._fill = np.zeros(self.modules * self.units, dtype=np.int64)  # wired inputs per unit
        self._often = np.zeros(self.inputs, dtype=np.int64)  # how often each input was active in a stored pattern
        self._chance = np.zeros(self.modules * self.units, dtype=np.int64)  # sum of `often` over a unit's wired inputs
        self._votes = np.zeros((0, self.modules * self.units), dtype=np.int64)  # class -> unit
        self._labels: list[int] = []
        self.stored = 0
        self.operations = 0  # weights read or written since the start

    # -- one item ---------------------------------------------------------------------------------------

    def _active(self, bits: Iterable[int]) -> Ints:
        active = np.unique(np.fromiter(bits, dtype=np.int64))
        if not len(active):
            raise InvalidInput("a pattern needs at least one active bit")
        if active[0] < 0 or active[-1] >= self.inputs:
            raise InvalidInput(f"bits must lie between 0 and {self.inputs - 1}, not {active[0]}..{active[-1]}")
        return active

    def _match(self, active: Ints) -> Floats:
        """V of every unit, [modules, units], cross-talk taken off where adaptive."""
        self.operations += len(active) * self.modules * self.units
        match = self._weights[active].sum(axis=0, dtype=np.float64) / len(active)
        if self.adaptive:
            # Before much is seen, every input counts as equally usual.
            prior = _PRIOR_PATTERNS * len(active) / self.inputs
            usual = (self._chance + prior * self._fill) / (self._often.sum() + prior * self.inputs)
            floor = np.minimum(usual + np.sqrt(usual * (1.0 - usual) / len(active)), 0.999)
            match = np.where(match >= _EXACT, 1.0, np.maximum(0.0, (match - floor) / (1.0 - floor)))
        return np.asarray(match.reshape(self.modules, self.units))

    def _winners(self, match: Floats) -> Ints:
        """Best-matching unit per module; among equals the one with the fewest wires, whose match says most."""
        full = self._fill.reshape(self.modules, self.units) / self.inputs
        return np.asarray((match - 1e-6 * full).argmax(axis=1), dtype=np.int64)

    def familiarity(self, bits: Iterable[int]) -> float:
        """G in [0, 1]: 1 for a pattern that is stored, near 0 for an unrelated one."""
        return float(self._match(self._active(bits)).max(axis=1).mean())

    def recall(self, bits: Iterable[int]) -> Ints:
        """Code of the best-matching units, [modules]; changes nothing. How sure it is: `certainty`."""
        return self._winners(self._match(self._active(bits)))

    def certainty(self, bits: Iterable[int]) -> float:
        """Share of modules, in [0, 1], in which one unit matches better than all others.

        A stored pattern matches its own units fully for ever; as the memory fills, others come to match it fully too,
        and its exact repeat is then given another code. Below one half a code should not be taken for the stored one.
        """
        match = np.sort(self._match(self._active(bits)), axis=1)
        return float((match[:, -1] > match[:, -2] + 1e-9).mean())

    def learn(self, bits: Iterable[int], *, label: int | None = None) -> tuple[Ints, float]:
        """Store a pattern in one trial and give (code, G before storing).

        A pattern that is fully familiar (G = 1) keeps its code and changes no weight.
        """
        active = self._active(bits)
        match = self._match(active)
        familiarity = float(match.max(axis=1).mean())
        if familiarity >= _EXACT:
            code = self._winners(match)
        else:
            code = self._draw(match, familiarity)
            self._wire(active, code)
        if label is not None:
            self._vote(code, label)
        return code, familiarity

    def _draw(self, match: Floats, familiarity: float) -> Ints:
        heights = np.cumsum(self.sigmoid.odds(match, familiarity), axis=1)
        draws = self._rng.random((self.modules, 1)) * heights[:, -1:]
        return np.asarray((draws >= heights).sum(axis=1), dtype=np.int64)

    def _wire(self, active: Ints, code: Ints) -> None:
        self._chance += self._weights[active].sum(axis=0, dtype=np.int64)
        self._often[active] += 1
        units = np.arange(self.modules) * self.units + code
        units = units[self._fill[units] < self.saturation * self.inputs]
        block = np.ix_(active, units)
        fresh = self._weights[block] == 0
        self._fill[units] += fresh.sum(axis=0)
        self._chance[units] += (fresh * self._often[active][:, None]).sum(axis=0)
        self._weights[block] = 1
        self.stored += 1
        self.operations += len(active) * self.modules

    # -- classes ----------------------------------------------------------------------------------------

    def _vote(self, code: Ints, label: int) -> None:
        if label not in self._labels:
            self._labels.append(label)
            self._votes = np.concatenate([self._votes, np.zeros((1, self._votes.shape[1]), dtype=np.int64)])
        self._votes[self._labels.index(label), np.arange(self.modules) * self.units + code] += 1

    def classify(self, bits: Iterable[int]) -> int:
        """Label whose codes share most with the code of this pattern; no classifier is trained."""
        if not self._labels:
            raise InvalidInput("no labels yet: call learn(bits, label=...) first")
        code = np.arange(self.modules) * self.units + self.recall(bits)
        seen = np.maximum(1, self._votes.sum(axis=1, keepdims=True)) / self.modules
        share = self._votes[:, code] / seen
        return self._labels[int(np.log(share + 1e-3).sum(axis=1).argmax())]

    # -- keeping ----------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the memory to one file, without pickle and with a checksum."""
        random = self._rng.bit_generator.state
        settings = snapshot.knobs(self) | snapshot.knobs(self.sigmoid) | {"labels": self._labels, "random": random}
        del settings["sigmoid"]
        arrays = {
            "weights": self._weights,
            "votes": self._votes,
            "often": self._often,
            "counts": np.array([self.stored, self.operations], dtype=np.int64),
        }
        snapshot.save(path, "sparsey", settings, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Macrocolumn:
        """Read back what `save` wrote; learning goes on exactly as it would have."""
        settings, arrays = snapshot.load(path, "sparsey")
        labels, random = settings.pop("labels"), settings.pop("random")
        sigmoid = Sigmoid(**{one.name: settings.pop(one.name) for one in fields(Sigmoid)})
        memory = cls(sigmoid=sigmoid, **settings)
        memory._labels = [int(label) for label in labels]
        memory._rng.bit_generator.state = random
        memory._weights = arrays["weights"].astype(np.uint8)
        memory._fill = memory._weights.sum(axis=0, dtype=np.int64)
        memory._often = arrays["often"].astype(np.int64)
        memory._chance = memory._often @ memory._weights.astype(np.int64)
        memory._votes = arrays["votes"].astype(np.int64)
        memory.stored, memory.operations = arrays["counts"].astype(np.int64).tolist()
        return memory


def code_overlap(first: Ints, second: Ints) -> float:
    """Share of modules in which two codes have the same winner."""
    return float((first == second).mean())
