"""The bundled embedder: a 4 MB table of word-piece vectors fitted to MiniLM, very fast on one core."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remanence.algo.unit_rows import unit_rows
from remanence.algo.word_sums import word_sums
from remanence.errors import IntegrityError, InvalidInput, ModelMissing
from remanence.models.packed import PackedRows
from remanence.models.wordpiece import WordPiece

BUNDLED = Path(__file__).parent / "data" / "static-minilm-128.json"

_BLOCK = 8192  # tokens gathered at once: 4 MB of float32 rows
_TEXTS = 512  # texts cut into pieces at once
_FEW = 2048  # tokens that are scaled as they are gathered; more of them are worth the whole table in float32


class StaticEmbedder:
    """The sum of a text's word-piece vectors, scaled to length 1; the order of words is ignored.

    The table was fitted so that this sum points where all-MiniLM-L6-v2 points
    (scripts/build_static_embedder.py). Its columns are ordered by importance: `dim=64` keeps the first 64 of
    128 and loses little. Pieces that the vocabulary lacks count as nothing, so a text of them alone gives a
    zero vector. `path` is the .json description of another table. Raises IntegrityError when a file does not
    match its checksum.
    """

    def __init__(self, dim: int | None = None, *, path: str | Path = BUNDLED) -> None:
        card, self._rows, self._scales, vocab = _read(Path(path))
        full = self._rows.shape[1]
        self.dim = full if dim is None else dim
        if not 1 <= self.dim <= full:
            raise InvalidInput(f"the static embedder has 1 to {full} dimensions, not {dim}")
        self.model = f"{card['name']}-{self.dim}@{card['sha256']['rows'][:8]}"
        self.pieces = WordPiece(vocab)

    def __repr__(self) -> str:
        return f"StaticEmbedder(dim={self.dim})"

    @property
    def packed(self) -> PackedRows:
        """The table's rows [V, full dim], unpacked when they are asked for."""
        return PackedRows(self._rows, self._scales)

    @staticmethod
    def bundled() -> StaticEmbedder:
        """The embedder of the shipped table; read once, shared, safe to use from threads."""
        return _bundled()

    @cached_property
    def table(self) -> NDArray[np.float32]:
        """[V, dim] the whole table, unpacked: 16 MB that a memory which is only asked never needs."""
        table: NDArray[np.float32] = self._rows[:, : self.dim] * self._scales[:, None]
        return table

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[N] texts -> [N, dim] unit rows; the same text gives the same bytes whatever stands next to it."""
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS):
            self._sum(self.pieces.encode_many(texts[start : start + _TEXTS]), out[start : start + _TEXTS])
        return unit_rows(out)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """[dim]; the same as one row of `embed`."""
        out = np.zeros((1, self.dim), dtype=np.float32)
        self._sum([self.pieces.encode(text)], out)
        vector: NDArray[np.float32] = unit_rows(out)[0]
        return vector

    def _sum(self, ids: list[list[int]], out: NDArray[np.float32]) -> None:
        """Write the sum of each text's rows into `out`, gathering at most _BLOCK rows at a time."""
        first = 0
        while first < len(ids):
            tokens, last = len(ids[first]), first + 1
            while last < len(ids) and tokens + len(ids[last]) <= _BLOCK:
                tokens += len(ids[last])
                last += 1
            if tokens > _BLOCK:  # one text that is too long to gather at once
                for start in range(0, tokens, _BLOCK):
                    out[first] += np.add.reduce(self._vectors(ids[first][start : start + _BLOCK]))
            elif tokens:
                lengths = [len(text) for text in ids[first:last]]
                filled = [index for index, length in enumerate(lengths) if length]
                starts = list(accumulate((lengths[index] for index in filled), initial=0))[:-1]
                flat = np.fromiter(chain.from_iterable(ids[first:last]), dtype=np.intp, count=tokens)
                out[first:last][filled] = np.add.reduceat(self._vectors(flat), starts)
            first = last

    def _vectors(self, ids: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float32]:
        """[N, dim] the vectors of some tokens: the same numbers from the packed rows as from the table."""
        if len(ids) > _FEW or "table" in self.__dict__:
            return self.table.take(ids, axis=0)
        vectors: NDArray[np.float32] = self._rows.take(ids, axis=0)[:, : self.dim] * self._scales.take(ids)[:, None]
        return vectors


@lru_cache(maxsize=1)
def _bundled() -> StaticEmbedder:
    return StaticEmbedder()


def _read(
    path: Path,
) -> tuple[dict[str, dict[str, str]], NDArray[np.int8], NDArray[np.float32], list[str]]:
    """The description, mapped int8 rows [V, dim], float32 scales [V] and the vocabulary, each checked."""
    cure = "reinstall remanence, or build the table again with scripts/build_static_embedder.py"
    try:
        card = json.loads(path.read_bytes())
        stem = path.with_suffix("")
        parts = {part: Path(f"{stem}.{part}") for part in ("rows", "scales", "vocab")}
        payloads = {part: np.memmap(file, np.uint8, mode="r").view(np.ndarray) for part, file in parts.items()}
        sums = {part: card["sums"][part] for part in parts}
        shape = (int(card["tokens"]), int(card["dim"]))
    except FileNotFoundError as missing:
        raise ModelMissing(f"{missing.filename} is missing: {cure}") from missing
    except (ValueError, KeyError, TypeError) as broken:
        raise IntegrityError(f"{path} is damaged ({broken!r}): {cure}") from broken
    for part, payload in payloads.items():
        if word_sums(payload) != sums[part]:
            raise IntegrityError(f"{parts[part]} does not match its checksum: {cure}")
    rows, scales = payloads["rows"].view(np.int8).reshape(shape), payloads["scales"].view("<f4")
    return card, rows, scales, payloads["vocab"].tobytes().decode("utf-8").split("\n")
