"""An input file being read: its bytes under bounds, and what happens when a record is bad.

Plain, gzip and zip files look alike from here on. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from remanence.errors import IngestError, InvalidInput
from remanence.ingest.message import WILD, Message, mend, message
from remanence.records import dataclass

MAX_UNPACKED = 8 * 2**30
"""Most bytes that one packed file may unpack to."""
MAX_RATIO = 200
"""Most times that a packed file may grow (looked at from 8 MiB on)."""
MAX_DIRECTORY = 4 * 2**20
"""Largest table of contents of a zip file, in bytes."""

_GRACE = 8 * 2**20
_BUFFER = 256 * 2**10
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that was left out: the line where it begins (0: the file as a whole) and why."""

    line: int
    reason: str
    file: str = ""


class Broken(Exception):
    """The bytes end or go wrong here: what came before is good, nothing can be read after it."""


class Source:
    """One input: where its bytes come from and what to do with a bad record.

    With `skip_bad` a bad record goes to `on_skip`; without it the first one raises `IngestError`.
    `now` is the time of messages that carry none. `read` counts unpacked bytes, `skipped` left-out records.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        skip_bad: bool = False,
        on_skip: Callable[[Skipped], None] | None = None,
        now: datetime | None = None,
    ) -> None:
        self.path = Path(path)
        self.skip_bad = skip_bad
        self.on_skip = on_skip
        self.now = now
        self.read = 0
        self.skipped = 0
        self.part = ""
        self._label: str | None = None

    def __repr__(self) -> str:
        return f"Source({str(self.path)!r})"

    @property
    def label(self) -> str:
        """The file as the user named it, short enough for a session name; records are `<label>#<n>`."""
        if self._label is None:
            named = PurePosixPath(self.path.as_posix()).as_posix()
            for packed in (".gz", ".zip"):
                named = named.removesuffix(packed)
            if named.lower() in WILD:
                named = f"./{named}"
            self._label = mend(named if len(named) <= 200 else "..." + named[-197:])
        return self._label

    def inside(self, path: Path) -> Source:
        """Another file under the same rules, its skipped records counted on its own."""
        return Source(path, skip_bad=self.skip_bad, on_skip=self.on_skip, now=self.now)

    # --- records ---------------------------------------------------------------------------------

    def bad(self, line: int, reason: str) -> None:
        """A record that cannot be taken: raises `IngestError`, or reports it when bad ones are skipped."""
        if not self.skip_bad:
            raise IngestError(
                f"{self._where(line)}: {reason}. Correct it, or leave such records out with --skip-bad (skip_bad=True)"
            )
        self.skipped += 1
        if self.on_skip is not None:
            self.on_skip(Skipped(line, reason, str(self.path)))

    def refuse(self, reason: str, line: int = 0) -> IngestError:
        """The error for a file that cannot be read at all; skipping does not help."""
        return IngestError(f"{self._where(line)}: {reason}")

    def make(self, line: int, value: Mapping[str, Any] | str) -> Message | None:
        """A mapping as an imported message, or None when it was bad and is skipped."""
        try:
            return message(value, now=self.now, imported=True)
        except InvalidInput as error:
            self.bad(line, str(error))
            return None

    def kept(self, line: int, value: Mapping[str, Any] | str) -> Iterator[Message]:
        """The message of a mapping, or nothing when it was bad and is skipped: for `yield from`."""
        made = self.make(line, value)
        if made is not None:
            yield made

    def relation(self, line: int, parts: tuple[str, str, str], **more: Any) -> Iterator[Message]:
        """A (subject, relation, object) of another store as a fact with its link."""
        subject, slot, what = parts
        data = {"subject": subject, "slot": slot, "value": what, "links": [{"src": subject, "rel": slot, "dst": what}]}
        told = {"text": f"{subject} {slot.replace('_', ' ')} {what}", "kind": "fact", "data": data}
        yield from self.kept(line, told | more)

    def _where(self, line: int) -> str:
        name = f"{self.path} ({self.part})" if self.part else str(self.path)
        return f"{name}, line {line}" if line else name

    # --- bytes -----------------------------------------------------------------------------------

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The unpacked bytes of a plain or gzip file, without a byte order mark; reads raise `Broken`."""
        with self._file() as file:
            packed = file.peek(2)[:2] == b"\x1f\x8b"
            inner: Any = gzip.GzipFile(fileobj=file, mode="rb") if packed else file
            with self._bounded(inner, file.tell if packed else None) as stream:
                yield stream

    @contextmanager
    def members(self, wanted: Callable[[str], bool]) -> Iterator[Iterator[BinaryIO]]:
        """The wanted files of a zip archive or a folder one after the other, or the file itself when it is neither."""
        if self.path.is_dir():
            yield self._unpacked(wanted)
            return
        with self._file() as file:
            zipped = file.peek(4)[:4] in (b"PK\x03\x04", b"PK\x05\x06")
        if zipped:
            yield self._unzipped(wanted)
        else:
            with self.open() as stream:
                yield iter((stream,))

    def held(self, wanted: Callable[[str], bool]) -> list[Path]:
        """The wanted files that lie in a folder, by their names."""
        try:
            return sorted(path for path in self.path.iterdir() if wanted(path.name) and path.is_file())
        except OSError as error:
            raise self.refuse(f"cannot be opened: {_plain(error)}") from None

    def _unpacked(self, wanted: Callable[[str], bool]) -> Iterator[BinaryIO]:
        for path in self.held(wanted):
            self.part = path.name
            inner = self.inside(path)
            with inner.open() as stream:
                yield stream
            self.read += inner.read
        self.part = ""

    def _unzipped(self, wanted: Callable[[str], bool]) -> Iterator[BinaryIO]:
        import zipfile  # costs 10 ms; only archives need it

        with self._file() as file:
            try:
                archive = zipfile.ZipFile(_Cautious(file, self))
            except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
                raise self.refuse(f"is not a zip archive that can be read: {_plain(error)}") from None
            with archive:
                entries = archive.infolist()
                seen: set[str] = set()
                for entry in entries:
                    self._check_entry(entry.filename, entry.orig_filename, entry.external_attr >> 16, seen)
                chosen = sorted((e for e in entries if wanted(e.filename)), key=lambda e: e.filename)
                if not chosen:
                    raise self.refuse("is a zip archive without a conversations.json; export your chats again")
                for entry in chosen:
                    if entry.flag_bits & 0x1:
                        raise self.refuse(f"{entry.filename} is encrypted; unpack it and give the file itself")
                    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                        raise self.refuse(f"{entry.filename} is packed in an unusual way; unpack it and give the file")
                    self.part = entry.filename
                    errors = (zipfile.BadZipFile, RuntimeError)
                    try:
                        with archive.open(entry) as inner, self._bounded(inner, file.tell, errors) as stream:
                            yield stream
                    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
                        raise self.refuse(f"{entry.filename} cannot be unpacked: {_plain(error)}") from None
                self.part = ""

    def _check_entry(self, name: str, raw: str, mode: int, seen: set[str]) -> None:
        parts = name.replace("\\", "/").split("/")
        folded = name.casefold()
        if (
            ".." in parts
            or name.startswith(("/", "\\"))
            or name[1:2] == ":"
            or "\x00" in raw
            or (mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR))
            or folded in seen
        ):
            raise self.refuse(
                f"the archive holds {raw[:80]!a}, which no chat export does (a link, a path that leads "
                f"outside, or a name twice); unpack it where that is safe and give conversations.json itself"
            )
        seen.add(folded)

    @contextmanager
    def _file(self) -> Iterator[io.BufferedReader]:
        try:
            info = self.path.stat()
            if stat.S_ISDIR(info.st_mode):
                raise self.refuse("is a folder; name the files in it")
            if not stat.S_ISREG(info.st_mode):
                raise self.refuse("is not a regular file; save the input to a file first")
            file = open(self.path, "rb")  # noqa: SIM115 (closed below)
        except FileNotFoundError:
            raise self.refuse("does not exist; check the path") from None
        except (OSError, ValueError) as error:
            raise self.refuse(f"cannot be opened: {_plain(error)}") from None
        with file:
            yield file

    @contextmanager
    def _bounded(
        self,
        inner: Any,
        packed: Callable[[], int] | None,
        errors: tuple[type[Exception], ...] = (),
    ) -> Iterator[BinaryIO]:
        stream = io.BufferedReader(_Bounded(inner, packed, self, errors), _BUFFER)
        with suppress(Broken):  # the first read says so again
            if stream.peek(3)[:3] == _BOM:
                stream.read(3)
        yield stream


class _Bounded(io.RawIOBase):
    """Counts unpacked bytes, stops bombs and turns every packing error into `Broken`."""

    def __init__(
        self,
        inner: Any,
        packed: Callable[[], int] | None,
        source: Source,
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._inner = inner
        self._packed = packed
        self._source = source
        self._errors: tuple[type[Exception], ...]
        self._errors = (EOFError, zlib.error, OSError, ValueError, NotImplementedError, *errors)
        self._total = 0
        self._broken: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._broken is not None:
            raise Broken(self._broken)
        try:
            piece = self._inner.read1(len(buffer))  # one read: what comes before damage is given
        except self._errors as error:
            self._broken = f"the file ends or is damaged here ({_plain(error)}); fetch it again"
            raise Broken(self._broken) from None
        size = len(piece)
        buffer[:size] = piece
        self._total += size
        self._source.read += size
        if self._packed is not None and self._total > min(MAX_UNPACKED, self._allowed()):
            raise self._source.refuse(
                f"unpacks to more than {MAX_RATIO} times its size or {MAX_UNPACKED >> 30} GiB; "
                f"if you trust it, unpack it yourself and give the plain file"
            )
        return size

    def _allowed(self) -> int:
        return max(_GRACE, MAX_RATIO * self._packed() if self._packed is not None else 0)


def take(stream: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes; what was read before the bytes went wrong is still given."""
    got: list[bytes] = []
    left = size
    try:
        while left and (piece := stream.read1(left)):  # type: ignore[attr-defined]
            got.append(piece)
            left -= len(piece)
    except Broken:
        if not got:
            raise
    return b"".join(got)


class _Cautious:
    """A file that refuses to hand over an oversized table of contents of a zip archive."""

    def __init__(self, file: io.BufferedReader, source: Source) -> None:
        self._file = file
        self._source = source

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        got = self._file.read(MAX_DIRECTORY + 1 if size < 0 else min(size, MAX_DIRECTORY + 1))
        if len(got) > MAX_DIRECTORY:
            raise self._source.refuse(
                "is a zip archive with a table of contents over 4 MiB; unpack it and give conversations.json itself"
            )
        return got


def _plain(error: BaseException) -> str:
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return ascii(told)[1:-1][:160]
