"""A language model that memories attach to: one protocol, and a Llama in plain torch with hooks at every place."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import ClassVar, Protocol, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput

Place = tuple[int, str]
"""(layer, place): layer 0 is the first; `(0, "embed")` is the input of the first layer."""

PLACES = ("embed", "attn_in", "scores", "heads", "attn_out", "ffn_in", "ffn_mid", "ffn_out", "resid", "final")
"""Where a hook may stand. `scores` [B, H, T, S] are masked and go into the softmax, `heads` is [B, T, H, D] before
the output projection, `ffn_mid` the input of the
down projection, `resid` the stream after a layer, `(layers - 1, "final")` the normed input of the output matrix;
all others are [B, T, W]."""

ATTENTION = "attention"
"""A place that can be watched but not hooked: probabilities [B, H, T, S]."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a Llama: `width` of the stream, `hidden` of the feed-forward part, `context` in tokens."""

    vocab: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    hidden: int
    rope_base: float = 10_000.0
    eps: float = 1e-5
    context: int = 2048
    head_dim: int = 0

    def __post_init__(self) -> None:
        if not self.head_dim:
            object.__setattr__(self, "head_dim", self.width // self.heads)
        if self.heads % self.kv_heads or self.head_dim % 2:
            raise InvalidInput("heads must be a multiple of kv_heads, and head_dim even")


@dataclass(frozen=True, slots=True)
class KV:
    """Keys (rotated) and values, one [B, Hkv, S, D] per layer; `end` is the position of the next token.

    Never changed in place: a model returns a new one, so a stored memory stays what it was.
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    end: int

    def __len__(self) -> int:
        return int(self.keys[0].shape[2])

    @property
    def bytes(self) -> int:
        return sum(t.numel() * t.element_size() for t in (*self.keys, *self.values))

    def pick(self, index: Tensor) -> KV:
        """The tokens at `index`: [n] for all layers alike, or [L, Hkv, n] for each layer and head."""

        def take(t: Tensor, layer: int) -> Tensor:
            if index.ndim == 1:
                return t.index_select(2, index)
            return t.gather(2, index[layer][None, :, :, None].expand(len(t), -1, -1, t.shape[3]))

        return KV(
            tuple(take(k, layer) for layer, k in enumerate(self.keys)),
            tuple(take(v, layer) for layer, v in enumerate(self.values)),
            self.end,
        )

    def expand(self, batch: int) -> KV:
        """The same memory in front of each of `batch` sequences (a view: no copy)."""
        wide = lambda t: t.expand(batch, -1, -1, -1)  # noqa: E731
        return KV(tuple(map(wide, self.keys)), tuple(map(wide, self.values)), self.end)


def cat(first: KV, *others: KV) -> KV:
    """Several memories side by side along the tokens; positions are the caller's business."""
    every = (first, *others)
    layers = range(len(first.keys))
    return KV(
        tuple(torch.cat([kv.keys[i] for kv in every], 2) for i in layers),
        tuple(torch.cat([kv.values[i] for kv in every], 2) for i in layers),
        max(kv.end for kv in every),
    )


@dataclass(slots=True)
class Seen:
    """What a hook may look at: the ids (None for embeddings), positions, the queries of this layer, the kv before."""

    ids: Tensor | None
    positions: Tensor
    layer: int = 0
    q: Tensor | None = None  # [B, H, T, D], rotated


Hook = Callable[[Tensor, Seen], Tensor]


@dataclass(frozen=True, slots=True)
class Out:
    """logits [B, T, V] (or of the last `keep` tokens), the kv after, and what was watched."""

    logits: Tensor
    kv: KV
    seen: dict[Place, Tensor]


@dataclass(slots=True)
class Handle:
    """An attachment; `detach()` takes it off, and the model computes bit for bit what it did before."""

    hooks: dict[Place, list[Hook]]
    place: Place
    hook: Hook

    def detach(self) -> None:
        """Take the hook off; a second call does nothing."""
        standing = self.hooks.get(self.place, [])
        if self.hook in standing:
            standing.remove(self.hook)
        if not standing:
            self.hooks.pop(self.place, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.detach()


@dataclass(slots=True)
class Run:
    """What one pass carries along: what hooks may see, the hooks, what is watched and what was found of it."""

    seen: Seen
    hooks: dict[Place, list[Hook]]
    watch: set[Place]
    found: dict[Place, Tensor] = field(default_factory=dict)
    depth: int = 0

    def at(self, place: Place, x: Tensor) -> Tensor:
        for hook in self.hooks.get(place, ()):
            x = hook(x, self.seen)
        self.keep(place, x)
        return x

    def keep(self, place: Place, x: Tensor) -> None:
        if place in self.watch:
            self.found[place] = x


Pass = tuple[Tensor, Iterable[Tensor], Iterable[Tensor]]
"""Logits [B, T, V], keys and values [B, Hkv, S + T, D] of each layer."""


class Model(ABC):
    """What every memory of this room asks of a language model; a kind of model says how one pass runs."""

    shape: Shape
    hooks: dict[Place, list[Hook]]
    places: ClassVar[tuple[str, ...]] = PLACES
    """Where hooks can stand in this kind of model."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Sixteen hex digits of the weights (sampled) and sizes: what a stored key-value block must match."""

    @abstractmethod
    def encode(self, text: str) -> list[int]:
        """Ids of a text, without special tokens; needs a tokenizer."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids; needs a tokenizer."""

    @abstractmethod
    def embeddings(self) -> Tensor:
        """The input matrix [V, W]."""

    @abstractmethod
    def readout(self) -> Tensor:
        """The output matrix [V, W]: logits of the states at `(layers - 1, "final")`."""

    @abstractmethod
    def _pass(self, ids: Tensor, kv: KV | None, mask: Tensor | None, keep: int, run: Run) -> Pass:
        """Logits, and the keys and values of each layer, those of `kv` included."""

    def attach(self, place: Place, hook: Hook) -> Handle:
        """Run `hook` at `place` in every later pass; the handle takes it off again."""
        layer, name = place
        if name not in self.places or not 0 <= layer < self.shape.layers:
            last, places = self.shape.layers - 1, ", ".join(self.places)
            raise InvalidInput(f"no place {place}: layers 0 to {last}, places {places}")
        self.hooks.setdefault(place, []).append(hook)
        return Handle(self.hooks, place, hook)

    def forward(
        self,
        ids: Tensor,
        kv: KV | None = None,
        positions: Tensor | None = None,
        mask: Tensor | None = None,
        watch: Iterable[Place] = (),
        keep: int = 0,
        depth: int = 0,
    ) -> Out:
        """One pass over ids [B, T] (or embeddings [B, T, W]) after the tokens of `kv`.

        `positions` [T] go on from `kv.end` when left out. `mask` [T, S + T] or [B, 1, T, S + T] is True where a
        token may look, on top of causality. `watch` names places whose values come back in `seen`.
        `keep` computes logits of the last so many tokens only (0: all). `kv` is never changed.
        `depth` runs so many layers only (0: all), for their keys and values; a foreign model runs them all.
        """
        start = 0 if kv is None else kv.end
        count = ids.shape[1]
        where = torch.arange(start, start + count) if positions is None else positions
        run = Run(Seen(None if ids.is_floating_point() else ids, where), self.hooks, set(watch), depth=depth)
        logits, keys, values = self._pass(ids, kv, mask, keep, run)
        end = max(start, int(where.max()) + 1) if count else start
        return Out(logits.float(), KV(tuple(keys), tuple(values), end), run.found)


class Tokens(Protocol):
    """A tokenizer: text to ids and back."""

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """x / rms(x) * weight, the mean in float32."""
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps)).to(x.dtype) * weight


def rotation(positions: Tensor, dim: int, base: float) -> tuple[Tensor, Tensor]:
    """cos and sin [T, dim / 2] of rotary positions (Su et al. 2021), in float64 where positions are large."""
    rate = base ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angle = positions.double()[..., None] * rate
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the pairs (i, i + D/2) of x [..., T, D] by their angles."""
    half = x.shape[-1] // 2
    a, b = x[..., :half].float(), x[..., half:].float()
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


class Layer(nn.Module):
    """The weights of one block, all without bias: attention with grouped keys, then a gated feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        wide, narrow = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim

        def matrix(rows: int, columns: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(rows, columns))

        self.norm1, self.norm2 = nn.Parameter(torch.ones(shape.width)), nn.Parameter(torch.ones(shape.width))
        self.q, self.k, self.v = matrix(wide, shape.width), matrix(narrow, shape.width), matrix(narrow, shape.width)
        self.o = matrix(shape.width, wide)
        self.gate, self.up = matrix(shape.hidden, shape.width), matrix(shape.hidden, shape.width)
        self.down = matrix(shape.width, shape.hidden)


_Sight = tuple[tuple[Tensor, Tensor], Tensor]
"""cos and sin of the positions, and where each token may look."""


class Llama(Model, nn.Module):
    """A Llama (pre-norm, rotary positions, grouped queries, SwiGLU) that memories attach to.

    `hooks[(layer, place)]` holds functions (x, seen) -> x that run in order; without any the computation is
    the plain one, so taking a memory off gives back bit-identical outputs.
    """

    def __init__(self, shape: Shape, tokens: Tokens | None = None, *, tied: bool = True, seed: int | None = 0) -> None:
        """Random weights from `seed` (None leaves them unset for a loader to fill)."""
        super().__init__()
        self.shape = shape
        self.tokens = tokens
        self.hooks = {}
        self.embed = nn.Parameter(torch.empty(shape.vocab, shape.width))
        self.blocks = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.width))
        self.output = None if tied else nn.Parameter(torch.empty(shape.vocab, shape.width))
        self._print: str | None = None
        if seed is not None:
            self._fill(seed)

    def _fill(self, seed: int) -> None:
        chance = torch.Generator().manual_seed(seed)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                spread = 0.02 if name in ("embed", "output") else weight.shape[1] ** -0.5
                if name.endswith((".o", ".down")):
                    spread /= (2 * self.shape.layers) ** 0.5
                with torch.no_grad():
                    weight.normal_(0.0, spread, generator=chance)

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits of the weights (sampled) and sizes: what a stored key-value block must match."""
        if self._print is None:
            sums = blake2b(repr((self.shape, self.embed.dtype)).encode(), digest_size=8)
            for weight in self.parameters():
                sample = weight.detach().reshape(-1)[:: max(1, weight.numel() // 256)]
                sums.update(sample.float().contiguous().numpy().tobytes())
            self._print = sums.hexdigest()
        return self._print

    def retouched(self) -> None:
        """Say that weights were changed, so that the fingerprint is taken again."""
        self._print = None

    def encode(self, text: str) -> list[int]:
        """Ids of a text; needs a tokenizer."""
        return self._tokens().encode(text)

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids; needs a tokenizer."""
        return self._tokens().decode(ids)

    def _tokens(self) -> Tokens:
        if self.tokens is None:
            raise InvalidInput("this model has no tokenizer: give ids, or load a GGUF that carries one")
        return self.tokens

    def embeddings(self) -> Tensor:
        """The input matrix [V, W]."""
        return self.embed

    def readout(self) -> Tensor:
        """The output matrix [V, W]."""
        return self.embed if self.output is None else self.output

    def _pass(self, ids: Tensor, kv: KV | None, mask: Tensor | None, keep: int, run: Run) -> Pass:
        seen = run.seen
        turn = rotation(seen.positions, self.shape.head_dim, self.shape.rope_base)
        allowed = _causal(ids.shape[1], 0 if kv is None else len(kv), mask)
        x = run.at((0, "embed"), ids if seen.ids is None else F.embedding(seen.ids, self.embed))
        keys, values = [], []
        for number, block in enumerate(list(self.blocks)[: run.depth or None]):
            seen.layer = number
            past = None if kv is None else (kv.keys[number], kv.values[number])
            x, k, v = self._block(cast(Layer, block), x, past, run, (turn, allowed))
            keys.append(k)
            values.append(v)
        if keep:
            x = x[:, -keep:]
        x = run.at((self.shape.layers - 1, "final"), rms_norm(x, self.norm, self.shape.eps))
        return F.linear(x, self.readout()), keys, values

    def _block(
        self, block: Layer, x: Tensor, past: tuple[Tensor, Tensor] | None, run: Run, sight: _Sight
    ) -> tuple[Tensor, Tensor, Tensor]:
        """x [B, T, W] -> (x after the block, its keys and values [B, Hkv, S + T, D])."""
        shape, n = self.shape, run.seen.layer
        turn, allowed = sight
        z = run.at((n, "attn_in"), rms_norm(x, block.norm1, shape.eps))

        def heads(weight: Tensor, many: int) -> Tensor:
            return F.linear(z, weight).view(*z.shape[:2], many, shape.head_dim).transpose(1, 2)

        q = rotate(heads(block.q, shape.heads), *turn)
        k = rotate(heads(block.k, shape.kv_heads), *turn)
        v = heads(block.v, shape.kv_heads)
        if past is not None:
            k, v = torch.cat([past[0].to(k.dtype), k], 2), torch.cat([past[1].to(v.dtype), v], 2)
        run.seen.q = q
        probability = run.at((n, "scores"), scores(q, k, allowed)).softmax(-1).to(v.dtype)
        run.keep((n, ATTENTION), probability)
        mixed = mix(probability, v).transpose(1, 2)
        mixed = run.at((n, "heads"), mixed).flatten(2)
        x = x + run.at((n, "attn_out"), F.linear(mixed, block.o))
        z = run.at((n, "ffn_in"), rms_norm(x, block.norm2, shape.eps))
        middle = run.at((n, "ffn_mid"), F.silu(F.linear(z, block.gate)) * F.linear(z, block.up))
        x = x + run.at((n, "ffn_out"), F.linear(middle, block.down))
        return run.at((n, "resid"), x), k, v


def _causal(count: int, before: int, mask: Tensor | None) -> Tensor:
    """True where a new token may look: everything before, and itself, as far as `mask` allows."""
    allowed = torch.ones(count, before + count, dtype=torch.bool).tril(before)
    return allowed if mask is None else allowed & mask


def scores(q: Tensor, k: Tensor, mask: Tensor | None) -> Tensor:
    """What goes into the softmax: float32 [B, H, T, S] of queries [B, H, T, D] over keys [B, Hkv, S, D]."""
    batch, heads, count, dim = q.shape
    groups = q.reshape(batch, k.shape[1], -1, count, dim)
    score: Tensor = (groups @ k.transpose(-1, -2)[:, :, None]).reshape(batch, heads, count, -1) / math.sqrt(dim)
    if mask is not None:
        score = score.masked_fill(~mask, float("-inf"))
    return score.float()


def mix(probability: Tensor, v: Tensor) -> Tensor:
    """Values [B, Hkv, S, D] weighed by probabilities [B, H, T, S] -> [B, H, T, D]."""
    batch, heads, count, _ = probability.shape
    groups = probability.reshape(batch, v.shape[1], -1, count, v.shape[2])
    mixed: Tensor = torch.matmul(groups, v[:, :, None]).reshape(batch, heads, count, -1)
    return mixed


def read(model: Model, text: str | Sequence[int], kv: KV | None = None) -> Out:
    """One pass without gradients over a text or ids, after `kv`."""
    ids = model.encode(text) if isinstance(text, str) else list(text)
    with torch.no_grad():
        return model.forward(torch.tensor([ids], dtype=torch.long), kv)


def nll(model: Model, ids: Sequence[int], kv: KV | None = None, given: int = 1) -> float:
    """Mean negative log-likelihood (nats a token) of ids[given:], each after those before it and `kv`."""
    out = read(model, ids, kv)
    target = torch.tensor(ids[given:])
    return float(F.cross_entropy(out.logits[0, given - 1 : -1], target))


def generate(
    model: Model, ids: Sequence[int], *, kv: KV | None = None, most: int = 32, stop: Iterable[int] = ()
) -> list[int]:
    """The likeliest continuation (greedy), up to `most` tokens or the first of `stop`, which is left out."""
    ends, made = set(stop), list[int]()
    step = torch.tensor([list(ids)], dtype=torch.long)
    with torch.no_grad():
        while len(made) < most:
            out = model.forward(step, kv, keep=1)
            word = int(out.logits[0, -1].argmax())
            if word in ends:
                break
            made.append(word)
            kv, step = out.kv, torch.tensor([[word]])
    return made
