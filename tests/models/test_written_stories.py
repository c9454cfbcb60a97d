"""The written stories that train and judge: every line is well-formed, and no use takes what another one has."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

READER = Path(__file__).parents[2] / "scripts" / "reader"


@pytest.fixture(scope="module")
def story() -> ModuleType:
    """The module of scripts/reader that reads stories."""
    sys.path.insert(0, str(READER))
    try:
        import story

        return story
    finally:
        sys.path.remove(str(READER))


def test_a_story_reads_as_it_is_written(story: ModuleType, tmp_path: Path) -> None:
    """Turns with their session's time, statements and questions with the turn and the words that answer."""
    (tmp_path / "a01.txt").write_text(
        "kind: friends\nabout: two flats\n@ 2025-03-04T18:20+01:00\n1 Mina: moved over. Ancoats is lovely\n"
        "2 Jo: did the deposit come back?\n= statements\n1 | Mina | home | Ancoats | holds\n"
        "= questions 2025-07-01T10:00+01:00\nJo | current | what part of town is Mina in? | 1 | Ancoats | Ancoats; the "
        "north | Leeds\nMina | never_said | What is my landlord called? | - | - | - |\n"
    )

    (read,) = story.stories(tmp_path)

    assert [(turn.who, turn.at) for turn in read.turns] == [(who, "2025-03-04T18:20+01:00") for who in ("Mina", "Jo")]
    assert read.statements == [(0, "Mina", "home", "Ancoats", "holds")]
    first, second = read.questions
    assert (first.evidence, first.span, first.answers, first.wrong) == (
        (0,),
        "Ancoats",
        ("Ancoats", "the north"),
        ("Leeds",),
    )
    assert first.answerable
    assert not second.answerable
    assert read.now == "2025-07-01T10:00+01:00"


def test_every_span_and_value_stands_in_its_turn(story: ModuleType) -> None:
    """Of all stories; a fault names the story and the line."""
    faults = []
    for use in ("train", "near", "fit", "judge"):
        for one in story.stories(use=use):
            faults += [
                (one.name, value)
                for place, _, _, value, _ in one.statements
                if value.lower() not in one.turns[place].text.lower()
            ]
            faults += [
                (one.name, asked.text)
                for asked in one.questions
                if (asked.answerable and not (asked.evidence and asked.answers))
                or (asked.span and asked.span.lower() not in one.turns[asked.evidence[0]].text.lower())
            ]

    assert not faults


def test_no_use_takes_what_another_has(story: ModuleType) -> None:
    """The writer who judges trains nothing, each story has one use; pairs and later stories fit and judge, too."""
    uses = {use: {one.name for one in story.stories(use=use)} for use in ("train", "near", "fit", "judge")}

    assert sum(map(len, uses.values())) == len(set().union(*uses.values())) == len(list(story.HOME.glob("*.txt")))
    assert {name[0] for name in uses["fit"] | uses["judge"]} == {"f", story.UNSEEN, *story.PAIRS, *story.LATER}
    assert not any(name[0] in ("f", story.UNSEEN) for name in uses["train"] | uses["near"])
