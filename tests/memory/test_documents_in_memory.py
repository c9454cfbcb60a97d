"""Documents under paths, and the six verbs by which a model keeps notes in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from remanence import Memory
from remanence.errors import Conflict, InvalidInput, NotFound
from remanence.memory.documents import MAX_NAME, Documents, checked
from remanence.memory.file_tool import FileTool, Refusal


@pytest.fixture
def documents() -> Iterator[Documents]:
    with Memory(":memory:", "plain", "hashing") as memory:
        yield Documents(memory)


@pytest.fixture
def tool(documents: Documents) -> FileTool:
    return FileTool(documents)


def test_a_document_keeps_its_id_from_version_to_version(documents: Documents) -> None:
    """Text and data are those of the last writing; a key that is not given again is gone."""
    first = documents.put("/notes/trip.md", "to Rome", {"tag": "a", "old": 1})
    second = documents.put("/notes/trip.md/", "to Oslo", {"tag": "b"})

    item = documents.get("/notes/trip.md")
    assert (first, 2, "to Oslo") == (second, item.version, documents.text("/notes/trip.md"))
    assert {"path": "/notes/trip.md", "tag": "b"} == dict(item.data)


def test_an_empty_document_is_empty_and_may_be_filled_again(documents: Documents) -> None:
    """Nothing is searched for, and nothing comes out but the blanks that it has."""
    documents.put("/a", " \n")
    assert " \n" == documents.text("/a")

    documents.put("/a", "full")
    assert "full" == documents.text("/a")
    assert "empty" not in documents.get("/a").data


def test_a_folder_holds_what_lies_below_it(documents: Documents) -> None:
    """By path, and not what only begins alike."""
    for path in ("/b/two", "/b/one", "/bc", "/a"):
        documents.put(path, path)

    assert ["/b/one", "/b/two"] == [str(one.data["path"]) for one in documents.all("/b")]
    assert ["/a", "/b/one", "/b/two", "/bc"] == [str(one.data["path"]) for one in documents.all()]
    assert [] == documents.all("/c")


def test_a_document_or_a_folder_is_erased(documents: Documents) -> None:
    """How many went; nothing there is an error."""
    for path in ("/b/two", "/b/one", "/c"):
        documents.put(path, path)

    assert (1, 2) == (documents.delete("/c"), documents.delete("/b"))
    assert [] == documents.all()
    with pytest.raises(NotFound):
        documents.delete("/c")


def test_a_document_or_a_folder_moves_where_nothing_is(documents: Documents) -> None:
    """With its text; onto something it does not."""
    for path in ("/b/two", "/b/one", "/c", "/d/e"):
        documents.put(path, path)

    assert (2, 1) == (documents.rename("/b", "/x/y"), documents.rename("/c", "/f"))
    assert ["/d/e", "/f", "/x/y/one", "/x/y/two"] == [str(one.data["path"]) for one in documents.all()]
    assert "/b/one" == documents.text("/x/y/one")
    for taken in ("/f", "/d"):
        with pytest.raises(Conflict):
            documents.rename("/x", taken)
    with pytest.raises(NotFound):
        documents.rename("/b", "/z")


@pytest.mark.parametrize(
    "path", ["", "a", "/", "//", "/a//b", "/..", "/a/../b", "/.", "/a\\b", "/a\nb", "/" + "a" * MAX_NAME, 7, None]
)
def test_what_could_be_a_place_outside_is_no_path(path: object) -> None:
    """A path is only a name."""
    with pytest.raises(InvalidInput):
        checked(path)


def test_a_path_may_be_as_long_as_it_may_be(documents: Documents) -> None:
    """At the bound; the root only where it is asked for; a slash behind is no other path."""
    longest = "/" + "a" * (MAX_NAME - 1)

    assert longest == checked(longest)
    assert "/" == checked("/", may_be_root=True)
    assert "/a" == checked("/a/")
    assert documents.find("/nothing") is None
    with pytest.raises(NotFound):
        documents.get("/nothing")


# --- files -----------------------------------------------------------------------------------------


def test_a_file_is_shown_as_far_as_line_numbers_have_six_digits(tool: FileTool) -> None:
    """999,999 lines; one more is refused in words."""
    tool.create("/memories/long", "a" + "\n" * 999_998)
    tool.create("/memories/longer", "\n" * 999_999 + "a")

    assert tool.view("/memories/long", (999_999, -1)).endswith("\n999999\t")
    with pytest.raises(Refusal, match="exceeds maximum line limit of 999,999 lines"):
        tool.view("/memories/longer")


def test_a_file_is_shown_with_its_lines_numbered(tool: FileTool) -> None:
    """All of it, a part from both ends included, or to the end."""
    tool.create("/memories/a.txt", "one\ntwo\nthree")
    head = "Here's the content of /memories/a.txt with line numbers:\n"

    assert head + "     1\tone\n     2\ttwo\n     3\tthree" == tool.view("/memories/a.txt")
    assert head + "     2\ttwo\n     3\tthree" == tool.view("/memories/a.txt", (2, -1))
    assert head + "     2\ttwo" == tool.view("/memories/a.txt", (2, 2))
    assert head + "     3\tthree" == tool.view("/memories/a.txt", (3, 9))
    assert head + "     1\tone" == tool.view("/memories/a.txt", (0, 1))
    assert head == tool.view("/memories/a.txt", (2, 1)) == tool.view("/memories/a.txt", (4, 4))


def test_a_folder_is_shown_two_levels_deep_with_sizes(tool: FileTool) -> None:
    """Itself first, then what is in it by name; the root may be empty, another folder is then not there."""
    head = "Here're the files and directories up to 2 levels deep in /memories, excluding hidden items:"
    assert [head, "0B\t/memories"] == tool.view("/memories").splitlines()
    tool.create("/memories/b/ü.txt", "ü" * 768)
    tool.create("/memories/b/c/d/deep.txt", "x" * 512)
    tool.create("/memories/a.txt", "x")
    tool.create("/memories/.hidden", "x")
    tool.create("/memories/empty", "")

    assert [
        "2.0K\t/memories", "1B\t/memories/a.txt", "2K\t/memories/b/", "512B\t/memories/b/c/", "1.5K\t/memories/b/ü.txt",
        "0B\t/memories/empty",
    ] == tool.view("/memories").splitlines()[1:]  # fmt: skip
    assert "512B\t/memories/b/c/d/" in tool.view("/memories/b").splitlines()
    with pytest.raises(Refusal, match=re.escape("The path /memories/c does not exist. Please provide a valid path.")):
        tool.view("/memories/c")


def test_a_text_is_replaced_where_it_stands_once(tool: FileTool) -> None:
    """Not there, or there twice, changes nothing and says where; what was changed is shown."""
    tool.create("/memories/a", "one\ntwo\nred boat\nred mast\nfive\nsix\nseven")

    for old, said in (
        ("green", "old_str `green` did not appear verbatim in /memories/a."),
        ("red", "Multiple occurrences of old_str `red` in lines: 3, 4. Please ensure it is unique"),
        ("", "did not appear verbatim"),
    ):
        with pytest.raises(Refusal, match=re.escape(said)):
            tool.str_replace("/memories/a", old, "x")
    assert [
        "The memory file has been edited. Here is the snippet showing the change (with line numbers):",
        "     2\ttwo", "     3\tred boat", "     4\ta mast", "     5\tfive", "     6\tsix",
    ] == tool.str_replace("/memories/a", "red mast", "a mast").splitlines()  # fmt: skip


@pytest.mark.parametrize(
    ("line", "text", "told"),
    [
        (0, "zero", ["zero", "one", "two"]),
        (1, "mid\n", ["one", "mid", "two"]),
        (2, "end\nend too", ["one", "two", "end", "end too"]),
    ],
)
def test_lines_are_put_behind_a_line(tool: FileTool, line: int, text: str, told: list[str]) -> None:
    """0 is the top, the number of lines the end; beyond is refused."""
    tool.create("/memories/a", "one\ntwo")

    tool.insert("/memories/a", line, text)

    assert [*told, ""] == [row.partition("\t")[2] for row in tool.view("/memories/a").split("\n")[1:]]
    for wrong in (-1, len(told) + 1):
        with pytest.raises(Refusal, match=re.escape(f"It should be within the range [0, {len(told)}].")):
            tool.insert("/memories/a", wrong, "x")


def test_files_stay_inside_their_folder_and_the_folder_stays(tool: FileTool) -> None:
    """Every verb says what is wrong with a path; what is deleted, moved or cleared is."""
    tool.create("/memories/a", "x")
    tool.create("/memories/b/c", "y")

    assert "Successfully renamed /memories/a to /memories/d" == tool.rename("/memories/a", "/memories/d")
    assert "Successfully deleted /memories/b" == tool.delete("/memories/b")
    assert ["1B\t/memories", "1B\t/memories/d"] == tool.view("/memories").splitlines()[1:]
    for wrong in ("/other/a", "memories/a", "/memoriesx/a"):
        with pytest.raises(Refusal, match=f"Path must start with /memories, got: {wrong}"):
            tool.create(wrong, "x")
    assert "All memory cleared" == tool.clear()
    assert ["0B\t/memories"] == tool.view("/memories").splitlines()[1:]


@pytest.mark.parametrize(
    ("verb", "given", "said"),
    [
        ("view", ("/memories/../../x",), "Path /memories/../../x would escape /memories directory"),
        ("create", ("/memories/a", "new"), "File /memories/a already exists"),
        ("create", ("/memories/b", "new"), "File /memories/b already exists"),
        ("create", ("/memories/a/x", "new"), "The path /memories/a is not a directory."),
        ("str_replace", ("/memories/z", "x", "y"), "The path /memories/z does not exist. Please provide a valid path."),
        ("str_replace", ("/memories/b", "x", "y"), "The path /memories/b is not a file."),
        ("insert", ("/memories/z", 0, "x"), "The path /memories/z does not exist. Please provide a valid path."),
        ("delete", ("/memories",), "Cannot delete the /memories directory itself"),
        ("delete", ("/memories/",), "Cannot delete the /memories directory itself"),
        ("delete", ("/memories/z",), "The path /memories/z does not exist"),
        ("rename", ("/memories/z", "/memories/y"), "The path /memories/z does not exist"),
        ("rename", ("/memories/a", "/memories/b"), "The destination /memories/b already exists"),
        ("rename", ("/memories", "/memories/y"), "Cannot rename the /memories directory itself"),
        ("rename", ("/memories/b", "/memories/b/y"), "Cannot move /memories/b into itself"),
    ],
)
def test_a_verb_that_does_nothing_says_why_in_known_words(
    tool: FileTool, verb: str, given: tuple[Any, ...], said: str
) -> None:
    """And nothing has changed."""
    tool.create("/memories/a", "x")
    tool.create("/memories/b/c", "y")
    before = tool.view("/memories")

    with pytest.raises(Refusal, match=f"^{re.escape(said)}$"):
        getattr(tool, verb)(*given)

    assert before == tool.view("/memories")
    assert tool.view("/memories/a").endswith("\tx")


@pytest.mark.parametrize("text", ["", "\n", " \n\n"])
def test_a_file_without_a_word_keeps_its_blanks(documents: Documents, text: str) -> None:
    documents.put("/a", text)

    assert text == documents.text("/a")


def test_a_document_that_quotes_memory_is_kept_as_it_was_written(documents: Documents) -> None:
    """Recalled text in a file is a part of the file, when it is made and when it is written again."""
    memory = documents._memory
    memory.remember("Tea is at four.")
    quote = str(memory.context("tea"))

    for path, text in (("/quote", quote), ("/notes", f"From memory:\n{quote}\nSo be there.")):
        for _ in range(2):
            documents.put(path, text)

            assert text == documents.text(path)


def test_a_document_that_is_refused_says_why() -> None:
    """A memory that keeps no credential keeps none in a file."""
    with (
        Memory(":memory:", "plain", "hashing", secrets="refuse") as memory,
        pytest.raises(InvalidInput, match="secret"),
    ):
        Documents(memory).put("/a", "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")
