"""The layer contract: what every neural memory is, how it is named, streamed, saved and checked.

A layer is `(x: [B, T, D], state) -> (y: [B, T, D], state)`.
The state is a plain (possibly nested) dict of tensors, each with the batch first, so rows can be picked,
states can be saved, and `layer(x[:, :t])` followed by `layer(x[:, t:], state)` equals `layer(x)`.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from remanence.errors import BadKnob, InvalidInput

State = dict[str, Any]
"""A dict of tensors or of further such dicts; every tensor has the batch first."""


@dataclass(frozen=True)
class Card:
    """What a layer is: its paper, its choice on each of the eight axes, and how far it follows the paper."""

    name: str
    builder: str
    """The Python name, as in `remanence.neural.Titans`."""
    paper: str
    ledger: str
    """Row of the ledger, such as S010; empty for the common baselines."""
    architecture: str
    bias: str
    """The inner objective ("attentional bias"): dot, l2, lp, huber, kernel order 0 or 1, least squares."""
    retention: str
    learner: str
    schedule: str
    routing: str
    growth: str
    fusion: str
    faithful: str
    """`faithful`, `approximate` or `mechanism` (the idea runs, the score is not reproduced)."""
    notes: str
    streams: bool
    """Whether step by step equals all at once and no output looks ahead; if not, the notes say why."""


class Layer(nn.Module, ABC):
    """A sequence memory that reads `x: [B, T, dim]` and answers `y: [B, T, dim]` and its new state.

    A layer defines `init_state` and `mix`; everything else follows.
    """

    card: Card
    extra_loss: Tensor | None = None
    """What the last forward pass asks to be added to a training loss (router balance); usually nothing."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        if dim < 1:
            raise InvalidInput(f"dim must be at least 1, got {dim}")
        self.dim = dim

    @abstractmethod
    def init_state(self, batch: int) -> State:
        """Build the state before the first token, for `batch` sequences."""

    @abstractmethod
    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read `x: [B, T >= 1, dim]` from `state`, shapes already checked; never writes into `state`."""

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read a stretch of tokens `x: [B, T, dim]`, T may be 0; gives `y: [B, T, dim]`, new state."""
        if x.dim() != 3 or x.shape[-1] != self.dim or not x.is_floating_point():
            raise InvalidInput(
                f"{self._name()} reads floating point x of shape [batch, time, {self.dim}], "
                f"got {_shape(x)} of {x.dtype}" + _hint(x, self.dim)
            )
        if state is None:
            state = self.init_state(x.shape[0])
        else:
            self._check_state(state, x.shape[0])
        if x.shape[1] == 0:
            return x.new_zeros(x.shape), state
        return self.mix(x, state)

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

    def _name(self) -> str:
        card: Card | None = getattr(self, "card", None)
        return f"{card.builder if card else type(self).__name__}(dim={self.dim})"

    def _check_state(self, state: State, batch: int) -> None:
        want, have = _flatten(self.init_state(1)), _flatten(state)
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


Build = Callable[..., Layer]
B = TypeVar("B", bound=Build)
_BUILDERS: dict[str, tuple[Build, Card]] = {}
_scanned = False


def layer(
    name: str,
    *,
    paper: str,
    ledger: str = "",
    architecture: str,
    bias: str,
    retention: str = "none",
    learner: str = "one gradient step",
    schedule: str = "token",
    routing: str = "none",
    growth: str = "fixed",
    fusion: str = "none",
    faithful: str = "faithful",
    notes: str = "",
    streams: bool = True,
) -> Callable[[B], B]:
    """Register a layer class, or a function `(dim, **knobs) -> Layer`, under `name` with its card."""
    if faithful not in ("faithful", "approximate", "mechanism"):
        raise InvalidInput(f"faithful is one of faithful, approximate, mechanism; got {faithful!r}")

    def register(found: B) -> B:
        """Give the class its card, or wrap the function so that what it builds has it."""
        card = Card(
            name, found.__name__, paper, ledger, architecture, bias, retention, learner, schedule, routing,
            growth, fusion, faithful, notes, streams,
        )  # fmt: skip
        if name in _BUILDERS and _BUILDERS[name][1].builder != card.builder:
            raise InvalidInput(f"two layers called {name!r}: {_BUILDERS[name][1].builder}, {card.builder}")
        if isinstance(found, type) and issubclass(found, Layer):
            found.card = card
            _BUILDERS[name] = (found, card)
            return found

        @functools.wraps(found)
        def carded(*sizes: Any, **knobs: Any) -> Layer:
            made = cast(Layer, found(*sizes, **knobs))
            made.card = card
            return made

        _BUILDERS[name] = (carded, card)
        return cast(B, carded)

    return register


def names() -> list[str]:
    """List the names of all layers, sorted."""
    _scan()
    return sorted(_BUILDERS)


def cards() -> dict[str, Card]:
    """Give every layer's card by name, sorted."""
    _scan()
    return {name: _BUILDERS[name][1] for name in sorted(_BUILDERS)}


def builder(name: str) -> Build:
    """Give the class or function behind `name`."""
    _scan()
    if name not in _BUILDERS:
        near = difflib.get_close_matches(name, list(_BUILDERS), n=3, cutoff=0.5)
        raise InvalidInput(f"no layer {name!r}; near: {', '.join(near) or 'nothing'}; see neural.names()")
    return _BUILDERS[name][0]


def make(name: str, dim: int, **knobs: Any) -> Layer:
    """Build the layer called `name` for tokens of `dim` floats; `knobs` are the arguments of its class."""
    built = builder(name)
    has = inspect.signature(built).parameters
    for knob in knobs:
        if knob not in has:
            knobs_there = ", ".join(k for k in has if k != "dim")
            raise BadKnob(f"layer {name!r} has no knob {knob!r}; it has: {knobs_there}")
    return built(dim, **knobs)


def build(attribute: str) -> Build:
    """Find a layer's class by its Python name, such as `Titans`; AttributeError when there is none."""
    _scan()
    for found, card in _BUILDERS.values():
        if card.builder == attribute:
            return found
    raise AttributeError(f"remanence.neural has no {attribute!r}; see remanence.neural.names()")


def _scan() -> None:
    """Import every file of the layers folder once, so that each registers itself."""
    global _scanned
    if not _scanned:
        _scanned = True
        folder = importlib.import_module("remanence.neural.layers")
        for found in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"remanence.neural.layers.{found.name}")


def state_floats(state: State) -> int:
    """Count the floating point numbers in a state (positions and counters are not counted)."""
    return sum(t.numel() for t in _flatten(state).values() if t.is_floating_point())


def detach_state(state: State) -> State:
    """Cut a state off the gradient graph, for training over pieces of a long stream."""
    return {k: detach_state(v) if isinstance(v, dict) else v.detach() for k, v in state.items()}


def save_state(state: State, path: str | PathLike[str]) -> None:
    """Write a state to a safetensors file."""
    from safetensors.torch import save_file

    save_file({key: t.detach().contiguous().clone() for key, t in _flatten(state).items()}, path)


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


def _flatten(state: State, prefix: str = "") -> dict[str, Tensor]:
    flat: dict[str, Tensor] = {}
    for key, value in state.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}/")
        else:
            flat[prefix + key] = value
    return flat


def _shape(x: Tensor) -> str:
    return str(list(x.shape))


def _hint(x: Tensor, dim: int) -> str:
    if x.dim() == 2 and x.shape[-1] == dim:
        return "; for one token use step(x, state), for one sequence use x[None]"
    return "" if x.is_floating_point() else "; embed token ids first"
