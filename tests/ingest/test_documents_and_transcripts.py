"""Markdown and plain text: verbatim pieces that know where they stand, and talk with its speakers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ingest_samples as sample
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.ingest.chunks import split
from remanence.ingest.read import detect, read

Put = Callable[[str, str | bytes], Path]


def test_sections_become_chunks_with_their_path_of_titles(put: Put) -> None:
    """Headings of both kinds are followed, code is not mistaken for one, front matter dates it all."""
    chunks = list(read(put("notes.md", sample.MARKDOWN)))

    assert [
        ("Written in winter.", "Pottery notes"),
        ("# Glazes\nAll about glazes.", "Pottery notes > Glazes"),
        ("## Ash\nAsh glaze runs.\n\n```\n# not a heading\n```", "Pottery notes > Glazes > Ash"),
        ("Clay\n====\nWedge it well.", "Pottery notes > Clay"),
    ] == [(one.text, one.data["title"]) for one in chunks]
    assert {(one.kind, one.who, one.at) for one in chunks} == {("chunk", "Mara", datetime(2024, 2, 1, tzinfo=UTC))}


def test_titles_that_a_chunk_does_not_show_are_its_index_words(put: Put) -> None:
    """A piece from deep inside a section is found by the section's title."""
    body = "# Glazes\n## Ash\n" + "Ash runs down the pot. " * 20

    chunks = list(read(put("notes.md", body), chunk=200))

    assert len(chunks) > 2
    assert [one.data["keys"] for one in chunks] == ["Glazes"] + ["Glazes Ash"] * (len(chunks) - 1)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("# One", "One"),
        ("  ### Two ###", "Two"),
        ("## C#", "C#"),
        ("#hash", None),
        ("####### seven", None),
        ("    # code", None),
    ],
)
def test_headings_are_told_from_what_looks_like_them(line: str, title: str | None, put: Put) -> None:
    """A heading has one to six marks and a space."""
    (chunk,) = read(put("notes.md", f"{line}\nwords\n"))

    assert chunk.data.get("title") == title


@pytest.mark.parametrize("body", ["---\ntitle: never closed\n\nwords\n", "---\n\nwords\n", "words\n\n---\n\nmore\n"])
def test_a_rule_is_not_front_matter(body: str, put: Put) -> None:
    """Only lines between two marks at the very top are front matter; nothing is lost otherwise."""
    told = "".join(one.text for one in read(put("notes.md", body)))

    assert "words" in told
    assert told.count("-") == body.count("-")


def test_a_wrong_front_matter_date_does_not_cost_the_note(put: Put) -> None:
    """A date that cannot be read is left out."""
    (chunk,) = read(put("notes.md", "---\ndate: soon\n---\nwords\n"))

    assert (chunk.text, chunk.at) == ("words", None)


def test_headings_without_text_give_no_chunk(put: Put) -> None:
    """A title is not a statement, but it stays in the path of what is below."""
    (chunk,) = read(put("notes.md", "# A\n## B\n### C\nwords\n"))

    assert chunk.text == "### C\nwords"
    assert chunk.data["title"] == "A > B > C"


def test_paragraphs_become_chunks(put: Put) -> None:
    """Plain text is cut at blank lines and kept as it is."""
    path = put("kiln.txt", sample.TEXT)

    chunks = list(read(path))

    assert ["The kiln is old.\nIt is red.", "It was built in 1962."] == [one.text for one in chunks]
    assert {one.kind for one in chunks} == {"chunk"}
    assert [f"{path.as_posix()}#1", f"{path.as_posix()}#2"] == [one.source for one in chunks]


def test_a_piece_that_is_too_short_to_be_useful_is_refused(put: Put) -> None:
    """The setting has a floor."""
    path = put("kiln.txt", sample.TEXT)

    with pytest.raises(InvalidInput, match="chunk must be at least 100"):
        list(read(path, chunk=5))


@given(st.text(st.sampled_from("ab .!?。\n\t é😀"), max_size=600), st.integers(10, 80))
def test_cutting_keeps_every_word_in_its_place(text: str, longest: int) -> None:
    """Pieces are verbatim, in order, within the length, and only white space is between them."""
    at = 0
    for offset, piece in split(text, longest):
        assert text[offset : offset + len(piece)] == piece
        assert 0 < len(piece) <= longest
        assert not text[at:offset].strip()
        at = offset + len(piece)

    assert not text[at:].strip()


def test_cuts_prefer_the_end_of_a_sentence() -> None:
    """A piece ends where a reader would pause."""
    text = "The first sentence is here. The second sentence is a little longer than that."

    assert ["The first sentence is here.", "The second sentence is a little longer than that."] == [
        piece for _, piece in split(text, 52)
    ]


def test_a_transcript_becomes_turns(put: Put) -> None:
    """Speaker, time and lines that continue a turn are recognised."""
    path = put("talk.txt", sample.TRANSCRIPT)

    turns = list(read(path))

    assert [
        ("Ann", "The kiln broke.\nIt made a loud noise.", 56),
        ("Bo", "Oh no!", 57),
        ("Ann", "Yes.", 1),
    ] == [(one.who, one.text, one.at.minute) for one in turns if one.at]
    assert {(one.kind, one.session, one.trust) for one in turns} == {("turn", path.as_posix(), "import")}


@pytest.mark.parametrize(
    ("first", "second", "at"),
    [
        ("Ann: Hello", "Bo: Hi", None),
        ("2023-05-08 13:56 Ann: Hello", "2023-05-08 13:57 Bo: Hi", datetime(2023, 5, 8, 13, 56, tzinfo=UTC)),
        ("25/12/2023, 13:56 - Ann: Hello", "25/12/2023, 13:57 - Bo: Hi", datetime(2023, 12, 25, 13, 56, tzinfo=UTC)),
        ("12/25/23, 1:56 PM - Ann: Hello", "12/25/23, 1:57 PM - Bo: Hi", datetime(2023, 12, 25, 13, 56, tzinfo=UTC)),
        (
            "\u200e[25.12.23, 13:56:07] Ann: Hello",
            "[25.12.23, 13:57:00] Bo: Hi",
            datetime(2023, 12, 25, 13, 56, 7, tzinfo=UTC),
        ),
        ("Ann [8 May 2023]: Hello", "Bo [9 May 2023]: Hi", datetime(2023, 5, 8, tzinfo=UTC)),
        ("+47 123 45 678: Hello", "Bo: Hi", None),
        ("Dr. Åse O'Neill-Berg: Hello", "Bo: Hi", None),
    ],
)
def test_transcripts_of_many_programs_are_recognised(first: str, second: str, at: datetime | None, put: Put) -> None:
    """Chat programs write their lines in different ways."""
    path = put("talk.txt", f"{first}\n{second}\n" * 3)

    turns = list(read(path))

    assert detect(path) == "text"
    assert ["Hello", "Hi"] * 3 == [one.text for one in turns]
    assert at == turns[0].at


def test_day_and_month_follow_the_rest_of_the_file(put: Put) -> None:
    """One date that leaves no choice decides for all; a setting decides before it."""
    body = "03/04/2023, 10:00 - Ann: One\n25/04/2023, 10:00 - Bo: Two\n03/05/2023, 10:00 - Ann: Three\n"
    path = put("talk.txt", body)
    unclear = put("unclear.txt", body.replace("25/04", "05/04"))

    assert [(4, 3), (4, 25), (5, 3)] == [(one.at.month, one.at.day) for one in read(path) if one.at]
    assert [4, 4, 5] == [one.at.month for one in read(unclear, day_first=True) if one.at]
    assert [3, 5, 3] == [one.at.month for one in read(unclear, day_first=False) if one.at]


def test_a_line_that_is_a_date_dates_what_follows(put: Put) -> None:
    """Days are often written once, above the talk."""
    body = "--- 8 May 2023 ---\nAnn (13:56): One\nBo: Two\nMonday, 9 May 2023\nAnn: Three\n"

    turns = list(read(put("talk.txt", body)))

    assert ["One", "Two", "Three"] == [one.text for one in turns]
    assert [datetime(2023, 5, 8, 13, 56, tzinfo=UTC), datetime(2023, 5, 8, 13, 56, tzinfo=UTC)] == [
        one.at for one in turns[:2]
    ]
    assert turns[2].at == datetime(2023, 5, 9, tzinfo=UTC)


def test_notices_of_the_program_are_nobodys_words(put: Put) -> None:
    """A dated line without a speaker is not appended to what somebody said."""
    body = (
        "25/12/2023, 13:55 - Messages are encrypted.\n"
        "25/12/2023, 13:56 - Ann: One\n25/12/2023, 13:57 - Bo left\n25/12/2023, 13:58 - Ann: Two\n"
    )

    assert ["One", "Two"] == [one.text for one in read(put("talk.txt", body))]


@pytest.mark.parametrize(
    "body",
    [
        "Remember: wedge well.\nIt is important.\nSo is patience.\nAnd water.\n",
        "name: kiln\ncolour: red\nage: 60\nplace: shed\n",
        "See http://example.org: it is good.\nAnd more.\n",
        "One line only.\n",
    ],
)
def test_text_with_colons_is_not_a_transcript(body: str, put: Put) -> None:
    """Prose and settings stay text."""
    assert {one.kind for one in read(put("notes.txt", body))} == {"chunk"}


def test_a_transcript_can_be_declared_or_denied(put: Put) -> None:
    """The user knows better than the recogniser."""
    path = put("talk.txt", "Ann: One\nIt rains.\nIt pours.\nIt stops.\n")

    assert [("turn", "Ann")] == [(one.kind, one.who) for one in read(path, transcript=True)]
    assert {one.kind for one in read(put("t.txt", sample.TRANSCRIPT), transcript=False)} == {"chunk"}
