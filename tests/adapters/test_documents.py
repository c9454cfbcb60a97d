"""Named texts and the six file verbs: paths are names, each writing is a version, and what is deleted is gone."""

from __future__ import annotations

import pytest

from remanence.errors import Conflict, InvalidInput, NotFound
from remanence.memory import Memory
from remanence.memory.documents import Documents
from remanence.memory.file_tool import FileTool


@pytest.fixture
def memory() -> Memory:
    return Memory(":memory:", embedder="hashing")


def test_writing_again_is_a_version_and_the_old_text_stays_in_the_history(memory: Memory) -> None:
    """One path, one item."""
    documents = Documents(memory)

    first = documents.put("/trip.md", "We fly to Oslo.", {"tag": "travel"})
    second = documents.put("/trip.md", "We fly to Bergen.")

    assert first == second
    assert documents.text("/trip.md") == "We fly to Bergen."
    assert [one.text for one in memory.history(first)] == ["We fly to Oslo.", "We fly to Bergen."]
    assert "tag" not in documents.get("/trip.md").data
    assert [hit.text for hit in memory.recall("Bergen flight", kinds="file")] == ["We fly to Bergen."]


def test_an_empty_document_is_empty(memory: Memory) -> None:
    """What was written comes back, also nothing."""
    documents = Documents(memory)

    documents.put("/a", "")

    assert documents.text("/a") == ""
    documents.put("/a", "now something")
    assert documents.text("/a") == "now something"


@pytest.mark.parametrize("path", ["", "x", "/", "/a/../b", "/./a", "//a", "/a//b", "/a\\b", "/a\nb", "/" + "x" * 2_000])
def test_a_path_is_only_a_name(memory: Memory, path: str) -> None:
    """Nothing that could be taken for a place outside is accepted."""
    with pytest.raises(InvalidInput):
        Documents(memory).put(path, "text")


def test_scopes_have_paths_of_their_own(memory: Memory) -> None:
    """The same path of another user is another document."""
    from remanence.types import Scope

    Documents(memory).put("/a", "mine")

    with pytest.raises(NotFound):
        Documents(memory.within(Scope("bob"))).text("/a")


def test_a_folder_is_moved_and_deleted_with_what_is_in_it(memory: Memory) -> None:
    """Nothing is overwritten by a move."""
    documents = Documents(memory)
    for path in ("/old/a", "/old/b/c", "/new"):
        documents.put(path, path)

    with pytest.raises(Conflict):
        documents.rename("/old", "/new")
    assert documents.rename("/old", "/fresh") == 2
    assert [one.data["path"] for one in documents.all("/fresh")] == ["/fresh/a", "/fresh/b/c"]
    assert documents.delete("/fresh") == 2
    with pytest.raises(NotFound):
        documents.delete("/fresh")


def test_the_six_verbs_do_what_their_names_say(memory: Memory) -> None:
    """A whole session of a model with its files."""
    files = FileTool(Documents(memory))

    files.create("/memories/todo.md", "milk\nbread")
    files.insert("/memories/todo.md", 1, "eggs\n")
    files.str_replace("/memories/todo.md", "bread", "rye bread")

    assert files.view("/memories/todo.md").split("\n")[1:] == [
        "     1\tmilk", "     2\teggs", "     3\trye bread", "     4\t",
    ]  # fmt: skip
    assert files.view("/memories/todo.md", (2, 2)).splitlines()[1:] == ["     2\teggs"]
    assert "/memories/todo.md" in files.view("/memories")
    files.rename("/memories/todo.md", "/memories/shop/todo.md")
    files.delete("/memories/shop")
    assert files.view("/memories").splitlines()[1:] == ["0B\t/memories"]


@pytest.mark.parametrize("path", ["/etc/passwd", "/memories/../x", "/memoriesx/a", "memories/a"])
def test_a_model_cannot_leave_its_folder(memory: Memory, path: str) -> None:
    """Whatever it asks for lies under /memories or is refused."""
    files = FileTool(Documents(memory))

    with pytest.raises((InvalidInput, NotFound)):
        files.create(path, "x")
    with pytest.raises((InvalidInput, NotFound)):
        files.view(path)
