"""Memory is a dictionary with a history: random sessions against an oracle that is a plain dict."""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from remanence.errors import InvalidInput, NotFound
from remanence.memory.memory import Memory
from remanence.recipes import get
from remanence.store import upkeep
from remanence.store.index import Index
from remanence.testing import HandClock, HashingEmbedder

EMBEDDER = HashingEmbedder(32)
WORDS = st.sampled_from(["heron", "lake", "fox", "wood", "rain", "river", "museum", "bakery", "garden", "harbour"])
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


class Oracle(RuleBasedStateMachine):
    """`now` is what must be there; `past` is what was believed at earlier moments."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.db"
        self.clock = HandClock(datetime(2025, 1, 1, tzinfo=UTC))
        self.now: dict[str, tuple[str, str]] = {}
        self.versions: dict[str, int] = {}
        self.sources: dict[str, str] = {}
        self.past: list[tuple[datetime, dict[str, str]]] = []
        self.memory = self._open()

    def _open(self) -> Memory:
        return Memory(self.path, get("plain"), EMBEDDER, clock=self.clock, seed=4)

    def _tick(self) -> None:
        self.clock.tick(seconds=1)

    @rule(target=ids, text=TEXTS)
    def remember(self, text: str) -> Any:
        self._tick()
        (id,) = self.memory.remember(text).ids
        self.now[id], self.versions[id] = (text, "hot"), 1
        return id

    @rule(target=ids, text=TEXTS, source=st.integers(0, 3))
    def remember_from_a_source(self, text: str, source: int) -> Any:
        self._tick()
        name = f"x/{source}"
        receipt = self.memory.remember({"text": text, "source": name})
        known = self.sources.get(name)
        if known is None:
            (id,) = receipt.ids
            self.sources[name] = id
            self.now[id], self.versions[id] = (text, "hot"), 1
            return id
        if known in self.now and self.now[known][0] != text:
            self.now[known] = (text, self.now[known][1])
            self.versions[known] += 1
        return known

    @rule(id=ids, text=TEXTS)
    def update(self, id: str, text: str) -> None:
        self._tick()
        try:
            self.memory.update(id, text)
        except NotFound:
            assert id not in self.now
            return
        if self.now[id][0] != text:
            self.now[id] = (text, self.now[id][1])
            self.versions[id] += 1

    @rule(id=ids, verb=st.sampled_from(["forget", "restore"]))
    def hide_and_show(self, id: str, verb: str) -> None:
        self._tick()
        tier = "archived" if verb == "forget" else "hot"
        try:
            getattr(self.memory, verb)(id)
        except NotFound:
            assert id not in self.now
            return
        if self.now[id][1] != tier:
            self.now[id] = (self.now[id][0], tier)
            self.versions[id] += 1

    @rule(id=consumes(ids))
    def erase(self, id: str) -> None:
        self._tick()
        try:
            self.memory.erase(id)
        except NotFound:
            assert id not in self.now
            return
        del self.now[id], self.versions[id]
        self.past = [(when, {i: t for i, t in believed.items() if i != id}) for when, believed in self.past]

    @rule()
    def look_back_later(self) -> None:
        self._tick()
        self.past.append((self.clock.now, {id: text for id, (text, _) in self.now.items()}))

    @rule()
    def reopen(self) -> None:
        self.memory.close()
        self.memory = self._open()

    @rule()
    def sleep(self) -> None:
        told = self.memory.sleep()
        assert told.before == told.after == len(self.now)

    @rule(text=TEXTS)
    def a_refused_call_changes_nothing(self, text: str) -> None:
        try:
            self.memory.remember([text, {"text": text, "at": "no date"}])
        except InvalidInput:
            return
        raise AssertionError("a bad date was taken")

    @invariant()
    def the_same_is_there(self) -> None:
        found = {item.id: (item.text, item.tier) for item in self.memory.list(limit=0, tiers=())}
        assert self.now == found
        assert self.versions == {id: len(self.memory.history(id)) for id in found}

    @invariant()
    def the_hot_ones_are_found_by_their_words(self) -> None:
        for id, (text, tier) in list(self.now.items())[:3]:
            hits = self.memory.recall(text, 100)
            assert (tier == "hot") == (id in [hit.id for hit in hits])
            assert all(0 <= hit.score <= 1 for hit in hits)

    @invariant()
    def the_past_is_as_it_was(self) -> None:
        for when, believed in self.past[-2:]:
            items = self.memory.list(limit=0, tiers=(), known_as_of=when)
            assert believed == {item.id: item.text for item in items}

    def teardown(self) -> None:
        out, back = io.StringIO(), io.StringIO()
        upkeep.export(self.memory.store, out)
        assert () == upkeep.doctor(self.memory.store, deep=True).problems
        with Memory(":memory:", get("plain"), EMBEDDER, clock=self.clock) as copy:
            upkeep.import_(copy.store, iter(out.getvalue().splitlines()), EMBEDDER)
            upkeep.export(copy.store, back)
        assert out.getvalue() == back.getvalue()
        self.memory.close()
        self.folder.cleanup()


TestOracle = Oracle.TestCase
TestOracle.settings = settings(max_examples=25, stateful_step_count=30, suppress_health_check=list(HealthCheck))


def test_the_oracle_can_see_a_lost_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence off (closed versions stay visible) random sessions find it."""
    monkeypatch.setattr(Index, "close", lambda self, rows, retired: None)

    with pytest.raises(BaseException):  # noqa: B017 - any failure of any rule will do
        run_state_machine_as_test(Oracle, settings=settings(max_examples=40, stateful_step_count=20, database=None))
