"""Small promises of the store: how long a term is, whose work waits, what a second handle sees."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from remanence.errors import Conflict, IngestError, IntegrityError, InvalidInput
from remanence.memory import Memory
from remanence.recipes import get
from remanence.store.erasing import _stale_rows
from remanence.store.rows import MAX_WORD, _refuse
from remanence.store.secret import keep, secret_of
from remanence.store.upkeep import doctor, export, import_, replay
from remanence.store.words import terms
from remanence.testing import HashingEmbedder
from remanence.types import Change, Evidence, Item, Scope

EMBEDDER = HashingEmbedder(32)


def opened(path: Path, recipe: str = "plain", **whose: Any) -> Memory:
    return Memory(path, get(recipe), EMBEDDER, user="ann", **whose)


def test_a_term_has_at_most_sixty_four_signs() -> None:
    """What goes on behind them tells no two terms apart."""
    assert terms("q7" * 32 + "x") == terms("q7" * 32 + "y")
    assert terms("q7" * 31 + "xa") != terms("q7" * 31 + "xb")


def test_work_waits_for_the_scope_whose_it_is(tmp_path: Path) -> None:
    """One agent's turns are none of the other's work; the user's whole scope has all of it."""
    with (
        opened(tmp_path / "a.db", "default", agent="one") as one,
        opened(tmp_path / "a.db", "default", agent="two") as two,
    ):
        one.remember(["the heron stood by the lake", "a fox ran into the wood"])
        two.remember("rain fell on the river")

        assert (2, 1) == (one.store.waiting(one.scope), two.store.waiting(two.scope))
    with opened(tmp_path / "a.db", "default") as both:
        assert 3 == both.store.waiting(both.scope)


def test_work_is_given_up_after_its_tries(tmp_path: Path) -> None:
    """The third failure says so, and it waits no more; those before leave it waiting."""
    with opened(tmp_path / "a.db", "default") as memory:
        memory.remember("the heron stood by the lake")
        (job, *_) = memory.store.jobs(state="waiting", scope=memory.scope)

        told = []
        for _ in range(3):
            (now,) = [one for one in memory.store.jobs(state="waiting", scope=memory.scope) if one.job == job.job]
            told.append(memory.store.fail(now, "no luck"))

        assert [False, False, True] == told
        assert job.job not in [one.job for one in memory.store.jobs(state="waiting", scope=memory.scope)]


def test_an_import_goes_on_behind_what_another_handle_has_just_written(tmp_path: Path) -> None:
    """Nothing is taken twice, nothing is written over, and both handles see all of it."""
    with opened(tmp_path / "b.db") as other:
        other.remember("a fox ran into the wood")
        out = io.StringIO()
        export(other.store, out, scope=other.scope)
    with opened(tmp_path / "a.db") as first, opened(tmp_path / "a.db") as second:
        second.count()
        first.remember("the heron stood by the lake")

        told = [import_(second.store, iter(out.getvalue().splitlines()), EMBEDDER, scope=second.scope) for _ in "ab"]

        assert [(1, 0), (0, 1)] == [(one["items"], one["known"]) for one in told]
        assert {"a fox ran into the wood", "the heron stood by the lake"} == {one.text for one in first.list()}
        assert doctor(second.store, deep=True).ok
        replayed = replay(second.store, tmp_path / "c.db", EMBEDDER)
        assert 2 == replayed["rows"]


def test_a_damaged_copy_of_the_secret_is_told_of_and_the_other_is_used(tmp_path: Path) -> None:
    """One whole copy that its check confirms is enough, and so are two that agree; a single one without is not."""
    with opened(tmp_path / "a.db") as memory:
        door, secret, other = memory.store.door, memory.store.secret, b"x" * 32
        said: list[str] = []

        def read(**settings: Any) -> bytes:
            with door.transaction():
                keep(door, secret)
                for name, value in settings.items():
                    door.set(name.replace("_", " "), value)
                return secret_of(door, None, said.append)

        assert (secret, []) == (read(), said)
        assert [secret] * 3 == [read(secret=other), read(secret_copy=other), read(secret_check=1)]
        assert 3 == len(said)
        with pytest.raises(IntegrityError, match="secret"):
            read(secret=other, secret_check=1)


def test_of_stale_versions_neither_the_first_nor_the_last_is_taken(tmp_path: Path) -> None:
    """The first names the item and the last is what it says; of those between only the ones that are named."""
    with opened(tmp_path / "a.db") as memory:
        (id,) = memory.remember("one").ids
        for text in ("two", "three", "four"):
            memory.update(id, text)
        door = memory.store.door
        first, second, third, _ = sorted(door.numbers_of([door.first_of([id])[id]]))

        assert [second, third] == _stale_rows(door, {id: {1, 2, 3, 4}})
        assert [second] == _stale_rows(door, {id: {1, 2, 4}})
        assert [] == _stale_rows(door, {id: set()})
        assert first not in _stale_rows(door, {id: {1}})


def test_the_strength_of_a_new_item_is_kept(tmp_path: Path) -> None:
    """Twice as strong as any, or as useful as told; also when the space is opened again."""
    with opened(tmp_path / "a.db") as memory:
        new = (Item("note", "strong", strength=2.0), Item("note", "useful", utility=0.5), Item("note", "plain"))
        ids = memory.store.apply(Change(puts=new), scope=memory.scope, embed=EMBEDDER.embed).ids
    with opened(tmp_path / "a.db") as memory:
        kept = [memory.get(id) for id in ids]

        assert [(2.0, 0.0), (1.0, 0.5), (1.0, 0.0)] == [(item.strength, item.utility) for item in kept]


def exported(memory: Memory) -> list[str]:
    out = io.StringIO()
    export(memory.store, out)
    return out.getvalue().splitlines()


def test_an_export_has_one_form(tmp_path: Path) -> None:
    """Keys in order, letters as they are: two exports of the same can be compared by their bytes."""
    with opened(tmp_path / "a.db") as memory:
        memory.remember({"who": "Ann", "text": "Grüße 🍎", "zoo": 1, "at": "2024-05-01", "ape": {"b": 1, "a": 2}})
        lines = exported(memory)

        assert "Grüße 🍎" in lines[1]
        assert lines == [
            json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"), sort_keys=True) for line in lines
        ]


@pytest.mark.parametrize(
    ("moment", "fine"), [(2**62 - 1, True), (2**62, False), (-(2**62), False), (True, False), (1.5, False)], ids=str
)
def test_a_moment_of_an_import_is_a_whole_number_within_bounds(tmp_path: Path, moment: Any, fine: bool) -> None:
    """What no clock tells is refused with its line, before anything is kept."""
    with opened(tmp_path / "a.db") as memory, opened(tmp_path / "b.db") as copy:
        a, b = memory.remember(["one", "two"]).ids
        lines = [*exported(memory), json.dumps({"link": [a, "next", b, 1.0, moment, None, 0, None, ""]})]

        if fine:
            assert 1 == import_(copy.store, iter(lines), EMBEDDER)["links"]
        else:
            with pytest.raises(IngestError, match=f"line {len(lines)}"):
                import_(copy.store, iter(lines), EMBEDDER)
            assert 0 == copy.count()


def test_a_link_without_its_ends_keeps_no_other_out(tmp_path: Path) -> None:
    """Passed over where an end is missing, or where it is over and the file a mere witness; the next is taken."""
    with opened(tmp_path / "a.db") as memory, opened(tmp_path / "b.db") as copy:
        a, b = memory.remember(["one", "two"]).ids
        rows = [[a, "near", "nobody", None], [a, "over", b, 1], [a, "next", b, None]]
        links = [json.dumps({"link": [src, rel, dst, 1.0, None, None, 0, gone, ""]}) for src, rel, dst, gone in rows]

        told = import_(copy.store, iter([*exported(memory), *links]), EMBEDDER, scope=copy.scope)

        assert 1 == told["links"]
        assert ["next"] == [link.rel for link in copy.store.view(copy.scope).links([a])]


def test_what_once_rested_on_an_item_is_told_within_a_scope(tmp_path: Path) -> None:
    """Another agent's fact on the same turn is not shown."""
    with opened(tmp_path / "a.db") as both, opened(tmp_path / "a.db", agent="two") as two:
        (turn,) = both.remember("I live in Rome.").ids
        ids = [
            both.store.apply(Change(puts=(Item("fact", agent, scope=Scope("ann", agent), evidence=(Evidence(turn),)),)),
                             scope=both.scope).ids[0]
            for agent in ("one", "two")
        ]  # fmt: skip

        assert set(ids) == set(both.store.view(both.scope).ever_resting_on([turn]))
        assert {ids[1]} == set(two.store.view(two.scope).ever_resting_on([turn]))


def test_a_space_knows_the_bytes_of_its_file(tmp_path: Path) -> None:
    """As the disk counts them once the log is in it; more is told, more bytes."""
    path = tmp_path / "a.db"
    with opened(path) as memory:
        empty = memory.stats()["bytes"]
        memory.remember([f"the heron number {n} stood by the lake" for n in range(200)])
        full = memory.stats()["bytes"]

    with opened(path) as memory:
        assert path.stat().st_size == memory.stats()["bytes"] == full > empty > 0


def test_a_receipt_tells_nothing_of_what_was_erased(tmp_path: Path) -> None:
    """Its key answers with counts alone, whatever comes with it; another user's receipt stays as it was."""
    path = tmp_path / "a.db"
    told = {"text": "My key is sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD", "source": "s"}
    with opened(path) as ann, Memory(path, get("plain"), EMBEDDER, user="bob") as bob:
        (id,) = ann.remember(told, key="k").ids
        notes = bob.remember(told, key="k").notes
        ann.erase(id)

        mine, theirs = ann.remember("anything else", key="k"), bob.remember(told, key="k")

        assert notes
        assert (True, 1, ()) == (mine.replayed, mine.put, mine.notes)
        assert (True, 1, notes) == (theirs.replayed, theirs.put, theirs.notes)
        with pytest.raises(Conflict):
            bob.remember("anything else", key="k")


def test_what_another_user_of_the_space_imports_gets_ids_of_its_own(tmp_path: Path) -> None:
    """As long as any id, the same ones when the file comes again, and none that the first user has."""
    with opened(tmp_path / "a.db") as ann:
        ann.remember(["the heron stood by the lake", "a fox ran into the wood"])
        out = io.StringIO()
        export(ann.store, out, scope=ann.scope)
        bob = ann.within(Scope("bob"))
        told = [import_(ann.store, iter(out.getvalue().splitlines()), EMBEDDER, scope=bob.scope) for _ in range(2)]
        mine, theirs = ({item.id for item in memory.list()} for memory in (ann, bob))

    assert [(2, 0), (0, 2)] == [(one["items"], one["known"]) for one in told]
    assert {16} == {len(id) for id in mine | theirs}
    assert not mine & theirs


@pytest.mark.parametrize(
    "field",
    [
        {"who": "w" * (MAX_WORD + 1)}, {"source": 7}, {"id": "i" * (MAX_WORD + 1)}, {"tier": "warm"}, {"text": b"x"},
        {"text": "x" * 1_000_001}, {"trust": True}, {"trust": 1.01}, {"trust": -0.01}, {"salience": float("nan")},
        {"strength": float("inf")}, {"utility": "much"},
    ],
    ids="-".join,
)  # fmt: skip
def test_a_field_that_cannot_be_kept_is_refused(field: dict[str, Any]) -> None:
    """One beyond its bound each; at the bound all are kept."""
    longest = {"who": "w" * MAX_WORD, "source": "s" * MAX_WORD, "id": "i" * MAX_WORD, "text": "x" * 1_000_000}
    kept = Item("turn", **longest, trust=1.0, salience=-1e299, strength=0, tier="archived")

    _refuse(kept)
    with pytest.raises(InvalidInput):
        _refuse(kept.with_(**field))
