"""LSTM, GRU and a plain recurrent network: the classic memories, one vector of fixed size.

LSTM: c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh(c_t); the gates decide what is kept, written and shown.
"""

from __future__ import annotations

from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, State, layer


class VectorMemory(Layer):
    """A recurrent cell (`lstm`, `gru`, `plain`) of `size` units and a projection back to the token."""

    cell: str = "lstm"
    size: int | None = None
    keep: float = 1.0

    def build(self) -> None:
        self.units = self.dim if self.size is None else self.size
        kinds: dict[str, type[nn.LSTM | nn.GRU | nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "plain": nn.RNN}
        if self.cell not in kinds:
            raise InvalidInput(f"cell is one of {', '.join(kinds)}; got {self.cell!r}")
        self.net = kinds[self.cell](self.dim, self.units, batch_first=True)
        if self.cell == "lstm":  # an LSTM that starts by keeping learns to keep
            nn.init.constant_(self.net.get_parameter("bias_hh_l0")[self.units : 2 * self.units], self.keep)
        self.to_out = nn.Linear(self.units, self.dim, bias=False)

    def init_state(self, batch: int) -> State:
        shown = self.zeros(batch, self.units)
        return {"h": shown, "c": shown} if self.cell == "lstm" else {"h": shown}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        h = state["h"].to(x.dtype)[None].contiguous()
        if self.cell == "lstm":
            y, (h, c) = self.net(x, (h, state["c"].to(x.dtype)[None].contiguous()))
            new: State = {"h": h[0], "c": c[0]}
        else:
            y, h = self.net(x, h)
            new = {"h": h[0]}
        return self.to_out(y), new


@layer("lstm")
class LSTM(VectorMemory, cell="lstm"):
    """`size` cells (dim by default); keep: bias of the forget gate at the start, 3 for long delays."""


@layer("gru")
class GRU(VectorMemory, cell="gru"):
    """`size` units, half the state of an LSTM."""


@layer("plain_rnn")
class PlainRNN(VectorMemory, cell="plain"):
    """h_t = tanh(W x_t + U h_{t-1})."""
