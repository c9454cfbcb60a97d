"""Language models by name: "local:PATH" and whatever other packages announce."""

from __future__ import annotations

from collections.abc import Callable

from remanence.registry import Registry
from remanence.types import Chat

CHATS: Registry[Callable[[str], Chat]] = Registry("language model", group="remanence.chats", values=True)


def chat_by_name(name: str) -> Chat:
    """The chat called `name`: what stands before the colon is its kind, what follows its main knob.

    "local:model.gguf" reads a model on this machine. Packages add kinds through the entry-point group
    `remanence.chats`: a function of the text after the colon that gives a Chat. InvalidInput for an unknown kind,
    ModelMissing where the model is not there.
    """
    kind, _, rest = name.partition(":")
    return CHATS.get(kind)(rest)
