"""Appointments that go by several names: a booster is a vaccination is a jab."""

from __future__ import annotations

from collections.abc import Collection

_SAME = tuple(
    frozenset(row.split())
    for row in """
booster vaccination vaccinations vaccine jab jabs shot shots immunisation immunization
dentist dental tooth
checkup check-up check physical
surgery operation op
haircut hairdresser barber
physio physiotherapy physiotherapist
exam test
optician eye eyes
""".strip().split("\n")
)
"""A row for each."""


def names_of(topic: Collection[str]) -> frozenset[str]:
    """All names of the appointment that one of these words names; none where none does."""
    return next((row for row in _SAME if not row.isdisjoint(topic)), frozenset())
