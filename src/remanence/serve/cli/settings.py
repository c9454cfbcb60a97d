"""The one place that reads the environment: REMANENCE_* names, for the command line and the servers."""

from __future__ import annotations

import os


class Settings:
    """What the environment says. Options on the command line win over it.

    REMANENCE_SPACE: the space file. REMANENCE_USER: whose memory. REMANENCE_EMBEDDER: static, minilm, ...
    REMANENCE_LLM_URL, REMANENCE_LLM_MODEL, REMANENCE_LLM_KEY: an OpenAI-compatible endpoint.
    REMANENCE_DATA: the folder of benchmark data.
    """

    space: str = "remanence.db"
    user: str = "default"
    embedder: str = "static"
    recipe: str = "default"
    llm_url: str = ""
    llm_model: str = ""
    llm_key: str = ""
    data: str = ""

    def __init__(self, **given: str) -> None:
        for name, value in given.items():
            setattr(self, name, value)


def named() -> dict[str, str]:
    """The settings that the environment names; a quick look, and no more is loaded for it."""
    return {
        name: os.environ[f"REMANENCE_{name.upper()}"]
        for name in Settings.__annotations__
        if os.environ.get(f"REMANENCE_{name.upper()}")
    }


def settings() -> Settings:
    """The environment's settings, with the defaults for what it does not name."""
    return Settings(**named())
