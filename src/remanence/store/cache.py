"""The index on disk, beside the space: flat arrays that are mapped instead of read, checked, and rebuilt when in doubt.

`<space>-index` may be deleted at any time. It holds codes, numbers and vectors, names and index terms, no texts; it is
written whole under another name and then renamed, rewritten by an erase, and ignored when it is damaged, of another
space or history, of another embedder, or of another format. Readers map it privately: clean pages are shared by all
processes, and what a handle appends lands in pages of its own.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.word_sums import word_sums
from remanence.blake import blake2b
from remanence.errors import StoreError
from remanence.records import dataclass
from remanence.store.index import Encoder, Index
from remanence.store.peek import plain
from remanence.store.rows import keyed

FORMAT = 1
WORTH = 1_000
"""Rows from which a cache is written, and so many rows behind it is written anew (or a share of the space)."""
SHARE = 64
_MAGIC = b"REMNIDX\n"
_PAGE = 4_096
_ENCODERS = ("kinds", "people", "sessions", "tiers", "users", "agents", "apps")
_CODED = {"kinds": "kind", "people": "who", "sessions": "session", "tiers": "tier", "users": "user",
          "agents": "agent", "apps": "app"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """Of what a cache is: the space, the journal's number and chain there, and the embedder."""

    space: str
    commit: int
    at: int
    chain: str
    model: str
    dim: int


def path_of(space: str) -> Path:
    return Path(space + "-index")


def save(index: Index, stand: Stand, path: Path) -> None:
    """Write the index whole, then give it its name. `OSError` when it cannot be; the old one stays then."""
    sections = _sections(index)
    header: dict[str, Any] = {
        "format": FORMAT,
        "stand": [stand.space, stand.commit, stand.at, stand.chain, stand.model, stand.dim],
        "size": index.size,
        "versioned": index.versioned,
        "next_term": index.next_term,
        "least_trust": index.least_trust,
        "names": {name: _live_names(index, name) for name in _ENCODERS},
        "sections": {},
    }
    offset = 0
    for name, (array, room) in sections.items():
        used, whole = array.nbytes, array.itemsize * int(np.prod((room, *array.shape[1:])))
        header["sections"][name] = [array.dtype.str, list(array.shape), room, offset, word_sums(array)]
        offset += -(-max(whole, used) // _PAGE) * _PAGE
    told = json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")
    start = -(-(len(told) + 32) // _PAGE) * _PAGE
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            os.chmod(part, 0o600)
            out.write(_MAGIC + len(told).to_bytes(8, "little") + blake2b(told, digest_size=16).digest() + told)
            for name, (array, _) in sections.items():
                out.seek(start + header["sections"][name][3])
                out.write(np.ascontiguousarray(array).data)
            out.truncate(start + offset)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path, space: str, model: str, dim: int) -> tuple[Index, Stand] | None:
    """The mapped index and where it stands; None when there is none to be trusted."""
    try:
        whole = np.memmap(path, np.uint8, mode="c").view(np.ndarray)  # plain: a view of a map costs ten times as much
        header = _header(whole)
        if header is None:
            return None
        stand = Stand(*header["stand"])
        if (stand.space, stand.model, stand.dim) != (space, model, dim):
            return None
        return _mapped(whole, header, stand)
    except (OSError, ValueError, KeyError, TypeError, IndexError, OverflowError):
        return None


def commit_of(path: Path) -> int:
    """The commit that a cache file stands at; -1 when there is none."""
    try:
        with path.open("rb") as file:
            start = file.read(32)
            told = file.read(int.from_bytes(start[8:16], "little") if start[:8] == _MAGIC else 0)
        return int(json.loads(told)["stand"][1])
    except (OSError, ValueError, KeyError, TypeError, IndexError, OverflowError, MemoryError):
        return -1


def space_id(secret: bytes) -> str:
    """What tells a space from every other one."""
    return keyed(secret, b"index").hex()


class CacheFile:
    """The cache of one handle's space; `path` is None for a space in memory, which has none."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.written = 0
        """Rows that the file held when it was last read or written; 0 when there is none."""

    def load(self, space: str, model: str, dim: int) -> tuple[Index, Stand] | None:
        return None if self.path is None else load(self.path, space, model, dim)

    def due(self, index: Index) -> bool:
        """True when so many rows have come that the next opening would feel it."""
        return self.path is not None and index.size - self.written >= max(WORTH, index.size // SHARE)

    def save(self, index: Index, stand: Stand | None, *, newer: bool = False) -> bool:
        """Write the index, for the next opening; the writer's lock is held. newer: only over an older one."""
        if self.path is None or stand is None or (newer and commit_of(self.path) >= stand.commit):
            return False
        try:
            self._tidy()
            save(index, stand, self.path)
        except OSError:  # it is only a cache
            return False
        self.written = index.size
        return True

    def kept(self, index: Index, stand: Stand | None) -> Index:
        """The same index, mapped from the file if it is large enough to be worth one."""
        if self.path is None or stand is None or not self.due(index) or not self.save(index, stand):
            return index
        found = load(self.path, stand.space, stand.model, stand.dim)
        return index if found is None else found[0]

    def _tidy(self) -> None:
        """Delete what writers that were killed left of caches; the writer's lock is held, so nobody writes one."""
        if self.path is not None:
            for part in self.path.absolute().parent.glob(f"{plain(self.path.name)}.*.part"):
                part.unlink(missing_ok=True)

    def renew(self, index: Index, stand: Stand | None) -> None:
        """After an erase: what was erased leaves the cache too; `StoreError` when it cannot be taken out."""
        if self.path is None:
            return
        try:
            self._tidy()
            if not self.path.exists() or (index.size >= WORTH and self.save(index, stand)):
                return
            self.path.unlink()
        except OSError as error:
            raise StoreError(f"{self.path} cannot be rewritten: {error.strerror}; delete it") from error
        self.written = 0


# --- parts ---------------------------------------------------------------------------------------


def _sections(index: Index) -> dict[str, tuple[NDArray[Any], int]]:
    """(array, rows that there is room for) by name."""
    index.postings.settle(index.gone.now)
    index.settle_bits()
    room = index.size + max(WORTH, index.size // 16)
    found: dict[str, tuple[NDArray[Any], int]] = {name: (column.now, room) for name, column in index.columns().items()}
    for name, array in index.postings.arrays().items():
        found[f"postings {name}"] = array, len(array)
    found["bits"] = index.bits, len(index.bits)
    terms = "\n".join(index.terms).encode()
    found["terms"] = np.frombuffer(terms, np.uint8), len(terms)
    found["codes"] = np.fromiter(index.terms.values(), np.int32, len(index.terms)), len(index.terms)
    return found


def _live_names(index: Index, name: str) -> list[str | None]:
    """The names of a column, without those that only erased rows had."""
    column: NDArray[Any] = index.columns()[_CODED[name]].now
    names = getattr(index, name).names
    held = np.bincount(column[~index.gone.now] + 1, minlength=len(names) + 1)[1:] > 0
    return [one if live else None for one, live in zip(names, held.tolist(), strict=True)]


def _header(whole: NDArray[np.uint8]) -> dict[str, Any] | None:
    start = whole[:32].tobytes()
    if start[:8] != _MAGIC:
        return None
    told = whole[32 : 32 + int.from_bytes(start[8:16], "little")].tobytes()
    if blake2b(told, digest_size=16).digest() != start[16:32]:
        return None
    header: dict[str, Any] = json.loads(told.decode("utf-8", "surrogatepass"))
    header["start"] = -(-(len(told) + 32) // _PAGE) * _PAGE
    return header if header["format"] == FORMAT else None


def _mapped(whole: NDArray[np.uint8], header: dict[str, Any], stand: Stand) -> tuple[Index, Stand] | None:
    arrays: dict[str, NDArray[Any]] = {}
    sizes: dict[str, int] = {}
    for name, (dtype, shape, room, offset, sums) in header["sections"].items():
        kind, low = np.dtype(dtype), header["start"] + offset
        count = int(np.prod((room, *shape[1:])))
        array = whole[low : low + count * kind.itemsize].view(kind).reshape(room, *shape[1:])
        if word_sums(array[: shape[0]]) != sums:
            return None
        arrays[name], sizes[name] = array, shape[0]
    index = Index(stand.dim)
    for name, column in index.columns().items():
        column.adopt(arrays[name], sizes[name])
    if index.size != header["size"]:
        return None
    index.postings.adopt({name: arrays[f"postings {name}"] for name in index.postings.arrays()})
    index.bits = arrays["bits"]
    terms = arrays["terms"].tobytes().decode()
    index.terms = dict(zip(terms.split("\n") if terms else (), arrays["codes"].tolist(), strict=True))
    index.next_term, index.versioned = header["next_term"], header["versioned"]
    index.least_trust = header["least_trust"]
    for name in _ENCODERS:
        setattr(index, name, Encoder(header["names"][name]))
    index.mapped = index.size
    return index, stand
