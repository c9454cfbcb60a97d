"""The nine tools of the reference memory server, over the data that every other door sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from remanence.errors import BudgetExceeded
from remanence.memory import Memory
from remanence.memory.knowledge import KnowledgeGraph
from remanence.serve.mcp.protocol import Protocol
from remanence.types import Scope

ADA = {"name": "Ada", "entityType": "person", "observations": ["keeps bees", "lives in Turin"]}
HIVE = {"name": "The hive", "entityType": "thing", "observations": []}
OWNS = {"from": "Ada", "to": "The hive", "relationType": "owns"}


@pytest.fixture
def memory(composed: Callable[..., Memory]) -> Memory:
    return composed("default")


@pytest.fixture
def call(memory: Memory) -> Callable[..., Any]:
    """`call("read_graph")`: a tool's structured answer, or its error text."""
    protocol = Protocol(lambda: nullcontext(memory), profile="compat")

    def call(name: str, **arguments: Any) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        told = json.loads(protocol.answer(json.dumps(message)) or "")["result"]
        return told["content"][0]["text"] if told["isError"] else told["structuredContent"]

    return call


def test_there_are_nine_tools_with_schemas_and_hints(memory: Memory) -> None:
    """The names that clients of the reference server know."""
    protocol = Protocol(lambda: nullcontext(memory), profile="compat")
    listed = json.loads(protocol.answer('{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}') or "")["result"]["tools"]

    assert [tool["name"] for tool in listed] == [
        "create_entities", "create_relations", "add_observations", "delete_entities", "delete_observations",
        "delete_relations", "read_graph", "search_nodes", "open_nodes",
    ]  # fmt: skip
    assert all(tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object" for tool in listed)
    assert {tool["name"] for tool in listed if tool["annotations"]["readOnlyHint"]} == {
        "read_graph",
        "search_nodes",
        "open_nodes",
    }


def test_what_is_created_is_read_back_and_nothing_is_made_twice(call: Callable[..., Any]) -> None:
    """The second call makes only what is new."""
    first = call("create_entities", entities=[ADA, HIVE])
    again = call("create_entities", entities=[ADA, {**HIVE, "name": "the  hive"}])
    made = call("create_relations", relations=[OWNS, OWNS])
    none = call("create_relations", relations=[OWNS])

    assert first == {"entities": [ADA, HIVE]}
    assert again == {"entities": []}
    assert (made, none) == ({"relations": [OWNS]}, {"relations": []})
    assert call("read_graph") == {"entities": [ADA, HIVE], "relations": [OWNS]}


def test_observations_are_added_to_what_is_there(call: Callable[..., Any]) -> None:
    """Known ones are not added again; an unknown entity is an error, and then nothing is kept."""
    call("create_entities", entities=[ADA])

    added = call("add_observations", observations=[{"entityName": "ada", "contents": ["keeps bees", "paints"]}])
    wrong = call(
        "add_observations",
        observations=[{"entityName": "Ada", "contents": ["sings"]}, {"entityName": "Bo", "contents": ["x"]}],
    )

    assert added == {"results": [{"entityName": "ada", "addedObservations": ["paints"]}]}
    assert wrong.startswith("Entity with name Bo not found")
    assert call("open_nodes", names=["Ada"])["entities"][0]["observations"] == [*ADA["observations"], "paints"]


def test_what_is_deleted_is_gone_and_can_be_made_again(call: Callable[..., Any], memory: Memory) -> None:
    """A relation, an observation, an entity with all that hangs on it."""
    call("create_entities", entities=[ADA, HIVE])
    call("create_relations", relations=[OWNS])

    call("delete_relations", relations=[OWNS, OWNS])
    assert call("read_graph")["relations"] == []
    call("delete_observations", deletions=[{"entityName": "Ada", "observations": ["keeps bees", "never said"]}])
    assert call("open_nodes", names=["Ada"])["entities"][0]["observations"] == ["lives in Turin"]
    call("create_relations", relations=[OWNS])
    done = call("delete_entities", entityNames=["Ada", "nobody"])

    assert done == {"success": True, "message": "Deleted 1 of 2 entities. Not found: nobody"}
    assert call("read_graph") == {"entities": [HIVE], "relations": []}
    assert memory.count(kinds=("fact",)) == 0
    assert call("create_entities", entities=[ADA]) == {"entities": [ADA]}


def test_search_finds_words_and_meaning_and_shows_what_is_linked(call: Callable[..., Any]) -> None:
    """By a word of a type, by a question, and not what has nothing to do with it."""
    call("create_entities", entities=[ADA, HIVE, {"name": "Oslo", "entityType": "city", "observations": ["is cold"]}])
    call("create_relations", relations=[OWNS])

    assert [one["name"] for one in call("search_nodes", query="city")["entities"]] == ["Oslo"]
    assert [one["name"] for one in call("search_nodes", query="who keeps bees?")["entities"]] == ["Ada"]
    assert call("open_nodes", names=["The hive", "Ada"])["relations"] == [OWNS]
    assert call("open_nodes", names=["The hive", "Oslo"])["relations"] == [OWNS]
    assert call("open_nodes", names=["Oslo"])["relations"] == []


def test_the_graph_is_made_of_the_same_data_as_every_other_door(call: Callable[..., Any], memory: Memory) -> None:
    """What was said and slept over is in the graph; deleting it there hides the fact and leaves the turn."""
    memory.remember({"who": "Lena", "text": "I live in Rome.", "at": "2024-01-01"})
    memory.sleep()

    [lena] = call("open_nodes", names=["Lena"])["entities"]
    call("delete_observations", deletions=[{"entityName": "Lena", "observations": lena["observations"]}])

    assert lena["observations"] == ["Lena lives in Rome"]
    assert call("open_nodes", names=["Lena"])["entities"] == []
    assert memory.count(kinds=("turn",)) == 1
    assert memory.within(Scope("another")).count() == 0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("create_entities", {"entities": [{"name": "x"}]}),
        ("create_entities", {"entities": [{"name": " ", "entityType": "t", "observations": []}]}),
        ("create_entities", {"entities": [{"name": "x", "entityType": "t", "observations": [3]}]}),
        ("create_entities", {"entities": ["x"]}),
        ("create_entities", {"entities": "x"}),
        ("create_relations", {"relations": [{"from": "a", "to": "b"}]}),
        ("delete_entities", {"entityNames": [3]}),
        ("open_nodes", {}),
        ("search_nodes", {"query": 3}),
    ],
)
def test_what_is_no_argument_is_told_and_nothing_is_kept(
    call: Callable[..., Any], memory: Memory, name: str, arguments: dict[str, Any]
) -> None:
    """One line that says what was wanted."""
    assert re.search(r"is missing|is array|is string|each object has|names are a list", call(name, **arguments))
    assert memory.count() == 0


def test_a_relation_needs_both_of_its_entities(call: Callable[..., Any], memory: Memory) -> None:
    """One that is not there is named, and nothing is kept."""
    call("create_entities", entities=[ADA])

    told = call("create_relations", relations=[{**OWNS, "to": "Ada", "relationType": "knows"}, OWNS])

    assert told.startswith("Entity with name The hive not found")
    assert call("read_graph")["relations"] == []


def test_clients_of_the_reference_server_read_its_texts(memory: Memory) -> None:
    """The text beside the structured answer: the list that was made, a message with what was missed, the graph."""
    protocol = Protocol(lambda: nullcontext(memory), profile="compat")

    def told(method: str, **params: Any) -> Any:
        return json.loads(
            protocol.answer(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})) or ""
        )["result"]

    def text(name: str, **arguments: Any) -> str:
        said: str = told("tools/call", name=name, arguments=arguments)["content"][0]["text"]
        return said

    graph = {"entities": [ADA, HIVE], "relations": [OWNS]}

    assert text("create_entities", entities=[ADA, HIVE]) == json.dumps([ADA, HIVE], indent=2)
    assert json.loads(text("create_relations", relations=[OWNS])) == [OWNS]
    assert text("read_graph") == json.dumps(graph, indent=2)
    assert json.loads(told("resources/read", uri="memory://knowledge-graph")["contents"][0]["text"]) == graph
    missed = [{"entityName": "Ada", "observations": ["keeps bees", "sings"]}, {"entityName": "Bo", "observations": []}]
    assert text("delete_observations", deletions=missed) == "Deleted 1 of 2 observations. Entities not found: Bo"
    assert text("delete_relations", relations=[OWNS]) == "Relations deleted successfully"
    assert text("delete_relations", relations=[OWNS]) == "Deleted 0 of 1 relations. The rest matched nothing."
    assert text("delete_entities", entityNames=["Ada"]) == "Entities deleted successfully"


def test_a_graph_that_is_too_large_says_so(call: Callable[..., Any], memory: Memory) -> None:
    """Beyond its bound there is an error that names the way out."""
    call("create_entities", entities=[ADA, HIVE])

    with pytest.raises(BudgetExceeded, match="default profile"):
        KnowledgeGraph(memory, most=2).read()
