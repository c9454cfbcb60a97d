"""Every card names code that is there and a proof that is there."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from remanence.attach.cards import CARDS, Card

TESTS = Path(__file__).parent.parent


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_cards_code_and_proof_exist(card: Card) -> None:
    """A card without them is a claim."""
    module, _, name = card.maker.rpartition(".")
    file, _, test = card.proof.partition("::")

    text = (TESTS / card.maker.split(".")[0] / f"{file}.py").read_text("utf-8")

    assert getattr(import_module(f"remanence.{module}"), name)
    assert f"def {test}(" in text
    assert card.faithful in ("faithful", "mechanism", "kernel")


def test_no_system_has_two_cards() -> None:
    """Names and rows are unique."""
    rows = [card.ledger for card in CARDS if card.ledger]

    assert len(CARDS) == len({card.name for card in CARDS})
    assert len(rows) == len(set(rows))
