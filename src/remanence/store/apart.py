"""A second door on a space, to read all of it as it stands at one commit while others read and write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from remanence.store.connection import Connection
from remanence.store.door import Door
from remanence.store.tables import Tables

if TYPE_CHECKING:
    from remanence.store.store import Store


@contextmanager
def read_apart(store: Store) -> Iterator[Door]:
    """The space as it stands at one commit. A space in memory has one door: nobody else may use it until the end."""
    store.check_open()
    if store.memory:
        with store.door.snapshot():
            yield store.door
        return
    connection = Connection(store.file, store.access, on_fault=lambda: None)
    try:
        door = Tables(connection)
        connection.db.pragma("cache_size", -1_000)  # each page is read once
        with door.snapshot():
            yield door
    finally:
        connection.close()
