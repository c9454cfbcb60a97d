"""The machine, the versions and the code that a number was made with: what is needed to make it again."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

SPEAKING = ("mem0", "langgraph", "chromadb", "lancedb", "txtai", "numpy", "apsw", "onnxruntime", "torch")
"""Packages whose versions a result names when they are installed."""
_ROOT = Path(__file__).parent.parent.parent


def resident() -> int:
    """Resident memory of this process in bytes (0 where the system does not tell)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096


def machine() -> dict[str, Any]:
    """Versions, commit and machine: what is needed to make the numbers again."""
    versions = {}
    for name in ("remanence", *SPEAKING):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "versions": versions,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": _processor(),
        "commit": commit(),
        "argv": sys.argv[1:],
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.processor()


def commit() -> str:
    """The repository's commit, with a plus sign when files differ from it; "" outside of a repository."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", str(_ROOT))
    except (OSError, subprocess.SubprocessError):
        return ""
    return name + ("+" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=_ROOT, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


@lru_cache
def code_fingerprint(*, own: bool = True) -> str:
    """Hash of the source files that a result depends on: a changed program runs again instead of reusing.

    own: recipes run through the whole engine; baselines only through the arena, the models and what reads text.
    """
    rooms: tuple[str, ...] = ("types", "algo", "language", "models", "arena")
    rooms += ("stage", "memory", "store", "ingest", "form", "evolve", "recall", "compose", "recipes") if own else ()
    digest = hashlib.sha256()
    files = [path for room in rooms for path in (_ROOT / room).rglob("*.py")]
    for path in sorted([*files, *(_ROOT.glob("*.py") if own else ())]):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
