"""What is left after a commit or an opening that failed: the same ids are given next, and nothing stays open."""

from __future__ import annotations

import os
from pathlib import Path

import apsw
import numpy as np
import pytest

from remanence.errors import ModelMismatch, StoreError
from remanence.store.connection import Access
from remanence.store.store import Store
from remanence.types import Change, Item, Scope

ANN = Scope("ann")
DESCRIPTORS = Path("/proc/self/fd")


def test_a_commit_that_failed_uses_up_no_id(tmp_path: Path) -> None:
    """With a seed the ids depend on what was committed alone, not on what the disk refused on the way."""
    refused: list[bool] = []

    def connect(path: str) -> apsw.Connection:
        db = apsw.Connection(path)
        db.set_commit_hook(lambda: bool(refused))
        return db

    given = []
    for name, fails in (("calm", False), ("failing", True)):
        store = Store(tmp_path / name, model="m", dim=4, seed=7, access=Access(connect=connect))
        if fails:
            refused.append(True)
            with pytest.raises(StoreError):
                store.apply(Change(puts=(Item("turn", "rain fell"),)), scope=ANN)
            refused.clear()
        given.append(store.apply(Change(puts=(Item("turn", "the heron stood by the lake"),)), scope=ANN).ids)
        store.close()

    assert given[0] == given[1]


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="this system does not list what a process has open")
def test_an_opening_that_failed_leaves_no_file_open(tmp_path: Path) -> None:
    """A server that is asked for a space of another embedder, over and over, does not run out of files."""
    store = Store(tmp_path / "a.db", model="m", dim=4)
    store.apply(
        Change(puts=(Item("turn", "rain fell"),)),
        scope=ANN,
        embed=lambda texts: np.eye(4, dtype=np.float32)[: len(texts)],
    )
    store.close()
    for number in range(5):
        if number == 1:
            before = len(os.listdir(DESCRIPTORS))
        with pytest.raises(ModelMismatch):
            Store(tmp_path / "a.db", model="another", dim=4)

    assert before == len(os.listdir(DESCRIPTORS))
