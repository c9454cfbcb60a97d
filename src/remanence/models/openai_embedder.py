"""Vectors from an OpenAI-compatible endpoint: OpenAI, vLLM, Ollama, LM Studio, text-embeddings-inference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from remanence.algo.unit_rows import unit_rows
from remanence.errors import BadReply, InvalidInput
from remanence.models.http import Door, Waits

OPENAI = "https://api.openai.com/v1"


class OpenAIEmbedder:
    """POST {base_url}/embeddings, `batch` texts at a time.

    `dim` asks the server for shorter vectors; without it the server's own length is found by one short
    request. A text longer than `max_chars` is cut there; an empty one is not sent and gives a zero row.
    `patience`: `timeout` in seconds for one try, `retries` after it, and the rest of `Patience`.
    The fingerprint is model name and length: a server that changes its weights under one name cannot be
    noticed.
    Raises ModelError (no answer, refused) and BadReply (vectors missing, of another length, or not numbers).
    """

    def __init__(
        self,
        base_url: str = OPENAI,
        model: str = "text-embedding-3-small",
        api_key: str | None = None,
        dim: int | None = None,
        batch: int = 64,
        *,
        max_chars: int = 24_000,
        **patience: Unpack[Waits],
    ) -> None:
        if batch < 1 or max_chars < 1 or (dim is not None and dim < 1):
            raise InvalidInput("dim, batch and max_chars must be at least 1")
        self.name = model
        self.calls = 0
        self._door = Door(base_url, api_key, **patience)
        self._asked = dim
        self._dim = dim
        self._batch = batch
        self._max_chars = max_chars

    def __repr__(self) -> str:
        return f"OpenAIEmbedder({self._door.url!r}, {self.name!r})"

    @property
    def dim(self) -> int:
        """Length of a vector; the first look costs a request unless `dim` was given."""
        if self._dim is None:
            self._dim = len(self._request(["dimension"])[0])
        return self._dim

    @property
    def model(self) -> str:
        return f"openai:{self.name}-{self.dim}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[N] texts -> [N, dim] unit rows; zero rows for empty texts."""
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        filled = ((index, text[: self._max_chars]) for index, text in enumerate(texts) if text.strip())
        while batch := list(islice(filled, self._batch)):
            rows = self._request([text.encode("utf-8", "replace").decode("utf-8") for _, text in batch])
            if rows.shape[1] != self.dim:
                raise BadReply(f"{self.name} gave vectors of {rows.shape[1]} numbers, not {self.dim}")
            out[[index for index, _ in batch]] = rows
        return unit_rows(out)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """[dim]; the same as one row of `embed`."""
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector

    def _request(self, texts: list[str]) -> NDArray[np.float32]:
        """Raw vectors of one batch, in the order of the texts."""
        payload: dict[str, Any] = {"model": self.name, "input": texts, "encoding_format": "float"}
        if self._asked is not None:
            payload["dimensions"] = self._asked
        answer = self._door.post("/embeddings", payload)
        self.calls += 1
        try:
            entries = sorted(answer["data"], key=lambda entry: int(entry["index"]))
            places = [int(entry["index"]) for entry in entries]
            rows = np.array([entry["embedding"] for entry in entries], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as wrong:
            raise BadReply(f"{self.name} answered without a list of vectors of one length: {wrong!r}") from None
        if places != list(range(len(texts))) or rows.ndim != 2 or not rows.shape[1]:
            raise BadReply(f"{self.name} gave {len(places)} vectors for {len(texts)} texts")
        if not np.isfinite(rows).all():
            raise BadReply(f"{self.name} gave a vector with something that is not a finite number")
        return rows
