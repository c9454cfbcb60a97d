"""The six verbs by which a model keeps notes in files, over `Documents`: view, create, str_replace, insert, delete,
rename. The wording of results is what models of the Anthropic memory tool (memory_20250818) are used to."""

from __future__ import annotations

from remanence.errors import InvalidInput, NotFound
from remanence.memory.documents import Documents, checked, path_of, text_of

ROOT = "/memories"


class FileTool:
    """Files under `/memories` in one memory. Every verb returns what the model reads, or raises with the cure."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def view(self, path: str, lines: tuple[int, int] | None = None) -> str:
        """A folder's files with their sizes, or a file with numbered lines (1-based, both ends included, -1: end)."""
        held = None if path == ROOT else self._documents.find(_inside(path))
        if held is not None:
            rows = text_of(held).split("\n")
            first, last = lines or (1, -1)
            last = len(rows) if last == -1 else last
            if not 1 <= first <= last or first > len(rows):
                raise InvalidInput(f"view_range [{first}, {last}] is not within the {len(rows)} lines of {path}")
            told = [f"{number:6}\t{row}" for number, row in enumerate(rows[first - 1 : last], first)]
            return f"Here's the content of {path} with line numbers:\n" + "\n".join(told)
        below = self._documents.all(path)
        if not below and path != ROOT:
            raise NotFound(f"The path {path} does not exist. Please provide a valid path.")
        rows = [f"{len(text_of(one).encode('utf-8', 'replace'))}\t{path_of(one)}" for one in below]
        return "\n".join([f"Here're the files and directories in {path}:", *rows])

    def create(self, path: str, text: str) -> str:
        """Write a file; one that is there gets a new version."""
        self._documents.put(_inside(path), text)
        return f"File created successfully at: {path}"

    def str_replace(self, path: str, old: str, new: str) -> str:
        """Replace a text that stands exactly once in the file."""
        text = self._text(path)
        count = text.count(old) if old else 0
        if count != 1:
            said = "did not appear verbatim" if not count else f"appears {count} times, which is not unique,"
            raise InvalidInput(f"No replacement was performed: old_str {said} in {path}.")
        self._documents.put(path, text.replace(old, new))
        return "The memory file has been edited."

    def insert(self, path: str, line: int, text: str) -> str:
        """Put lines after line number `line` (0: at the top)."""
        rows = self._text(path).split("\n")
        if not 0 <= line <= len(rows):
            raise InvalidInput(f"Invalid `insert_line` parameter: {line}. It should be within [0, {len(rows)}].")
        rows[line:line] = text.removesuffix("\n").split("\n")
        self._documents.put(path, "\n".join(rows))
        return f"The file {path} has been edited."

    def delete(self, path: str) -> str:
        """Erase a file, or a folder with what is in it."""
        if path.rstrip("/") == ROOT:
            raise InvalidInput(f"{ROOT} itself cannot be deleted; delete what is in it")
        self._documents.delete(_inside(path))
        return f"Successfully deleted {path}"

    def rename(self, old: str, new: str) -> str:
        """Move a file or a folder."""
        self._documents.rename(_inside(old), _inside(new))
        return f"Successfully renamed {old} to {new}"

    def clear(self) -> str:
        """Erase every file."""
        for one in self._documents.all(ROOT):
            self._documents.delete(path_of(one))
        return "All memory cleared"

    def _text(self, path: str) -> str:
        held = self._documents.find(_inside(path))
        if held is None:
            raise NotFound(f"The path {path} does not exist. Please provide a valid path.")
        return text_of(held)


def _inside(path: str) -> str:
    if not isinstance(path, str) or not path.startswith(ROOT + "/"):
        raise InvalidInput(f"paths begin with {ROOT}/, not {path!r}")
    return checked(path)
