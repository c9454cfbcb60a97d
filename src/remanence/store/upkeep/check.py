"""`doctor`: what is wrong with a space, and how much of it there is. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from remanence.errors import RemanenceError
from remanence.records import dataclass
from remanence.store.chain import chained
from remanence.store.peek import damaged_logs, notes_of_loss
from remanence.store.rows import sound, unpack
from remanence.store.store import Store
from remanence.store.words import terms
from remanence.types import Item

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What `doctor` found. `problems` is empty for a sound space."""

    ok: bool
    problems: tuple[str, ...]
    facts: dict[str, Any]


def doctor(store: Store, *, deep: bool = False, on_progress: Progress | None = None) -> Report:
    """Check the file, the journal's chain and the caches; `deep` verifies every checksum and re-reads every text.

    It only reads: nothing is repaired, renamed or rebuilt.
    """
    store.refresh()
    problems = list(store.damaged)
    if not store.memory:
        problems += [
            f"a log was damaged, and {copy} is a copy of it; get back what is missing, then delete the copy"
            for copy in damaged_logs(Path(store.path))
        ]
        problems += notes_of_loss(Path(store.path))
    checks = {"tables": store.door.problems(deep=deep), "journal": _chain_breaks(store)}
    if deep:
        checks["payloads"] = _deep(store, on_progress)
        checks["vectors"] = _vectors(store)
    for name, found in checks.items():
        try:
            problems.extend(found)
        except (RemanenceError, ValueError, TypeError) as error:
            problems.append(f"{name}: the check broke off: {error}")
    problems.extend(f"derived work given up: {job.stage}: {job.error}" for job in store.jobs(state="failed"))
    facts = {
        "sqlite": apsw.sqlite_lib_version(),
        "schema": store.door.schema(),
        "commit": store.commit,
        "durability": store.access.durability,
        "embedder": store.current_model[1],
    }
    try:
        facts.update(counts(store))
    except RemanenceError as error:
        problems.append(f"counts: {error}")
    return Report(not problems, tuple(dict.fromkeys(problems)), facts)


def counts(store: Store) -> dict[str, Any]:
    """How much there is, in rows and bytes."""
    return dict(store.door.counts())


def _chain_breaks(store: Store) -> Iterator[str]:
    before, expected = b"", 1
    for entry in store.door.journal(0):
        if entry.seq != expected:
            yield f"journal: commits {expected} to {entry.seq - 1} are missing"
        if entry.chain != chained(before, entry.seq, entry.at, entry.reason, entry.ops):
            yield f"journal: commit {entry.seq} does not follow from the one before it"
        before, expected = entry.chain, entry.seq + 1


def _deep(store: Store, on_progress: Progress | None) -> Iterator[str]:
    """Every checksum, every text against its words, every derived item against the trust of its sources."""
    words = {n: data for batch in store.door.words(0) for n, data, _ in batch}
    code_of = {term: code for batch in store.door.terms(0) for _, term, code in batch}
    trust: dict[str, float] = {}
    derived: list[tuple[int, Item]] = []
    for done, (n, _, row) in enumerate(store.door.every_row()):
        if on_progress is not None and done % 1_000 == 0:
            on_progress(done, len(words))
        if not sound(row):
            yield f"row {n} (item {row[0]}) does not match its checksum"
            continue
        item = unpack(row)
        if item.retired is None:
            trust[item.id] = item.trust
            if item.evidence:
                derived.append((n, replace(item, text="", data={})))
        if n in words and not _matches(words[n], item, code_of):
            yield f"row {n}: its words do not match its text; the space can be rebuilt with: remanence replay"
    for n, item in derived:
        if item.trust > min(trust.get(one.id, 1.0) for one in item.evidence) + 1e-9:
            yield f"row {n} (item {item.id}) is more trusted than what it was derived from"


def _matches(data: bytes | None, item: Item, code_of: dict[str, int]) -> bool:
    if data is None:
        return False
    codes = np.frombuffer(data, np.uint32, len(data) // 5).tolist()
    return set(codes) == {code_of.get(term, -1) for term in terms(item.key)}


def _vectors(store: Store) -> Iterator[str]:
    model, name, _ = store.current_model
    for batch in store.door.vectors(model, 0):
        for n, data in batch:
            if data is None:
                yield f"row {n}: its vector does not match its checksum; rebuild with: remanence reembed"
    lacking = len(store.lacking_vectors())
    if lacking:
        yield f"{lacking} rows lack a vector of {name} and are found by their words only; sleep mends that"
