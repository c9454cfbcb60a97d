"""The profile `files`: the six verbs of the Anthropic memory tool as tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remanence.errors import InvalidInput
from remanence.memory import Memory
from remanence.memory.documents import Documents
from remanence.memory.file_tool import FileTool
from remanence.serve.mcp.tools import Arguments, Parameter, Run, Tool
from remanence.stage.llm_json import object_of

_PATH = Parameter("path", "string", "a file or folder under /memories", True)
_OUTPUT = object_of(result={"type": "string"})


Verb = Callable[[FileTool, Arguments], str]


def _run(verb: Verb) -> Run:
    def run(memory: Memory, given: Arguments) -> dict[str, Any]:
        return {"result": verb(FileTool(Documents(memory)), given)}

    return run


def _view(files: FileTool, given: Arguments) -> str:
    lines = given.get("view_range") or ()
    if lines and (len(lines) != 2 or not all(type(one) is int for one in lines)):
        raise InvalidInput("view_range is two whole numbers, the first and the last line, such as [1, 20]")
    return files.view(given["path"], (lines[0], lines[1]) if lines else None)


def _tool(
    name: str, title: str, means: str, verb: Verb, *parameters: Parameter, read_only: bool = False,
    destructive: bool = False, idempotent: bool = True,
) -> Tool:  # fmt: skip
    """A verb of files, which answers with its text as it is."""
    return Tool(
        name, title, means, _run(verb), parameters, _OUTPUT, read_only, destructive, idempotent, text=_plain
    )  # fmt: skip


def _plain(told: Any) -> str:
    return str(told["result"])


FILES = (
    _tool(
        "view",
        "View a file",
        "A file with numbered lines, or what is in a folder, two levels deep.",
        _view,
        _PATH,
        Parameter(
            "view_range",
            "array",
            "first and last line, -1 for the end",
            more={"items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        ),
        read_only=True,
    ),
    _tool(
        "create",
        "Write a file",
        "Write a new file; one that is there is left as it is.",
        lambda files, given: files.create(given["path"], given["file_text"]),
        _PATH,
        Parameter("file_text", "string", "the whole text", True, ("text", "content")),
        idempotent=False,
    ),
    _tool(
        "str_replace",
        "Replace text in a file",
        "Replace a text that stands exactly once in the file.",
        lambda files, given: files.str_replace(given["path"], given["old_str"], given.get("new_str", "")),
        _PATH,
        Parameter("old_str", "string", "the text that is there", True),
        Parameter("new_str", "string", "the text that shall stand there"),
        idempotent=False,
    ),
    _tool(
        "insert",
        "Insert lines in a file",
        "Put text after a line; 0 is the top.",
        lambda files, given: files.insert(given["path"], given["insert_line"], given["insert_text"]),
        _PATH,
        Parameter("insert_line", "integer", "after this line", True),
        Parameter("insert_text", "string", "the text", True, ("text", "new_str")),
        idempotent=False,
    ),
    _tool(
        "delete",
        "Delete a file",
        "Erase a file, or a folder with what is in it, for good.",
        lambda files, given: files.delete(given["path"]),
        _PATH,
        destructive=True,
    ),
    _tool(
        "rename",
        "Rename a file",
        "Move a file or a folder.",
        lambda files, given: files.rename(given["old_path"], given["new_path"]),
        Parameter("old_path", "string", "where it is", True),
        Parameter("new_path", "string", "where it shall be", True),
        idempotent=False,
    ),
)
