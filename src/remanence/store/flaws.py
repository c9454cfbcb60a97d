"""What is wrong with the tables of a space: what SQLite finds, rows of nothing, bits that flipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from remanence.errors import RemanenceError
from remanence.store.rows import COLUMNS, LINK, USE, check

Fields = tuple[Any, ...]


def flaws(
    run: Callable[[str], list[Fields]], batches: Callable[[str], Iterator[list[Fields]]], *, deep: bool
) -> Iterator[str]:
    """A line for each kind of flaw. run: all rows of a statement; batches: the same in lists; deep: every checksum."""
    try:
        told = [row[0] for row in run(f"PRAGMA {'integrity_check' if deep else 'quick_check'}(20)")]
    except RemanenceError as error:
        told = [str(error)]
    yield from (f"SQLite: {line}" for line in told if line != "ok")
    try:
        for name, sql in _ORPHANS.items():
            ((found,),) = run(sql)
            if found:
                yield f"{found} {name}"
        if deep:
            yield from _flips(batches)
    except (RemanenceError, ValueError, TypeError) as error:
        yield f"tables: the check broke off: {error}"


def _flips(batches: Callable[[str], Iterator[list[Fields]]]) -> Iterator[str]:
    """Rows of the small tables that do not match their checksums."""
    for table, fields in _CHECKED.items():
        for batch in batches(f"SELECT checksum, {fields} FROM {table}"):
            for crc, *row in batch:
                if check(*row) != crc:
                    yield f"{table}: {_CURE[table]}"
    for batch in batches(f"SELECT columns, {COLUMNS} FROM rows"):
        for crc, *row in batch:
            if check(*row) != crc:
                yield f"row {row[0]}: its columns do not match their checksum"
    for batch in batches("SELECT scope, mark, at, checksum FROM tombstones"):
        for scope, mark, at, crc in batch:
            if check(scope, mark, at) != crc:
                yield f"tombstones: {_CURE['tombstones']}"


_CHECKED = {"links": LINK, "usage": USE, "evidence": "item, derived", "terms": "code, term"}
_CURE = {
    "links": "a link does not match its checksum and is left out; go back to a backup",
    "usage": "the uses of an item do not match their checksum; go back to a backup",
    "evidence": "what an item was derived from does not match its checksum; rebuild with: remanence replay",
    "terms": "a term does not match its checksum and is not found; rebuild with: remanence replay",
    "tombstones": "a mark of erasure does not match its checksum; what it marked may come back with an import",
}
_ORPHANS = {
    "words without a row": "SELECT count(*) FROM words WHERE n NOT IN (SELECT n FROM rows)",
    "rows without words": "SELECT count(*) FROM rows WHERE n NOT IN (SELECT n FROM words)",
    "vectors without a row": "SELECT count(*) FROM vectors WHERE n NOT IN (SELECT n FROM rows)",
    "links to nowhere": "SELECT count(*) FROM links WHERE src NOT IN (SELECT n FROM rows) "
    "OR dst NOT IN (SELECT n FROM rows)",
    "uses of nothing": "SELECT count(*) FROM usage WHERE item NOT IN (SELECT n FROM rows)",
    "derived from nowhere": "SELECT count(*) FROM evidence WHERE item NOT IN (SELECT n FROM rows) "
    "OR derived NOT IN (SELECT n FROM rows)",
}
