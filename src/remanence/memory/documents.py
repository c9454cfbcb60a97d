"""Named texts in a memory: a path, a text, some data; each writing is a new version, and recall finds them too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remanence.errors import Conflict, InvalidInput, NotFound
from remanence.memory.memory import Memory
from remanence.types import Item

MAX_NAME = 1_024
"""Longest path, in characters."""


class Documents:
    """Texts under paths such as `/notes/trip.md`, as items of kind `file` in the scope of one memory.

    Paths are names, never places on a disk: they begin with `/`, and `.` and `..` have no meaning in them.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, path: str) -> Item | None:
        """The current version under a path."""
        found = self._memory.list(limit=1, where={"kinds": ("file",), "data.path": checked(path)})
        return found[0] if found else None

    def get(self, path: str) -> Item:
        """The current version; `NotFound` when there is none."""
        found = self.find(path)
        if found is None:
            raise NotFound(f"no document {path}; see the list of them")
        return found

    def put(self, path: str, text: str, data: Mapping[str, Any] | None = None) -> str:
        """Write a text under a path; returns the item's id, which stays the same from version to version."""
        held = self.find(path)
        blank = not text.strip()
        fields = {**(data or {}), "path": checked(path), "empty": blank or None, "blank": (blank and text) or None}
        kept = text if text.strip() else f"(the document {path} is empty)"
        if held is None:
            given = {name: value for name, value in fields.items() if value is not None}
            receipt = self._memory.remember({"kind": "file", "text": kept, "data": given})
            if not receipt.ids:
                raise InvalidInput("; ".join(receipt.refused))
            return receipt.ids[0]
        gone = {name: None for name in held.data if name not in fields}
        self._memory.update(held.id, kept, data={**gone, **fields})
        return held.id

    def text(self, path: str) -> str:
        """What stands under a path."""
        return text_of(self.get(path))

    def all(self, folder: str = "/") -> list[Item]:
        """Every document whose path begins with the folder, by path."""
        start = "/" if checked(folder, may_be_root=True) == "/" else folder.rstrip("/") + "/"
        found = self._memory.list(limit=0, kinds=("file",))
        return sorted((one for one in found if str(one.data.get("path", "")).startswith(start)), key=path_of)

    def delete(self, path: str) -> int:
        """Erase a document, or every document of a folder; returns how many went."""
        held = self.find(path)
        gone = [held] if held is not None else self.all(path)
        if not gone:
            raise NotFound(f"no document {path}; see the list of them")
        self._memory.erase([one.id for one in gone], force=True)
        return len(gone)

    def rename(self, old: str, new: str) -> int:
        """Move a document or a folder; `Conflict` when something stands there already."""
        held = self.find(old)
        moved = [held] if held is not None else self.all(old)
        if not moved:
            raise NotFound(f"no document {old}; see the list of them")
        if self.find(new) is not None or self.all(new):
            raise Conflict(f"{new} is there already; delete it first, or choose another name")
        for one in moved:
            self._memory.update(one.id, data={"path": checked(new + path_of(one)[len(old) :])})
        return len(moved)


def checked(path: object, *, may_be_root: bool = False) -> str:
    """A path that is only a name; `InvalidInput` for what could be taken for a place outside."""
    if not isinstance(path, str) or not path.startswith("/") or len(path) > MAX_NAME:
        raise InvalidInput(f"a path begins with '/' and has at most {MAX_NAME:,} characters, not {path!r}")
    if path == "/" and may_be_root:
        return path
    parts = path.rstrip("/").split("/")[1:]
    if not parts or any(part in ("", ".", "..") or not part.isprintable() or "\\" in part for part in parts):
        raise InvalidInput(f"{path!r} is no path: its parts are names, without '.', '..' and control characters")
    return path.rstrip("/")


def path_of(item: Item) -> str:
    """The path of a document."""
    return str(item.data["path"])


def text_of(item: Item) -> str:
    """The text of a document; of one without a word, the blanks that it has."""
    return str(item.data.get("blank", "")) if item.data.get("empty") else item.text
