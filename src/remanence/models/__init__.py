"""Doors to the models: text in, vectors or replies out. Each one is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

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
else:
    __getattr__ = on_first_use(
        __name__,
        chat="Chat OpenAIChat",
        embedder="Embedder by_name",
        fake_server="FakeServer",
        hashing="HashingEmbedder",
        minilm="MiniLMEmbedder",
        openai_embedder="OpenAIEmbedder",
        scripted="Script",
        static="StaticEmbedder",
        wordpiece="WordPiece",
    )

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
