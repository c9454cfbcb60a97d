"""A quantity that is measured again has its last value now; the earlier one is history, and what was so then."""

from __future__ import annotations

import pytest

from remanence import Memory


@pytest.mark.parametrize(
    ("first", "then", "who", "attribute", "now", "was"),
    [
        ("Ida is 134 cm now", "measured Ida again, 137.5 cm", "Ida", "height", "137.5 cm", "134 cm"),
        ("Leo: 92 cm, 13.5 kg", "Leo: 101 cm, 16 kg", "Leo", "weight", "16 kg", "13.5 kg"),
        ("my weight is 82 kg", "I weigh 78.5 kg now", "user", "weight", "78.5 kg", "82 kg"),
    ],
)
def test_the_later_measure_holds(first, then, who, attribute, now, was):
    with Memory(":memory:") as memory:
        memory.remember({"who": "user", "text": first, "at": "2024-02-03", "session": "a"})
        memory.remember({"who": "user", "text": then, "at": "2025-02-03", "session": "b"})
        memory.sleep()

        known = memory.profile(who, now="2025-03-01")
        then_known = memory.profile(who, as_of="2024-06-01", now="2025-03-01")

    assert [now] == [one.value for one in known.current[attribute]]
    assert [was] == [one.value for one in known.history[attribute]]
    assert [was] == [one.value for one in then_known.current[attribute]]
    assert f"{attribute} size" not in known.current
