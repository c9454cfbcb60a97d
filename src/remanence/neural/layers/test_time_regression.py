"""Test-time regression: the view in which a memory is a regression of values on keys, made of three choices.

Which past pairs weigh how much, how the function may bend, and how far it is solved: linear attention,
its gated forms, DeltaNet, Mesa, softmax and local linear attention are all cells of this table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, layer
from remanence.neural.layers.local_linear_attention import LocalLinearAttention
from remanence.neural.layers.mesa import Mesa
from remanence.neural.layers.softmax_attention import SoftmaxAttention
from remanence.neural.matrix import MatrixMemory


@layer(
    "test_time_regression",
    ledger="S022",
    paper="Test-time regression: a unifying framework for designing sequence models with associative memory"
    " (Wang, Shi and Fox 2025)",
    architecture="matrix or list of keys and values",
    bias="l2, weighted",
    retention="equal or decayed weights, or a kernel around the query",
    learner="one step, online gradient, or exact",
    notes="Chooses among the layers of this package; kernel weights are always solved exactly.",
)
def TestTimeRegression(
    dim: int,
    *,
    weights: str = "decayed",
    degree: int = 1,
    solver: str = "exact",
    heads: int = 4,
    key: int | None = None,
    conv: int = 4,
) -> Layer:
    """weights: equal, decayed, kernel. degree: 0 (constant) or 1 (linear). solver: step, online, exact.

    step is one gradient step from zero that ignores how keys overlap (Hebb); online the delta rule.
    Degree 0 is for kernel weights only (softmax attention); degree 1 with a kernel is local linear attention.
    """
    sizes: dict[str, Any] = {"heads": heads, "key": key, "value": key, "conv": conv}
    table: dict[tuple[str, int, str], Callable[[], Layer]] = {
        ("kernel", 0, "exact"): lambda: SoftmaxAttention(dim, **sizes),
        ("kernel", 1, "exact"): lambda: LocalLinearAttention(dim, **sizes),
        ("equal", 1, "step"): lambda: MatrixMemory(dim, **sizes),
        ("decayed", 1, "step"): lambda: MatrixMemory(dim, decay="scalar", **sizes),
        ("equal", 1, "online"): lambda: MatrixMemory(dim, delta=True, **sizes),
        ("decayed", 1, "online"): lambda: MatrixMemory(dim, delta=True, decay="scalar", **sizes),
        ("equal", 1, "exact"): lambda: Mesa(dim, decay=False, **sizes),
        ("decayed", 1, "exact"): lambda: Mesa(dim, **sizes),
    }
    if (weights, degree, solver) not in table:
        cells = "; ".join(f"{w}, {d}, {s}" for w, d, s in table)
        raise InvalidInput(f"no memory has weights={weights!r}, degree={degree}, solver={solver!r}; there are: {cells}")
    return table[weights, degree, solver]()
