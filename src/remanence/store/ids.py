"""Ids of new items: a function of the space's secret, the commit that they are for, and their number in it."""

from __future__ import annotations

from base64 import b32encode
from typing import TYPE_CHECKING

from remanence.blake import blake2b

if TYPE_CHECKING:
    from remanence.store.store import Store

LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")
"""From the letters of RFC 4648's base 32 to those of ids, in the same order."""


def base32(digest: bytes) -> str:
    """Sixteen letters and digits of ten bytes."""
    return b32encode(digest).translate(LETTERS).decode()


class Ids:
    """Gives so many ids, unique in the space, to whoever holds its lock; after a commit they count from one again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.again()

    def again(self) -> None:
        """What was given for a commit that did not happen is given again."""
        self._commit, self._given = -1, 0

    def __call__(self, count: int) -> list[str]:
        commit, secret = self._store.commit, self._store.secret
        if self._commit != commit:
            self._commit, self._given = commit, 0
        low = self._given + 1
        self._given += count
        seeds = [f"{commit + 1}:{number}".encode() for number in range(low, low + count)]
        return [base32(blake2b(seed, key=secret, digest_size=10).digest()) for seed in seeds]
