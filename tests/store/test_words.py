"""The terms of the word index: tones tell words apart, particles come off, and names of code are found either way."""

from __future__ import annotations

import pytest

from remanence.memory import Memory
from remanence.store.words import terms


def _first(question: str, *texts: str) -> str:
    with Memory(":memory:", embedder="hashing") as memory:
        memory.remember(list(texts))
        return memory.recall(question, k=1)[0].text


@pytest.mark.parametrize(
    ("question", "wanted", "other"),
    [
        ("มา", "หมาของฉันชอบวิ่ง เรามาด้วยกัน", "ม้าของลุงตัวใหญ่"),
        ("ใกล้", "บ้านของเราอยู่ใกล้ตลาด", "โรงเรียนไกลจากบ้านมาก"),
        ("ຂ້າວ", "ຂ້ອຍມັກກິນຂ້າວທຸກມື້", "ຂ່າວມື້ນີ້ບໍ່ດີ"),
    ],
)
def test_a_word_is_found_inside_a_run_and_its_tone_counts(question: str, wanted: str, other: str) -> None:
    """Thai and Lao write no spaces; a mark makes another word."""
    assert wanted == _first(question, other, wanted)


@pytest.mark.parametrize(
    ("question", "wanted", "other"),
    [
        ("ירושלים", "אחי גר בירושלים כבר שנה", "קניתי ספר חדש אתמול"),
        ("مدرسة", "ذهبت بالمدرسة الجديدة", "اشتريت كتابا أمس"),
        ("القاهرة", "أسكن في قاهرة المعز", "اشتريت كتابا أمس"),
    ],
)
def test_a_particle_that_is_written_onto_a_word_does_not_hide_it(question: str, wanted: str, other: str) -> None:
    """Hebrew and Arabic."""
    assert wanted == _first(question, other, wanted)


@pytest.mark.parametrize(
    ("question", "wanted", "others"),
    [
        (
            "what does parse_http_header drop",
            "parseHttpHeader drops the last line",
            ("parse the http page header",),
        ),
        (
            "what does parseHttpHeader drop",
            "parse_http_header drops the last line",
            ("parse the http page header",),
        ),
        ("F#", "Build notes: F# only.", ("Test notes: F only.", "Web notes: F++ only.")),
        ("F++", "Web notes: F++ only.", ("Test notes: F only.", "Build notes: F# only.")),
        ("what changed in v2.10", "Notes for v2.10: faster", ("Notes for v2.1: slower", "Notes for v2.11: later")),
    ],
)
def test_names_of_code_are_found_as_they_are_written(question: str, wanted: str, others: tuple[str, ...]) -> None:
    """Whole, in parts, and with their signs."""
    assert wanted == _first(question, *others, wanted)


def test_plain_talk_has_the_terms_that_it_always_had() -> None:
    """Nothing is added to words that are no names of code."""
    assert terms("I don't think YouTube or McDonald's opened at 10:30 on 5/6.") == [
        "think", "youtub", "mcdonald", "open", "10", "30", "5", "6",
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["a_", "aB", "1.", "ก่", "C#", "x"])
def test_long_repetitions_are_read_in_bounded_terms(unit: str) -> None:
    """No term is longer than its bound, however long a name is."""
    assert all(len(term) <= 64 * 13 for term in terms(unit * 20_000))
