"""A bare "weight 85.9" is not its speaker's where the talk is of somebody else's body."""

from __future__ import annotations

import pytest

from remanence import Memory

NOW = "2025-11-06T10:00:00Z"
DADS = ("Nils", "dad's home from hospital, his weight was 84.2 this morning")


def facts_of(*talk: tuple[str, str]) -> set[tuple[str, str, str]]:
    with Memory(":memory:") as memory:
        texts = enumerate(talk, 1)
        memory.remember([{"who": who, "text": text, "at": f"2025-09-{n:02d}T10:00Z"} for n, (who, text) in texts])
        memory.sleep()
        found = memory.list(kinds=["fact"], limit=100)
    return {(one.data["subject"], one.data["slot"], one.data["value"]) for one in found}


@pytest.mark.parametrize("text", ["weight 82.7!! good", "new pills: bisoprolol 2.5 mg in the morning"])
def test_a_bare_measure_behind_somebody_elses_is_nobodys(text: str) -> None:
    """With "my" or "I" in the sentence, or where nobody else is spoken of, it is the speaker's."""
    mine = "I have " + text if text.startswith("new") else "my " + text

    assert not {one for one in facts_of(DADS, ("Nils", text)) if one[0] == "Nils"}
    assert {one for one in facts_of(DADS, ("Nils", mine)) if one[0] == "Nils"}
    assert {one for one in facts_of(("Nils", "rain all day"), ("Nils", text)) if one[0] == "Nils"}


def test_where_several_talk_a_bare_measure_is_nobodys() -> None:
    """An assistant is not another one."""
    bare = ("Nils", "weight 82.7!! good")

    assert not {one for one in facts_of(("Aoife", "rain all day"), bare) if one[1] == "weight"}
    assert {one for one in facts_of(("assistant", "Noted."), bare) if one[1] == "weight"}


def asked(question: str, *talk: tuple[str, str]) -> str:
    with Memory(":memory:") as memory:
        texts = enumerate(talk, 1)
        memory.remember([{"who": who, "text": text, "at": f"2025-09-{n:02d}T10:00Z"} for n, (who, text) in texts])
        memory.sleep()
        return memory.ask(question, now=NOW).short


def test_nor_is_it_told_as_the_speakers() -> None:
    """Of whom it may be it is told; without "his weight" before, of whoever said it."""
    talk = (DADS, ("Nils", "weight 82.7!! good"))

    assert "not in memory" == asked("What is Nils's weight?", *talk)
    assert "82.7" in asked("What is Nils's weight?", ("Nils", "rain all day"), talk[1])
    assert "82.7" in asked("What is Nils's weight?", DADS, ("Nils", "my weight 82.7!! good"))
