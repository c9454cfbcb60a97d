"""The chat and embedding doors, against a real HTTP server on this machine that fails on command."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from remanence.errors import BadReply, BudgetExceeded, InvalidInput, ModelError
from remanence.models import FakeServer, HashingEmbedder, OpenAIChat, OpenAIEmbedder
from remanence.models.fake_server import Trouble, cut_short, hang_up, late, raw, status
from remanence.models.http import Door

HELLO = [{"role": "user", "content": "hello"}]
FACT = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
}
KEY = "sk-very-secret-0123456789"


def no_wait(seconds: float) -> None:
    """Pauses that take no time."""


def chat(server: FakeServer, **knobs: Any) -> OpenAIChat:
    settings: dict[str, Any] = {"timeout": 5.0, "sleep": no_wait} | knobs
    return OpenAIChat(server.url, "tiny", **settings)


def test_a_reply_comes_back_and_is_counted() -> None:
    """One call: the text of the reply, and the server's own count of tokens in and out."""
    with FakeServer(["good day to you"]) as server:
        door = chat(server, temperature=0.0)
        reply = door.complete(HELLO, max_tokens=9)

    assert reply == "good day to you"
    assert (1, 1, 4) == (door.calls, door.tokens_in, door.tokens_out)
    sent = {"model": "tiny", "messages": HELLO, "temperature": 0.0, "max_tokens": 9}
    assert [("/v1/chat/completions", sent)] == server.requests


@pytest.mark.parametrize(
    "trouble",
    [status(429), status(500), status(503), hang_up(), cut_short(), raw("<html>busy</html>"), raw("[1]"), raw("")],
    ids=["429", "500", "503", "hang-up", "cut-short", "html", "list", "empty"],
)
def test_a_passing_fault_is_tried_again(trouble: Trouble) -> None:
    """Every fault that may pass costs a retry and no more: two in a row, then the answer."""
    with FakeServer([trouble, trouble, "at last"]) as server:
        reply = chat(server, retries=2).complete(HELLO)

    assert reply == "at last"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("trouble", "error", "words"),
    [
        (status(429), ModelError, "HTTP 429, too many requests"),
        (status(500), ModelError, "HTTP 500, the server failed"),
        (hang_up(), ModelError, "is the server running"),
        (cut_short(), ModelError, "early"),
        (raw("not json"), BadReply, "not JSON"),
    ],
    ids=["429", "500", "hang-up", "cut-short", "not-json"],
)
def test_a_lasting_fault_is_an_error_in_words(trouble: Trouble, error: type[ModelError], words: str) -> None:
    """When the retries are used up the error says what happened, where, and how often it was tried."""
    with FakeServer([trouble] * 3) as server, pytest.raises(error, match=words) as raised:
        chat(server, retries=2).complete(HELLO)

    assert len(server.requests) == 3
    assert "tried 3 times" in str(raised.value)
    assert server.url in str(raised.value)


def test_a_silent_server_is_given_up_after_the_time_out() -> None:
    """A server that does not answer within `timeout` is an error, not a hang."""
    with FakeServer([late(30.0)]) as server, pytest.raises(ModelError, match="no answer in time"):
        chat(server, timeout=0.1, retries=0).complete(HELLO)


def test_a_dripping_answer_is_given_up_after_the_time_out() -> None:
    """The time-out bounds the whole body: a byte now and then does not keep the call alive."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not stop.wait(0.02):
                    try:
                        peer.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        door = Door(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.3, retries=0)
        with pytest.raises(ModelError, match="no answer in time"):
            door.post("/x", {})
        stop.set()
        thread.join()


def test_nobody_listening_is_an_error_that_asks_whether_the_server_runs() -> None:
    """A refused connection names the address and the likely cause."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ModelError, match="is the server running"):
        OpenAIChat(f"http://127.0.0.1:{port}/v1", "tiny", retries=0).complete(HELLO)


def test_a_refusal_is_not_tried_again() -> None:
    """A 404, a 400 and a used-up quota cannot pass by waiting: one request, then the error."""
    for trouble in (status(404), status(400), status(429, message="insufficient_quota")):
        with FakeServer([trouble]) as server, pytest.raises(ModelError, match=f"HTTP {trouble.status}"):
            chat(server).complete(HELLO)

        assert len(server.requests) == 1


def test_pauses_grow_and_are_the_same_for_the_same_seed() -> None:
    """The n-th pause lies between half of 0.5 * 2**n seconds and all of it."""

    def pauses(seed: int) -> list[float]:
        slept: list[float] = []
        with FakeServer([status(500)] * 4) as server, pytest.raises(ModelError):
            chat(server, retries=3, seed=seed, sleep=slept.append).complete(HELLO)
        return slept

    first, again, other = pauses(1), pauses(1), pauses(2)

    assert first == again
    assert first != other
    assert all(0.25 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(first))
    assert len(first) == 3


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(7, [7.0]), ("0", [0.0]), ("-3", [0.0])],
)
def test_the_server_says_how_long_to_wait(asked: str | int, expected: list[float]) -> None:
    """Retry-After replaces the pause."""
    slept: list[float] = []
    with FakeServer([status(429, retry_after=asked), "fine"]) as server:
        chat(server, sleep=slept.append).complete(HELLO)

    assert expected == slept


def test_a_wait_that_is_too_long_is_an_error_now() -> None:
    """A server that asks for an hour is not waited for."""
    slept: list[float] = []
    with FakeServer([status(429, retry_after=3600)]) as server, pytest.raises(ModelError, match="429"):
        chat(server, sleep=slept.append).complete(HELLO)

    assert slept == []


def test_the_key_is_sent_and_never_shown() -> None:
    """A server that repeats a wrong key in its answer does not get it into the error, its causes or a repr."""
    with FakeServer(api_key="another") as server:
        door = chat(server, api_key=KEY)
        with pytest.raises(ModelError, match="the key was refused") as raised:
            door.complete(HELLO)
    with FakeServer(["welcome"], api_key=KEY) as server:
        welcomed = chat(server, api_key=KEY).complete(HELLO)

    assert welcomed == "welcome"
    shown = [repr(door), str(raised.value), repr(raised.value), str(raised.value.__dict__), repr(door._door)]
    assert not any(KEY in text for text in shown)


@pytest.mark.parametrize("key", [KEY + "\n", f" {KEY}", f"{KEY}\r\nX-Evil: 1", KEY + "é"])
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(key: str) -> None:
    """A line break copied along with the key is named, the key is not."""
    with pytest.raises(InvalidInput, match="api_key") as raised:
        OpenAIChat("http://127.0.0.1:1/v1", "tiny", key)

    assert KEY not in str(raised.value)


@pytest.mark.parametrize("url", ["", "api.example.com", "ftp://x/v1", "file:///etc/passwd", "http://", "http://x:y"])
def test_only_http_addresses_are_taken(url: str) -> None:
    """Anything else is refused before a connection is tried."""
    with pytest.raises(InvalidInput, match="base_url"):
        OpenAIChat(url, "tiny")


def test_the_budget_stops_before_the_call_that_would_pass_it() -> None:
    """With 8 tokens used of 10, a call that may need 5 is not sent."""
    with FakeServer(["one two three four five six seven"]) as server:
        door = chat(server, budget_tokens=10)
        door.complete(HELLO)
        with pytest.raises(BudgetExceeded, match="8 of the budget of 10"):
            door.complete(HELLO, max_tokens=4)

    assert len(server.requests) == 1


def test_a_server_that_does_not_count_is_counted_by_length() -> None:
    """Without `usage` four characters are taken as a token, so that a budget still bounds."""
    answer = '{"choices": [{"message": {"content": "12345678"}}]}'
    with FakeServer([raw(answer)]) as server:
        door = chat(server)
        door.complete([{"role": "user", "content": "x" * 40}])

    assert (10, 2) == (door.tokens_in, door.tokens_out)


def test_json_comes_back_checked() -> None:
    """A reply that fits the schema is an object; the schema was sent to the server and in words."""
    with FakeServer([{"name": "Ada", "age": 36}]) as server:
        got = chat(server).json(HELLO, FACT)

    assert got == {"name": "Ada", "age": 36}
    body = server.requests[0][1]
    assert FACT == body["response_format"]["json_schema"]["schema"]
    assert body["messages"][0]["role"] == "system"
    assert body["messages"][1:] == HELLO


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ("I am sorry", "no JSON object"),
        ('{"name": "Ada"', "broken at character"),
        ('{"name": "Ada", "age": NaN}', "NaN is not JSON"),
        ({"name": "Ada"}, "reply.age is missing"),
        ({"name": "Ada", "age": "36"}, "reply.age should be integer"),
        ({"name": "Ada", "age": True}, "reply.age should be integer"),
        ({"name": "Ada", "age": -1}, "reply.age should be at least 0"),
        ('{"name": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_reply_that_does_not_fit_is_asked_for_again(bad: str | dict[str, Any], fault: str) -> None:
    """The fault is told to the model, and its second reply is used."""
    with FakeServer([bad, {"name": "Ada", "age": 36}]) as server:
        got = chat(server).json(HELLO, FACT)

    assert got == {"name": "Ada", "age": 36}
    assert fault in server.requests[1][1]["messages"][-1]["content"]


def test_replies_that_never_fit_are_a_bad_reply() -> None:
    """After the allowed tries the error quotes the fault and the last reply."""
    with FakeServer(["nonsense"] * 3) as server, pytest.raises(BadReply, match=r"no JSON object.*nonsense"):
        chat(server).json(HELLO, FACT)

    assert len(server.requests) == 3


@pytest.mark.parametrize("reply", ['```json\n{"name": "Ada", "age": 36}\n```', 'Sure! {"name": "Ada", "age": 36} :)'])
def test_json_inside_prose_is_found(reply: str) -> None:
    """Code fences and friendly words around the object do no harm."""
    with FakeServer([reply]) as server:
        assert chat(server).json(HELLO, FACT) == {"name": "Ada", "age": 36}


def test_an_older_server_is_asked_in_simpler_ways() -> None:
    """A server that refuses a response format is asked without it, and not bothered with it again."""
    no_schema = status(400, message="response_format.type json_schema is not supported")
    no_format = status(400, message="unknown field response_format")
    with FakeServer([no_schema, no_format, {"name": "Ada", "age": 1}, {"name": "Bo", "age": 2}]) as server:
        door = chat(server)
        got = [door.json(HELLO, FACT), door.json(HELLO, FACT)]

    assert got == [{"name": "Ada", "age": 1}, {"name": "Bo", "age": 2}]
    kinds = [body.get("response_format", {}).get("type") for _, body in server.requests]
    assert kinds == ["json_schema", "json_object", None, None]


def test_a_newer_server_gets_its_own_name_for_the_limit() -> None:
    """A server that wants max_completion_tokens gets it from the second try on."""
    wants = status(400, message="Unsupported parameter: use 'max_completion_tokens' instead")
    with FakeServer([wants, "fine"]) as server:
        chat(server).complete(HELLO, max_tokens=5)

    assert server.requests[1][1]["max_completion_tokens"] == 5
    assert "max_tokens" not in server.requests[1][1]


@pytest.mark.parametrize(
    "answer", ["{}", '{"choices": []}', '{"choices": [{"message": {"content": 5}}]}', '{"choices": null}']
)
def test_an_answer_of_another_shape_is_a_bad_reply(answer: str) -> None:
    """JSON that is no chat answer is named as such."""
    with FakeServer([raw(answer)]) as server, pytest.raises(BadReply, match="answer holds"):
        chat(server).complete(HELLO)


def test_an_answer_without_text_is_a_bad_reply() -> None:
    """A refusal or a tool call comes with no text: empty and failed look different."""
    answer = '{"choices": [{"message": {"content": null}}]}'
    with FakeServer([raw(answer)]) as server, pytest.raises(BadReply, match="no text"):
        chat(server).complete(HELLO)


@pytest.mark.parametrize("messages", [[], [{"role": "user"}], [{"content": "x"}], [{"role": "king", "content": "x"}]])
def test_messages_that_are_none_are_refused(messages: list[dict[str, str]]) -> None:
    """Nothing is sent for a message without a role or text."""
    with FakeServer() as server, pytest.raises(InvalidInput, match="message"):
        chat(server).complete(messages)

    assert server.requests == []


def test_text_that_is_not_unicode_is_sent_all_the_same() -> None:
    """A lone surrogate, as broken imports hold, becomes a question mark and not a crash."""
    with FakeServer() as server:
        assert chat(server).complete([{"role": "user", "content": "a\ud800b"}]) == "a?b"


def test_vectors_from_a_server_are_those_of_its_model() -> None:
    """Batches arrive in order, empty texts are not sent and give zero rows, and rows have length 1."""
    texts = [f"text number {number}" for number in range(7)]
    texts[3] = "  "
    with FakeServer(dim=32) as server:
        embedder = OpenAIEmbedder(server.url, "tiny", batch=2)
        got = embedder.embed(texts)
        query = embedder.embed_query(texts[0])
        model = embedder.model

    expected = HashingEmbedder(32).embed(texts)
    expected[3] = 0
    assert model == "openai:tiny-32"
    np.testing.assert_allclose(got, expected, atol=1e-6)
    np.testing.assert_allclose(query, expected[0], atol=1e-6)
    assert [1, 2, 2, 2, 1] == [len(body["input"]) for _, body in server.requests]


def test_shorter_vectors_can_be_asked_for() -> None:
    """`dim` goes into the request, and nothing is asked only to learn the length."""
    with FakeServer(dim=32) as server:
        embedder = OpenAIEmbedder(server.url, "tiny", dim=8)
        assert (2, 8) == embedder.embed(["a b", "c d"]).shape

    assert [8] == [body["dimensions"] for _, body in server.requests]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("{}", "without a list of vectors"),
        ('{"data": []}', "0 vectors for 1 texts"),
        ('{"data": [{"index": 0, "embedding": [1.0]}]}', "vectors of 1 numbers, not 4"),
        ('{"data": [{"index": 0, "embedding": ["x", 1, 2, 3]}]}', "without a list of vectors"),
        ('{"data": [{"index": 0, "embedding": [NaN, 1, 2, 3]}]}', "not a finite number"),
        ('{"data": [{"index": 1, "embedding": [0, 1, 2, 3]}]}', "1 vectors for 1 texts"),
    ],
)
def test_vectors_that_cannot_be_right_are_a_bad_reply(answer: str, words: str) -> None:
    """Missing, short, misplaced and unreal vectors never reach the store."""
    with FakeServer([raw(answer)]) as server:
        embedder = OpenAIEmbedder(server.url, "tiny", dim=4, retries=0)
        with pytest.raises(BadReply, match=words):
            embedder.embed(["hello"])


def test_two_threads_share_one_door() -> None:
    """Calls from several threads are all answered and all counted."""
    with FakeServer() as server:
        door = chat(server)
        ask: Callable[[], str] = lambda: door.complete(HELLO)  # noqa: E731
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (8, 8, 8) == (door.calls, door.tokens_in, door.tokens_out)
