"""Doors to the models: text in, vectors or replies out. Each one is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remanence.models.chat import Chat, OpenAIChat
    from remanence.models.embedder import Embedder, by_name
    from remanence.models.fake_server import FakeServer
    from remanence.models.hashing import HashingEmbedder
    from remanence.models.minilm import MiniLMEmbedder
    from remanence.models.openai_embedder import OpenAIEmbedder
    from remanence.models.scripted import Script
    from remanence.models.static import StaticEmbedder
    from remanence.models.wordpiece import WordPiece

__all__ = [
    "Chat",
    "Embedder",
    "FakeServer",
    "HashingEmbedder",
    "MiniLMEmbedder",
    "OpenAIChat",
    "OpenAIEmbedder",
    "Script",
    "StaticEmbedder",
    "WordPiece",
    "by_name",
]

_HOME = {
    "Chat": "chat",
    "Embedder": "embedder",
    "FakeServer": "fake_server",
    "HashingEmbedder": "hashing",
    "MiniLMEmbedder": "minilm",
    "OpenAIChat": "chat",
    "OpenAIEmbedder": "openai_embedder",
    "Script": "scripted",
    "StaticEmbedder": "static",
    "WordPiece": "wordpiece",
    "by_name": "embedder",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
