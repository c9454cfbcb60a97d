"""The command `ask`: an answer that cites, one JSON document, and "not in memory" without a lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from remanence.memory.memory import Memory
from remanence.serve.cli.app import app


@pytest.fixture
def space(tmp_path: Path) -> str:
    path = str(tmp_path / "my.db")
    with Memory(path) as memory:
        memory.remember(
            {"who": "Ada", "text": "I moved to Rome last week with my dog Max.", "at": "2025-03-04", "source": "c/1"}
        )
    return path


def test_ask_prints_the_answer_with_its_source(space: str) -> None:
    """What a person sees first."""
    told = CliRunner().invoke(app, ["ask", "What is Ada's dog called?", "--space", space])

    assert 0 == told.exit_code
    assert told.stdout.startswith("Max: Ada, 4 Mar 2025:")
    assert "{c/1}" in told.stdout


def test_ask_prints_the_promised_document(space: str) -> None:
    """Programs depend on these names."""
    told = json.loads(CliRunner().invoke(app, ["ask", "Where did Ada move?", "--json", "--space", space]).stdout)

    assert {"answer", "in_memory", "confidence", "sources", "evidence"} <= set(told)
    assert ("Rome", True, ["c/1"]) == (told["answer"], told["in_memory"], told["sources"])
    assert "c/1" == told["evidence"][0]["source"]


def test_ask_says_when_it_does_not_know(space: str) -> None:
    """Not an error: a true answer."""
    told = CliRunner().invoke(app, ["ask", "Who won the match?", "--space", space])

    assert (0, True) == (told.exit_code, told.stdout.startswith("Not in memory"))


def test_the_help_shows_an_example() -> None:
    """A person copies it."""
    assert 'remanence ask "Where does Ada live?" --space my.db' in CliRunner().invoke(app, ["ask", "--help"]).stdout


def test_who_asks_can_be_said(tmp_path: Path) -> None:
    """Of two with a dog, the one who asks."""
    path = str(tmp_path / "two.db")
    with Memory(path) as memory:
        memory.remember({"who": "Ada", "text": "My dog is called Max.", "at": "2025-03-04"})
        memory.remember({"who": "Bea", "text": "My dog is called Fitz.", "at": "2025-03-05"})
        memory.sleep()
    told = [
        json.loads(
            CliRunner()
            .invoke(app, ["ask", "What is my dog called?", "--asker", name, "--json", "--space", path])
            .stdout
        )
        for name in ("Ada", "Bea")
    ]

    assert ["Max", "Fitz"] == [one["answer"] for one in told]
