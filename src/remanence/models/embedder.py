"""Embedders by name: text in, vectors out; texts that mean the same get a high dot product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remanence.errors import InvalidInput
from remanence.registry import Registry
from remanence.types import Embedder

__all__ = ["Embedder", "by_name"]

Maker = Callable[[str, dict[str, Any]], Embedder]
EMBEDDERS: Registry[Maker] = Registry("embedder", group="remanence.embedders", values=True)


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
    return EMBEDDERS.get(kind)(rest, knobs)


def _number(kind: str, rest: str) -> int:
    if not (rest.isascii() and rest.isdigit()):
        raise InvalidInput(f"{kind}:{rest} should end in a number of dimensions, such as {kind}:64")
    return int(rest)


@EMBEDDERS.register("static")
def _static(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.static import StaticEmbedder

    if not rest and not knobs:
        return StaticEmbedder.bundled()
    return StaticEmbedder(**({"dim": _number("static", rest)} if rest else {}) | knobs)


@EMBEDDERS.register("minilm")
def _minilm(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.minilm import MiniLMEmbedder

    return MiniLMEmbedder(**({"precision": rest} if rest else {}) | knobs)


@EMBEDDERS.register("hashing")
def _hashing(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.hashing import HashingEmbedder

    return HashingEmbedder(**({"dim": _number("hashing", rest)} if rest else {}) | knobs)


@EMBEDDERS.register("openai")
def _openai(rest: str, knobs: dict[str, Any]) -> Embedder:
    from remanence.models.openai_embedder import OpenAIEmbedder

    if not rest and "model" not in knobs:
        raise InvalidInput("say which model: openai:<model>, for example openai:text-embedding-3-small")
    return OpenAIEmbedder(**({"model": rest} if rest else {}) | knobs)
