"""The reader in languages other than English: words and their forms, small words, and spans by offsets."""

from pathlib import Path

import numpy as np
import pytest

from remanence.errors import IntegrityError
from remanence.models.reader import Reader
from remanence.models.reader.neutral import (
    BUNDLED,
    MATCHES,
    PAIRS,
    SUREST,
    NeutralNetwork,
    NeutralReader,
    Signs,
    signs_of,
    text_of,
)
from remanence.models.reader.signs import FORMS, SmallWords, alike, folded, forms, latin, words_of


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.bundled()


@pytest.fixture(scope="module")
def small() -> SmallWords:
    return SmallWords()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ines' Katze heißt Mo.", ["Ines", "'", "Katze", "heißt", "Mo", "."]),
        ("1.200,50 € am 3.5.", ["1.200,50", "€", "am", "3.5", "."]),
        ("वह दिल्ली में है", ["वह", "दिल्ली", "में", "है"]),
        ("كتبتْ رسالة", ["كتبتْ", "رسالة"]),
        ("他住在北京", ["他", "住", "在", "北", "京"]),
        ("", []),
    ],
)
def test_text_of_any_script_is_cut_where_its_offsets_say(text: str, words: list[str]) -> None:
    """Marks stay with their letters, numbers stay whole, and signs without spaces stand one by one."""
    cut = words_of(text)

    assert cut.shown == words
    assert [text[start:end] for start, end in zip(cut.starts, cut.ends, strict=True)] == words


def test_letters_that_are_written_in_several_ways_are_one() -> None:
    """Case, the Turkish dots and the forms of the Arabic alef do not tell words apart."""
    assert folded("İZMİR") == folded("izmir")
    assert folded("أحمد") == folded("احمد")
    assert folded("STRASSE") == folded("straße")


def test_words_with_other_endings_are_alike_and_others_are_not() -> None:
    """A common beginning counts, accents do not; the same word is wholly alike."""
    same, soft = alike(["городе", "cafe", "haus"], ["город", "café", "maus", "haus"])

    assert soft[0, 0] > 0.8
    assert same[0, 0] == 0
    assert soft[1, 1] == 1
    assert soft[2, 2] == 0
    assert soft[2, 3] == same[2, 3] == 1


def test_the_form_of_a_word_tells_a_year_a_name_and_a_mark() -> None:
    """A capital at the start of a sentence is told apart from one inside."""
    shape = forms(words_of("Ende 1998 zog Marta um."))
    told = [{FORMS[i] for i in np.flatnonzero(row)} for row in shape]

    assert {"capital", "begins"} <= told[0]
    assert {"digit", "year"} <= told[1]
    assert "capital" in told[3]
    assert "begins" not in told[3]
    assert {"mark", "stop"} <= told[5]


@pytest.mark.parametrize(
    ("question", "passage", "language"),
    [
        ("Where does Maya live?", "Maya: I moved to Oslo in May, and it is cold.", "en"),
        ("Wo wohnt Maya?", "Maya: ich bin im Mai nach Oslo gezogen, und es ist kalt.", "de"),
        ("¿Dónde vive Maya?", "Maya: me mudé a Oslo en mayo y hace frío.", "es"),
        ("Maya nerede yaşıyor?", "Maya: Mayıs ayında Oslo'ya taşındım ve burası soğuk.", "tr"),
        ("Maya sống ở đâu?", "Maya: tôi đã chuyển đến Oslo vào tháng năm và trời lạnh.", "vi"),
        ("أين تعيش مايا؟", "مايا: انتقلت إلى أوسلو في مايو وهو بارد", "ar"),
    ],
)
def test_small_words_say_the_language(small: SmallWords, question: str, passage: str, language: str) -> None:
    """Of the question and of what is read for it."""
    assert small.languages(question, [passage]) == (language, [language])


def test_an_english_question_about_english_talk_stays_english(small: SmallWords) -> None:
    """One or two small words that another language has as well do not make the talk foreign."""
    assert small.languages("What will Monica always have?", ["Monica: Hi, Ben. Hi. I'm your Aunt Monica."])[0] == "en"
    assert small.languages("Kit romantic interest now", ["Kit: it would have been some wedding"])[0] == "en"


def test_half_of_the_letters_make_a_text_latin() -> None:
    """A Latin name in a Russian question does not."""
    assert latin("Tiếng Việt, çok güzel")
    assert not latin("Где живёт Maya?")


def test_a_small_word_means_the_same_in_every_language(small: SmallWords) -> None:
    """ "wann", "quando" and "ne zaman" mean "when"; the longest entry of the table counts."""
    when = small.names.index("when")

    assert small.meanings(["wann"], "de") == [(when,)]
    assert small.meanings(["quando", "nasceu"], "pt")[0] == (when,)
    assert small.meanings(["ne", "zaman"], "tr") == [(when,), (when,)]
    assert small.meanings(["wann"], "") == [()]


def test_a_foreign_question_is_read_by_signs_and_an_english_one_by_the_network(reader: Reader) -> None:
    """The reading says which."""
    (english,) = reader.read("Where does Maya live?", ["Maya: I live in Oslo now."])
    (german,) = reader.read("Wo wohnt Maya?", ["Maya wohnt seit dem Mai in Oslo, und das ist gut."])

    assert (english.by, german.by) == ("network", "signs")
    assert german.yes == german.no == 0


@pytest.mark.parametrize(
    ("question", "passage", "answer"),
    [
        ("Wann wurde die Brücke gebaut?", "Die alte Brücke wurde im Jahr 1872 von Karl Ott gebaut.", "1872"),
        ("¿Quién construyó el puente?", "El puente fue construido por Karl Ott en el año 1872.", "Karl Ott"),
        ("Köprü ne zaman inşa edildi?", "Eski köprü 1872 yılında Karl Ott tarafından inşa edildi.", "1872"),
        ("Ai đã xây cây cầu?", "Cây cầu này được xây bởi ông Karl Ott vào năm 1872.", "Karl Ott"),
        ("كم عدد الكتب في المكتبة؟", "تضم المكتبة الجديدة في المدينة 4200 كتاب للأطفال.", "4200"),
    ],
)
def test_an_answer_in_another_language_is_found(reader: Reader, question: str, passage: str, answer: str) -> None:
    """Turkish, Vietnamese and Arabic did not train."""
    (reading,) = reader.read(question, [passage])

    assert answer in passage[reading.start : reading.end]
    assert reading.by == "signs"


def test_what_does_not_answer_is_less_answerable(reader: Reader) -> None:
    """A passage about something else against the one that answers, and no certainty for either."""
    other, own = reader.read(
        "Wann wurde die Brücke gebaut?",
        ["Der Markt ist heute geschlossen, weil es regnet.", "Die alte Brücke wurde im Jahr 1872 von Karl Ott gebaut."],
    )

    assert other.answerable < own.answerable <= SUREST


def test_a_long_passage_is_read_in_stretches(reader: Reader) -> None:
    """An answer behind hundreds of words is found at its offsets; an empty passage answers nothing."""
    passage = "Das Wetter war gut, und alle waren froh. " * 50 + "Die Brücke wurde im Jahr 1872 gebaut."
    far, none = reader.read("Wann wurde die Brücke gebaut?", [passage, ""])

    assert "1872" in passage[far.start : far.end]
    assert none.answerable == 0.0


def test_an_adapter_of_zeros_is_the_english_network(reader: Reader, small: SmallWords) -> None:
    """With nothing added, a row of pieces has the logits that the English network gives it."""
    base = reader.network
    ids, passage = [101, 2073, 2515, 102, 9815, 1024, 1045, 2444, 102], 4
    (states,) = base.states([ids], [passage], base.layers)
    zeros = {
        "form.weight": np.zeros((base.width, len(FORMS))),
        "mean.weight": np.zeros((base.width, len(small.names))),
        "asked.weight": np.zeros((base.width, MATCHES)),
        "told.weight": np.zeros((base.width, MATCHES)),
        "norm.weight": base.tensors["norm.weight"],
        "norm.bias": base.tensors["norm.bias"],
        "span.weight": base.tensors["span.weight"].T,
        "span.bias": base.tensors["span.bias"],
        "verdict.weight": base.tensors["verdict.weight"].T[:1],
        "verdict.bias": base.tensors["verdict.bias"][:1],
    }
    for layer in range(base.layers):
        name = f"layers.{layer}."
        for part in ("qkv", "out", "up", "down"):
            inner, outer = base.tensors[f"{name}{part}.weight"].shape
            zeros |= {
                f"{name}{part}.low.weight": np.ones((8, inner)),
                f"{name}{part}.high.weight": np.zeros((outer, 8)),
            }
        zeros |= {f"{name}pairs": np.zeros((base.heads, PAIRS))}
        zeros |= {
            f"{name}{norm}.{x}": base.tensors[f"{name}{norm}.{x}"]
            for norm in ("norm1", "norm2")
            for x in ("weight", "bias")
        }
    count = len(ids)
    side = np.where(np.arange(count) < passage, 1, 3)
    signs = Signs(
        np.zeros((count, len(small.names)), np.float32),
        np.ones((count, len(FORMS)), np.float32),
        np.ones((count, MATCHES), np.float32),
        np.ones((PAIRS, count, count), np.float32),
        side,
    )

    spans, verdict = NeutralNetwork(base, {k: np.asarray(v, np.float32) for k, v in zeros.items()}).read(
        signs, base.words(np.array(ids, dtype=np.intp))
    )

    assert np.allclose(spans, base.head("span", states), atol=1e-3)
    assert np.isclose(verdict, base.head("verdict", states[0])[0], atol=1e-3)


def test_a_word_of_the_passage_knows_how_far_the_question_has_it(small: SmallWords) -> None:
    """Matches are of content words; small words and marks match nothing."""
    asked, told = text_of("Wann kam Marta?", small, "de"), text_of("Marta kam 1998.", small, "de")
    same, soft = alike([*asked.words.folded, *told.words.folded], [*asked.words.folded, *told.words.folded])

    signs = signs_of(asked, told, soft, same)
    matched = dict(zip(told.words.shown, signs.matches[signs.side == 3, 0].tolist(), strict=True))

    assert matched == {"Marta": 1, "kam": 1, "1998": 0, ".": 0}


def test_a_table_of_other_small_words_than_trained_is_an_error(reader: Reader, tmp_path: Path) -> None:
    """The columns of the adapter are the meanings in their order."""
    table = tmp_path / "words.txt"
    table.write_text("= en\nwhen when\nwho who\n", encoding="utf-8")

    with pytest.raises(IntegrityError, match="other small words"):
        NeutralReader(reader.network, reader.pieces, SmallWords(table))


def test_the_adapter_is_small_and_says_where_it_comes_from(reader: Reader) -> None:
    """A card with XQuAD's authors and licence beside less than 300 kB."""
    card = BUNDLED.read_text(encoding="utf-8")

    assert "CC BY-SA 4.0" in card
    assert "Artetxe" in card
    assert sum(file.stat().st_size for file in BUNDLED.parent.glob("neutral.*")) < 300_000
