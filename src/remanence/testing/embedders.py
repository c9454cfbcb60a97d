"""What an embedder promises; subclass it to hold yours to that. And one that can be away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remanence.errors import ModelError
from remanence.models.hashing import HashingEmbedder
from remanence.types import Embedder, Floats


class LeavingEmbedder(HashingEmbedder):
    """A hashing embedder that raises ModelError while it is `away`, as one behind a network does."""

    away = False

    def embed(self, texts: Sequence[str]) -> Floats:
        if self.away:
            raise ModelError("the embedder is away")
        return super().embed(texts)


class EmbedderContract:
    """Promises of an embedder: unit rows, the same for a text alone or in company, and nothing for nothing."""

    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_rows_are_unit_vectors_of_the_promised_width(self) -> None:
        """`embed` gives float32 [N, dim] of length 1."""
        rows = self.embedder().embed(["a red apple", "the station at night"])

        assert (2, self.embedder().dim) == rows.shape
        assert np.float32 == rows.dtype
        assert np.allclose(1.0, np.linalg.norm(rows, axis=1), atol=1e-3)

    def test_a_text_has_the_same_vector_alone_and_in_company(self) -> None:
        """Otherwise a store could not be rebuilt."""
        texts = ["a red apple", "the station at night", "rain"]

        together = self.embedder().embed(texts)

        assert all(np.array_equal(together[i], self.embedder().embed([texts[i]])[0]) for i in range(3))

    def test_no_texts_give_no_rows(self) -> None:
        """An empty list is fine."""
        assert (0, self.embedder().dim) == self.embedder().embed([]).shape

    def test_an_empty_text_has_no_direction(self) -> None:
        """It must not be like anything."""
        assert not self.embedder().embed([""]).any()

    def test_the_model_is_named(self) -> None:
        """Every vector knows its model."""
        assert self.embedder().model
