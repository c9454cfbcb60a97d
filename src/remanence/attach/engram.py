"""Engram: rows of hashed n-grams, gated into the residual stream; the address depends on token ids alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from remanence.attach.model import Hook, Model, Place, Seen, rms_norm
from remanence.attach.side import Side
from remanence.errors import InvalidInput

Ids = NDArray[np.int64]


def primes_from(least: int, many: int) -> list[int]:
    """The first `many` primes from `least` on: tables of distinct prime sizes collide on different pairs."""
    found: list[int] = []
    number = max(2, least)
    while len(found) < many:
        if all(number % d for d in range(2, int(number**0.5) + 1)):
            found.append(number)
        number += 1
    return found


class NGramHash:
    """Addresses of suffix n-grams: mix = XOR of id * odd multiplier, one prime modulus a head (Cheng et al. 2026).

    `fold` maps ids to canonical ones first (case, accents), so that variants of a word share rows.
    """

    def __init__(
        self, rows: int, *, orders: Sequence[int] = (2, 3), heads: int = 8, seed: int = 0, fold: Ids | None = None
    ) -> None:
        if rows < 2 or heads < 1 or min(orders) < 1:
            raise InvalidInput("a hash needs two rows, one head and n-grams of one token at least")
        self.orders, self.heads, self.fold = tuple(orders), heads, fold
        sizes = primes_from(rows, heads * len(self.orders))
        self.sizes = np.array(sizes).reshape(len(self.orders), heads)
        self.factors = np.random.default_rng(seed).integers(1 << 40, 1 << 60, max(orders), np.int64) | 1

    def addresses(self, ids: Sequence[int] | Ids) -> Ids:
        """Rows [T, orders, heads] for every place of a text; before its start stands id -1."""
        plain = np.asarray(ids, np.int64)
        plain = plain if self.fold is None else self.fold[plain]
        longest = max(self.orders)
        wide = np.concatenate([np.full(longest - 1, -1, np.int64), plain])
        made = np.zeros((len(plain), len(self.orders), self.heads), np.int64)
        with np.errstate(over="ignore"):
            for order_number, order in enumerate(self.orders):
                mixed = np.zeros(len(plain), np.int64)
                for back in range(order):
                    start = longest - 1 - back
                    mixed ^= (wide[start : start + len(plain)] + 1) * self.factors[back]
                made[:, order_number] = (mixed & (2**62 - 1))[:, None] % self.sizes[order_number]
        return made

    def prefetch(self, ids: Sequence[int]) -> set[tuple[int, int, int]]:
        """(order, head, row) of all that a text will read: known before any layer runs."""
        found = self.addresses(ids)
        orders, heads = np.indices(found.shape[1:])
        return {
            (int(o), int(h), int(r)) for row in found for o, h, r in zip(orders.flat, heads.flat, row.flat, strict=True)
        }


class Engram(Side):
    """Tables of hashed n-grams beside the stream before one layer:

        e_t = all rows of the n-grams that end at t;  k = W_k e, v = W_v e
        alpha = sigmoid(sign(g) sqrt|g|), g = rms(h) . rms(k) / sqrt(d);  h <- h + alpha v

    W_v starts at zero, so attaching changes nothing. The gate closes where a colliding n-gram does not fit the context.
    """

    def __init__(
        self, model: Model, layer: int, rows: int = 2003, *, heads: int = 4, dim: int = 16, seed: int = 0
    ) -> None:
        super().__init__(model)
        self.layer, self.hash = layer, NGramHash(rows, heads=heads, seed=seed)
        chance = torch.Generator().manual_seed(seed)
        width = model.shape.width
        count = int(self.hash.sizes.sum())
        self.table = nn.Parameter(torch.randn(count, dim, generator=chance) * 0.1)
        together = dim * self.hash.sizes.size
        self.key = nn.Parameter(torch.randn(width, together, generator=chance) * together**-0.5)
        self.value = nn.Parameter(torch.zeros(width, together))
        self.starts = torch.from_numpy(np.concatenate([[0], np.cumsum(self.hash.sizes.ravel())[:-1]]))
        self.touched: set[tuple[int, int, int]] = set()
        self.gate = torch.zeros(0)

    def hooks(self) -> dict[Place, Hook]:
        return (
            {(self.layer, "embed" if self.layer == 0 else "attn_in"): self._add}
            if self.layer == 0
            else {(self.layer - 1, "resid"): self._add}
        )

    def _add(self, x: Tensor, seen: Seen) -> Tensor:
        if seen.ids is None:
            return x
        found = torch.from_numpy(np.stack([self.hash.addresses(row) for row in seen.ids.numpy()])).flatten(2)
        heads = self.hash.heads
        self.touched = {
            (n // heads, n % heads, int(r))
            for n in range(found.shape[-1])
            for r in set(found[..., n].flatten().tolist())
        }
        read = F.embedding(found + self.starts, self.table).flatten(2)
        key, value = F.linear(read, self.key), F.linear(read, self.value)
        one = torch.ones(x.shape[-1])
        fit = (rms_norm(x, one, 1e-6) * rms_norm(key, one, 1e-6)).sum(-1) / x.shape[-1] ** 0.5
        self.gate = torch.sigmoid(fit.sign() * fit.abs().clamp_min(1e-6).sqrt())
        return x + self.gate[..., None] * value


class PhraseIndex:
    """The same addresses without a model: phrases to item ids in constant time, no embedding call.

    A phrase is found when all its heads agree; heads collide alone, hardly ever together.
    """

    def __init__(self, rows: int = 20_011, *, heads: int = 2, longest: int = 3, seed: int = 0) -> None:
        self.hashes = {n: NGramHash(rows, orders=(n,), heads=heads, seed=seed) for n in range(1, longest + 1)}
        self._items: dict[tuple[int, ...], set[str]] = {}

    def add(self, phrase: Sequence[int], id: str) -> None:
        """Let a phrase of token ids name an item."""
        self._items.setdefault(self._key(phrase), set()).add(id)

    def find(self, ids: Sequence[int]) -> set[str]:
        """Items that any phrase within a text names."""
        found: set[str] = set()
        for n in self.hashes:
            for first in range(len(ids) - n + 1):
                found |= self._items.get(self._key(ids[first : first + n]), set())
        return found

    def ending(self, ids: Sequence[int]) -> list[set[str]]:
        """For every place of a text the items of the longest phrase that ends there."""
        found: list[set[str]] = [set() for _ in ids]
        for n, addresses in self.hashes.items():
            if n > len(ids):
                break
            for place, rows in enumerate(addresses.addresses(ids)[n - 1 :, 0].tolist(), n - 1):
                found[place] = self._items.get((n, *rows), found[place])
        return found

    def drop(self, id: str) -> None:
        """Forget an item."""
        self._items = {key: kept for key, items in self._items.items() if (kept := items - {id})}

    def _key(self, phrase: Sequence[int]) -> tuple[int, ...]:
        if len(phrase) not in self.hashes:
            raise InvalidInput(f"a phrase has 1 to {len(self.hashes)} tokens")
        return (len(phrase), *self.hashes[len(phrase)].addresses(phrase)[-1, 0].tolist())
