"""Damage is noticed, erased is gone, and strange files are refused without being touched."""

from __future__ import annotations

import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import pytest

from remanence.errors import IntegrityError, MigrationError, ModelMismatch, StoreError
from remanence.memory.memory import Memory
from remanence.recipes import get
from remanence.store import migrations, rows, upkeep
from remanence.store.store import Store
from remanence.store.tables import Tables
from remanence.store.view import fetch
from remanence.testing import HashingEmbedder
from remanence.types import Change, Item, Scope

ALICE = Scope("alice")
EMBEDDER = HashingEmbedder(32)


def opened(path: Path, **knobs: Any) -> Store:
    return Store(path, **{"model": EMBEDDER.model, "dim": 32} | knobs)


def filled(path: Path, count: int = 200) -> dict[str, str]:
    """A closed space; id -> text."""
    store = opened(path, seed=3)
    items = tuple(
        Item("turn", f"turn {i}: the heron number {i * 7919} stood in the lake", who="Ann") for i in range(count)
    )
    receipt = store.apply(Change(puts=items), scope=ALICE, embed=EMBEDDER.embed)
    store.close()
    return dict(zip(receipt.ids, (item.text for item in items), strict=True))


# --- bit flips -----------------------------------------------------------------------------------


def _flips(path: Path, truth: dict[str, str], count: int) -> dict[str, int]:
    """Outcomes of single flipped bits: harmless, refused, noticed, or silent."""
    whole = path.read_bytes()
    vectors = _vectors(path, truth)
    chance = random.Random(5)
    told = {"harmless": 0, "refused": 0, "noticed": 0, "silent": 0, "raw": 0}
    damaged = path.with_name("damaged.db")
    for _ in range(count):
        place, bit = chance.randrange(100, len(whole)), chance.randrange(8)
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        for name in ("damaged.db", "damaged.db-wal", "damaged.db-shm"):
            path.with_name(name).unlink(missing_ok=True)
        damaged.write_bytes(changed)
        told[_outcome(damaged, truth, vectors)] += 1
    return told


def _vectors(path: Path, truth: dict[str, str]) -> np.ndarray[Any, Any]:
    store = opened(path)
    view = store.view(ALICE)
    found = view.vectors(view.rows_of(list(truth)))
    store.close()
    return found


def _outcome(path: Path, truth: dict[str, str], vectors: np.ndarray[Any, Any]) -> str:
    try:
        store = opened(path)
    except StoreError:
        return "refused"
    try:
        view = store.view(ALICE)
        ids = list(truth)
        found = view.rows_of(ids)
        if (found < 0).any():
            return "noticed" if upkeep.doctor(store, deep=True).problems else "silent"
        items = view.items(found)
        same = all(item.text == truth.get(item.id) and item.who == "Ann" for item in items)
        now = view.vectors(found)
        gone = ~now.any(axis=1)
        alike = np.array_equal(now[~gone], vectors[~gone])
        if not same or not alike:
            return "silent"
        return "noticed" if gone.any() or store.damaged else "harmless"
    except StoreError:
        return "noticed"
    except (ValueError, TypeError):
        return "raw"
    finally:
        store.close()


def test_a_flipped_bit_never_changes_an_answer_silently(tmp_path: Path) -> None:
    """Of 250 single flips: what is answered is right, or the damage is said (of a missing item, by doctor)."""
    truth = filled(tmp_path / "a.db")

    told = _flips(tmp_path / "a.db", truth, 250)

    assert 0 == told["silent"] + told["raw"], told
    assert told["refused"] + told["noticed"] > 20


def test_the_flip_test_can_see_silent_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (checksums not verified) flips do change answers."""
    truth = filled(tmp_path / "a.db")
    monkeypatch.setattr(rows, "sound", lambda row: True)
    monkeypatch.setattr(Tables, "vectors", _unverified)

    told = _flips(tmp_path / "a.db", truth, 200)

    assert told["silent"] > 5, told


def _unverified(self: Tables, model: int, after: int) -> Any:
    yield from self._batches("SELECT n, data FROM vectors WHERE n > ? ORDER BY n", (after,), size=100)


def test_recall_leaves_a_damaged_item_out_and_says_so(tmp_path: Path) -> None:
    """One bad row does not take the others with it."""
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        ids = memory.remember(["the heron at the lake", "a heron in the reeds", "herons fly at dusk"]).ids
        memory.store.door.source().execute("UPDATE rows SET text = 'forged heron' WHERE id = ?", (ids[0],))

        texts = [hit.text for hit in memory.recall("heron")]
        report = upkeep.doctor(memory.store, deep=True)
        with pytest.raises(IntegrityError, match="doctor"):
            fetch(memory.store, np.array([0]))

    assert "forged heron" not in texts
    assert 2 == len(texts)
    assert not report.ok


def test_an_edited_or_cut_journal_is_noticed(tmp_path: Path) -> None:
    """The journal is a chain of hashes."""
    for sql in ("UPDATE journal SET reason='nothing' WHERE seq=2", "DELETE FROM journal WHERE seq=2"):
        path = tmp_path / f"{len(sql)}.db"
        store = opened(path)
        for word in ("one", "two", "three"):
            store.apply(Change(puts=(Item("turn", word),), reason="remember"), scope=ALICE)
        fine = upkeep.doctor(store).ok
        store.door.source().execute(sql)

        assert fine
        assert any("journal" in line for line in upkeep.doctor(store).problems)
        store.close()


def test_the_doctor_changes_nothing(tmp_path: Path) -> None:
    """It reads; the bytes of a closed space are the same afterwards."""
    filled(tmp_path / "a.db")
    before = sha256((tmp_path / "a.db").read_bytes()).hexdigest()
    store = opened(tmp_path / "a.db")
    upkeep.doctor(store, deep=True)
    store.close()

    assert before == sha256((tmp_path / "a.db").read_bytes()).hexdigest()


# --- erasing -------------------------------------------------------------------------------------

CANARY = "xylomancyqueue"


def _residue(folder: Path, words: list[bytes]) -> list[str]:
    """Files of a space that still hold one of the byte strings."""
    return [
        f"{path.name} holds {word!r}"
        for path in sorted(folder.iterdir())
        for word in words
        if word.lower() in path.read_bytes().lower()
    ]


def _erasing_session(folder: Path) -> list[bytes]:
    """Remember, revise, use, derive from, and erase a canary; what must not be left."""
    from remanence.recipes import get
    from remanence.types import Evidence, Link

    with Memory(folder / "a.db", get("plain"), EMBEDDER) as memory:
        keep = memory.remember([f"harmless turn {i}" for i in range(50)]).ids
        told = memory.remember(
            {"text": f"my password is {CANARY}", "who": "Zebulonqq", "source": f"secret/{CANARY}", "session": "s"},
            key="k1",
        )
        id = told.ids[0]
        memory.update(id, f"my new password is {CANARY}2", data={"hint": f"like {CANARY}"})
        memory.store.apply(
            Change(
                puts=(Item("fact", f"password {CANARY}", evidence=(Evidence(id),), data={"value": CANARY}),),
                links=(Link(id, "about", keep[0], reason=f"because of {CANARY}"),),
            ),
            scope=memory.scope,
            embed=EMBEDDER.embed,
        )
        memory.recall(CANARY)
        view = memory.store.view(memory.scope)
        vector = memory.store.index.vector.now[view.rows_of([id])[0]].tobytes()
        memory.erase(id)
        memory.sleep()
        words = [CANARY.encode(), CANARY.encode("utf-16-le"), b"Zebulonqq", vector]
        during = _residue(folder, [w for w in words if w != b"Zebulonqq"])
    return [*[line.encode() for line in during], *[line.encode() for line in _residue(folder, [*words[:2], vector])]]


def test_erased_bytes_are_gone_from_every_file(tmp_path: Path) -> None:
    """Text, versions, data, terms, vector, derived facts, link reasons and receipts: in no file, even while open."""
    (tmp_path / "space").mkdir()

    assert [] == _erasing_session(tmp_path / "space")


def test_the_residue_test_can_see_a_residue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (no emptied log) the canary is found."""
    (tmp_path / "space").mkdir()
    monkeypatch.setattr(Store, "scrub", lambda self: ())

    assert [] != _erasing_session(tmp_path / "space")


def test_an_erased_source_is_not_imported_again(tmp_path: Path) -> None:
    """Erased stays erased."""
    message = {"text": "my old address", "source": "chat/7"}
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        memory.erase(memory.remember(message).ids[0])
        receipt = memory.remember(message)

        assert (0, 1, 0) == (receipt.put, receipt.duplicates, memory.stats()["items"])


def test_large_erasures_are_refused_unless_meant(tmp_path: Path) -> None:
    """The shrink alarm: more than a fifth at once needs a word."""
    with Memory(tmp_path / "a.db", get("plain"), EMBEDDER) as memory:
        ids = memory.remember([f"turn {i}" for i in range(60)]).ids
        with pytest.raises(ValueError, match="force"):
            memory.erase(ids[:30])
        kept = memory.stats()["items"]
        receipt = memory.erase(ids[:30], force=True)

    assert (60, 30) == (kept, receipt.erased)


# --- strange files -------------------------------------------------------------------------------


def _strange(folder: Path) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    random_bytes = folder / "random.db"
    random_bytes.write_bytes(random.Random(1).randbytes(9_000))
    text = folder / "text.db"
    text.write_text("this is a letter\n" * 400)
    foreign = folder / "foreign.db"
    code = f"import sqlite3; c=sqlite3.connect({str(foreign)!r}); c.execute('create table t(x)'); c.commit(); c.close()"
    subprocess.run([sys.executable, "-c", code], check=True)
    short = folder / "short.db"
    filled(short)
    short.write_bytes(short.read_bytes()[:5_000])
    newer = folder / "newer.db"
    filled(newer)
    db = apsw.Connection(str(newer))
    db.pragma("user_version", 999)
    db.close()
    return {"random": random_bytes, "text": text, "foreign": foreign, "short": short, "newer": newer}


@pytest.mark.parametrize("which", ["random", "text", "foreign", "short", "newer"])
def test_a_strange_file_is_refused_and_left_as_it_was(tmp_path: Path, which: str) -> None:
    """One typed error that says what to do; not a byte is changed, nothing is renamed."""
    path = _strange(tmp_path / "files")[which]
    before = sha256(path.read_bytes()).hexdigest()

    with pytest.raises(StoreError) as told:
        opened(path)

    assert str(told.value)
    assert before == sha256(path.read_bytes()).hexdigest()


def test_a_newer_space_names_both_versions(tmp_path: Path) -> None:
    """Old programs do not touch new files."""
    path = _strange(tmp_path / "files")["newer"]

    with pytest.raises(MigrationError, match=r"999.*upgrade"):
        opened(path)


@pytest.mark.parametrize("path", ["", "missing/folder/a.db", "."])
def test_a_path_that_cannot_be_a_space_is_explained(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a missing folder and nothing at all."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(StoreError):
        opened(Path(path))


def test_a_failed_migration_leaves_the_old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations are one transaction: old or new, never between."""
    filled(tmp_path / "a.db")

    def m002_breaks(db: apsw.Connection) -> None:
        db.execute("CREATE TABLE half_done(x)")
        db.execute("this is no SQL")

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, m002_breaks])
    with pytest.raises(StoreError):
        opened(tmp_path / "a.db")
    monkeypatch.undo()
    store = opened(tmp_path / "a.db")

    assert 200 == store.view(ALICE).count()
    assert not store.door.source().execute("SELECT count(*) FROM sqlite_master WHERE name='half_done'").get
    store.close()


def test_another_models_vectors_are_an_error_that_names_the_cure(tmp_path: Path) -> None:
    """Never an empty answer, never a mixture; `reembed` is the way over, and it can be interrupted."""
    path = tmp_path / "a.db"
    truth = filled(path, 30)
    other = HashingEmbedder(48)
    with pytest.raises(ModelMismatch, match="reembed"):
        Store(path, model=other.model, dim=48)

    store = Store(path)
    told = upkeep.reembed(store, other)
    store.close()
    with pytest.raises(ModelMismatch):
        opened(path)
    store = Store(path, model=other.model, dim=48)
    view = store.view(ALICE)

    assert 30 == told["vectors"]
    assert view.vectors(view.rows_of(list(truth))).any(axis=1).all()
    store.close()


def test_a_backup_is_a_sound_space_and_never_overwrites(tmp_path: Path) -> None:
    """The copy opens, holds the same, and an existing file is refused."""
    truth = filled(tmp_path / "a.db")
    store = opened(tmp_path / "a.db")
    upkeep.backup(store, tmp_path / "b.db")
    with pytest.raises(StoreError, match="force"):
        upkeep.backup(store, tmp_path / "b.db")
    store.close()
    copy = opened(tmp_path / "b.db")

    assert truth == {item.id: item.text for item in copy.view(ALICE).items(copy.view(ALICE).rows())}
    assert upkeep.doctor(copy, deep=True).ok
    copy.close()
