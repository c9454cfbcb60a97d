"""The layer contract: what every neural memory is, how it is named, streamed, saved and checked.

A layer is `(x: [B, T, D], state) -> (y: [B, T, D], state)`.
The state is a plain (possibly nested) dict of tensors, each with the batch first, so rows can be picked,
states can be saved, and `layer(x[:, :t])` followed by `layer(x[:, t:], state)` equals `layer(x)`.

A layer's knobs are the annotated fields of its class, its defaults the published ones.  A preset is a subclass
that gives fields other defaults: `class Moneta(Miras, loss="lp", link="lq")`.
"""

from __future__ import annotations

import functools
import itertools
import math
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, TypeVar, dataclass_transform

import torch
from torch import Tensor, nn

from remanence.errors import BadKnob, InvalidInput
from remanence.registry import Registry, check_knobs

State = dict[str, Any]
"""A dict of tensors or of further such dicts; every tensor has the batch first."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a layer is: its paper, its choice on each of the eight axes, and how far it follows the paper."""

    name: str
    builder: str
    """The Python name, as in `remanence.neural.Titans`."""
    paper: str
    ledger: str = ""
    """Row of the ledger, such as S010; empty for the common baselines."""
    architecture: str
    bias: str
    """The inner objective ("attentional bias"): dot, l2, lp, huber, kernel order 0 or 1, least squares."""
    retention: str = "none"
    learner: str = "one gradient step"
    schedule: str = "token"
    routing: str = "none"
    growth: str = "fixed"
    fusion: str = "none"
    faithful: str = "faithful"
    """`faithful`, `approximate` or `mechanism` (the idea runs, the score is not reproduced)."""
    notes: str = ""
    streams: bool = True
    """Whether step by step equals all at once and no output looks ahead; if not, the notes say why."""

    def __post_init__(self) -> None:
        if self.faithful not in ("faithful", "approximate", "mechanism"):
            raise InvalidInput(f"faithful is one of faithful, approximate, mechanism; got {self.faithful!r}")


OTHER_NAMES = {
    "hidden_size": "dim",
    "d_model": "dim",
    "num_heads": "heads",
    "head_dim": "key",
    "head_k_dim": "key",
    "head_v_dim": "value",
    "conv_size": "conv",
    "allow_neg_eigval": "negative",
    "use_gate": "output_gate",
    "window_size": "window",
    "chunk_size": "chunk",
    "num_memories": "memories",
    "topk": "picks",
    "num_householder": "householders",
}
"""Field names of flash-linear-attention, accepted wherever the layer has the knob that they stand for."""
EXPLAINED = {
    "expand_k": "give key=, the floats per head",
    "expand_v": "give value=, the floats per head",
    "use_short_conv": "give conv=4, or conv=0 for none",
    "num_kv_heads": "every head has keys and values of its own here",
    "mode": "the fast form is chosen by itself; the naive loops are in remanence.neural.kernels",
    "layer_idx": "the state is passed from call to call, so a layer needs no number",
    "norm_eps": "it is 1e-6",
}
"""Names of other libraries that have no counterpart, and what to do instead."""
MAY_BE_ZERO = frozenset({"conv", "persistent", "orthogonal", "eidetic", "sensory", "sink", "degree"})
"""Whole-number knobs for which 0 means "none"; all others are at least 1."""


def _open(cls: type) -> None:
    """Turn the annotated fields of a layer class into keyword arguments of its constructor."""
    if "__init__" in cls.__dict__:
        return
    dataclass(eq=False, repr=False)(cls)
    made = cls.__dict__["__init__"]

    @functools.wraps(made)
    def init(self: nn.Module, *dim: int, **knobs: Any) -> None:
        nn.Module.__init__(self)
        if len(dim) > 1:
            raise TypeError(f"{cls.__name__} takes one positional argument, dim; name the knobs")
        made(self, *dim, **_named(cls, knobs))

    cls.__init__ = init  # type: ignore[misc]


@dataclass_transform(eq_default=False)
class Knobs(nn.Module, ABC):
    """A module whose annotated fields are the arguments of its constructor."""

    def __init_subclass__(cls, **preset: Any) -> None:
        """Make the annotated fields knobs of the constructor; class keywords are new defaults of known knobs."""
        super().__init_subclass__()
        known = getattr(cls, "__dataclass_fields__", {})
        for knob, value in preset.items():
            if knob not in known:
                raise TypeError(f"{cls.__name__}: {knob!r} is no knob of {cls.__mro__[1].__name__}")
            cls.__annotations__[knob] = known[knob].type
            setattr(cls, knob, value)
        _open(cls)


class Layer(Knobs):
    """A sequence memory that reads `x: [B, T, dim]` and answers `y: [B, T, dim]` and its new state.

    A layer has its knobs as annotated fields and defines `build` (its parts), `init_state` and `mix`.
    `extra_loss` is what the last pass asks to be added to a training loss (router balance); usually None.
    """

    card: ClassVar[Card]
    dim: int

    def __post_init__(self) -> None:
        self.extra_loss: Tensor | None = None
        for knob in fields(self):
            _check_size(type(self).__name__, knob.name, getattr(self, knob.name))
        self.build()

    def build(self) -> None:
        """Make the parts (networks, parameters) from the knobs; a layer without any needs none."""

    def start_alike(self) -> None:
        """Let keys begin as queries do; for layers that make theirs without `blocks.Projections`."""

    @abstractmethod
    def init_state(self, batch: int) -> State:
        """Build the state before the first token, for `batch` sequences."""

    @abstractmethod
    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read `x: [B, T >= 1, dim]` from `state`, shapes already checked; never writes into `state`."""

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read a stretch of tokens `x: [B, T, dim]`, T may be 0; gives `y: [B, T, dim]`, new state.

        Rows of a state may stand at different places of their streams (rows picked from several states).
        """
        if x.dim() != 3 or x.shape[-1] != self.dim or not x.is_floating_point():
            raise InvalidInput(
                f"{self._name()} reads floating point x of shape [batch, time, {self.dim}], "
                f"got {_shape(x)} of {x.dtype}" + _hint(x, self.dim)
            )
        if state is None:
            state = self.init_state(x.shape[0])
        else:
            self._check_state(state, x.shape[0])
        if x.numel() == 0:
            return x.new_zeros(x.shape), state
        groups = _by_place(state)
        return self.mix(x, state) if groups is None else self._ragged(x, state, groups)

    def step(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read one token `x: [B, dim]`; returns `y: [B, dim]` and the new state."""
        if x.dim() != 2 or x.shape[-1] != self.dim:
            raise InvalidInput(
                f"{self._name()}.step reads one token a sequence, shape [batch, {self.dim}], got {_shape(x)}"
            )
        y, state = self(x[:, None], state)
        return y[:, 0], state

    def state_size(self, length: int = 0) -> int:
        """Count the floats kept for one sequence after `length` tokens; constant unless the memory grows."""
        return state_floats(self.init_state(1))

    def zeros(self, batch: int, *shape: int) -> Tensor:
        """Make zeros of shape `[batch, *shape]` where the layer lives, in at least 32 bits."""
        at = next(iter(self.parameters()), torch.empty(0))
        dtype = at.dtype if at.dtype in (torch.float32, torch.float64) else torch.float32
        return torch.zeros(batch, *shape, dtype=dtype, device=at.device)

    def clock(self, batch: int) -> Tensor:
        """Place 0 for every sequence: [batch] whole numbers; keep it in the state as "place"."""
        at = next(iter(self.parameters()), torch.empty(0))
        return torch.zeros(batch, dtype=torch.long, device=at.device)

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the last pass's extra loss, which hangs on a graph that cannot be copied."""
        return {**super().__getstate__(), "extra_loss": None}  # type: ignore[no-untyped-call]

    def _ragged(self, x: Tensor, state: State, groups: list[Tensor]) -> tuple[Tensor, State]:
        """Read the rows that stand at one place together, place after place."""
        order = torch.cat(groups).argsort()
        parts = [self.mix(x[rows], take_rows(state, rows)) for rows in groups]
        return torch.cat([y for y, _ in parts])[order], take_rows(_joined([s for _, s in parts]), order)

    def _name(self) -> str:
        return f"{type(self).__name__}(dim={self.dim})"

    def _check_state(self, state: State, batch: int) -> None:
        want, have = flat(self.init_state(1)), flat(state)
        if want.keys() != have.keys():
            raise InvalidInput(
                f"this state does not belong to {self._name()}: it has {sorted(have)}, the layer keeps {sorted(want)}"
            )
        for key, tensor in have.items():
            if tensor.shape[:1] != (batch,):
                raise InvalidInput(
                    f"{self._name()}: x has batch {batch} but state[{key!r}] has shape {_shape(tensor)}; "
                    f"give a state for {batch} sequences, or none to start afresh"
                )
            if tensor.dim() != want[key].dim():
                raise InvalidInput(
                    f"{self._name()}: state[{key!r}] has shape {_shape(tensor)}, expected {_shape(want[key])}"
                )


def _named(cls: type, knobs: dict[str, Any]) -> dict[str, Any]:
    """The knobs under the names that the class has for them; BadKnob for what it does not have."""
    known = cls.__dataclass_fields__  # type: ignore[attr-defined]
    mine: dict[str, Any] = {}
    for knob, value in knobs.items():
        name = knob if knob in known else OTHER_NAMES.get(knob, knob)
        if name not in known and knob in EXPLAINED:
            raise BadKnob(f"layer {cls.__name__!r} has no knob {knob!r}: {EXPLAINED[knob]}")
        mine[name] = value
    check_knobs(f"layer {cls.__name__!r}", cls, mine)
    return mine


def _check_size(layer: str, knob: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    least = 0 if knob in MAY_BE_ZERO else 1
    if isinstance(value, int) and value < least:
        raise InvalidInput(f"{layer}: {knob} must be at least {least}, got {value}")
    if math.isnan(value):
        raise InvalidInput(f"{layer}: {knob} must be a number, got {value}")


L = TypeVar("L", bound=type[Layer])
LAYERS: Registry[type[Layer]] = Registry("layer", folders=("remanence.neural.layers",))
"""Every layer by name."""


@functools.cache
def _told() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("cards.toml").read_text("utf-8"))


def layer(name: str, **facts: Any) -> Callable[[L], L]:
    """Register a layer class under `name`; `facts` are the fields of its `Card` (paper, architecture, bias, ...).

    Without facts they are those that stand under `name` in `cards.toml`, where this room's layers are side by side.
    """

    told = facts or _told().get(name)
    if not told:
        raise InvalidInput(f"layer {name!r} has no card: give paper=, architecture=, bias=, or a table in cards.toml")

    def register(found: L) -> L:
        found.card = Card(name=name, builder=found.__name__, **told)
        LAYERS.add(name, found)
        return found

    return register


def names() -> list[str]:
    """List the names of all layers, sorted."""
    return LAYERS.names()


def cards() -> dict[str, Card]:
    """Give every layer's card by name, sorted."""
    return {name: found.card for name, found in LAYERS.items()}


def find(name: str) -> type[Layer]:
    """Give the class behind `name`; InvalidInput with near names where there is none."""
    return LAYERS.get(name)


def knobs_of(found: type[Layer]) -> dict[str, Any]:
    """The knobs of a layer class with their defaults, `dim` left out."""
    return {f.name: f.default for f in fields(found) if f.default is not MISSING}


def make(name: str, dim: int, **knobs: Any) -> Layer:
    """Build the layer called `name` for tokens of `dim` floats; `knobs` are the fields of its class."""
    return find(name)(dim, **knobs)


def fitted(name: str, dim: int, **knobs: Any) -> Layer:
    """Build the layer called `name` with those of the `knobs` that it has: for layers round any other layer."""
    found = find(name)
    has = knobs_of(found)
    return found(dim, **{knob: value for knob, value in knobs.items() if knob in has})


def by_class_name(attribute: str) -> type[Layer]:
    """Find a layer's class by its Python name, such as `Titans`; AttributeError when there is none."""
    for _, found in LAYERS.items():
        if found.__name__ == attribute:
            return found
    raise AttributeError(f"remanence.neural has no {attribute!r}; see remanence.neural.names()")


def packed(layer: Layer, x: Tensor, cu_seqlens: Tensor) -> tuple[Tensor, list[State]]:
    """Read sequences that lie one behind the other, x: [total, dim]: y of the same shape, each sequence's state.

    cu_seqlens: [sequences + 1] where each begins, from 0 to the total, as in flash-attention. Sequences of one length
    are read side by side; none sees another, and no padding is read.
    """
    ends = cu_seqlens.tolist()
    if x.dim() != 2 or not ends or ends[0] != 0 or ends[-1] != x.shape[0] or ends != sorted(ends):
        raise InvalidInput(
            f"packed reads x [total, dim] and rising cu_seqlens from 0 to total, got {_shape(x)}, {ends}"
        )
    spans = [slice(a, b) for a, b in itertools.pairwise(ends)]
    by_length: dict[int, list[int]] = {}
    for n, span in enumerate(spans):
        by_length.setdefault(span.stop - span.start, []).append(n)
    parts: dict[int, tuple[Tensor, State]] = {}
    for members in by_length.values():
        y, state = layer(torch.stack([x[spans[n]] for n in members]))
        for row, n in enumerate(members):
            parts[n] = y[row], take_rows(state, torch.tensor([row], device=x.device))
    states = [parts[n][1] for n in range(len(spans))]
    return torch.cat([parts[n][0] for n in range(len(spans))]) if spans else x, states


def take_rows(state: State, rows: Tensor) -> State:
    """The state of some of the sequences, or of the same in another order: rows [n] of the batch."""
    return {k: take_rows(v, rows) if isinstance(v, dict) else v[rows] for k, v in state.items()}


def _by_place(state: State) -> list[Tensor] | None:
    """Rows grouped by where they stand, None where all stand at one place (the usual case)."""
    clocks = [t for key, t in flat(state).items() if t.dim() == 1 and key.split("/")[-1] == "place"]
    if all(bool((clock == clock[0]).all()) for clock in clocks if clock.numel()):
        return None
    _, group = torch.unique(torch.stack(clocks, 1), dim=0, return_inverse=True)
    return [(group == n).nonzero()[:, 0] for n in range(int(group.max()) + 1)]


def _joined(states: list[State]) -> State:
    """States of several sequences as one; InvalidInput where one has grown more than another."""
    joined: State = {}
    for key, first in states[0].items():
        if isinstance(first, dict):
            joined[key] = _joined([state[key] for state in states])
            continue
        parts = [state[key] for state in states]
        if any(part.shape[1:] != first.shape[1:] for part in parts):
            raise InvalidInput(
                f"the rows of this state stand at different places, and state[{key!r}] grows differently from "
                "there: read these rows in calls of their own (neural.take_rows picks them)"
            )
        joined[key] = torch.cat([part.to(first.dtype) for part in parts])
    return joined


def state_floats(state: State) -> int:
    """Count the floating point numbers in a state (positions and counters are not counted)."""
    return sum(t.numel() for t in flat(state).values() if t.is_floating_point())


def detach_state(state: State) -> State:
    """Cut a state off the gradient graph, for training over pieces of a long stream."""
    return {k: detach_state(v) if isinstance(v, dict) else v.detach() for k, v in state.items()}


def save_state(state: State, path: str | PathLike[str]) -> None:
    """Write a state to a safetensors file."""
    from safetensors.torch import save_file

    save_file({key: t.detach().contiguous().clone() for key, t in flat(state).items()}, path)


def load_state(path: str | PathLike[str], device: str = "cpu") -> State:
    """Read a state that `save_state` wrote, to the bit."""
    from safetensors.torch import load_file

    state: State = {}
    for key, tensor in load_file(path, device=device).items():
        *folders, leaf = key.split("/")
        place = state
        for folder in folders:
            place = place.setdefault(folder, {})
        place[leaf] = tensor
    return state


def flat(state: State, prefix: str = "") -> dict[str, Tensor]:
    """The tensors of a state under their paths, such as `memory/weights/w0`."""
    found: dict[str, Tensor] = {}
    for key, value in state.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}/")
        else:
            found[prefix + key] = value
    return found


def _shape(x: Tensor) -> str:
    return str(list(x.shape))


def _hint(x: Tensor, dim: int) -> str:
    if x.dim() == 2 and x.shape[-1] == dim:
        return "; for one token use step(x, state), for one sequence use x[None]"
    return "" if x.is_floating_point() else "; embed token ids first"
