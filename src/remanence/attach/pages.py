"""Shared prefixes: hash-chained pages of tokens with reference counts in one memory-mapped file (as vAttention)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from remanence.attach.model import KV, Model, cat
from remanence.errors import InvalidInput, ModelMismatch


@dataclass(slots=True)
class Page:
    """`count` tokens of one prefix: where they lie, how many leases hold them."""

    key: str
    parent: str
    place: int
    holders: int


@dataclass(slots=True)
class Lease:
    """A prefix in use: its pages, and keys and values that are its own copy."""

    ids: tuple[int, ...]
    kv: KV
    pages: tuple[str, ...]
    shared: int = 0
    """Tokens that were not read again."""
    open: bool = True


@dataclass(slots=True)
class Pages:
    """A registry of prefixes of one model. A page's key is the hash of its parent's key and its tokens, so equal
    keys mean equal prefixes from the first token on. Only whole pages are kept: at most `size - 1` tokens of a
    prefix are read again.

    The file at `path` (in memory when None) holds `capacity` pages [2, L, Hkv, size, D] in float32.
    """

    model: Model
    capacity: int = 256
    size: int = 16
    path: Path | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    _free: list[int] = field(default_factory=list)
    _slab: NDArray[np.float32] | None = None
    _print: str = ""

    def __post_init__(self) -> None:
        if self.size < 1 or self.capacity < 1:
            raise InvalidInput("size and capacity of a page registry are at least 1")
        shape = self.model.shape
        sizes = (self.capacity, 2, shape.layers, shape.kv_heads, self.size, shape.head_dim)
        if self.path is None:
            self._slab = np.zeros(sizes, np.float32)
        else:
            self._slab = np.memmap(self.path, np.float32, "w+", shape=sizes)
        self._free = list(range(self.capacity))[::-1]
        self._print = self.model.fingerprint

    def keys(self, ids: Sequence[int]) -> list[str]:
        """The chained keys of the whole pages of a prefix."""
        made, parent = list[str](), self._print
        for first in range(0, len(ids) - self.size + 1, self.size):
            part = ",".join(map(str, ids[first : first + self.size]))
            parent = blake2b(f"{parent}|{part}".encode(), digest_size=16).hexdigest()
            made.append(parent)
        return made

    def read(self, ids: Sequence[int]) -> Lease:
        """Keys and values of a prefix; what is known is copied, the rest is read, and its whole pages are kept."""
        if not ids:
            raise InvalidInput("an empty prefix has no pages")
        if self.model.fingerprint != self._print:
            raise ModelMismatch("the model's weights changed since these pages were read: make a new registry")
        keys = self.keys(ids)
        known = next((n for n, key in enumerate(keys) if key not in self.pages), len(keys))
        kv = self._gather(keys[:known])
        done = known * self.size
        if done < len(ids):
            with torch.no_grad():
                kv = self.model.forward(torch.tensor([list(ids[done:])]), kv, keep=1).kv
        assert kv is not None
        held = keys[:known]
        for key in held:
            self.pages[key].holders += 1
        for number in range(known, len(keys)):
            if not self._free and not self._make_room():
                break
            self._keep(keys[number], keys[number - 1] if number else "", kv, number * self.size)
            held.append(keys[number])
        return Lease(tuple(ids), kv, tuple(held), done)

    def free(self, lease: Lease) -> None:
        """End a lease; pages stay as a cache until room is needed, and go at once by `erase`."""
        if lease.open:
            lease.open = False
            for page in [self.pages[key] for key in lease.pages if key in self.pages]:
                page.holders -= 1

    def erase(self, ids: Sequence[int], first: int = 0) -> int:
        """Overwrite and drop every page that has read ids[first] of this prefix, whoever holds it; how many."""
        gone = [key for key in self.keys(ids)[first // self.size :] if key in self.pages]
        for key in gone:
            gone += [page.key for page in self.pages.values() if page.parent == key and page.key not in gone]
        for key in gone:
            self._drop(key)
        return len(gone)

    def _keep(self, key: str, parent: str, kv: KV, first: int) -> None:
        place = self._free.pop()
        assert self._slab is not None
        for half, tensors in enumerate((kv.keys, kv.values)):
            for layer, tensor in enumerate(tensors):
                self._slab[place, half, layer] = tensor[0, :, first : first + self.size].float().numpy()
        self.pages[key] = Page(key, parent, place, 1)

    def _make_room(self) -> bool:
        """Drop the newest page that nobody holds (a chain loses its end before its beginning); False: all are held."""
        for key in reversed(self.pages):
            if not self.pages[key].holders:
                self._drop(key)
                return True
        return False

    def _drop(self, key: str) -> None:
        page = self.pages.pop(key)
        assert self._slab is not None
        self._slab[page.place] = 0.0
        self._free.append(page.place)

    def _gather(self, keys: Sequence[str]) -> KV | None:
        """A contiguous copy of pages, so that no reader can change what is shared."""
        if not keys:
            return None
        assert self._slab is not None
        parts = [torch.from_numpy(np.array(self._slab[self.pages[key].place])) for key in keys]
        layers = range(self.model.shape.layers)
        each = [
            KV(tuple(p[0, n][None] for n in layers), tuple(p[1, n][None] for n in layers), (i + 1) * self.size)
            for i, p in enumerate(parts)
        ]
        return cat(*each)
