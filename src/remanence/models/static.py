"""The bundled embedder: a 4 MB table of word-piece vectors fitted to MiniLM, very fast on one core."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import accumulate, chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remanence.algo.unit_rows import unit_rows
from remanence.errors import IntegrityError, InvalidInput, ModelMissing
from remanence.models.wordpiece import WordPiece

BUNDLED = Path(__file__).parent / "data" / "static-minilm-128.json"

_BLOCK = 8192  # tokens gathered at once: 4 MB of float32 rows
_TEXTS = 512  # texts cut into pieces at once


class StaticEmbedder:
    """The sum of a text's word-piece vectors, scaled to length 1; the order of words is ignored.

    The table was fitted so that this sum points where all-MiniLM-L6-v2 points
    (scripts/build_static_embedder.py). Its columns are ordered by importance: `dim=64` keeps the first 64 of
    128 and loses little. Pieces that the vocabulary lacks count as nothing, so a text of them alone gives a
    zero vector. `path` is the .json description of another table. Raises IntegrityError when a file does not
    match its checksum.
    """

    def __init__(self, dim: int | None = None, *, path: str | Path = BUNDLED) -> None:
        card, rows, scales, vocab = _read(Path(path))
        full = rows.shape[1]
        self.dim = full if dim is None else dim
        if not 1 <= self.dim <= full:
            raise InvalidInput(f"the static embedder has 1 to {full} dimensions, not {dim}")
        self.model = f"{card['name']}-{self.dim}@{card['sha256']['rows'][:8]}"
        self.pieces = WordPiece(vocab)
        self.table: NDArray[np.float32] = rows[:, : self.dim] * scales[:, None]

    def __repr__(self) -> str:
        return f"StaticEmbedder(dim={self.dim})"

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
                    out[first] += np.add.reduce(self.table.take(ids[first][start : start + _BLOCK], axis=0))
            elif tokens:
                lengths = [len(text) for text in ids[first:last]]
                filled = [index for index, length in enumerate(lengths) if length]
                starts = list(accumulate((lengths[index] for index in filled), initial=0))[:-1]
                flat = np.fromiter(chain.from_iterable(ids[first:last]), dtype=np.intp, count=tokens)
                out[first:last][filled] = np.add.reduceat(self.table.take(flat, axis=0), starts)
            first = last


def _read(
    path: Path,
) -> tuple[dict[str, dict[str, str]], NDArray[np.int8], NDArray[np.float32], list[str]]:
    """The description, int8 rows [V, dim], float32 scales [V] and the vocabulary, each checked."""
    cure = "reinstall remanence, or build the table again with scripts/build_static_embedder.py"
    try:
        card = json.loads(path.read_bytes())
        stem = path.with_suffix("")
        parts = {part: Path(f"{stem}.{part}") for part in ("rows", "scales", "vocab")}
        payloads = {part: file.read_bytes() for part, file in parts.items()}
        expected = {part: card["sha256"][part] for part in parts}
        shape = (int(card["tokens"]), int(card["dim"]))
    except FileNotFoundError as missing:
        raise ModelMissing(f"{missing.filename} is missing: {cure}") from missing
    except (ValueError, KeyError, TypeError) as broken:
        raise IntegrityError(f"{path} is damaged ({broken!r}): {cure}") from broken
    for part, payload in payloads.items():
        if hashlib.sha256(payload).hexdigest() != expected[part]:
            raise IntegrityError(f"{parts[part]} does not match its checksum: {cure}")
    rows = np.frombuffer(payloads["rows"], dtype=np.int8).reshape(shape)
    scales = np.frombuffer(payloads["scales"], dtype="<f4")
    return card, rows, scales, payloads["vocab"].decode("utf-8").split("\n")
