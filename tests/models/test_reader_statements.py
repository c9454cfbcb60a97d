"""Statements are read by an adapter of their own, which leaves the network that reads for questions as it is."""

import json
from pathlib import Path

import numpy as np
import pytest

from remanence.errors import IntegrityError
from remanence.models.packed import nibbles
from remanence.models.reader import Reader
from remanence.models.reader.network import Network
from remanence.models.reader.statements import StatementReader, adapted, signs, values
from remanence.models.reader.weights import BUNDLED, read_weights


def test_questions_are_read_the_same_whether_statements_were_read_or_not() -> None:
    """To the last bit; and the two read with other layers."""
    reader = Reader()
    asked = "Where does Maya live?", ["Maya: I live in Oslo now.", "Tom: nice weather today!"]
    before = reader.read(*asked)

    reader.statements([("Maya", "I'm allergic to hazelnuts")])

    assert before == reader.read(*asked)
    name = "layers.0.qkv.weight"
    assert np.abs(reader.network.tensors[name] - reader.stating.network.tensors[name]).max() > 1e-3


def test_an_adapter_is_added_to_the_matrix_it_belongs_to() -> None:
    """W [in, out] + low' high, by hand; what has no adapter takes the other's place."""
    tensors = {
        "places": np.zeros((3, 2), np.float32),
        "layers.0.up.weight": np.array([[1, 2], [3, 4], [5, 6]], np.float32),  # [out, in]
        "layers.0.up.bias": np.zeros(3, np.float32),
        "words.rest": np.zeros((1, 1), np.float32),
        "words.whole": np.zeros((1, 2), np.float32),
        "words.whole.ids": np.zeros(1, np.float32),
    }
    english = Network(tensors, np.zeros((1, 1), np.float32), heads=1)
    low, high = np.array([[1, 10]], np.float32), np.array([[2, 0, 1]], np.float32)

    new = adapted(english, {"layers.0.up.low": low, "layers.0.up.high": high, "layers.0.up.bias": np.ones(3, "f4")})

    assert [[3, 3, 6], [22, 4, 16]] == new["layers.0.up.weight"].tolist()
    assert [1, 1, 1] == english.changed(new).tensors["layers.0.up.bias"].tolist()
    assert [[1, 3, 5], [2, 4, 6]] == english.tensors["layers.0.up.weight"].tolist()


def test_two_numbers_of_four_bits_stand_in_a_byte() -> None:
    """The lower half first, 8 is zero; each scale is that of as many numbers."""
    rows = np.array([[0x18, 0xF9], [0x08, 0x80]], np.uint8)

    found = nibbles(rows, np.array([1, 0.5, 2, 4], np.float16))

    assert [[0, -7, 0.5, 3.5], [0, -16, -32, 0]] == found.tolist()


def test_an_adapter_of_another_reader_is_refused(tmp_path: Path) -> None:
    """Its products are worth nothing on other layers, so it says which reader it belongs to."""
    card = json.loads(BUNDLED.with_name("statements.json").read_bytes())
    (tmp_path / "statements.json").write_text(json.dumps(card | {"reader": "00000000"}), encoding="utf-8")
    (tmp_path / "statements.bin").write_bytes(BUNDLED.with_name("statements.bin").read_bytes())
    reader = Reader()
    fingerprint = read_weights().fingerprint

    with pytest.raises(IntegrityError, match="another reader than"):
        StatementReader(reader.network, fingerprint, reader.pieces, tmp_path / "statements.json")
    assert fingerprint == card["reader"]


def test_a_value_that_goes_on_where_it_ends_is_less_sure() -> None:
    """Of two values alike in their own pieces, by what stands beside them, and by how sure the attribute is."""
    reader = Reader.bundled()
    alone = np.array([[1, 0, 0], [0.1, 0.9, 0], [0.1, 0, 0.9], [1, 0, 0]], np.float32)
    among = np.array([[1, 0, 0], [0.1, 0.9, 0], [0.1, 0, 0.9], [0.65, 0, 0.35]], np.float32)
    plain, unclear = np.array([9, 0], np.float32), np.array([0.1, 0], np.float32)
    curve = reader.stating.curve

    assert [(1, 2)] == values(alone) == values(among)
    assert curve @ signs(alone, 1, 2, plain) > curve @ signs(among, 1, 2, plain)
    assert curve @ signs(alone, 1, 2, plain) > curve @ signs(alone, 1, 2, unclear)


@pytest.mark.parametrize(
    ("text", "value", "modality", "subject"),
    [
        ("I'm a nurse", "nurse", "holds", None),
        ("My sister drives an old Volvo", "an old Volvo", "holds", "My sister"),
        ("we have a dentist appointment on Friday", "a dentist appointment", "holds", None),
    ],
)
def test_jobs_hold_and_values_are_whole(text: str, value: str, modality: str, subject: str | None) -> None:
    """Without the adapter jobs were wishes, "an old" and "Volvo" two vehicles, and the appointment a dentist."""
    ((one,),) = Reader.bundled().statements([("Maya", text)])

    assert (text[one.start : one.end], one.modality) == (value, modality)
    assert subject == (one.subject and text[slice(*one.subject)])
