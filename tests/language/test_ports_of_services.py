"""A port is its service's, whichever words say so; a port that names no service is the speaker's."""

from __future__ import annotations

import pytest
from stating import told

from remanence import Memory


@pytest.mark.parametrize(
    ("said", "service", "port"),
    [
        ("the api runs on 8080", "api", "8080"),
        ("the worker listens on 9090", "worker", "9090"),
        ("grafana is on port 3000", "grafana", "3000"),
        ("the auth service now listens on port 7001", "auth service", "7001"),
        ("moved the backend to 8001", "backend", "8001"),
        ("the port of the api is 8080", "api", "8080"),
        ("my api port is 8080 now", "api", "8080"),
        ("I changed the port to 9091", "Mo", "9091"),
    ],
)
def test_a_port_is_the_services_that_the_clause_names(said, service, port):
    assert (service, "port", port, 1) in told(said)


def test_two_services_of_one_clause_each_have_their_port():
    ports = [one[:3] for one in told("backend on port 8000, frontend on 5173") if one[1] == "port"]

    assert [("backend", "port", "8000"), ("frontend", "port", "5173")] == ports


@pytest.mark.parametrize(
    "said", ["the script runs on 2048 rows", "the bus runs on 2025", "the server was built in 2019"]
)
def test_a_number_that_nothing_listens_on_is_no_port(said):
    assert not [one for one in told(said) if one[1] == "port"]


def test_the_port_of_one_service_ends_no_other_one():
    """Each answers for itself, and a move of one is a move of that one."""
    talk = ("the api runs on 8080", "the worker listens on 9090", "moved the api to 8081")
    with Memory(":memory:") as memory:
        for day, text in enumerate(talk, 1):
            memory.remember({"who": "user", "text": text, "at": f"2024-02-0{day}", "session": str(day)})
        memory.sleep()

        shorts = [
            memory.ask(question, now="2024-03-01").short
            for question in ("Which port is the api on?", "What port does the worker listen on?")
        ]
        known = memory.profile("api", now="2024-03-01")

    assert ["8081", "9090"] == shorts
    assert (["8081"], ["8080"]) == (
        [one.value for one in known.current["port"]],
        [one.value for one in known.history["port"]],
    )


def test_the_port_of_another_service_that_has_none_yet_ends_nothing():
    """One service alone is known, and it is another one that is moved."""
    with Memory(":memory:") as memory:
        for day, text in enumerate(("the api runs on 8080", "moved the worker to 2525"), 1):
            memory.remember({"who": "user", "text": text, "at": f"2024-02-0{day}", "session": str(day)})
        memory.sleep()

        assert memory.ask("Which port is the api on?", now="2024-03-01").short == "8080"
        assert [one.value for one in memory.profile("api", now="2024-03-01").current["port"]] == ["8080"]
