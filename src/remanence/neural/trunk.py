"""The trunk: a small sequence model with a slot for any memory layer.

Tokens or feature vectors in, logits out; blocks are `x + mixer(norm(x))` and, if wanted, `x + mlp(norm(x))`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.blocks import Norm
from remanence.neural.layer import Layer, State, make

Mixer = str | Callable[..., Layer]


class Block(nn.Module):
    """One memory layer and one feed-forward network, each behind a norm and beside a residual."""

    def __init__(self, mixer: Layer, d_model: int, mlp: int) -> None:
        super().__init__()
        self.mixer, self.mixer_norm = mixer, Norm(d_model)
        self.mlp: nn.Module | None = None
        if mlp:
            self.mlp_norm = Norm(d_model)
            self.mlp = nn.Sequential(nn.Linear(d_model, mlp * d_model), nn.GELU(), nn.Linear(mlp * d_model, d_model))

    def forward(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """x: [B, T, d_model] -> the same shape, state."""
        y, state = self.mixer(self.mixer_norm(x), state)
        x = x + y
        return (x if self.mlp is None else x + self.mlp(self.mlp_norm(x))), state


class Model(nn.Module):
    """`layers` blocks around `mixer`: a layer's name, a function `(dim) -> Layer`, or one of these per block.

    vocab: reads token ids [B, T]; features: reads vectors [B, T, features] instead.
    classes: width of the logits (vocab by default), or [classes, e] fixed vectors (codes) that the answer is
    compared with, instead of a learned output matrix. mlp: expansion of the feed-forward network, 0 for none.
    knobs: given to every mixer that is named.
    """

    def __init__(
        self,
        mixer: Mixer | Sequence[Mixer] = "delta_net",
        d_model: int = 64,
        layers: int = 2,
        *,
        vocab: int | None = None,
        features: int | None = None,
        classes: int | Tensor | None = None,
        mlp: int = 2,
        **knobs: Any,
    ) -> None:
        super().__init__()
        if (vocab is None) == (features is None):
            raise InvalidInput("give vocab= for token ids or features= for vectors, one of the two")
        mixers = [mixer] * layers if isinstance(mixer, str) or callable(mixer) else list(mixer)
        if len(mixers) != layers:
            raise InvalidInput(f"{len(mixers)} mixers were given for layers={layers}")
        self.embed = nn.Embedding(vocab, d_model) if vocab is not None else None
        self.project = nn.Linear(features, d_model, bias=False) if features is not None else None
        made = (make(m, d_model, **knobs) if isinstance(m, str) else m(d_model, **knobs) for m in mixers)
        self.blocks = nn.ModuleList(Block(m, d_model, mlp) for m in made)
        self.norm = Norm(d_model)
        codes = classes if isinstance(classes, Tensor) else None
        width = classes.shape[1] if isinstance(classes, Tensor) else classes or vocab
        if width is None:
            raise InvalidInput("give classes=, the number of answers, or their vectors")
        self.head = nn.Linear(d_model, width, bias=False)
        self.register_buffer("codes", codes, persistent=False)
        self.sharpness = nn.Parameter(torch.tensor(1.0))
        if self.embed is not None:
            nn.init.normal_(self.embed.weight, std=0.5)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """x: ids [B, T] or vectors [B, T, features] -> logits [B, T, classes] and the state of all blocks."""
        if self.embed is not None:
            if x.dim() != 2 or x.is_floating_point():
                raise InvalidInput(f"this model reads token ids [batch, time], got {list(x.shape)} of {x.dtype}")
            x = self.embed(x)
        elif self.project is not None:
            x = self.project(x)
        new: State = {}
        for n, block in enumerate(self.blocks):
            x, new[str(n)] = block(x, None if state is None else state[str(n)])
        y = self.head(self.norm(x))
        codes = self._buffers["codes"]
        return (y if codes is None else self.sharpness.exp() * y @ codes.T), new

    def mixers(self) -> list[Layer]:
        """The memory layers, first to last."""
        return [block.mixer for block in self.blocks if isinstance(block, Block)]

    def extra_loss(self) -> Tensor | None:
        """What the mixers asked to be added to the loss in the last pass (router balance), or None."""
        asked = [m.extra_loss for m in self.mixers() if m.extra_loss is not None]
        return torch.stack(asked).sum() if asked else None

    def state_size(self, length: int) -> int:
        """Floats that all layers keep for one sequence after `length` tokens."""
        return sum(m.state_size(length) for m in self.mixers())
