"""The reader's transformer in plain numpy: word table, post-norm layers, a few linear heads."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from remanence.models.packed import Matrix, Rows

_EPSILON = 1e-12
_SMOOTH = 0.7978845608028654  # sqrt(2 / pi), of the tanh form of GELU (Hendrycks & Gimpel 2016)
_HIGH = 60.0  # scores nearer to 0 have a power of e that float32 holds, and so have sums of them
PRICE = 0.05
"""What each piece of an answer costs (logits): of two spans about as likely the shorter one is told."""


class Network:
    """States of word pieces, [T] ids -> [T, width] for each input; a forward costs about 9.5 MFLOP a piece.

    `static` is the bundled embedder's table [V, 128]; `tensors` are those of the card, matrices as [out, in], tables of
    words whole or packed.
    Four layers of MiniLM (Wang et al. 2020) with half of their inner units, tuned further.
    """

    def __init__(
        self, tensors: Mapping[str, Matrix], static: Rows, *, heads: int, packed: Mapping[str, Rows] | None = None
    ) -> None:
        self._static = static
        self.heads = heads
        self._table = {name[6:]: value for name, value in tensors.items() if name.startswith("words.")}
        tables: Mapping[str, Rows] = {**tensors, **(packed or {})}
        self._rest, self._usual = tables["words.rest"], tables["words.whole"]
        whole = self._table["whole.ids"].astype(np.intp)
        self._whole = np.full(len(static), -1, dtype=np.intp)
        self._whole[whole] = np.arange(len(whole))
        self.tensors = {
            name: np.ascontiguousarray(value.T if value.ndim == 2 and name.endswith(".weight") else value)
            for name, value in tensors.items()
            if not name.startswith("words.")
        }
        self.layers = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("layers."))
        self.longest, self.width = self.tensors["places"].shape

    def changed(self, tensors: Mapping[str, Matrix]) -> Network:
        """The same words and layers, with these tensors (matrices as [in, out]) in the place of its own."""
        other = copy.copy(self)
        other.tensors = {**self.tensors, **tensors}
        return other

    def words(self, ids: NDArray[np.intp]) -> Matrix:
        """[N] ids -> [N, width]: usual pieces have rows of their own, the rest comes from the static table."""
        table = self._table
        rows: Matrix = self._static[ids] @ table["matrix"][:-1] + table["matrix"][-1]
        rows += self._rest[ids] @ table["basis"]
        place = self._whole[ids]
        rows[place >= 0] = self._usual[place[place >= 0]]
        return rows

    def states(self, inputs: Sequence[Sequence[int]], passages: Sequence[int], layers: int) -> list[Matrix]:
        """The states of each input after `layers` layers, [T, width] each.

        `passages` says where the second part of each input begins (its token type is 1 from there). All inputs are one
        matrix of pieces without padding; only the attention goes through them one by one.
        """
        sizes = [len(pieces) for pieces in inputs]
        ids = np.concatenate([np.asarray(pieces, np.intp) for pieces in inputs])
        places = np.concatenate([np.arange(size) for size in sizes])
        types = (places >= np.repeat(passages, sizes)).astype(np.intp)
        used, which = np.unique(ids, return_inverse=True)
        x: Matrix = self.words(used)[which]
        x += self.tensors["places"][places]
        x += self.tensors["types"][types]
        x = normed(x, self.tensors["norm.weight"], self.tensors["norm.bias"])
        stops = np.cumsum(sizes).tolist()
        parts = [slice(stop - size, stop) for stop, size in zip(stops, sizes, strict=True)]
        for layer in range(layers):
            x = self._layer(f"layers.{layer}.", x, parts)
        return [x[part] for part in parts]

    def head(self, name: str, states: Matrix) -> Matrix:
        """[..., width] -> [..., outputs] of one linear head."""
        out: Matrix = states @ self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]
        return out

    def _layer(self, name: str, x: Matrix, parts: Sequence[slice]) -> Matrix:
        t, (pieces, width) = self.tensors, x.shape
        mixed = x @ t[name + "qkv.weight"]
        mixed += t[name + "qkv.bias"]
        mixed[:, :width] *= np.float32((width // self.heads) ** -0.5)
        by_head = mixed.reshape(pieces, 3, self.heads, -1)
        attended = np.empty((pieces, self.heads, width // self.heads), np.float32)
        for part in parts:
            q, k, v = by_head[part].transpose(1, 2, 0, 3)
            attended[part] = mixed_by(q @ k.transpose(0, 2, 1), v).transpose(1, 0, 2)
        y = attended.reshape(pieces, width) @ t[name + "out.weight"]
        y += t[name + "out.bias"]
        y += x
        y = normed(y, t[name + "norm1.weight"], t[name + "norm1.bias"])
        inner = y @ t[name + "up.weight"]
        inner += t[name + "up.bias"]
        z = gelu(inner) @ t[name + "down.weight"]
        z += t[name + "down.bias"]
        z += y
        return normed(z, t[name + "norm2.weight"], t[name + "norm2.bias"])


def mixed_by(scores: Matrix, v: Matrix) -> Matrix:
    """[..., T, T] scores, [..., T, size] values -> attention, [..., T, size].

    What a softmax gives, with one division a place instead of one a pair; scores are used up.
    """
    if max(scores.max(), -scores.min()) > _HIGH:
        scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    out: Matrix = scores @ v
    out /= scores.sum(axis=-1, keepdims=True)
    return out


def softmax(scores: Matrix) -> Matrix:
    """Over the last axis, in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def best_span(starts: Matrix, ends: Matrix, longest: int, price: float = 0.0) -> tuple[int, int]:
    """First and last place of the likeliest span of at most `longest` places, from the logits of its ends.

    price: what each place behind the first one costs.
    """
    count = len(starts)
    sums = starts[:, None] + ends[None, :]
    places: NDArray[np.intp] = np.arange(count)
    ahead = places[None, :] - places[:, None]
    sums -= np.float32(price) * ahead
    sums[(ahead < 0) | (ahead >= longest)] = -np.inf
    first, last = divmod(int(sums.argmax()), count)
    return first, last


def gelu(x: Matrix) -> Matrix:
    """Its tanh form."""
    inner = x * x
    inner *= np.float32(0.044715 * _SMOOTH)
    inner += np.float32(_SMOOTH)
    inner *= x
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(0.5)
    return inner


def normed(x: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    """Rows with mean 0 and variance 1, scaled and shifted; works in place."""
    x -= x.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("nw,nw->n", x, x) / np.float32(x.shape[1]) + np.float32(_EPSILON))
    x /= spread[:, None]
    x *= weight
    x += bias
    return x
