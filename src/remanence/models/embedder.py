"""Embedders by name: text in, vectors out; texts that mean the same get a high dot product."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remanence.errors import InvalidInput
from remanence.types import Embedder

__all__ = ["Embedder", "by_name", "unit_rows"]

GROUP = "remanence.embedders"
Maker = Callable[[str, dict[str, Any]], Embedder]


def by_name(name: str, **knobs: Any) -> Embedder:
    """The embedder called `name`, built with its keyword arguments.

    "static", "static:64", "minilm", "minilm:fp32", "hashing", "hashing:64", "openai:<model>". What stands
    after the colon is the embedder's main knob. Nothing heavy is imported before it is asked for.
    Other packages add names through the entry-point group `remanence.embedders`: a function of the text after the
    colon and of the keyword arguments, that gives an Embedder. Bundled names come first.
    Raises InvalidInput for an unknown name, ModelMissing when the embedder needs an extra that is not
    installed.
    """
    kind, _, rest = name.partition(":")
    make = _MAKERS.get(kind) or _plugged(kind)
    if make is None:
        known = {*_MAKERS, *(point.name for point in entry_points(group=GROUP))}
        near = difflib.get_close_matches(kind, known, n=3, cutoff=0.4) or sorted(known)
        raise InvalidInput(f"no embedder {name!r}; near: {', '.join(near)}")
    return make(rest, knobs)


def unit_rows(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row of [N, dim] to length 1, in place; zero rows stay zero."""
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    norms[norms == 0] = 1.0
    matrix /= norms[:, None]
    return matrix


def _plugged(kind: str) -> Maker | None:
    """The maker that an installed package registered under this name."""
    for point in entry_points(group=GROUP, name=kind):
        make: Maker = point.load()
        return make
    return None


def _number(kind: str, rest: str) -> int:
    if not (rest.isascii() and rest.isdigit()):
        raise InvalidInput(f"{kind}:{rest} should end in a number of dimensions, such as {kind}:64")
    return int(rest)


def _static(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.static import StaticEmbedder

    return StaticEmbedder(**({"dim": _number("static", rest)} if rest else {}) | knobs)


def _minilm(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.minilm import MiniLMEmbedder

    return MiniLMEmbedder(**({"precision": rest} if rest else {}) | knobs)


def _hashing(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.hashing import HashingEmbedder

    return HashingEmbedder(**({"dim": _number("hashing", rest)} if rest else {}) | knobs)


def _openai(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.openai_embedder import OpenAIEmbedder

    if not rest and "model" not in knobs:
        raise InvalidInput("say which model: openai:<model>, for example openai:text-embedding-3-small")
    return OpenAIEmbedder(**({"model": rest} if rest else {}) | knobs)


_MAKERS: dict[str, Maker] = {
    "static": _static,
    "minilm": _minilm,
    "hashing": _hashing,
    "openai": _openai,
}
