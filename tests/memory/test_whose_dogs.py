"""Whom "he" means is told once: by the clause, which knows who was named as a man."""

from __future__ import annotations

from remanence import Memory


def test_what_he_has_is_not_told_of_the_last_one_named():
    """Ida asked whether the teacher has a dog; he has two."""
    asked = "From Monday class 4 has Mr Lindgren. Ida cried, then asked if he has a dog"
    with Memory(":memory:") as memory:
        memory.remember({"who": "Ruben", "text": asked, "at": "2025-11-06T19:41", "session": "a"})
        memory.remember(
            {"who": "Petra", "text": "he has two dogs, she's fine", "at": "2025-11-06T19:44", "session": "a"}
        )
        memory.sleep()

        owners = {item.data["subject"] for item in memory.list(kinds=["fact"]) if item.data["slot"] == "pets"}

    assert {"Mr Lindgren"} == owners
