"""What was ordered is planned until it is there; then it is owned, since it came."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.language.statements.read import read


def profile_of(*texts: str):
    with Memory(":memory:") as memory:
        for month, text in enumerate(texts, 1):
            memory.remember({"who": "user", "text": text, "at": f"2025-0{month}-20", "session": str(month)})
        memory.sleep()
        return memory.profile("user", now="2025-09-01")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("ordered a Skoda Enyaq, comes in March", "Skoda Enyaq"),
        ("we ordered a new Kia Niro, delivery in may", "Kia Niro"),
        ("I ordered a new bike, it should arrive in two weeks", "bike"),
    ],
)
def test_what_is_ordered_is_planned(said, value):
    known = profile_of(said)

    assert [value] == [one.value for one in known.planned["owns"]]
    assert not {"owns", "car"} & set(known.current)


def test_what_has_come_is_owned_since_then():
    known = profile_of("we ordered a new Kia Niro, delivery in may", "the Kia Niro is finally here!")

    assert [("Kia Niro", 2)] == [(one.value, one.since.month) for one in known.current["owns"]]
    assert "owns" not in known.planned
    assert "owns" not in known.history


def test_what_came_when_it_was_told_is_owned():
    (one,) = read("ordered a new laptop on monday and it came yesterday", speaker="Mo")

    assert ("owns", "laptop", "asserted") == (one.attribute, one.value, one.modality)
