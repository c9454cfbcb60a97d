"""What a coding agent hands to a hook, whatever the agent calls its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """What an agent handed to a hook: its own fields under one set of names."""

    agent: str
    session: str
    folder: Path
    prompt: str
    transcript: Path | None

    @staticmethod
    def of(agent: str, given: Mapping[str, Any]) -> Call:
        """From the JSON of any agent; what is missing is empty."""

        def text(*names: str) -> str:
            return next((value for name in names if isinstance(value := given.get(name), str) and value), "")

        roots = given.get("workspace_roots")
        first = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
        path = text("transcript_path")
        return Call(
            agent,
            text("session_id", "conversation_id", "thread_id"),
            Path(first or text("cwd") or "."),
            text("prompt", "user_prompt"),
            Path(path).expanduser() if path else None,
        )
