"""Reads benchmark downloads, plain or gzip, and remembers a fingerprint of what was read."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from remanence.errors import IngestError, Skipped

_PACKED = (".gz",)


class Files:
    """One data folder, laid out like the public downloads: `<data>/<set>/<file>[.gz]`.

    `where` says how to get the set; it ends up in the `Skipped` that a missing file raises.
    """

    def __init__(self, data: Path | str | None, where: str = "") -> None:
        self.data = Path(data) if data is not None else None
        self.where = where
        self._read: dict[str, str] = {}

    def found(self, folder: str, *patterns: str) -> list[Path]:
        """Files in `folder` that match the first pattern that matches anything; empty when none does.

        A pattern is a path with wild cards and without `.gz`. The data folder may also be the set's own.
        """
        if self.data is None:
            return []
        for home in (self.data / folder, self.data):
            for pattern in patterns:
                hits = {
                    (path.name.removesuffix(".gz"), path.parent): path
                    for ending in (*_PACKED, "")
                    for path in sorted(home.glob(pattern + ending))
                    if path.is_file()
                }
                if hits:
                    return [hits[name] for name in sorted(hits, key=lambda n: (str(n[1]), n[0]))]
        return []

    def need(self, folder: str, *patterns: str) -> list[Path]:
        """The same, but `Skipped` when nothing is there."""
        paths = self.found(folder, *patterns)
        if not paths:
            if self.data is None:
                raise Skipped("no data folder given (--data DIR)", self.where)
            raise Skipped(f"no {folder}/{patterns[0]}[.gz] in {self.data}", self.where)
        return paths

    def text(self, path: Path) -> str:
        """A whole file as text (UTF-8)."""
        raw = path.read_bytes()
        self._read[f"{path.parent.name}/{path.name}"] = hashlib.sha256(raw).hexdigest()
        try:
            if raw[:2] == b"\x1f\x8b":
                raw = gzip.decompress(raw)
            return raw.decode("utf-8-sig")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise IngestError(f"{path} cannot be read: {error}; download it again") from error

    def json(self, path: Path) -> Any:
        """A file that holds one JSON document (`NaN` is accepted)."""
        try:
            return json.loads(self.text(path))
        except json.JSONDecodeError as error:
            raise IngestError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from error

    def lines(self, path: Path) -> list[Any]:
        """A JSONL file: one document a line."""
        rows: list[Any] = []
        for number, line in enumerate(self.text(path).splitlines(), 1):
            if line.strip():
                try:
                    rows.append(json.loads(line))
                except json.JSONDecodeError as error:
                    raise IngestError(f"{path}, line {number}: not JSON ({error.msg})") from error
        return rows

    def table(self, path: Path) -> list[dict[str, str]]:
        """A CSV file with a header."""
        return list(csv.DictReader(io.StringIO(self.text(path))))

    def fingerprint(self) -> str:
        """Hash over the names and contents of everything read so far; "none" when nothing was."""
        if not self._read:
            return "none"
        joined = "\n".join(f"{name} {digest}" for name, digest in sorted(self._read.items()))
        return hashlib.sha256(joined.encode()).hexdigest()[:16]
