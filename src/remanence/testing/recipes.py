"""What a recipe promises; subclass it to hold yours to that."""

from __future__ import annotations

import io
from pathlib import Path

from remanence.memory.memory import Memory
from remanence.models.hashing import HashingEmbedder
from remanence.stage import Recipe
from remanence.store import upkeep
from remanence.testing.clock import HandClock


class RecipeContract:
    """Promises of a recipe: it runs without a model, does the same twice, and its journal replays."""

    def recipe(self) -> Recipe:
        raise NotImplementedError

    def _talk(self, path: str | Path) -> Memory:
        memory = Memory(path, self.recipe(), HashingEmbedder(64), clock=HandClock(), seed=1)
        memory.remember(
            [
                {"who": who, "text": text, "session": "s1", "at": f"2025-03-0{day}T10:00:00", "source": f"s1/{day}"}
                for day, (who, text) in enumerate(
                    [
                        ("Ann", "I moved to Rome in March."),
                        ("Bo", "My sister Clara visited Rome last summer."),
                        ("Ann", "I start at the museum next Monday."),
                    ],
                    1,
                )
            ]
        )
        memory.sleep()
        return memory

    def test_it_runs_without_a_model(self, tmp_path: Path) -> None:
        """Remember, sleep, recall and context, with scores in [0, 1] and within the budget."""
        with self._talk(tmp_path / "a.db") as memory:
            hits = memory.recall("Who moved to Rome?")
            context = memory.context("Who moved to Rome?", 200)

        assert all(0 <= hit.score <= 1 for hit in hits)
        assert context.tokens <= 200

    def test_what_was_never_said_is_not_in_memory(self, tmp_path: Path) -> None:
        """Whatever it ranks first, its confidence is the one confidence, and an absent answer is refused."""
        with self._talk(tmp_path / "a.db") as memory:
            hits = memory.recall("What is the boiling point of tungsten?")
            told = memory.ask("What is the boiling point of tungsten?")

        assert hits.confidence is not None
        assert hits.confidence < 0.5
        assert not told.in_memory

    def test_the_same_input_gives_the_same_memory(self, tmp_path: Path) -> None:
        """Two runs export the same bytes."""
        exports = []
        for name in ("a.db", "b.db"):
            with self._talk(tmp_path / name) as memory:
                out = io.StringIO()
                upkeep.export(memory.store, out)
                exports.append(out.getvalue())

        assert exports[0] == exports[1]

    def test_its_journal_replays(self, tmp_path: Path) -> None:
        """A replayed space exports what the first one does, and is sound."""
        first, second = io.StringIO(), io.StringIO()
        with self._talk(tmp_path / "a.db") as memory:
            upkeep.export(memory.store, first)
            upkeep.replay(memory.store, tmp_path / "b.db", memory.embedder)
        with Memory(tmp_path / "b.db", self.recipe(), HashingEmbedder(64), clock=HandClock(), seed=1) as again:
            upkeep.export(again.store, second)
            problems = upkeep.doctor(again.store, deep=True).problems

        assert first.getvalue() == second.getvalue()
        assert () == problems

    def test_it_prints_and_hashes(self) -> None:
        """Stages are data."""
        assert hash(self.recipe()) == hash(self.recipe())
        assert repr(self.recipe().recall)
