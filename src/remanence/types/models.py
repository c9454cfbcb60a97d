"""The seams to models: embedders, language models, and readers of passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from remanence.types.arrays import Floats

Messages = Sequence[Mapping[str, str]]
"""What a chat model is sent: {"role": "system", "user" or "assistant", "content": text}, in order."""
Schema = Mapping[str, Any]
"""A JSON Schema."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors.

    model: name and fingerprint of the weights, stored with every vector. dim: dimensions of a vector.
    """

    @property
    def model(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows, float32 [N, dim]; an empty text gives a zero row."""
        ...

    def embed_query(self, text: str) -> Floats:
        """One unit vector, float32 [dim]."""
        ...


class Chat(Protocol):
    """A language model behind one door. Every stage that uses it says what it does without it."""

    def complete(self, messages: Messages, *, schema: Schema | None = None, max_tokens: int | None = None) -> str:
        """The model's reply, of at most `max_tokens` tokens; `ModelError` when it fails."""
        ...

    def json(self, messages: Messages, schema: Schema) -> dict[str, Any]:
        """A reply that validates against `schema`; `BadReply` after the allowed retries."""
        ...


class Reading(Protocol):
    """What a reader makes of one passage: the best span, its logit and that of "not in here", and probabilities.

    start, end: characters of the span in the passage. score: the span's logit, a number; null: that of "not in here".
    yes, no: how likely the answer is, in [0, 1]. One that knows no vocabulary of the language also says so: its `by` is
    "signs".
    """

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def null(self) -> float: ...
    @property
    def answerable(self) -> float:
        """How likely the passage answers, in [0, 1], calibrated."""
        ...

    @property
    def yes(self) -> float: ...
    @property
    def no(self) -> float: ...


class Reader(Protocol):
    """Reads passages for a question. A passage is one line or more "Name: text"; spans are offsets in it."""

    def read(self, question: str, passages: Sequence[str]) -> Sequence[Reading]:
        """One reading for each passage."""
        ...
