"""Changes settings files of other programs: shown first, written atomically, kept in a backup, and taken back.

Undoing gives the very bytes that were there when nothing else has changed the file since; otherwise only our entries
are taken out.
"""

from __future__ import annotations

import base64
import difflib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remanence.blake import blake2b
from remanence.errors import InvalidInput, StoreError
from remanence.serve import whole_file
from remanence.serve.agents import jsonc, toml_text
from remanence.serve.agents.agents import Edit, is_ours


@dataclass(frozen=True, slots=True)
class Planned:
    """A file as it is and as it would be; None where there is no file."""

    file: Path
    before: bytes | None
    after: bytes | None

    @property
    def changes(self) -> bool:
        return self.before != self.after

    @property
    def diff(self) -> str:
        """What would change, as `diff -u` shows it."""
        old = (self.before or b"").decode("utf-8", "replace").splitlines(keepends=True)
        new = (self.after or b"").decode("utf-8", "replace").splitlines(keepends=True)
        names = str(self.file) if self.before is not None else "/dev/null", str(self.file)
        lines = difflib.unified_diff(old, new, *names)
        return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def connected(edits: Sequence[Edit]) -> list[Planned]:
    """The files with our entries in them."""
    return [_planned(file, [one for one in edits if one.file == file], _added) for file in _files(edits)]


def disconnected(edits: Sequence[Edit], backups: Path) -> list[Planned]:
    """The files as they were before, or without our entries when something else changed them since."""
    return [
        _restored(file, backups) or _planned(file, [one for one in edits if one.file == file], _removed)
        for file in _files(edits)
    ]


def _files(edits: Iterable[Edit]) -> list[Path]:
    return list(dict.fromkeys(one.file for one in edits))


def _planned(file: Path, edits: Sequence[Edit], change: Any) -> Planned:
    before = _read(file)
    if before is None and change is _removed:
        return Planned(file, None, None)
    try:
        text = (before or b"").decode("utf-8")
        for one in edits:
            text = change(text, one, file.suffix == ".toml")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file}: is not UTF-8 text; nothing was changed") from None
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}; nothing was changed") from None
    return Planned(file, before, text.encode("utf-8"))


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror}; nothing was changed") from None


def _added(text: str, edit: Edit, toml: bool) -> str:
    if toml:
        return text if _toml_value(text, edit.path) == edit.value else toml_text.put_table(text, edit.path, edit.value)
    held = _json_value(text, edit.path)
    if not edit.in_list:
        if edit.path == ("version",) and held is not None:
            return text
        return text if held == edit.value else jsonc.put(text, edit.path, edit.value)
    ours = [number for number, one in enumerate(held) if is_ours(one)] if isinstance(held, list) else []
    if [held[number] for number in ours] == [edit.value]:
        return text
    for number in reversed(ours):
        text = jsonc.remove_item(text, edit.path, number)
    return jsonc.append(text, edit.path, edit.value)


def _removed(text: str, edit: Edit, toml: bool) -> str:
    if toml:
        return toml_text.remove_table(text, edit.path)
    if not edit.in_list:
        return text if edit.path == ("version",) else jsonc.remove(text, edit.path)
    held = _json_value(text, edit.path)
    for number in reversed(range(len(held) if isinstance(held, list) else 0)):
        if is_ours(held[number]):
            text = jsonc.remove_item(text, edit.path, number)
    return text


def _json_value(text: str, path: Sequence[str]) -> Any:
    value = jsonc.parse(text).value
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _toml_value(text: str, path: Sequence[str]) -> Any:
    value: Any = toml_text.load(text)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


# --- writing -------------------------------------------------------------------------------------


def write(planned: Sequence[Planned], backups: Path | None) -> None:
    """Write all of the files, or none; backups: a folder that keeps what was there before we came."""
    moved = next((one.file for one in planned if _read(one.file) != one.before), None)
    if moved is not None:
        raise StoreError(f"{moved} was changed by another program just now; try again")
    done: list[Planned] = []
    try:
        for one in planned:
            if one.changes:
                done.append(one)
                if backups is not None:
                    _remember(one, backups)
                _replace(one.file, one.after)
    except OSError as error:
        for one in reversed(done):
            with suppress(OSError):
                _replace(one.file, one.before)
        raise StoreError(f"{one.file} cannot be written: {error.strerror}; nothing was changed") from None


def _replace(file: Path, content: bytes | None) -> None:
    """Put a file in place in one step; a link stays a link, and the permissions stay."""
    target = file.resolve()
    if content is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    whole_file.replace(target, content, target.stat().st_mode & 0o777 if target.exists() else 0o600)


def _state(file: Path, backups: Path) -> Path:
    mark = blake2b(str(file.absolute()).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    return backups / f"{file.name.lstrip('.')}-{mark}.json"


def _remember(one: Planned, backups: Path) -> None:
    """Keep what was there before the first of our changes, and what we left."""
    state = _state(one.file, backups)
    known = _known(state)
    still_ours = known is not None and one.before is not None and known["after"] == _digest(one.before)
    before = known["before"] if known is not None and still_ours else _packed(one.before)
    kept = {"file": str(one.file), "before": before, "after": _digest(one.after or b"")}
    _replace(state, json.dumps(kept).encode())


def _restored(file: Path, backups: Path) -> Planned | None:
    """The file as it was before we came, when it is still as we left it."""
    known, now = _known(_state(file, backups)), _read(file)
    if known is None or now is None or known["after"] != _digest(now):
        return None
    before = known["before"]
    return Planned(file, now, None if before is None else base64.b64decode(before))


def forget(files: Iterable[Path], backups: Path) -> None:
    """Drop the backups of files that are as they were."""
    for file in files:
        with suppress(OSError):
            _state(file, backups).unlink(missing_ok=True)


def _known(state: Path) -> dict[str, Any] | None:
    try:
        held = json.loads(state.read_bytes())
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) and {"before", "after"} <= set(held) else None


def _packed(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
