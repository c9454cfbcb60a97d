"""Which memory belongs to where one works: a space per project, found from its git root, beside one of the user's."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from remanence.blake import blake2b

_NAME = re.compile(r"[^a-z0-9]+")
_GITDIR = re.compile(r"gitdir:\s*(.+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A project, or none (`root` is None): its folder of data, its space, and the user's space."""

    root: Path | None
    folder: Path
    space: Path
    user: Path

    @property
    def name(self) -> str:
        """What the project is called."""
        return self.root.name if self.root is not None else ""


def data_folder(home: Path) -> Path:
    """Where programs of this user keep what they remember."""
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "remanence"
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "remanence"
    return home / ".local" / "share" / "remanence"


def root_of(start: Path, home: Path) -> Path | None:
    """The project that a folder belongs to: the nearest git root, or else the folder; None for home and above.

    All worktrees of a repository are one project, that of its main worktree.
    """
    with suppress(OSError):
        start = start.resolve()
    if start.is_file():
        start = start.parent
    for folder in (start, *start.parents):
        mark = folder / ".git"
        if mark.is_dir():
            return folder
        if mark.is_file():
            return _main_worktree(mark) or folder
    return None if start == home.resolve() or start in home.resolve().parents else start


def _main_worktree(mark: Path) -> Path | None:
    """Where a worktree's `.git` file leads: `gitdir: /repo/.git/worktrees/NAME`; None for a submodule's."""
    with suppress(OSError, UnicodeDecodeError):
        found = _GITDIR.match(mark.read_text("utf-8"))
        if found is not None:
            leads = (mark.parent / found[1].strip()).resolve()
            if leads.parent.name == "worktrees" and leads.parent.parent.name == ".git":
                return leads.parent.parent.parent
    return None


def place_of(start: Path, home: Path) -> Place:
    """The spaces for a folder."""
    data = data_folder(home)
    root = root_of(start, home)
    user = data / "user.db"
    if root is None:
        return Place(None, data, user, user)
    mark = blake2b(str(root).encode("utf-8", "surrogateescape"), digest_size=5).hexdigest()
    name = _NAME.sub("-", root.name.lower()).strip("-")[:40] or "project"
    folder = data / "projects" / f"{name}-{mark}"
    return Place(root, folder, folder / "memory.db", user)
