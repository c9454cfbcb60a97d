"""Memory caching: a recurrent memory that keeps a snapshot of itself at the end of every segment.

Reads blend the present memory with the snapshots, between a fixed state and a growing cache.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import ShortConv
from remanence.neural.heads import HeadLayer, RecurrentMemory
from remanence.neural.layer import State, fitted, knobs_of, layer, take_rows
from remanence.neural.paging import periods

READS = ("residual", "gated", "soup", "sparse")
REFUSED = {"fast_slow": "its controller is taught by the last pass over a whole batch, which a copy would spoil"}
"""Bases whose state has one size and that still cannot be read by a copy, and why."""
SHORT = {"hebb": "linear_attention", "delta": "delta_net", "gated": "gated_delta_net"}


class Stepped(RecurrentMemory):
    """Any layer whose state has one size, as a memory that is read without being written: a copy of it takes one step.

    The whole state of the layer is the memory. Its short convolution stands before it, so that a snapshot of long ago
    is asked with the tokens of now.
    """

    base: str = "gru"
    value: int | None = None

    def build(self) -> None:
        sizes = {"heads": self.heads, "key": self.key, "value": self.value, "conv": 0}
        self.layer = fitted(self.base, self.dim, **sizes)
        if self.base in REFUSED:
            raise InvalidInput(f"base={self.base!r} cannot be cached: {REFUSED[self.base]}")
        empty, later = self.layer.state_size(0), self.layer.state_size(4096)
        with torch.no_grad():
            read = self.layer(self.zeros(1, 3, self.dim))[1]
        if later != empty or _shapes(read) != _shapes(self.layer.init_state(1)):
            raise InvalidInput(
                f"base={self.base!r} cannot be cached: its state grows ({empty} floats at first, {later} after 4,096 "
                "tokens), so snapshots of it would be of different sizes, and what keeps every token loses none; "
                "give a base with a state of one size, such as 'delta', 'titans' or 'lstm'"
            )
        before = self.conv if "conv" in knobs_of(type(self.layer)) else 0
        self.taps = ShortConv(self.dim, before) if before > 1 else None

    def init_state(self, batch: int) -> State:
        past = {"past": self.zeros(batch, self.taps.size - 1, self.dim)} if self.taps is not None else {}
        return {"memory": self.layer.init_state(batch), **past}

    def remember(self, x: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        past = {}
        if self.taps is not None:
            x, past["past"] = self.taps(x, state["past"])
        y, memory = self.layer(x, state["memory"])
        self.extra_loss = self.layer.extra_loss
        return y[:, :, None], x[:, :, None], {"memory": memory, **past}

    def answer(self, memory: Any, q: Tensor) -> Tensor:
        """A copy for each of the tokens q: [B, T, 1, dim] takes it, and is dropped."""
        rows = torch.arange(q.shape[0], device=q.device).repeat_interleave(q.shape[1])
        y: Tensor = self.layer(q.flatten(0, 1), take_rows(memory, rows))[0]
        return y.reshape(*q.shape[:2], 1, self.dim)

    def finish(self, o: Tensor, x: Tensor) -> Tensor:
        return o[:, :, 0]


@layer("memory_caching")
class MemoryCaching(HeadLayer):
    """Segments of `segment` tokens around a recurrent memory (`base`: hebb, delta, gated, or a layer's name).

    A base that can be read without being written (matrix and network memories) is; any other whose state has one size
    is read by letting a copy take the token (`Stepped`); one that keeps every token anyway is refused.

    reading: residual (sum of all), gated (softmax of <u(x), mean input of the segment>), soup (average the
    memories by those weights, then read), sparse (only the best `picks` are read). The present segment
    counts with the running mean of its inputs so far.
    warm: a segment continues from the last one's memory instead of starting empty.
    """

    base: str = "delta"
    reading: str = "gated"
    segment: int = 16
    picks: int = 2
    warm: bool = False
    value: int | None = None

    def build(self) -> None:
        if self.reading not in READS:
            raise InvalidInput(f"reading is one of {', '.join(READS)}; got {self.reading!r}")
        sizes: dict[str, Any] = {"heads": self.heads, "key": self.key, "value": self.value, "conv": self.conv}
        name = SHORT.get(self.base, self.base)
        found = fitted(name, self.dim, **sizes)
        self.memory = found if isinstance(found, RecurrentMemory) else Stepped(self.dim, base=name, **sizes)
        if self.reading == "soup" and isinstance(self.memory, Stepped):
            raise InvalidInput(
                f"reading='soup' averages memories, and the state of base={self.base!r} is more than one (places, "
                "counters): read it 'gated', 'sparse' or 'residual'"
            )
        self.to_topic = nn.Linear(self.dim, self.dim, bias=False)
        nn.init.normal_(self.to_topic.weight, std=0.02)

    def init_state(self, batch: int) -> State:
        inner = self.memory.init_state(batch)
        return {
            "inner": inner,
            "archive": _each(inner["memory"], lambda t: t[:, None][:, :0]),
            "topics": self.zeros(batch, 0, self.dim),
            "total": self.zeros(batch, self.dim),
            "place": self.clock(batch),
        }

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        inner, archive, topics, total = (state[n] for n in ("inner", "archive", "topics", "total"))
        asked, seen, out = self.to_topic(x).to(total.dtype), x.to(total.dtype), []
        for here, at in periods(int(state["place"][0]), self.segment, x.shape[1]):
            now, q, inner = self.memory.remember(x[:, here], inner)
            self.extra_loss = self.memory.extra_loss
            sums = total[:, None] + seen[:, here].cumsum(1)
            size = sums.shape[1]
            counts = torch.arange(at + 1, at + size + 1, device=x.device, dtype=seen.dtype)[:, None]
            scores = torch.cat(
                [asked[:, here] @ topics.mT, (asked[:, here] * sums / counts).sum(-1, keepdim=True)], -1
            )  # [B, t, N + 1]
            out.append(self._blend(q, now, archive, scores))
            total = sums[:, -1]
            if at + size == self.segment:
                archive = _join(archive, inner["memory"])
                topics = torch.cat([topics, total[:, None] / self.segment], 1)
                total = torch.zeros_like(total)
                if not self.warm:
                    inner = {**inner, "memory": self.memory.init_state(x.shape[0])["memory"]}
        new = {"inner": inner, "archive": archive, "topics": topics, "total": total}
        place = state["place"] + x.shape[1]
        return self.memory.finish(torch.cat(out, 1), x), {**new, "place": place}

    def _blend(self, q: Tensor, now: Tensor, archive: Any, scores: Tensor) -> Tensor:
        """now: [B, t, H, V] the present memory's answer; scores: [B, t, N + 1], the present one last."""
        kept = scores.shape[-1] - 1
        if self.reading == "residual":
            ones = scores.new_ones(scores.shape)[..., :kept]
            return now + self._sum(q, archive, ones)
        if self.reading == "sparse" and kept + 1 > self.picks:
            return self._sparse(q, now, archive, scores)
        g = scores.softmax(-1)
        online = g[..., -1:, None].to(now.dtype) * now
        if self.reading == "soup":
            return online + self._soup(q, archive, g[..., :-1])
        return online + self._sum(q, archive, g[..., :-1])

    def _sum(self, q: Tensor, archive: Any, weight: Tensor) -> Tensor:
        """Read every snapshot and add up with weights [B, t, N]."""
        batch, time, kept = weight.shape
        if kept == 0:
            return q.new_zeros(())
        asked = q[:, None].expand(-1, kept, -1, -1, -1).flatten(0, 1)
        each = self.memory.answer(_each(archive, lambda t: t.flatten(0, 1)), asked)  # [B * N, t, H, V]
        return torch.einsum("btn,bnthv->bthv", weight.to(each.dtype), each.reshape(batch, kept, time, *each.shape[2:]))

    def _soup(self, q: Tensor, archive: Any, weight: Tensor) -> Tensor:
        """Average the snapshots by weights [B, t, N] for every token, then read."""
        batch, time, kept = weight.shape
        if kept == 0:
            return q.new_zeros(())
        mixed = _each(archive, lambda t: torch.einsum("btn,bn...->bt...", weight.to(t.dtype), t).flatten(0, 1))
        return self.memory.answer(mixed, q.flatten(0, 1)[:, None]).reshape(batch, time, self.heads, -1)

    def _sparse(self, q: Tensor, now: Tensor, archive: Any, scores: Tensor) -> Tensor:
        """Read only the best `picks` of each token: the work does not grow with the number of snapshots."""
        batch, time, count = scores.shape
        best, ids = scores.topk(self.picks, -1)
        g = best.softmax(-1)
        row, token, pick = (ids < count - 1).nonzero(as_tuple=True)
        chosen = row * (count - 1) + ids[row, token, pick]
        snapshots = take_rows({"memory": _each(archive, lambda t: t.flatten(0, 1))}, chosen)["memory"]
        read = self.memory.answer(snapshots, q[row, token][:, None])[:, 0]  # [reads, H, V]
        read = read * g[row, token, pick][:, None, None].to(read.dtype)
        online = (g * (ids == count - 1)).sum(-1)[..., None, None].to(now.dtype) * now
        flat = online.flatten(0, 1).index_add(0, row * time + token, read.to(now.dtype))
        return flat.reshape(batch, time, *now.shape[2:])

    def state_size(self, length: int = 0) -> int:
        empty = self.memory.init_state(1)["memory"]
        size = sum(t.numel() for t in _leaves(empty) if t.is_floating_point())
        return super().state_size() + length // self.segment * (size + self.dim)


def _each(memory: Any, change: Any) -> Any:
    return {n: _each(m, change) for n, m in memory.items()} if isinstance(memory, dict) else change(memory)


def _join(archive: Any, memory: Any) -> Any:
    if isinstance(memory, dict):
        return {n: _join(archive[n], memory[n]) for n in memory}
    return torch.cat([archive.to(memory.dtype), memory[:, None]], 1)


def _leaves(memory: Any) -> list[Tensor]:
    return [t for m in memory.values() for t in _leaves(m)] if isinstance(memory, dict) else [memory]


def _shapes(memory: Any) -> list[torch.Size]:
    return [t.shape for t in _leaves(memory)]
