"""Which database, which Python: asked by kind, answered with what stands, never with software of another kind."""

from __future__ import annotations

import pytest

from remanence import Memory
from remanence.language.tools import kinds_asked, of_the_kind

TALK = (
    "new service, quayline. node 18, mysql 5.7, vitest for tests",
    "we switched to duckdb, mysql was too slow on the hourly job",
    "bump to node 22, the box has it now",
    "two writers lock each other out. undo the duckdb thing, we are on mysql 8.0 again",
)


@pytest.fixture(scope="module")
def memory():
    with Memory(":memory:") as found:
        for number, text in enumerate(TALK, 1):
            at = f"2025-0{number}-05T10:00Z"
            found.remember({"who": "user", "text": text, "at": at, "session": str(number)})
        found.sleep()
        yield found


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which database do we use?", "mysql 8.0"),
        ("Which db does the project run on?", "mysql 8.0"),
        ("Which database did we have before?", "duckdb"),
        ("Which Node does the project run on?", "22"),
        ("Which node version do we use?", "22"),
    ],
)
def test_what_is_used_now(memory, question, told):
    assert memory.ask(question, now="2025-06-01T10:00Z").short == told


@pytest.mark.parametrize("question", ["Which Node does the billing exporter run on?", "Which message queue do we use?"])
def test_nothing_is_told_of_another_program_or_kind(memory, question):
    short = memory.ask(question, now="2025-06-01T10:00Z").short
    assert not any(name in short.casefold() for name in ("22", "18", "duckdb", "mysql", "vitest"))


def test_software_of_another_kind_is_not_told_where_none_of_the_kind_is_stated():
    with Memory(":memory:") as memory:
        memory.remember({"who": "user", "text": "we switched to pytest", "at": "2025-01-05T10:00Z"})
        memory.sleep()
        assert not memory.ask("Which database do we use?", now="2025-06-01T10:00Z").in_memory


def test_a_kind_is_asked_by_its_words():
    assert "duckdb" in kinds_asked(("database",))
    assert not kinds_asked(("colour",))
    assert of_the_kind("Postgres 16", ("database",))
    assert not of_the_kind("pytest", ("database",))
    assert of_the_kind("quayline", ("database",))
    assert of_the_kind("pytest", ("colour",))
