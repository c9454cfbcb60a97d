"""The reader: spans by offsets, refusals, statements, and weights that are what they say."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from remanence.errors import IntegrityError, ModelMissing
from remanence.models.reader import Reader
from remanence.models.reader.network import PRICE, Network, best_span
from remanence.models.reader.pieces import cut
from remanence.models.reader.weights import BUNDLED, read_weights
from remanence.models.static import StaticEmbedder


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.bundled()


@pytest.mark.parametrize(
    "text",
    [
        "Maya: I moved to Oslo, finally!",
        "Zoë's résumé — 50 €",
        "東京 is nice",
        "a\tb\n c",
        "I 🙂 it",
        "",
        "unbelievableness",
    ],
)
def test_pieces_are_those_of_the_tokenizer_and_stand_where_they_say(text: str) -> None:
    """The ids are the tokenizer's; a piece without accents is spelled by the characters it covers."""
    words = StaticEmbedder().pieces

    pieces = cut(text, words)

    assert words.encode(text) == pieces.ids
    for index, start, end in zip(pieces.ids, pieces.starts, pieces.ends, strict=True):
        assert 0 <= start < end <= len(text)
        if text[start:end].isascii() and index != words.unknown:
            assert text[start:end].lower() == words.vocab[index].removeprefix("##")


def test_an_answer_is_found_and_quoted_by_offsets(reader: Reader) -> None:
    """The passage that answers holds the span, and is more answerable than small talk."""
    passages = ["Tom: nice weather today!", "Maya: I live in Oslo now."]

    chat, said = reader.read("Where does Maya live?", passages)

    assert passages[1][said.start : said.end] == "Oslo"
    assert said.answerable > 0.5 > chat.answerable


def test_a_passage_about_somebody_else_is_less_of_an_answer(reader: Reader) -> None:
    """Swapping the name lowers the probability, with every other word the same."""
    own, other = reader.read("Where does Maya work?", ["Maya: I work at Brandt Labs.", "Tom: I work at Brandt Labs."])

    assert own.answerable > other.answerable


def test_what_stands_next_to_a_passage_does_not_change_its_reading(reader: Reader) -> None:
    """Alone or in a batch with longer ones: the same span and, up to rounding, the same scores."""
    passage = "Ines: my rent went up to 940 euros."
    (alone,) = reader.read("How much is Ines's rent?", [passage])

    among = reader.read("How much is Ines's rent?", ["Tom: " + "so it goes " * 40, passage, "Ines: ok"])[1]

    assert (alone.start, alone.end) == (among.start, among.end)
    assert math.isclose(alone.score, among.score, abs_tol=0.01)


def test_an_answer_far_back_in_a_long_passage_is_found(reader: Reader) -> None:
    """A passage longer than one input is read in stretches; offsets are those of the passage."""
    passage = "Tom: how are you? see you later. " * 60 + "\nMaya: I live in Oslo now."

    (reading,) = reader.read("Where does Maya live?", [passage])

    assert passage[reading.start : reading.end] == "Oslo"


def test_nothing_to_read_is_no_answer(reader: Reader) -> None:
    """No passages, no readings; an empty passage answers nothing; an empty question does not fail."""
    assert reader.read("Where?", []) == []
    assert reader.read("Where?", [""])[0].answerable == 0.0
    assert len(reader.read("", ["Maya: hello"])) == 1


@pytest.mark.parametrize(
    ("text", "value", "attribute", "polarity", "modality"),
    [
        ("I'm allergic to hazelnuts", "hazelnuts", "allergy", "affirmed", "holds"),
        ("I don't speak Danish", "Danish", "speaks", "denied", "holds"),
        ("my rent went up to 940 euros", "940 euros", "rent", "affirmed", "holds"),
        ("I used to work at Brandt Labs", "Brandt Labs", "employer", "affirmed", "ended"),
        ("One day I'd love to live in Lisbon", "Lisbon", "home", "affirmed", "wished"),
    ],
)
def test_a_turn_gives_its_statement(
    reader: Reader, text: str, value: str, attribute: str, polarity: str, modality: str
) -> None:
    """Value, attribute, polarity and modality of a plain sentence about the speaker."""
    ((one,),) = reader.statements([("Maya", text)])

    assert text[one.start : one.end] == value
    assert (one.attribute, one.polarity, one.modality) == (attribute, polarity, modality)
    assert one.subject is None
    assert 0.5 <= one.certainty <= 1


def test_the_best_of_many_passages_is_the_one_that_answers(reader: Reader) -> None:
    """Its chance to be right is higher than where only others' homes are told."""
    question, chat = "Where does Maya live?", ["Tom: nice weather today!", "Ines: I live in Porto."]

    place, chance = reader.best(reader.read(question, [*chat, "Maya: I live in Oslo now."]))
    _, unsure = reader.best(reader.read(question, chat))

    assert place == 2
    assert chance > 0.5 > unsure


def test_a_statement_about_somebody_else_names_its_subject(reader: Reader) -> None:
    """The subject is a span of the turn, not the speaker."""
    text = "Tom lives in Utrecht"

    ((one,),) = reader.statements([("Maya", text)])

    assert one.subject is not None
    assert text[slice(*one.subject)] == "Tom"


def test_turns_are_read_in_their_order_and_small_talk_states_nothing(reader: Reader) -> None:
    """One list a turn, whatever their lengths."""
    turns = [("a", "thanks a lot, see you soon!"), ("b", "I have a cat"), ("a", ""), ("b", "I'm a nurse. " * 30)]

    told = reader.statements(turns)

    assert len(told) == 4
    assert told[0] == []
    assert told[2] == []
    assert any(turns[1][1][one.start : one.end].endswith("cat") for one in told[1])
    assert [one.start for one in told[3]] == sorted(one.start for one in told[3])


def test_the_forward_agrees_with_a_naive_loop() -> None:
    """One small random network, computed piece by piece in float64 from the formulas."""
    rng = np.random.default_rng(5)
    tensors = _tiny(rng)
    static = rng.normal(size=(9, 3)).astype(np.float32)
    net = Network(tensors, static, heads=2)

    states = net.states([[1, 5, 7, 2], [1, 8]], [2, 1], 1)

    for row, (ids, passage) in enumerate([([1, 5, 7, 2], 2), ([1, 8], 1)]):
        expected = _naive(tensors, static.astype(float), ids, passage)
        assert np.allclose(states[row], expected, atol=1e-4)


def _tiny(rng: np.random.Generator) -> dict[str, np.ndarray]:
    shapes = {
        "words.matrix": (4, 4),
        "words.basis": (2, 4),
        "words.rest": (9, 2),
        "words.whole": (2, 4),
        "places": (6, 4),
        "types": (2, 4),
        "norm.weight": (4,),
        "norm.bias": (4,),
        "layers.0.qkv.weight": (12, 4),
        "layers.0.qkv.bias": (12,),
        "layers.0.out.weight": (4, 4),
        "layers.0.out.bias": (4,),
        "layers.0.up.weight": (6, 4),
        "layers.0.up.bias": (6,),
        "layers.0.down.weight": (4, 6),
        "layers.0.down.bias": (4,),
        "layers.0.norm1.weight": (4,),
        "layers.0.norm1.bias": (4,),
        "layers.0.norm2.weight": (4,),
        "layers.0.norm2.bias": (4,),
    }
    out = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    out["words.whole.ids"] = np.array([5, 8], dtype=np.float32)
    return out


def _naive(t: dict[str, np.ndarray], static: np.ndarray, ids: list[int], passage: int) -> np.ndarray:
    def norm(x: np.ndarray, name: str) -> np.ndarray:
        return (x - x.mean()) / math.sqrt(x.var() + 1e-12) * t[f"{name}.weight"] + t[f"{name}.bias"]

    def word(index: int) -> np.ndarray:
        if index in (5, 8):
            return t["words.whole"][(5, 8).index(index)].astype(float)
        return np.r_[static[index], 1] @ t["words.matrix"] + t["words.rest"][index] @ t["words.basis"]

    x = [norm(word(i) + t["places"][p] + t["types"][int(p >= passage)], "norm") for p, i in enumerate(ids)]
    q, k, v = (
        [t["layers.0.qkv.weight"][a : a + 4] @ one + t["layers.0.qkv.bias"][a : a + 4] for one in x] for a in (0, 4, 8)
    )
    out = []
    for place, one in enumerate(x):
        mixed = np.zeros(4)
        for head in (slice(0, 2), slice(2, 4)):
            odds = np.exp([q[place][head] @ key[head] / math.sqrt(2) for key in k])
            mixed[head] = sum(w * value[head] for w, value in zip(odds / odds.sum(), v, strict=True))
        y = norm(one + t["layers.0.out.weight"] @ mixed + t["layers.0.out.bias"], "layers.0.norm1")
        u = t["layers.0.up.weight"] @ y + t["layers.0.up.bias"]
        u = u / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u**3)))
        out.append(norm(y + t["layers.0.down.weight"] @ u + t["layers.0.down.bias"], "layers.0.norm2"))
    return np.array(out)


def test_the_weights_are_small_and_their_card_names_what_they_were_made_from() -> None:
    """At most 8.3 MB for questions, other languages and statements, with the data's licences and XQuAD's authors."""
    weights = read_weights()

    assert sum(file.stat().st_size for file in BUNDLED.parent.glob("*.bin")) <= 8_300_000
    assert weights.card["sha256"].startswith(weights.fingerprint)
    assert any("XQuAD" in name and "CC BY-SA" in licence for name, licence in weights.card["data"].items())


def test_damaged_weights_are_an_error_that_names_the_cure(tmp_path: Path) -> None:
    """One flipped byte is found; so is a missing file."""
    payload = bytearray(BUNDLED.with_suffix(".bin").read_bytes())
    payload[1000] ^= 1
    (tmp_path / "reader.bin").write_bytes(payload)
    (tmp_path / "reader.json").write_text(json.dumps(json.loads(BUNDLED.read_bytes())), encoding="utf-8")

    with pytest.raises(IntegrityError, match="does not match its checksum: reinstall"):
        Reader(tmp_path / "reader.json")
    with pytest.raises(ModelMissing, match="is missing: reinstall"):
        Reader(tmp_path / "absent.json")


def test_of_two_spans_about_as_likely_the_shorter_one_is_told() -> None:
    """Its twin: without a price the longer one, ahead by a hair, is told; one that is far ahead is told anyway."""
    starts = np.array([2.0, 0.0, 0.0, 0.0, 0.0, 0.0], np.float32)
    ends = np.array([0.0, 2.0, 0.0, 0.0, 0.0, 2.1], np.float32)

    assert best_span(starts, ends, 30, PRICE) == (0, 1)
    assert best_span(starts, ends, 30) == (0, 5)
    assert best_span(starts, ends + np.array([0, 0, 0, 0, 0, 1], np.float32), 30, PRICE) == (0, 5)


def test_the_reader_tells_the_shorter_span() -> None:
    """Without a price it tells all from one sum to the next, from the pounds to the flight."""
    said = "Wilma: That's 660 quid at today's rate. we've £1,390 after the jackets. Flights are on yourselves, "
    said += "I paid 94 return"
    (one,) = Reader.bundled().read("what did Wilma's flight to Poland cost?", [said])

    assert said[one.start : one.end] == "94"
