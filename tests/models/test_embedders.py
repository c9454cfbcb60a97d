"""What every embedder promises, and what each one adds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence import models
from remanence.algo.unit_rows import unit_rows
from remanence.errors import IntegrityError, InvalidInput, ModelMissing
from remanence.models import HashingEmbedder, StaticEmbedder, by_name
from remanence.models.static import BUNDLED
from remanence.types import Embedder

STATIC = StaticEmbedder()
LIGHT: list[Embedder] = [STATIC, StaticEmbedder(64), HashingEmbedder(), HashingEmbedder(17)]
each = pytest.mark.parametrize("embedder", LIGHT, ids=lambda embedder: embedder.model)

PARTS = ("json", "rows", "scales", "vocab")


def cosine(embedder: Embedder, one: str, two: str) -> float:
    return float(embedder.embed_query(one) @ embedder.embed_query(two))


@each
def test_rows_have_length_one_and_nothing_is_zero(embedder: Embedder) -> None:
    """[N, dim] float32 unit rows; a text with nothing in it is a zero row, not a NaN."""
    got = embedder.embed(["hello world", "", " \n\t", "\x00\x01", "a"])

    assert (5, embedder.dim) == got.shape
    assert got.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), [1, 0, 0, 0, 1], atol=1e-6)


@each
def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    """An empty batch has the right width, so that it can be stacked."""
    assert (0, embedder.dim) == embedder.embed([]).shape


@each
@settings(max_examples=40)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_a_text_has_the_same_bytes_alone_and_in_a_batch(embedder: Embedder, texts: list[str]) -> None:
    """What stands next to a text never changes its vector, and any text is taken."""
    together = embedder.embed(texts)

    for row, text in zip(together, texts):
        assert row.tobytes() == embedder.embed([text])[0].tobytes() == embedder.embed_query(text).tobytes()
    assert np.isfinite(together).all()


@each
def test_a_batch_over_the_block_size_is_the_same_as_its_parts(embedder: Embedder) -> None:
    """Long batches and long texts are worked off in blocks; the seams do not show."""
    texts = [f"turn {number} about {'tea ' * (number % 50)}" for number in range(1300)] + ["long " * 20_000, "end"]

    together = embedder.embed(texts)

    for index in (0, 511, 512, 1299, 1300, 1301):
        assert together[index].tobytes() == embedder.embed_query(texts[index]).tobytes()


@each
def test_garbage_and_huge_input_are_taken(embedder: Embedder) -> None:
    """Megabytes without a space, lone surrogates, one word a hundred thousand times: finite rows, bounded work."""
    texts = ["x" * 2_000_000, "\ud800 broken", "word " * 100_000, "़" * 1000, "🙃" * 1000, "\n" * 100_000]

    got = embedder.embed(texts)

    assert np.isfinite(got).all()
    np.testing.assert_allclose(got[2], embedder.embed_query("word"), atol=1e-4)


@each
def test_vectors_are_the_same_in_another_process(embedder: Embedder) -> None:
    """Nothing depends on the hash seed or on what was embedded before."""
    name = embedder.model.split("@")[0].replace("static-minilm-", "static:").replace("hashing-", "hashing:")
    program = (
        "from remanence.models import by_name; import sys; "
        f"sys.stdout.write(by_name({name!r}).embed_query('Zoë met 3 friends in Åre.').tobytes().hex())"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert embedder.embed_query("Zoë met 3 friends in Åre.").tobytes().hex() == run.stdout


@each
def test_related_texts_are_closer_than_others(embedder: Embedder) -> None:
    """Shared words count in every embedder."""
    near = cosine(embedder, "Anna adopted a puppy", "the puppy that Anna adopted")
    far = cosine(embedder, "Anna adopted a puppy", "quarterly tax report")

    assert near > far + 0.3


@pytest.mark.parametrize("dim", [128, 64])
def test_the_static_embedder_knows_meanings(dim: int) -> None:
    """Without one shared word, the related text is nearer than the unrelated one, with 64 numbers as well."""
    embedder = StaticEmbedder(dim)
    cases = [
        ("What pet does she have?", "Bought food for the kitten today", "The train to Leeds was late again"),
        ("Which instrument did he learn?", "Practising guitar every evening", "Repainted our kitchen walls yellow"),
        ("Where did they travel?", "We flew to Tokyo on vacation", "My laptop battery died"),
        ("physician", "doctor", "carpet"),
    ]
    for cue, related, other in cases:
        assert cosine(embedder, cue, related) > cosine(embedder, cue, other) + 0.05


def test_fewer_dimensions_are_the_first_ones() -> None:
    """`dim=64` is the scaled prefix of the whole vector, so that both can share one table."""
    text = "a walk along the river in spring"

    whole, prefix = STATIC.embed_query(text)[:64], StaticEmbedder(64).embed_query(text)

    np.testing.assert_allclose(prefix, whole / np.linalg.norm(whole), atol=1e-5)


def test_the_fingerprint_tells_tables_and_lengths_apart() -> None:
    """Name, length and eight hex digits of the weights; another length is another model."""
    digits = json.loads(BUNDLED.read_text())["sha256"]["rows"][:8]

    assert f"static-minilm-128@{digits}" == STATIC.model
    assert f"static-minilm-64@{digits}" == StaticEmbedder(64).model
    assert "hashing-256@1" == HashingEmbedder().model


def test_the_bundled_files_stay_small() -> None:
    """About 4 MB of package data, vocabulary included."""
    assert sum(BUNDLED.with_suffix(f".{part}").stat().st_size for part in PARTS) <= 4_500_000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A copy of the bundled table that may be damaged."""
    for part in PARTS:
        shutil.copy(BUNDLED.with_suffix(f".{part}"), tmp_path / f"copy.{part}")
    return tmp_path / "copy.json"


def _flip(path: Path) -> None:
    payload = bytearray(path.read_bytes())
    payload[len(payload) // 2] ^= 1
    path.write_bytes(payload)


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_copied_table_is_the_same_model(table: Path) -> None:
    """The fingerprint follows the weights, not the place."""
    assert StaticEmbedder(path=table).model == STATIC.model


@pytest.mark.parametrize("damage", [_flip, _halve])
@pytest.mark.parametrize("part", ["rows", "scales", "vocab"])
def test_a_damaged_weight_file_is_noticed(table: Path, part: str, damage: Callable[[Path], None]) -> None:
    """One flipped bit or a missing half is an error that names the file and the cure, never a wrong vector."""
    damage(table.with_suffix(f".{part}"))

    with pytest.raises(IntegrityError, match=rf"copy\.{part} does not match its checksum: reinstall"):
        StaticEmbedder(path=table)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sha256": 3}', '{"sha256": {"rows": "x"}}', "\x00"])
def test_a_damaged_description_is_noticed(table: Path, text: str) -> None:
    """The same for the small file that describes the others."""
    table.write_text(text)

    with pytest.raises(IntegrityError, match=r"copy\.json is damaged"):
        StaticEmbedder(path=table)


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_weight_file_is_named(table: Path, part: str) -> None:
    """An incomplete installation says what is missing."""
    table.with_suffix(f".{part}").unlink()

    with pytest.raises(ModelMissing, match=rf"copy\.{part} is missing: reinstall"):
        StaticEmbedder(path=table)


@pytest.mark.parametrize("dim", [0, -1, 129])
def test_a_length_that_the_table_lacks_is_refused(dim: int) -> None:
    """The message says what there is."""
    with pytest.raises(InvalidInput, match="1 to 128 dimensions"):
        StaticEmbedder(dim)


def test_unknown_script_counts_as_nothing() -> None:
    """Texts that the vocabulary cannot read are zero, and so not all alike."""
    assert not STATIC.embed_query("😀 🎉 ☃").any()
    assert STATIC.embed_query("party 🎉").tobytes() == STATIC.embed_query("party").tobytes()


def test_hashing_is_a_count_of_words_and_trigrams() -> None:
    """By hand: "ab" is the feature ^ab$ (weight 1) and its trigrams ^ab, ab$ (1/4 each), signed by the low bit."""
    from zlib import crc32

    expected = np.zeros(8, dtype=np.float32)
    for feature, weight in ((b"^ab$", 1.0), (b"^ab", 0.25), (b"ab$", 0.25)):
        code = crc32(feature)
        expected[(code >> 1) % 8] += weight if code & 1 else -weight

    np.testing.assert_array_equal(unit_rows(expected[None])[0], HashingEmbedder(8).embed_query("ab"))


def test_spelling_variants_are_near_in_hashing() -> None:
    """Trigrams make walk and walked similar, though they are different words."""
    embedder = HashingEmbedder()

    assert cosine(embedder, "walking", "walked") > 0.1 > cosine(embedder, "walking", "zebra")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("static", STATIC.model),
        ("static:64", StaticEmbedder(64).model),
        ("hashing", "hashing-256@1"),
        ("hashing:64", "hashing-64@1"),
    ],
)
def test_names_find_embedders(name: str, model: str) -> None:
    """A name with its main knob after a colon."""
    assert model == by_name(name).model


def test_knobs_go_with_the_name() -> None:
    """What the colon can say, a keyword can say; a served model needs its address."""
    assert 32 == by_name("hashing", dim=32).dim
    assert "openai:tiny-8" == by_name("openai:tiny", base_url="http://127.0.0.1:1/v1", dim=8).model


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("statik", "near: static"),
        ("mini-lm", "near: minilm"),
        ("", "there are: hashing, minilm, openai, static"),
        ("word2vec", "there are: hashing, minilm, openai, static"),
        ("hashing:many", "hashing:64"),
        ("hashing:-1", "hashing:64"),
        ("hashing:0", "between 1 and 65536"),
        ("openai", "openai:<model>"),
        ("minilm:int4", "int8"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(name: str, words: str) -> None:
    """A wrong name or knob costs one clear error."""
    with pytest.raises(InvalidInput, match=words):
        by_name(name)


def test_another_package_can_add_an_embedder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point in the group `remanence.embedders` is found by its name, with what follows the colon."""
    info = tmp_path / "plug-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[remanence.embedders]\ntiny = plug_for_test:make\n")
    (tmp_path / "plug_for_test.py").write_text(
        "from remanence.models import HashingEmbedder\n"
        "def make(rest, knobs): return HashingEmbedder(int(rest), **knobs)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    assert "hashing-5@1" == by_name("tiny:5").model
    with pytest.raises(InvalidInput, match="near: tiny"):
        by_name("tinny")


def test_the_room_opens_without_anything_heavy() -> None:
    """Importing the room and the static embedder loads neither a runtime, nor torch, nor an HTTP client."""
    program = (
        "import sys, remanence.models, remanence.models.static\n"
        "bad = {'torch', 'onnxruntime', 'scipy', 'http.client', 'ssl'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (0, "") == (run.returncode, run.stderr)


def test_every_public_name_can_be_had() -> None:
    """`__all__` is sorted and true."""
    assert models.__all__ == sorted(models.__all__)
    assert all(getattr(models, name) for name in models.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        models.__getattr__("Nonsense")
