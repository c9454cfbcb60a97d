"""Test-time regression: the view in which a memory is a regression of values on keys, made of three choices.

Which past pairs weigh how much, how the function may bend, and how far it is solved: linear attention,
its gated forms, DeltaNet, Mesa, softmax and local linear attention are all cells of this table.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.heads import HeadLayer, PairLayer
from remanence.neural.layer import State, layer
from remanence.neural.layers.local_linear_attention import LocalLinearAttention
from remanence.neural.layers.mesa import Mesa
from remanence.neural.layers.softmax_attention import SoftmaxAttention
from remanence.neural.matrix import MatrixMemory


@layer("test_time_regression")
class TestTimeRegression(HeadLayer):
    """weights: equal, decayed, kernel. degree: 0 (constant) or 1 (linear). solver: step, online, exact.

    step is one gradient step from zero that ignores how keys overlap (Hebb); online the delta rule.
    Degree 0 is for kernel weights only (softmax attention); degree 1 with a kernel is local linear attention.
    """

    __test__ = False  # no test class, whatever its name begins with
    weights: str = "decayed"
    degree: int = 1
    solver: str = "exact"

    def build(self) -> None:
        cell = (self.weights, self.degree, self.solver)
        if cell not in CELLS:
            cells = "; ".join(f"{w}, {d}, {s}" for w, d, s in CELLS)
            raise InvalidInput(
                f"no memory has weights={cell[0]!r}, degree={cell[1]}, solver={cell[2]!r}; there are: {cells}"
            )
        found, knobs = CELLS[cell]
        self.memory = found(self.dim, heads=self.heads, key=self.key, value=self.key, conv=self.conv, **knobs)

    def init_state(self, batch: int) -> State:
        return self.memory.init_state(batch)

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        return self.memory.mix(x, state)

    def state_size(self, length: int = 0) -> int:
        return self.memory.state_size(length)


CELLS: dict[tuple[str, int, str], tuple[type[PairLayer], dict[str, Any]]] = {
    ("kernel", 0, "exact"): (SoftmaxAttention, {}),
    ("kernel", 1, "exact"): (LocalLinearAttention, {}),
    ("equal", 1, "step"): (MatrixMemory, {}),
    ("decayed", 1, "step"): (MatrixMemory, {"decay": "scalar"}),
    ("equal", 1, "online"): (MatrixMemory, {"delta": True}),
    ("decayed", 1, "online"): (MatrixMemory, {"delta": True, "decay": "scalar"}),
    ("equal", 1, "exact"): (Mesa, {"decay": False}),
    ("decayed", 1, "exact"): (Mesa, {}),
}
"""The memory of each cell and its knobs."""
