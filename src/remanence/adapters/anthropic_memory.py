"""The Anthropic memory tool (memory_20250818) over a space: files under /memories are items that recall finds too.

>>> tool = MemoryTool(Memory("my.db", user="ada"))
>>> client.beta.messages.run_tools(model=..., messages=[...], tools=[tool]).until_done()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anthropic.lib.tools import BetaAbstractMemoryTool, ToolError

from remanence.errors import RemanenceError
from remanence.memory.documents import Documents
from remanence.memory.file_tool import FileTool
from remanence.memory.memory import Memory


class MemoryTool(BetaAbstractMemoryTool):  # type: ignore[misc,unused-ignore]
    """The six verbs of the tool; what goes wrong is a `ToolError`, which the runner tells the model as an error."""

    def __init__(self, memory: Memory, **knobs: Any) -> None:
        super().__init__(**knobs)
        self._files = FileTool(Documents(memory))

    def view(self, command: Any) -> str:
        """A file with line numbers, or the files of a folder."""
        lines = command.view_range
        return _told(lambda: self._files.view(command.path, None if lines is None else (lines[0], lines[1])))

    def create(self, command: Any) -> str:
        """Write a file."""
        return _told(lambda: self._files.create(command.path, command.file_text))

    def str_replace(self, command: Any) -> str:
        """Replace a text that stands once."""
        return _told(lambda: self._files.str_replace(command.path, command.old_str, command.new_str))

    def insert(self, command: Any) -> str:
        """Put lines after a line."""
        return _told(lambda: self._files.insert(command.path, command.insert_line, command.insert_text))

    def delete(self, command: Any) -> str:
        """Erase a file or folder."""
        return _told(lambda: self._files.delete(command.path))

    def rename(self, command: Any) -> str:
        """Move a file or folder."""
        return _told(lambda: self._files.rename(command.old_path, command.new_path))

    def clear_all_memory(self) -> str:
        """Erase every file."""
        return self._files.clear()


def _told(verb: Callable[[], str]) -> str:
    try:
        return verb()
    except RemanenceError as error:
        raise ToolError(str(error)) from error
