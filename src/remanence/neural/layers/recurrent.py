"""LSTM, GRU and a plain recurrent network: the classic memories, one vector of fixed size.

LSTM: c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh(c_t); the gates decide what is kept, written and shown.
"""

from __future__ import annotations

from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, State, layer

REVIEW = "A Critical Review of Recurrent Neural Networks for Sequence Learning (Lipton et al. 2015)"


class VectorMemory(Layer):
    """A recurrent cell (`lstm`, `gru`, `plain`) of `size` units and a projection back to the token."""

    def __init__(self, dim: int, *, cell: str, size: int | None = None, keep: float = 1.0) -> None:
        super().__init__(dim)
        size = dim if size is None else size
        if size < 1:
            raise InvalidInput(f"size is at least 1 unit, got {size}")
        kinds = {"lstm": nn.LSTM, "gru": nn.GRU, "plain": nn.RNN}
        if cell not in kinds:
            raise InvalidInput(f"cell is one of {', '.join(kinds)}; got {cell!r}")
        self.cell, self.size, self.kind = kinds[cell](dim, size, batch_first=True), size, cell
        if cell == "lstm":  # an LSTM that starts by keeping learns to keep
            nn.init.constant_(self.cell.bias_hh_l0[size : 2 * size], keep)
        self.to_out = nn.Linear(size, dim, bias=False)

    def init_state(self, batch: int) -> State:
        shown = self.zeros(batch, self.size)
        return {"h": shown, "c": shown} if self.kind == "lstm" else {"h": shown}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        h = state["h"].to(x.dtype)[None].contiguous()
        if self.kind == "lstm":
            y, (h, c) = self.cell(x, (h, state["c"].to(x.dtype)[None].contiguous()))
            new: State = {"h": h[0], "c": c[0]}
        else:
            y, h = self.cell(x, h)
            new = {"h": h[0]}
        return self.to_out(y), new


@layer(
    "lstm",
    ledger="S043",
    paper="Long Short-Term Memory (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000); " + REVIEW,
    architecture="vector",
    bias="dot",
    retention="data-dependent, per channel",
    learner="outer training only",
)
def LSTM(dim: int, *, size: int | None = None, keep: float = 1.0) -> VectorMemory:
    """`size` cells (dim by default); keep: bias of the forget gate at the start, 3 for long delays."""
    return VectorMemory(dim, cell="lstm", size=size, keep=keep)


@layer(
    "gru",
    ledger="S043",
    paper="Learning Phrase Representations using RNN Encoder-Decoder (Cho et al. 2014); " + REVIEW,
    architecture="vector",
    bias="dot",
    retention="data-dependent, per channel",
    learner="outer training only",
)
def GRU(dim: int, *, size: int | None = None) -> VectorMemory:
    """`size` units, half the state of an LSTM."""
    return VectorMemory(dim, cell="gru", size=size)


@layer(
    "plain_rnn",
    ledger="S043",
    paper="Finding Structure in Time (Elman 1990); " + REVIEW,
    architecture="vector",
    bias="dot",
    retention="none",
    learner="outer training only",
    notes="The control: without gates the gradient fades over a delay.",
)
def PlainRNN(dim: int, *, size: int | None = None) -> VectorMemory:
    """h_t = tanh(W x_t + U h_{t-1})."""
    return VectorMemory(dim, cell="plain", size=size)
