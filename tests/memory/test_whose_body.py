"""A bare "weight 85.9" is not its speaker's where the talk is of somebody else's body."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.language.statements.whose_body import of_anothers_body

NOW = "2025-11-06T10:00:00Z"
DADS = ("Nils", "dad's home from hospital, his weight was 84.2 this morning")


def facts_of(*talk: tuple[str, str], apart: bool = False) -> set[tuple[str, str, str]]:
    """(whose, attribute, value); apart: every turn in a session of its own."""
    with Memory(":memory:") as memory:
        for number, (who, text) in enumerate(talk):
            session = {"session": f"s{number}"} if apart else {}
            at = f"2025-09-01T{10 + number // 60:02d}:{number % 60:02d}Z"
            memory.remember({"who": who, "text": text, "at": at, **session})
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


BARE = ("Nils", "weight 82.7!! good")
HIS = ("Nils", "weight", "82.7")


@pytest.mark.parametrize(
    ("talk", "kept"),
    [
        ((DADS, BARE), False),
        ((DADS, ("Nils", "my weight is 90"), BARE), True),
        ((DADS, *[("Nils", "rain all day")] * 59, BARE), False),
        ((DADS, *[("Nils", "rain all day")] * 61, BARE), True),
        ((("Nils", "his weight was 84.2 this morning. weight 82.7 now"),), False),
        ((("Nils", "weight 82.7!! his weight was 84.2 this morning"),), True),
    ],
)
def test_it_is_the_speakers_again_once_they_speak_of_themselves_or_it_is_long_ago(
    talk: tuple[tuple[str, str], ...], kept: bool
) -> None:
    """Sixty turns; what stands before "his weight" in a text is not meant by it."""
    assert kept is (HIS in facts_of(*talk))


def test_somebody_elses_body_is_known_of_in_the_next_chat_too() -> None:
    """The same people talk in it."""
    assert HIS not in facts_of(DADS, BARE, apart=True)
    assert HIS in facts_of(("Nils", "rain all day"), BARE, apart=True)


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


CARE = (
    ("Nils", "his weight was 84.2 this morning, doc wants to know if it jumps 2 kilos"),
    ("Aoife", "weight 85.9, legs a bit puffy"),
    ("Nils", "weight 82.7!! good"),
)


def test_of_him_it_is_told() -> None:
    """Only of who wrote it down it is not."""
    assert "82.7" in asked("What does dad weigh now?", ("Nils", "dad's home from hospital"), *CARE)


def test_nor_is_it_told_as_the_speakers() -> None:
    """Of whom it may be it is told; without "his weight" before, of whoever said it."""
    talk = (DADS, ("Nils", "weight 82.7!! good"))

    assert "not in memory" == asked("What is Nils's weight?", *talk)
    assert "82.7" in asked("What is Nils's weight?", ("Nils", "rain all day"), talk[1])
    assert "82.7" in asked("What is Nils's weight?", DADS, ("Nils", "my weight 82.7!! good"))


def test_who_talks_is_known_from_one_sleep_to_the_next() -> None:
    """A sleep over the later turns alone keeps the same."""
    with Memory(":memory:") as memory:
        for who, text in (("Aoife", "rain all day"), BARE):
            memory.remember({"who": who, "text": text, "at": "2025-09-01T10:00Z"})
            memory.sleep()
        assert "weight" not in {one.data["slot"] for one in memory.list(kinds=["fact"])}


@pytest.mark.parametrize(
    ("question", "cited", "another"),
    [
        ("What is Nils's weight?", "weight 82.7!! good", True),
        ("What is Nils's weight?", "my weight 82.7!! good", False),
        ("Does Nils take bisoprolol?", "new pills: bisoprolol 2.5 mg in the morning", True),
        ("How long does Nils take to the office?", "40 minutes by bike, door to door", False),
        ("Where does Nils live?", "weight 82.7, back in Kiel", False),
    ],
)
def test_only_a_body_that_is_asked_of_and_told_of_may_be_another_ones(question: str, cited: str, another: bool) -> None:
    """And only where somebody else's is spoken of at all."""
    assert another is of_anothers_body(question, cited, [DADS[1], cited])
    assert not of_anothers_body(question, cited, ["rain all day", cited])
