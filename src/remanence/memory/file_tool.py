"""The six verbs by which a model keeps notes in files, over `Documents`: view, create, str_replace, insert, delete,
rename. Results and refusals have the wording of the Anthropic memory tool (memory_20250818), which models know."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import normpath

from remanence.errors import InvalidInput
from remanence.memory.documents import Documents, checked, path_of, text_of
from remanence.types import Item

ROOT = "/memories"
MOST_LINES = 999_999
"""Of a file that is viewed; line numbers have six digits."""
LEVELS = 2
"""So deep a folder is shown."""
AROUND = 2
"""Lines before and after a replacement that are shown."""


class Refusal(InvalidInput):
    """Why a verb did nothing, in the words that the model reads."""


class FileTool:
    """Files under `/memories` in one memory. Every verb returns what the model reads, or raises `Refusal` with it.

    A folder is there as long as a file is in it.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def view(self, path: str, lines: tuple[int, int] | None = None) -> str:
        """A folder with sizes, two levels deep, or a file with numbered lines (from 1, both ends in it; -1: last)."""
        place = _inside(path)
        held = None if place == ROOT else self._documents.find(place)
        if held is None:
            return self._folder(path, place)
        rows = text_of(held).split("\n")
        if len(rows) > MOST_LINES:
            raise Refusal(f"File {path} exceeds maximum line limit of {MOST_LINES:,} lines.")
        first, last = lines or (1, -1)
        first, last = max(1, first), len(rows) if last == -1 else max(0, last)
        return f"Here's the content of {path} with line numbers:\n" + _numbered(rows[first - 1 : last], first)

    def create(self, path: str, text: str) -> str:
        """Write a new file; one that is there is left as it is."""
        place = _inside(path)
        if place == ROOT or self._is_there(place):
            raise Refusal(f"File {path} already exists")
        above = next((one for one in _parents(place) if self._documents.find(one) is not None), None)
        if above is not None:
            raise Refusal(f"The path {above} is not a directory.")
        self._documents.put(place, text)
        return f"File created successfully at: {path}"

    def str_replace(self, path: str, old: str, new: str) -> str:
        """Replace a text that stands exactly once in the file; shows the lines around it."""
        place, text = self._file(path)
        found = list(_occurrences(text, old))
        if not found:
            raise Refusal(f"No replacement was performed, old_str `{old}` did not appear verbatim in {path}.")
        if text.count(old) > 1:
            told = ", ".join(str(text.count("\n", 0, at) + 1) for at in found)
            raise Refusal(
                f"No replacement was performed. Multiple occurrences of old_str `{old}` in lines: {told}. "
                "Please ensure it is unique"
            )
        edited = text.replace(old, new)
        self._documents.put(place, edited)
        row = text.count("\n", 0, found[0])
        first = max(0, row - AROUND)
        shown = _numbered(edited.split("\n")[first : row + AROUND + 1], first + 1)
        return f"The memory file has been edited. Here is the snippet showing the change (with line numbers):\n{shown}"

    def insert(self, path: str, line: int, text: str) -> str:
        """Put lines after line number `line` (0: at the top)."""
        place, held = self._file(path)
        rows = held.removesuffix("\n").split("\n") if held else []
        if not 0 <= line <= len(rows):
            raise Refusal(f"Invalid `insert_line` parameter: {line}. It should be within the range [0, {len(rows)}].")
        rows[line:line] = text.rstrip("\n").split("\n")
        self._documents.put(place, "\n".join(rows).removesuffix("\n") + "\n")
        return f"The file {path} has been edited."

    def delete(self, path: str) -> str:
        """Erase a file, or a folder with what is in it."""
        place = _inside(path)
        if place == ROOT:
            raise Refusal(f"Cannot delete the {ROOT} directory itself")
        if not self._is_there(place):
            raise Refusal(f"The path {path} does not exist")
        self._documents.delete(place)
        return f"Successfully deleted {path}"

    def rename(self, old: str, new: str) -> str:
        """Move a file or a folder to where nothing is."""
        source, target = _inside(old), _inside(new)
        if source == ROOT:
            raise Refusal(f"Cannot rename the {ROOT} directory itself")
        if target == ROOT or self._is_there(target):
            raise Refusal(f"The destination {new} already exists")
        if not self._is_there(source):
            raise Refusal(f"The path {old} does not exist")
        if target.startswith(source + "/"):
            raise Refusal(f"Cannot move {old} into itself")
        self._documents.rename(source, target)
        return f"Successfully renamed {old} to {new}"

    def clear(self) -> str:
        """Erase every file."""
        for one in self._documents.all(ROOT):
            self._documents.delete(path_of(one))
        return "All memory cleared"

    def _folder(self, path: str, place: str) -> str:
        below = self._documents.all(place)
        if not below and place != ROOT:
            raise _missing(path)
        shown = path.rstrip("/")
        rows = [f"{_size(sum(map(_bytes, below)))}\t{shown}"]
        rows += [f"{_size(size)}\t{shown}/{name}" for name, size in _entries(below, place)]
        return "\n".join(
            [f"Here're the files and directories up to {LEVELS} levels deep in {path}, excluding hidden items:", *rows]
        )

    def _is_there(self, place: str) -> bool:
        return self._documents.find(place) is not None or bool(self._documents.all(place))

    def _file(self, path: str) -> tuple[str, str]:
        """Where a file is, and its text."""
        place = _inside(path)
        held = None if place == ROOT else self._documents.find(place)
        if held is not None:
            return place, text_of(held)
        if place == ROOT or self._documents.all(place):
            raise Refusal(f"The path {path} is not a file.")
        raise _missing(path)


def _missing(path: str) -> Refusal:
    return Refusal(f"The path {path} does not exist. Please provide a valid path.")


def _inside(path: str) -> str:
    """The name that a path means; `Refusal` where it leads out of `/memories`."""
    if not isinstance(path, str) or not (path == ROOT or path.startswith(ROOT + "/")):
        raise Refusal(f"Path must start with {ROOT}, got: {path}")
    place = normpath(path)
    if place != ROOT and not place.startswith(ROOT + "/"):
        raise Refusal(f"Path {path} would escape {ROOT} directory")
    return checked(place)


def _parents(place: str) -> Iterable[str]:
    parts = place.split("/")
    return ("/".join(parts[:end]) for end in range(3, len(parts)))


def _occurrences(text: str, wanted: str) -> Iterable[int]:
    """Where a text begins, also where it overlaps itself."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _numbered(rows: Iterable[str], first: int) -> str:
    return "\n".join(f"{number:6}\t{row}" for number, row in enumerate(rows, first))


def _bytes(item: Item) -> int:
    return len(text_of(item).encode("utf-8", "replace"))


def _entries(below: Iterable[Item], place: str) -> list[tuple[str, int]]:
    """Names and sizes of what is in a folder; a folder in it ends in `/` and has the size of all that it holds."""
    sizes: dict[tuple[str, ...], int] = {}
    folders: set[tuple[str, ...]] = set()
    for one in below:
        parts = tuple(path_of(one)[len(place) + 1 :].split("/"))
        for level in range(1, min(len(parts), LEVELS) + 1):
            if any(part.startswith(".") for part in parts[:level]):
                break
            sizes[parts[:level]] = sizes.get(parts[:level], 0) + _bytes(one)
            if level < len(parts):
                folders.add(parts[:level])
    return [("/".join(parts) + "/" * (parts in folders), sizes[parts]) for parts in sorted(sizes)]


def _size(count: int) -> str:
    """Bytes as people read them: 0B, 512B, 1.5K, 2M."""
    power = min(max(count.bit_length() - 1, 0) // 10, 3)
    size = count / 1024**power
    return f"{size:.0f}{'BKMG'[power]}" if size == int(size) else f"{size:.1f}{'BKMG'[power]}"
