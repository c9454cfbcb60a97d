"""What a store promises, whatever engine it runs on; subclass it to hold yours to that."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from remanence.errors import Conflict, InvalidInput, NotFound, ScopeError
from remanence.models.hashing import HashingEmbedder
from remanence.store import upkeep
from remanence.store.door import Along
from remanence.testing.clock import HandClock
from remanence.types import Change, Evidence, Item, Link, Retire, Scope, Touch, Update, Where


class StoreContract:
    """Promises of a store, whatever engine it runs on."""

    clock: HandClock
    alice = Scope("alice")
    bob = Scope("bob")

    def make(self, path: Path, **knobs: Any) -> Any:
        """A store at `path` that takes the keywords of `Store`."""
        raise NotImplementedError

    # --- helpers ---

    def store(self, path: Path, **knobs: Any) -> Any:
        self.clock = knobs.pop("clock", None) or getattr(self, "clock", None) or HandClock()
        embedder = HashingEmbedder(64)
        return self.make(path, **{"model": embedder.model, "dim": 64, "clock": self.clock, "seed": 1} | knobs)

    def put(self, store: Any, *texts: str, scope: Scope | None = None, **fields: Any) -> tuple[str, ...]:
        items = tuple(Item("turn", text, **fields) for text in texts)
        receipt = store.apply(Change(puts=items), scope=scope or self.alice, embed=HashingEmbedder(64).embed)
        ids: tuple[str, ...] = receipt.ids
        return ids

    def found(self, store: Any, text: str, scope: Scope | None = None, **where: Any) -> list[str]:
        view = store.view(scope or self.alice)
        rows, _ = view.matching(view.terms(text), 10, Where(**where))
        return [item.text for item in view.items(rows)]

    # --- promises ---

    def test_what_was_put_is_there_with_every_field(self, tmp_path: Path) -> None:
        """A round trip through the file changes nothing."""
        store = self.store(tmp_path / "a.db")
        at = datetime(2024, 2, 29, 23, 59, tzinfo=UTC)
        (id,) = self.put(store, "Grüße 🍎\nüber Äpfel", who="Ann", at=at, source="x/1", data={"role": "user", "n": [1]})
        store.close()

        item = self.store(tmp_path / "a.db").view(self.alice).get(id)

        assert ("Grüße 🍎\nüber Äpfel", "Ann", at, "x/1", "alice") == (
            item.text, item.who, item.at, item.source, item.scope.user,
        )  # fmt: skip
        assert {"role": "user", "n": [1]} == item.data

    def test_a_put_is_found_at_once_on_every_channel(self, tmp_path: Path) -> None:
        """Words, vector, source and columns are of the same transaction."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "the blue heron at the lake", source="x/1")
        view = store.view(self.alice)

        nearest, _ = view.nearest(HashingEmbedder(64).embed_query("the blue heron at the lake"), 1)

        assert ["the blue heron at the lake"] == self.found(store, "herons")
        assert [id] == [item.id for item in view.items(nearest)]
        assert {"x/1": id} == view.by_source(["x/1"])

    def test_another_handle_sees_the_commit(self, tmp_path: Path) -> None:
        """Readers catch up before every call."""
        one, two = self.store(tmp_path / "a.db"), self.store(tmp_path / "a.db")
        self.put(one, "first")

        assert ["first"] == [item.text for item in two.view(self.alice).items(two.view(self.alice).rows())]

    def test_a_change_is_whole_or_not_at_all(self, tmp_path: Path) -> None:
        """One bad part refuses all of it."""
        store = self.store(tmp_path / "a.db")
        bad = Change(puts=(Item("turn", "good"),), links=(Link("nobody", "next", "nowhere"),))

        with suppress(NotFound):
            store.apply(bad, scope=self.alice, embed=HashingEmbedder(64).embed)

        assert (0, 0) == (store.view(self.alice).count(), store.commit)

    def test_an_update_is_a_new_version_and_the_old_one_stays(self, tmp_path: Path) -> None:
        """Versions are append-only."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "I live in Rome")
        self.clock.tick(days=1)
        store.apply(
            Change(updates=(Update(id, {"text": "I live in Oslo"}),)), scope=self.alice, embed=HashingEmbedder(64).embed
        )

        versions = store.view(self.alice).history(id)

        assert ["I live in Rome", "I live in Oslo"] == [one.text for one in versions]
        assert versions[0].retired == versions[1].seen
        assert [] == self.found(store, "Rome")

    def test_what_was_believed_can_be_asked(self, tmp_path: Path) -> None:
        """`known_as_of` reads any past."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "I live in Rome")
        then = self.clock.now
        self.clock.tick(days=1)
        store.apply(Change(retires=(Retire(id),)), scope=self.alice)

        assert [] == self.found(store, "Rome")
        assert ["I live in Rome"] == self.found(store, "Rome", known_as_of=then)

    def test_what_was_true_can_be_asked(self, tmp_path: Path) -> None:
        """Superseding closes `until`; `as_of` reads what held then."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "Ann works at the mill", at=datetime(2024, 1, 1, tzinfo=UTC))
        end = datetime(2024, 6, 1, tzinfo=UTC)
        receipt = store.apply(
            Change(updates=(Update(id, {"until": end}),)), scope=self.alice, embed=HashingEmbedder(64).embed
        )

        assert 1 == receipt.superseded
        assert [] == self.found(store, "mill")
        assert ["Ann works at the mill"] == self.found(store, "mill", as_of=datetime(2024, 3, 1, tzinfo=UTC))
        assert [] == self.found(store, "mill", as_of=datetime(2024, 7, 1, tzinfo=UTC))

    def test_a_scope_sees_its_own_and_nothing_else(self, tmp_path: Path) -> None:
        """Not by search, id, source, link or history."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "alice's secret garden", source="x/1")
        self.put(store, "bob's garden", scope=self.bob)
        view = store.view(self.bob)

        refused = 0
        asks: tuple[Callable[[], object], ...] = (lambda: view.get(id), lambda: view.history(id))
        for ask in asks:
            try:
                ask()
            except NotFound:
                refused += 1

        assert ["bob's garden"] == self.found(store, "garden", self.bob)
        assert ({}, [], 2) == (view.by_source(["x/1"]), view.links([id]), refused)

    def test_an_item_cannot_be_put_outside_the_handles_scope(self, tmp_path: Path) -> None:
        """Scope fails closed."""
        store = self.store(tmp_path / "a.db")
        refused = False

        try:
            store.apply(Change(puts=(Item("turn", "to bob", scope=self.bob),)), scope=self.alice)
        except ScopeError:
            refused = True

        assert refused

    def test_another_scopes_data_changes_no_score(self, tmp_path: Path) -> None:
        """Statistics belong to the rows that the asker sees."""
        store = self.store(tmp_path / "a.db")
        self.put(store, "the heron at the lake", "a fox in the wood", "rain on the lake")
        view = store.view(self.alice)
        before = view.matching(view.terms("heron lake"), 10)
        self.put(store, *(f"heron number {i} by the lake" for i in range(50)), scope=self.bob)
        view = store.view(self.alice)

        after = view.matching(view.terms("heron lake"), 10)

        assert before[1].tolist() == after[1].tolist()

    def test_links_are_typed_and_can_be_ended(self, tmp_path: Path) -> None:
        """An ended link is gone from reading and kept in the journal."""
        store = self.store(tmp_path / "a.db")
        a, b = self.put(store, "one", "two")
        store.apply(Change(links=(Link(a, "causes", b, 0.5),)), scope=self.alice)
        there = store.view(self.alice).links([b], rels=["causes"])
        store.apply(Change(unlinks=(Link(a, "causes", b),)), scope=self.alice)

        assert [(a, b, 0.5)] == [(link.src, link.dst, link.weight) for link in there]
        assert [] == store.view(self.alice).links([b])

    def test_a_derived_item_is_never_more_trusted_than_its_sources(self, tmp_path: Path) -> None:
        """Trust only goes down."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "read on a web page", trust=0.3)
        receipt = store.apply(Change(puts=(Item("fact", "so it is", evidence=(Evidence(id),)),)), scope=self.alice)

        assert 0.3 == store.view(self.alice).get(receipt.ids[0]).trust

    def test_a_weaker_source_cannot_silence_a_stronger_one(self, tmp_path: Path) -> None:
        """It is refused, and both stand side by side with a link that says so."""
        store = self.store(tmp_path / "a.db")
        (strong,) = self.put(store, "my door code is 4711")
        (weak,) = self.put(store, "the door code is 1234", trust=0.3)
        receipt = store.apply(Change(retires=(Retire(strong, by=weak),)), scope=self.alice)

        assert (0, 1) == (receipt.retired, len(receipt.refused))
        assert ["my door code is 4711"] == self.found(store, "my 4711 door")[:1]
        assert ["contradicts"] == [link.rel for link in store.view(self.alice).links([weak])]

    def test_an_idempotency_key_is_honoured(self, tmp_path: Path) -> None:
        """The same call answers with the first receipt; other content under the key is a conflict."""
        store = self.store(tmp_path / "a.db")
        change = Change(puts=(Item("turn", "once"),))
        first = store.apply(change, scope=self.alice, along=Along(key="k", digest=b"1"))
        again = store.apply(change, scope=self.alice, along=Along(key="k", digest=b"1"))
        conflict = False
        try:
            store.apply(change, scope=self.alice, along=Along(key="k", digest=b"2"))
        except Conflict:
            conflict = True

        assert (1, first.ids, True, True) == (store.view(self.alice).count(), again.ids, again.replayed, conflict)

    def test_a_version_check_fails_when_the_item_moved_on(self, tmp_path: Path) -> None:
        """Two updates of one version: one wins."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "one")
        store.apply(Change(updates=(Update(id, {"text": "two"}, if_version=1),)), scope=self.alice)
        conflict = False
        try:
            store.apply(Change(updates=(Update(id, {"text": "three"}, if_version=1),)), scope=self.alice)
        except Conflict:
            conflict = True

        assert (True, "two") == (conflict, store.view(self.alice).get(id).text)

    def test_uses_are_counted_without_a_new_version(self, tmp_path: Path) -> None:
        """Retention is not content."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "one")
        store.apply(Change(touches=(Touch(id, strength=2.0), Touch(id))), scope=self.alice)
        item = store.view(self.alice).get(id)

        assert (2, 2.0, 1) == (item.uses, item.strength, item.version)

    def test_neighbours_are_of_the_same_session(self, tmp_path: Path) -> None:
        """`around` never crosses a conversation."""
        store = self.store(tmp_path / "a.db")
        self.put(store, "a1", "a2", scope=Scope("alice", session="a"))
        self.put(store, "b1", scope=Scope("alice", session="b"))
        self.put(store, "a3", scope=Scope("alice", session="a"))
        view = store.view(self.alice)

        window = view.around(view.rows(), 1, 1)
        texts = [item.text for item in view.items(view.rows())]

        def name(row: int) -> str:
            return "-" if row < 0 else texts[view.rows().tolist().index(row)]

        assert ["- a1 a2", "a1 a2 a3", "- b1 -", "a2 a3 -"] == [" ".join(map(name, row)) for row in window.tolist()]

    def test_erased_is_gone_from_every_reading(self, tmp_path: Path) -> None:
        """With its versions, vector, words, links and what was derived from it."""
        store = self.store(tmp_path / "a.db")
        secret, other = self.put(store, "xylophonic secret", "harmless")
        derived = store.apply(
            Change(puts=(Item("fact", "a xylophonic fact", evidence=(Evidence(secret),)),)), scope=self.alice
        ).ids[0]
        store.apply(Change(links=(Link(other, "about", secret),)), scope=self.alice)

        receipt = store.erase([secret], scope=self.alice)

        gone = 0
        for id in (secret, derived):
            try:
                store.view(self.alice).get(id)
            except NotFound:
                gone += 1
        assert (2, 2) == (receipt.erased, gone)
        assert ([], []) == (self.found(store, "xylophonic"), store.view(self.alice).links([other]))

    def test_an_erased_source_is_remembered_as_a_mark_only(self, tmp_path: Path) -> None:
        """An old export must not bring it back."""
        store = self.store(tmp_path / "a.db")
        (id,) = self.put(store, "secret", source="x/1")
        store.erase([id], scope=self.alice)

        assert {"x/1"} == store.tombstones(["x/1", "x/2"], self.alice)
        assert set() == store.tombstones(["x/1"], self.bob)

    def test_the_journal_is_in_order_and_chained(self, tmp_path: Path) -> None:
        """Order is a counter, and a cut would be noticed."""
        store = self.store(tmp_path / "a.db")
        self.put(store, "one")
        self.clock.tick(days=-400)
        self.put(store, "two")
        rows = list(store.journal())

        assert [1, 2] == [row.commit for row in rows]
        assert rows[0].at <= rows[1].at
        assert 2 == len({row.chain for row in rows})

    def test_bad_input_is_refused_before_anything_is_written(self, tmp_path: Path) -> None:
        """One clear error, and nothing is lost or kept."""
        store = self.store(tmp_path / "a.db")
        deep: list[Any] = []
        for _ in range(40):
            deep = [deep]
        bad: Sequence[Item] = (
            Item("nonsense", "x"),
            Item("turn", "x" * 1_000_001),
            Item("turn", "\ud800"),
            Item("turn", "x", data={"x": float("nan")}),
            Item("turn", "x", data={"x": deep}),
            Item("turn", "x", data={"role": 3}),
            Item("turn", "x", trust=2.0),
            Item("turn", "x", tier="warm"),
        )
        refused = 0
        for item in bad:
            try:
                store.apply(Change(puts=(Item("turn", "fine"), item)), scope=self.alice)
            except InvalidInput:
                refused += 1

        assert (len(bad), 0, 0) == (refused, store.commit, store.view(self.alice).count())

    def test_export_import_and_replay_give_the_same_store(self, tmp_path: Path) -> None:
        """Lossless, and twice is the same as once."""
        store = self.store(tmp_path / "a.db")
        a, b = self.put(store, "one 🍎", "two", who="Ann", source=None, data={"x": {"y": [1, None, "z"]}})
        store.apply(
            Change(
                updates=(Update(a, {"text": "uno", "data": {"x": None}}),),
                links=(Link(a, "next", b, 0.25),),
                touches=(Touch(b, strength=3.0),),
            ),
            scope=self.alice,
        )
        embedder = HashingEmbedder(64)
        first, second, third = io.StringIO(), io.StringIO(), io.StringIO()
        upkeep.export(store, first)

        upkeep.replay(store, tmp_path / "b.db", embedder)
        upkeep.export(self.store(tmp_path / "b.db"), second)
        copy = self.store(tmp_path / "c.db")
        told = upkeep.import_(copy, iter(first.getvalue().splitlines()), embedder)
        again = upkeep.import_(copy, iter(first.getvalue().splitlines()), embedder)
        upkeep.export(copy, third)

        assert first.getvalue() == second.getvalue() == third.getvalue()
        assert (3, 0) == (told["items"], again["items"])

    def test_the_same_input_clock_and_seed_give_the_same_bytes_out(self, tmp_path: Path) -> None:
        """All chance passes through one seam."""
        exports = []
        for name in ("a.db", "b.db"):
            store = self.store(tmp_path / name, clock=HandClock())
            self.put(store, "one", "two")
            out = io.StringIO()
            upkeep.export(store, out)
            exports.append(out.getvalue())

        assert exports[0] == exports[1]
