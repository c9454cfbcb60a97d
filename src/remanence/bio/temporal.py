"""Temporal memory: learns sequences of active columns in one go, predicts the next, and bursts on surprise.

Each column has several cells; a cell stands for "this column, in this context". Segments are lists of
synapses from cells that were active one step before; a cell whose segment sees enough of them is predicted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput

Ints = NDArray[np.int64]

_NONE = np.zeros(0, dtype=np.int64)
_FREE = -1  # presynaptic value of a slot that never held a synapse; a dead synapse of cell c is -(c + 2)
_GONE = 1e-6  # a permanence this small is no synapse


class _FanOut:
    """Which synapse slots listen to a cell: one growing array of slots per cell, read only where cells fire."""

    def __init__(self, cells: int) -> None:
        self.slots: list[NDArray[np.int32] | None] = [None] * cells
        self.counts = np.zeros(cells, dtype=np.int64)

    def add(self, cells: Ints, slots: Ints) -> None:
        """Note that slots[i] now listens to cells[i]."""
        order = np.argsort(cells, kind="stable")
        cells, slots = cells[order], slots[order]
        starts = np.flatnonzero(np.concatenate([[True], cells[1:] != cells[:-1]]))
        ends = np.append(starts[1:], len(cells))
        for cell, start, end in zip(cells[starts].tolist(), starts.tolist(), ends.tolist()):
            held = int(self.counts[cell])
            need = held + end - start
            room = self.slots[cell]
            if room is None or need > len(room):
                wider = np.empty(max(8, 2 * need), dtype=np.int32)
                if room is not None:
                    wider[:held] = room[:held]
                self.slots[cell] = room = wider
            room[held:need] = slots[start:end]
            self.counts[cell] = need

    def remove(self, cell: int, slot: int) -> None:
        """Forget that `slot` listened to `cell`."""
        room = self.slots[cell]
        held = int(self.counts[cell])
        if room is None:
            return
        where = np.flatnonzero(room[:held] == slot)
        if len(where):
            room[where[0]] = room[held - 1]
            self.counts[cell] = held - 1

    def read(self, cells: Ints) -> tuple[Ints, NDArray[np.int32]]:
        """(cell, slot) of every entry of these cells."""
        heard = cells[self.counts[cells] > 0]
        if not len(heard):
            return _NONE, np.zeros(0, dtype=np.int32)
        counts = self.counts[heard]
        parts = [
            room[:count]
            for room, count in zip((self.slots[c] for c in heard.tolist()), counts.tolist())
            if room is not None
        ]
        return np.repeat(heard, counts), np.concatenate(parts)


@dataclass(eq=False)
class TemporalMemory:
    """Sequence memory (Cui, Ahmad, Hawkins 2016), with segments in flat arrays and a cell-to-synapse index.

    columns, cells: size; `activation` connected active synapses make a segment active (a prediction),
    `minimum` potential ones make it matching (a candidate to learn). A learning segment grows up to `grow`
    synapses to cells that won one step before. `punish` weakens segments that predicted in vain.
    A synapse starts at `initial`; at or above `connected` it counts at once, so one showing is enough to predict.
    (Published code starts at .21 and does not punish: then wrong expectations learned on the way never fade.)
    With `merge`, a segment that predicted rightly also learns the present context when that is new to it: an
    endless loop is then known after a few laps instead of one symbol per lap, at the price of long contexts: after
    ABCD and XBCY, ABC expects D and Y.
    Segments beyond `max_segments` replace the one that has been silent the longest.
    """

    columns: int = 2048
    cells: int = 32
    activation: int = 13
    minimum: int = 10
    grow: int = 20
    synapses: int = 32
    initial: float = 0.5
    connected: float = 0.5
    increment: float = 0.10
    decrement: float = 0.10
    punish: float = 0.02
    merge: bool = False
    max_segments: int = 200_000
    seed: int = 1960

    def __post_init__(self) -> None:
        if self.columns < 1 or self.cells < 1:
            raise InvalidInput(f"columns and cells must be at least 1, not {self.columns} and {self.cells}")
        if not 0 < self.minimum <= self.activation <= self.synapses:
            raise InvalidInput(
                f"need 0 < minimum <= activation <= synapses, not {self.minimum}, {self.activation}, {self.synapses}"
            )
        if self.max_segments < self.columns:
            raise InvalidInput(f"max_segments must be at least columns = {self.columns}, not {self.max_segments}")
        self._rng = np.random.default_rng(self.seed)
        self.steps = 0
        self.segments = 0  # rows in use, destroyed ones included
        self._reserve(1024)
        self._load = np.zeros(self.columns * self.cells, dtype=np.int32)  # segments per cell
        self._spare: list[int] = []
        self._fan_out = _FanOut(self.columns * self.cells)
        self.active_cells: Ints = _NONE
        self.winner_cells: Ints = _NONE
        self._active_segments: Ints = _NONE
        self._matching_segments: Ints = _NONE
        self._matching_counts: Ints = _NONE

    def _reserve(self, rows: int) -> None:
        self._owner = np.full(rows, -1, dtype=np.int64)
        self._source = np.full((rows, self.synapses), _FREE, dtype=np.int32)
        self._permanence = np.zeros((rows, self.synapses), dtype=np.float32)
        self._last_used = np.zeros(rows, dtype=np.int64)

    def _widen(self) -> None:
        held, rows = self.segments, len(self._owner) * 2
        owner, source = self._owner, self._source
        permanence, last_used = self._permanence, self._last_used
        self._reserve(rows)
        self._owner[:held] = owner
        self._source[:held] = source
        self._permanence[:held] = permanence
        self._last_used[:held] = last_used

    # -- reading ----------------------------------------------------------------------------------------

    def predicted_cells(self) -> Ints:
        """Cells that expect to be active at the next step, ascending."""
        return np.unique(self._owner[self._active_segments])

    def predicted_columns(self) -> Ints:
        """Columns with a predicted cell, ascending."""
        return np.unique(self._owner[self._active_segments] // self.cells)

    def segment_count(self) -> int:
        """Segments that exist."""
        return self.segments - len(self._spare)

    def synapse_count(self) -> int:
        """Synapses that exist."""
        return int((self._source[: self.segments] >= 0).sum())

    # -- one step ---------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget the context (not what was learned), as between two sequences."""
        self.active_cells = self.winner_cells = _NONE
        self._active_segments = self._matching_segments = self._matching_counts = _NONE

    def step(self, columns: NDArray[np.int64], *, learn: bool = True) -> float:
        """Take in the active columns (ascending) and return the raw anomaly: the unpredicted share of them.

        0 = all predicted, 1 = none; an empty input gives 0.
        """
        self.steps += 1
        is_active = np.zeros(self.columns, dtype=bool)
        is_active[columns] = True
        owners = self._owner[self._active_segments]
        correct = is_active[owners // self.cells]
        learning = self._active_segments[correct]
        winners = np.unique(owners[correct])
        is_predicted = np.zeros(self.columns, dtype=bool)
        is_predicted[winners // self.cells] = True
        bursting = columns[~is_predicted[columns]]
        anomaly = len(bursting) / len(columns) if len(columns) else 0.0

        chosen, best, fresh = self._pick_in_bursts(bursting)
        if learn:
            before = np.zeros(self.columns * self.cells, dtype=bool)
            before[self.active_cells] = True
            taught = np.concatenate([learning, best])
            active_before = self._adapt(taught, before)
            if self.merge:
                won = np.zeros(self.columns * self.cells, dtype=bool)
                won[self.winner_cells] = True
                source = self._source[taught]
                active_before = (won[np.maximum(source, 0)] & (source >= 0)).sum(axis=1)
            self._grow_on(taught, self.grow - active_before)
            if self.punish > 0.0 and len(self._matching_segments):
                silent = ~is_active[self._owner[self._matching_segments] // self.cells]
                self._weaken(self._matching_segments[silent], before)
            self._add_segments(fresh)
            self._last_used[taught] = self.steps

        burst_cells = (bursting[:, None] * self.cells + np.arange(self.cells)).ravel()
        self.active_cells = np.sort(np.concatenate([winners, burst_cells]))
        self.winner_cells = np.sort(np.concatenate([winners, chosen]))
        self._look_ahead()
        return anomaly

    def _pick_in_bursts(self, bursting: Ints) -> tuple[Ints, Ints, Ints]:
        """(winner cell per bursting column, matching segments that learn, cells that need a new segment)."""
        if not len(bursting):
            return _NONE, _NONE, _NONE
        is_bursting = np.zeros(self.columns, dtype=bool)
        is_bursting[bursting] = True
        columns = self._owner[self._matching_segments] // self.cells
        here = is_bursting[columns]
        segments, counts, columns = self._matching_segments[here], self._matching_counts[here], columns[here]
        order = np.lexsort((segments, -counts, columns))
        segments, columns = segments[order], columns[order]
        first = np.concatenate([[True], columns[1:] != columns[:-1]]) if len(columns) else np.zeros(0, bool)
        best = segments[first]
        is_bursting[columns] = False
        rest = bursting[is_bursting[bursting]]
        # The least used cell, ties broken at random.
        load = self._load.reshape(self.columns, self.cells)[rest]
        fresh = rest * self.cells + (load + self._rng.random(load.shape)).argmin(axis=1)
        return np.concatenate([self._owner[best], fresh]), best, fresh

    def _look_ahead(self) -> None:
        """Find the segments that the active cells switch on, for the next step."""
        cells, slots = self._fan_out.read(self.active_cells)
        live = self._source.ravel()[slots] == cells
        slots = slots[live]
        rows = slots // self.synapses
        potential = np.bincount(rows, minlength=self.segments)
        wired = self._permanence.ravel()[slots] >= self.connected
        strong = np.bincount(rows[wired], minlength=self.segments)
        self._active_segments = np.flatnonzero(strong >= self.activation)
        self._matching_segments = np.flatnonzero(potential >= self.minimum)
        self._matching_counts = potential[self._matching_segments]
        self._last_used[self._active_segments] = self.steps

    # -- learning ---------------------------------------------------------------------------------------

    def _adapt(self, segments: Ints, before: NDArray[np.bool_]) -> Ints:
        """Strengthen synapses from cells that were active, weaken the others; give active ones per segment."""
        if not len(segments):
            return _NONE
        source = self._source[segments]
        exists = source >= 0
        active = before[np.maximum(source, 0)] & exists
        change = np.where(active, np.float32(self.increment), np.float32(-self.decrement))
        self._store(segments, source, np.where(exists, self._permanence[segments] + change, np.float32(0.0)))
        return np.asarray(active.sum(axis=1), dtype=np.int64)

    def _weaken(self, segments: Ints, before: NDArray[np.bool_]) -> None:
        """Punish segments that predicted a column which stayed silent."""
        if not len(segments):
            return
        source = self._source[segments]
        active = before[np.maximum(source, 0)] & (source >= 0)
        self._store(segments, source, self._permanence[segments] - np.where(active, np.float32(self.punish), 0))

    def _store(self, segments: Ints, source: NDArray[np.int32], permanence: NDArray[np.float32]) -> None:
        permanence = np.clip(permanence, 0.0, 1.0)
        dead = (source >= 0) & (permanence < _GONE)
        if dead.any():
            source = np.where(dead, -(source + 2), source)
            self._source[segments] = source
            for row in segments[(source < 0).all(axis=1)].tolist():
                self._destroy(row)
        self._permanence[segments] = permanence

    def _destroy(self, row: int) -> None:
        cell = int(self._owner[row])
        if cell >= 0:
            self._load[cell] -= 1
            self._owner[row] = -1
            self._spare.append(row)

    def _grow_on(self, segments: Ints, wanted: Ints) -> None:
        """Grow synapses to cells that won one step before and that the segment does not know yet."""
        hungry = (wanted > 0) & (self._owner[segments] >= 0)
        segments, wanted = segments[hungry], wanted[hungry]
        candidates = self.winner_cells
        if not len(segments) or not len(candidates):
            return
        source = self._source[segments]
        known = (source[:, :, None] == candidates[None, None, :]).any(axis=1)
        order = np.argsort(self._rng.random(known.shape) + known, axis=1)  # unknown candidates first
        wanted = np.minimum(np.minimum(wanted, (~known).sum(axis=1)), self.synapses)
        # Free slots first, then the weakest synapses; those from recent winners last.
        won = np.zeros(self.columns * self.cells, dtype=np.float32)
        won[candidates] = 2.0
        worth = self._permanence[segments] + won[np.maximum(source, 0)]
        slot_order = np.argsort(np.where(source < 0, np.float32(-1.0), worth), axis=1)
        width = int(wanted.max())
        if width == 0:
            return
        takes = np.arange(width) < wanted[:, None]
        rows = np.broadcast_to(np.arange(len(segments))[:, None], takes.shape)[takes]
        slots = slot_order[:, :width][takes]
        cells = candidates[order[:, :width][takes]]
        self._connect(segments[rows], slots, cells)

    def _add_segments(self, cells: Ints) -> None:
        """Give each of these cells a new segment onto the cells that won one step before."""
        candidates = self.winner_cells
        if not len(cells) or not len(candidates):
            return
        rows = np.array([self._new_segment(cell) for cell in cells.tolist()], dtype=np.int64)
        width = min(self.grow, self.synapses, len(candidates))
        order = np.argsort(self._rng.random((len(rows), len(candidates))), axis=1)[:, :width]
        slots = np.broadcast_to(np.arange(width), order.shape)
        self._connect(np.repeat(rows, width), slots.ravel(), candidates[order].ravel())

    def _new_segment(self, cell: int) -> int:
        if not self._spare and self.segments >= self.max_segments:
            self._forget_oldest()
        if self._spare:
            row = self._spare.pop()
        else:
            if self.segments == len(self._owner):
                self._widen()
            row = self.segments
            self.segments += 1
        self._owner[row] = cell
        self._load[cell] += 1
        self._last_used[row] = self.steps
        return row

    def _forget_oldest(self) -> None:
        """Free the hundredth of the segments that has been silent the longest."""
        share = max(1, self.segments // 100)
        oldest = np.argpartition(self._last_used[: self.segments], share - 1)[:share]
        source = self._source[oldest]
        self._source[oldest] = np.where(source >= 0, -(source + 2), source)
        self._permanence[oldest] = 0.0
        for row in np.sort(oldest).tolist():
            self._destroy(row)

    def _connect(self, segments: Ints, slots: Ints, cells: Ints) -> None:
        """Put a new synapse from cells[i] into slots[i] of segments[i]; the index is kept exact."""
        was = self._source[segments, slots]
        flat = segments * self.synapses + slots
        # A slot keeps its index entry when its synapse dies; on reuse the entry moves to the new cell.
        held_by = np.where(was >= 0, was, -(was + 2))
        for i in np.flatnonzero((was != _FREE) & (held_by != cells)).tolist():
            self._fan_out.remove(int(held_by[i]), int(flat[i]))
        self._source[segments, slots] = cells
        self._permanence[segments, slots] = self.initial
        new = (was == _FREE) | (held_by != cells)
        if new.any():
            self._fan_out.add(cells[new], flat[new])

    # -- keeping ----------------------------------------------------------------------------------------

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything that learning and context change, as arrays; `random` is the generator's state."""
        held = self.segments
        inner = self._rng.bit_generator.state
        words = [inner["state"]["state"], inner["state"]["inc"]]
        random = [word >> shift & 0xFFFFFFFF for word in words for shift in (96, 64, 32, 0)]
        return {
            "owner": self._owner[:held],
            "source": self._source[:held],
            "permanence": self._permanence[:held],
            "last_used": self._last_used[:held],
            "spare": np.array(self._spare, dtype=np.int64),
            "active_cells": self.active_cells,
            "winner_cells": self.winner_cells,
            "active_segments": self._active_segments,
            "matching_segments": self._matching_segments,
            "matching_counts": self._matching_counts,
            "steps": np.array(self.steps, dtype=np.int64),
            "random": np.array([*random, inner["has_uint32"], inner["uinteger"]], dtype=np.uint64),
        }

    def restore(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Take back what `state` gave, after a build with the same settings."""
        owner = state["owner"].astype(np.int64)
        source = state["source"].astype(np.int32)
        cells = self.columns * self.cells
        if source.shape != (len(owner), self.synapses) or (len(owner) and owner.max() >= cells):
            raise InvalidInput(
                "the saved temporal memory has another size: load it with the settings that it was saved with"
            )
        self.segments = len(owner)
        self._reserve(max(1024, len(owner)))
        self._owner[: len(owner)] = owner
        self._source[: len(owner)] = source
        self._permanence[: len(owner)] = state["permanence"]
        self._last_used[: len(owner)] = state["last_used"]
        self._spare = state["spare"].astype(np.int64).tolist()
        self._load = np.bincount(owner[owner >= 0], minlength=cells).astype(np.int32)
        self._fan_out = _FanOut(cells)
        flat = source.ravel()
        used = np.flatnonzero(flat != _FREE)
        if len(used):
            heard = np.where(flat[used] >= 0, flat[used], -(flat[used] + 2)).astype(np.int64)
            self._fan_out.add(heard, used)
        self.active_cells = state["active_cells"].astype(np.int64)
        self.winner_cells = state["winner_cells"].astype(np.int64)
        self._active_segments = state["active_segments"].astype(np.int64)
        self._matching_segments = state["matching_segments"].astype(np.int64)
        self._matching_counts = state["matching_counts"].astype(np.int64)
        self.steps = int(state["steps"].astype(np.int64))
        words = [int(word) for word in state["random"].astype(np.uint64)]
        joined = [sum(w << s for w, s in zip(words[i : i + 4], (96, 64, 32, 0))) for i in (0, 4)]
        self._rng = np.random.default_rng(self.seed)
        self._rng.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": joined[0], "inc": joined[1]},
            "has_uint32": words[8],
            "uinteger": words[9],
        }
