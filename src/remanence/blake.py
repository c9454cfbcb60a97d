"""BLAKE2 from the interpreter itself: `hashlib` loads OpenSSL for it, which a cold question has no use for."""

try:
    from _blake2 import blake2b, blake2s
except ImportError:  # pragma: no cover - an interpreter that keeps it elsewhere
    from hashlib import blake2b, blake2s

__all__ = ["blake2b", "blake2s"]
