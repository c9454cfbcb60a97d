"""The quick way in: hands a command to the daemon, and imports nothing that an empty Python has to load.

An agent's hook may take 150 ms, and numpy alone takes most of that to import. So a command first looks for the socket
of a process that has everything loaded and the space open. Where there is none, it is too old, or it does not answer,
the command does the work itself. There is no network: the socket is a file of this user alone, in the cache folder.
"""

from __future__ import annotations

import _socket  # the library's own `socket` takes as long to import as everything else here
import os
import sys
from zlib import crc32

import remanence
from remanence.serve.cli.settings import named

READS = frozenset(("ask", "context", "get", "history", "list", "profile", "recall"))
"""Commands that the daemon answers, beside hooks: those that read."""
SECONDS = 4.0
"""After so many seconds a hook answers with nothing."""
LONGEST_PATH = 103
"""Bytes of a socket's path; the least that a system takes."""
LARGEST = 64 * 2**20
"""Bytes of one message."""


def answered(words: list[str]) -> int | None:
    """Let the daemon do it: the exit code, its answer being written, or None when it is to be done here.

    words: the command line without the program's name.
    """
    home, seconds = asked(words)
    path = socket_path(home) if home else None
    if path is None or not private(os.path.dirname(path)):
        return None
    hook = words[0] == "hook"
    line = connected(path, seconds)
    if line is None:
        return None
    raw = sys.stdin.buffer.read() if hook else b""
    try:
        told = exchanged(line, [os.getcwdb(), raw, *map(os.fsencode, words)])
    except TimeoutError:
        return 0  # only a hook waits no longer
    except OSError:
        told = None
    finally:
        line.close()
    if told is None:
        if hook:
            import io

            sys.stdin = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")  # it was read, and is still to be answered
        return None
    code, out, err = told
    sys.stdout.buffer.write(out)
    sys.stdout.flush()
    sys.stderr.buffer.write(err)
    sys.stderr.flush()
    return int(code)


def asked(words: list[str]) -> tuple[str, float | None]:
    """The home folder whose daemon may answer a command line, empty when none may; and for how many seconds to wait."""
    home = os.path.expanduser("~")
    if words and words[0] in READS:
        return home, None
    if words[:1] != ["hook"] or len(words) % 2:
        return "", None
    given = dict(zip(words[2::2], words[3::2]))
    seconds = given.get("--seconds", str(SECONDS))
    if not {"--home", "--agent", "--seconds"}.issuperset(given) or not seconds.replace(".", "", 1).isdecimal():
        return "", None
    return given.get("--home", home), float(seconds)


def socket_path(home: str) -> str | None:
    """Where the daemon of this program and these settings listens; None where there can be none."""
    if sys.platform == "win32":
        return None
    cache = os.path.join("Library", "Caches") if sys.platform == "darwin" else ".cache"
    path = os.path.join(os.path.abspath(home), cache, "remanence", f"{crc32(identity()):08x}.sock")
    return path if len(os.fsencode(path)) <= LONGEST_PATH else None


def identity() -> bytes:
    """What client and daemon must have in common: the code, the interpreter, the machine, the environment."""
    parts = [remanence.__version__, os.path.dirname(remanence.__file__), sys.prefix, os.uname().nodename]
    parts += [f"{name}={value}" for name, value in sorted(named().items())]
    return "\0".join(parts).encode("utf-8", "surrogateescape")


def private(folder: str) -> bool:
    """Whether a folder is this user's own and nobody else can look into it or put anything there."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return found.st_uid == os.getuid() and found.st_mode & 0o170077 == 0o040000


def start(home: str, spaces: list[str]) -> bool:
    """Start a daemon in the background; whether there can be one. spaces: files that it opens before it is asked."""
    path = socket_path(home)
    folder = os.path.dirname(path or "")
    if path is None or (os.path.exists(folder) and not private(folder)):
        return False
    import subprocess  # only who starts one pays for it

    words = [sys.executable, "-m", "remanence.serve.daemon", path, *spaces]
    quiet = subprocess.DEVNULL
    try:
        subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError:
        return False
    return True


def connected(path: str, seconds: float | None) -> _socket.socket | None:
    """A line to the daemon, or None where nobody listens."""
    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    line.settimeout(seconds)
    try:
        line.connect(path)
    except OSError:
        line.close()
        return None
    return line


def told(home: str, verb: str, *, seconds: float = 60.0) -> str | None:
    """What the daemon says to "status", or to "stop", which ends it; None when there is none."""
    path = socket_path(home)
    line = connected(path, seconds) if path is not None else None
    if line is None:
        return None
    try:
        answer = exchanged(line, [b"/", b"", verb.encode()])
    except OSError:
        return None
    finally:
        line.close()
    return answer[1].decode().rstrip() if answer is not None else None


def exchanged(line: _socket.socket, fields: list[bytes]) -> list[bytes] | None:
    """Ask over a line: exit code, output and errors; None when the daemon does not do it, or went away meanwhile."""
    line.sendall(packed([identity(), *fields]))
    line.shutdown(_socket.SHUT_WR)
    told = unpacked(whole(line))
    return told if told is not None and len(told) == 3 else None


def packed(fields: list[bytes]) -> bytes:
    """Fields as one message: each with its length before it, in four bytes."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def unpacked(message: bytes) -> list[bytes] | None:
    """The fields of a message; None when it is not whole."""
    fields: list[bytes] = []
    place = 0
    while place < len(message):
        start = place + 4
        place = start + int.from_bytes(message[place:start], "big")
        fields.append(message[start:place])
    return fields if place == len(message) else None


def whole(line: _socket.socket) -> bytes:
    """Everything that comes over a line until its other end is done."""
    parts: list[bytes] = []
    size = 0
    while size <= LARGEST and (part := line.recv(2**16)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
